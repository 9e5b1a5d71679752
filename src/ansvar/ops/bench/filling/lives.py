"""The lives of the tickets that all others are cast from: each told by the commands alone.

A life is told by itself, from its first word to the present or its end; its words are blanks that
are filled in for each ticket cast from it.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from ansvar.conversations.commands import post_message, write_reply
from ansvar.conversations.models import Mailbox, Message
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM, Actor
from ansvar.kernel.journal import request
from ansvar.ops.bench.filling import posting
from ansvar.ops.bench.filling.founding import ORDINARY, WALKS, House, acting
from ansvar.people.decisions.calendars import WorkingCalendar
from ansvar.people.models import Person, Team
from ansvar.tickets.commands import (
    add_note,
    answer_task,
    ask_others,
    assign_ticket,
    classify_ticket,
    close_ticket,
    confirm_resolution,
    credit_help,
    edit_ticket,
    hand_over_ticket,
    open_ticket,
    refuse_resolution,
    resolve_ticket,
    resume_ticket,
    start_work,
    wait_with_ticket,
)
from ansvar.tickets.decisions import Kind, TaskKind, WaitingFor

_SUBJECT: Final = "zqsubject{number}qz"
_OPENING: Final = "zqopening{number}qz"
"""The first words of whoever asks; with a number, since two mails that say the same are one."""
_SAID: Final = "zqsaid{number}qz"
"""Any later words, numbered so that the same blank has the same words wherever it stands."""
_CHANNELS: Final = {"portal": 34, "email": 38, "workbench": 18, "api": 10}
_KINDS: Final = {Kind.INCIDENT: 55, Kind.REQUEST: 35, Kind.QUESTION: 10}
_WEIGHTS_OF_WALKS: Final = (1, 3, 8, 22, 66)
MACHINE: Final = Actor.integration("Supervision")
"""Signs what came in through the API."""


Step = Callable[[], None]


class Ending(StrEnum):
    """How far a life has come in the present."""

    CLOSED = "closed"
    RESOLVED = "resolved"
    OPEN = "open"


class Reached(Exception):
    """The present has come before the next step of a life."""


@dataclass(kw_only=True)
class Life:
    """One ticket in the making; `at` is the moment to which it has come."""

    house: House
    mailbox: Mailbox
    calendar: WorkingCalendar
    requester: Person
    chances: random.Random
    at: datetime
    until: datetime
    """What would happen later has not happened."""
    ending: Ending
    number: int
    is_of_agent: bool = False
    """It lies with the agent who is measured with."""
    ticket_id: int = 0
    team: Team = field(init=False)
    agent: Person = field(init=False)
    words: int = 0
    letters: int = 0

    def __post_init__(self) -> None:
        self.team = self.house.teams[0]
        self.service = self.house.services[self.number % len(self.house.services)]
        self.agent = self._somebody(self.team)
        if self.is_of_agent:
            self.agent = self.house.members[self.team.pk][ORDINARY]
        self.channel = self._drawn(_CHANNELS)

    def tell(self) -> None:
        """Tell it until the present, or to its end."""
        try:
            self._tell()
        except Reached:
            return

    def _tell(self) -> None:
        self._at_once(self._open)
        self.at += timedelta(seconds=4)
        self._at_once(self._acknowledge)
        if self.is_of_agent or self.is_so(0.93 if self.ending is Ending.OPEN else 1):
            self._later(16, self._take_up)
            self._work()
        if self.ending is Ending.OPEN:
            return
        self._end()

    # What time and chance do.

    def is_so(self, chance: float) -> bool:
        """Throw the dice."""
        return self.chances.random() < chance

    def _drawn(self, weights: dict[str, int]) -> str:
        return self.chances.choices([*weights], weights=[*weights.values()])[0]

    def _somebody(self, team: Team) -> Person:
        members = self.house.members[team.pk]
        # Turn by turn rather than by chance, so that even few lives give everybody something.
        return members[(self.number * 7 + self.chances.randrange(3)) % len(members)]

    def _later(self, usual_minutes: float, *steps: Step) -> None:
        """Let working time pass, mostly less than usual and sometimes far more; then do steps."""
        factor = min(self.chances.lognormvariate(-0.4, 0.9), 6)
        amount = timedelta(minutes=usual_minutes * factor + 1, seconds=self.chances.randrange(60))
        self.at = self.calendar.add_working_time(self.at, amount)
        self._at_once(*steps)

    def _at_once(self, *steps: Step) -> None:
        if self.at > self.until:
            raise Reached
        for step in steps:
            with clock.at(self.at), request():
                step()

    def _say(self) -> str:
        self.words += 1
        return _SAID.format(number=self.words)

    # Steps, each of them one moment.

    def _open(self) -> None:
        subject, text = (one.format(number=self.number) for one in (_SUBJECT, _OPENING))
        if self.channel == "email":
            self.ticket_id = posting.write_in(
                self.mailbox, self.requester, subject=subject, text=text, name=self._letter()
            )
            return
        by = {"workbench": acting(self.agent), "api": MACHINE}.get(
            self.channel, acting(self.requester)
        )
        kind = Kind(self._drawn({str(kind): weight for kind, weight in _KINDS.items()}))
        self.ticket_id = open_ticket(
            desk=self.house.desk,
            requester=self.requester,
            subject=subject,
            description=text,
            kind=kind,
            channel=self.channel,
            service=self.service,
            by=by,
        ).pk

    def _acknowledge(self) -> None:
        if self.channel == "email":
            message = posting.say_that_it_came(
                self.ticket_id, key=f"acknowledgement:{self.number}zqsaltqz"
            )
            self._deliver(message)

    def _deliver(self, message: Message | None) -> None:
        if message is not None:
            undo = timedelta(seconds=0 if message.is_automatic else self.house.desk.undo_seconds)
            self.at = posting.deliver(message.pk, self.at, undo=undo)

    def _letter(self) -> str:
        self.letters += 1
        return f"{self.number}.{self.letters}"

    def _take_up(self) -> None:
        assign_ticket(self.ticket_id, to=self.agent, by=acting(self.agent))
        if self.channel == "email":
            edit_ticket(self.ticket_id, service=self.service, by=acting(self.agent))
        scripts = self.house.scripts
        classify_ticket(
            self.ticket_id,
            script_version_id=(scripts.get(self.service.pk) or scripts[None]).pk,
            answers=[*self.chances.choices(WALKS, weights=_WEIGHTS_OF_WALKS)[0]],
            by=acting(self.agent),
        )

    def _reply(self) -> None:
        message = write_reply(self.ticket_id, text=self._say(), by=acting(self.agent))
        self._deliver(message)

    def _hear(self) -> None:
        text = self._say()
        if self.channel == "email":
            posting.answer(
                self.mailbox, self.requester, self.ticket_id, text=text, name=self._letter()
            )
            return
        post_message(self.ticket_id, text=text, by=acting(self.requester))

    def _note(self) -> None:
        add_note(self.ticket_id, text=self._say(), by=acting(self.agent))

    def _begin(self) -> None:
        start_work(self.ticket_id, by=acting(self.agent))

    def _wait_for_answer(self) -> None:
        self._reply()
        wait_with_ticket(
            self.ticket_id,
            waiting_for=WaitingFor.REQUESTER,
            note="Answer to my question",
            until=self.calendar.add_working_time(self.at, timedelta(days=1)),
            by=acting(self.agent),
        )

    def _wait(self) -> None:
        waiting_for = self.chances.choice((WaitingFor.SUPPLIER, WaitingFor.DATE))
        wait_with_ticket(
            self.ticket_id,
            waiting_for=waiting_for,
            note="Spare part is on its way",
            until=self.calendar.add_working_time(self.at, timedelta(hours=30)),
            by=acting(self.agent),
        )

    def _resume(self) -> None:
        resume_ticket(self.ticket_id, why="the reminder came", by=SYSTEM)

    def _pass_on(self) -> None:
        team = self.service.team
        if team is None or team.pk == self.team.pk:
            team = self.house.teams[0]
        hand_over_ticket(self.ticket_id, team=team, reason=self._say(), by=acting(self.agent))
        self.team, self.agent = team, self._somebody(team)

    def _take(self) -> None:
        assign_ticket(self.ticket_id, to=self.agent, by=acting(self.agent))

    def _ask(self) -> None:
        team = self.house.teams[1 + (self.number + 3) % (len(self.house.teams) - 1)]
        expert = self.house.members[team.pk][1]
        if expert == self.agent:
            expert = self.house.members[team.pk][2]
        self.task_id = ask_others(
            self.ticket_id,
            kind=TaskKind.QUESTION,
            person=expert,
            words=self._say(),
            by=acting(self.agent),
        ).pk
        self.expert = expert

    def _answer(self) -> None:
        answer_task(self.task_id, words=self._say(), by=acting(self.expert))
        credit_help(self.task_id, has_helped=True, by=acting(self.agent))

    def _resolve(self) -> None:
        resolve_ticket(self.ticket_id, resolution=self._say(), by=acting(self.agent))

    def _refuse(self) -> None:
        refuse_resolution(self.ticket_id, reason=self._say(), by=acting(self.requester))

    def _confirm(self) -> None:
        confirm_resolution(self.ticket_id, by=acting(self.requester))

    def _close(self) -> None:
        close_ticket(self.ticket_id, how="quiet", by=SYSTEM)

    # Stretches of a life.

    def _work(self) -> None:
        if self.is_so(0.65):
            self._later(10, self._reply)
        if self.is_so(0.25):
            self._later(20, self._note)
        if self.is_so(0.3):
            self._later(15, self._wait_for_answer)
            self._later(200, self._hear)
            self._later(45, self._begin)
        if self.is_so(0.1):
            self._later(30, self._ask)
            self._later(240, self._answer)
        if not self.is_of_agent and self.is_so(0.26):
            self._second_line()
        if self.is_so(0.12):
            self._later(60, self._wait)
            self.at = self.calendar.add_working_time(self.at, timedelta(hours=30))
            self._at_once(self._resume)
            self._later(60, self._begin)
        if self.is_so(0.1):
            self._later(120, self._note)
        if self.is_so(0.2):
            self._later(300, self._hear)
            self._later(60, self._reply)

    def _second_line(self) -> None:
        self._later(50, self._pass_on)
        self._later(150, self._take)
        self._later(60, self._note)
        if self.is_so(0.6):
            self._later(30, self._reply)
        if self.is_so(0.15):
            self._later(90, self._pass_on)
            self._later(60, self._take)
            self._later(60, self._pass_on)
            self._later(90, self._take)

    def _end(self) -> None:
        if self.is_so(0.5):
            self._later(200, self._reply)
        self._later(30, self._resolve)
        if self.is_so(0.08):
            self._later(120, self._refuse)
            self._later(60, self._begin)
            self._later(200, self._note, self._resolve)
        if self.ending is Ending.RESOLVED:
            return
        if self.is_so(0.4):
            self._later(200, self._confirm)
            return
        self.at += timedelta(days=self.house.desk.quiet_days, minutes=5)
        self._at_once(self._close)
