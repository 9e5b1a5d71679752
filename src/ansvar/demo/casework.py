"""One ticket of the demo as it is worked on: who is concerned, what they say, what they do."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from ansvar.conversations.commands import post_message, write_reply
from ansvar.demo import pace, phrases
from ansvar.demo.crowd import ORDINARY_TITLES
from ansvar.demo.founding import Company, acting
from ansvar.demo.matters import Matter
from ansvar.kernel.actor import Actor
from ansvar.people.decisions.calendars import WorkingCalendar
from ansvar.people.models import Desk, Organisation, Person, Team
from ansvar.people.queries import working_calendar
from ansvar.tickets.commands import (
    add_note,
    assign_ticket,
    classify_ticket,
    edit_ticket,
    hand_over_ticket,
    open_ticket,
    resolve_ticket,
    start_work,
)
from ansvar.tickets.decisions import Kind

SUPERVISION: Final = Actor.integration("Network supervision")
_CHANNELS: Final = {"email": 42, "portal": 33, "phone": 20, "workbench": 5}


@dataclass(kw_only=True)
class Stage:
    """What all tickets of a loading share."""

    company: Company
    now: datetime
    latest: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    """By subject of a family the last ticket of it, for links between like tickets."""
    spells: dict[int, WorkingCalendar] = field(default_factory=dict)

    def calendar(self, desk: Desk) -> WorkingCalendar:
        """Return the working time of a desk, read once."""
        if desk.pk not in self.spells:
            self.spells[desk.pk] = working_calendar(desk.calendar)
        return self.spells[desk.pk]

    @cached_property
    def shop_people(self) -> list[Person]:
        """Those who work in pharmacies."""
        office = self.company.sites["Head office"].pk
        return [person for person in self.company.people.values() if person.site_id != office]

    @cached_property
    def office_people(self) -> list[Person]:
        """Those at the head office who work at no desk."""
        staff = {person.pk for members in self.company.members.values() for person in members}
        office = self.company.sites["Head office"].pk
        people = self.company.people.values()
        return [person for person in people if person.site_id == office and person.pk not in staff]


@dataclass(kw_only=True)
class Case:
    """A ticket in the making; `at` is the moment to which it has come."""

    stage: Stage
    matter: Matter
    chances: random.Random
    at: datetime
    requester: Person
    channel: str
    agent: Person
    """Who works on it at present."""
    ticket_id: int = 0
    priority: int = 3
    """As it is known: what presses is done sooner."""
    knows_service: bool = True
    is_classified: bool = False
    words: dict[str, str] = field(default_factory=dict)
    outcome: str = ""

    # Who and where.

    @property
    def desk(self) -> Desk:
        """The desk that it comes to."""
        return self.stage.company.desks[self.matter.desk]

    @property
    def first_team(self) -> str:
        """The name of the team that takes what comes in."""
        return "HR service" if self.matter.desk == "HR" else "Service desk"

    @property
    def lead(self) -> Person:
        """Who leads the first line."""
        return self.stage.company.members[self.first_team][0]

    @property
    def supplier(self) -> Organisation | None:
        """Who is asked when the matter is a supplier's: the one that the desk has a contract with.

        Mostly: now and then it is one that nobody wrote down.
        """
        known = list(self.stage.company.suppliers.values())
        return self.chances.choice(known) if known and self.is_so(0.8) else None

    def team(self, name: str) -> Team:
        """Return a team by name."""
        return self.stage.company.teams[name]

    def somebody_of(self, team: str) -> Person:
        """Choose who in a team does it; leads less often than others."""
        members = self.stage.company.members[team]
        weights = [0.4 if number == 0 else 1.0 for number in range(len(members))]
        return self.chances.choices(members, weights=weights)[0]

    def is_so(self, chance: float) -> bool:
        """Throw the dice."""
        return self.chances.random() < chance

    # When.

    def after(self, usual_minutes: float, most: float = 8.0) -> datetime:
        """Let working time of the desk pass and return the moment to which it has come."""
        usual = usual_minutes * pace.HASTE[self.priority]
        amount = pace.minutes(self.chances, usual, most=most)
        calendar = self.stage.calendar(self.desk)
        self.at = pace.later(self.at, amount, calendar=calendar, chances=self.chances)
        return self.at

    def after_days(self, days: float) -> datetime:
        """Let days pass and return the moment to which it has come."""
        self.at += timedelta(days=days)
        return self.after(20)

    # Words.

    def say(self, text: str, **more: str) -> str:
        """Return a phrase with everything put in that it names."""
        clock = self.at.astimezone(pace.STOCKHOLM)
        return text.format_map(
            {
                "first": self.requester.name.split()[0],
                "agent": self.agent.name.split()[0],
                "desk": self.desk.name,
                "team": "",
                "clock": f"{clock.hour}:{clock.minute // 5 * 5:02}",
                **self.words,
                **more,
            }
        )

    def one_of(self, texts: tuple[str, ...], otherwise: tuple[str, ...] = ("",)) -> str:
        """Choose one of some texts."""
        return self.chances.choice(texts or otherwise)

    # What is done; each of these is one step at one moment.

    def open(self) -> None:
        """Let the matter come in on its channel."""
        by = acting(self.requester)
        if self.channel in {"phone", "workbench"}:
            by = acting(self.agent)
        if self.matter.kind is Kind.ALARM:
            by, self.channel = SUPERVISION, "api"
        service = self.stage.company.services[self.matter.service]
        self.knows_service = self.channel != "email"
        text = self.say(self.one_of(self.matter.texts))
        ticket = open_ticket(
            desk=self.desk,
            requester=self.requester,
            subject=self.say(self.one_of(self.matter.subjects)),
            description=text,
            kind=self.matter.kind if self.knows_service else Kind.INCIDENT,
            channel=self.channel,
            service=service if self.knows_service else None,
            site=self.requester.site,
            by=by,
        )
        self.ticket_id, self.priority = ticket.pk, ticket.priority
        if self.channel == "email":
            # As a received mail does: its words open the ticket and are the first message.
            post_message(ticket.pk, text=text, channel="email", by=by)

    def take(self, walk: tuple[int, ...] = ()) -> None:
        """Let the agent take it, put right what it is, and find the impact."""
        assign_ticket(self.ticket_id, to=self.agent, by=acting(self.agent))
        self.sort_out(walk)

    def give(self, giver: Person) -> None:
        """Let somebody give it to the agent, who has not begun yet."""
        assign_ticket(self.ticket_id, to=self.agent, by=acting(giver))

    def begin(self) -> None:
        """Let the agent begin."""
        start_work(self.ticket_id, by=acting(self.agent))

    def sort_out(self, walk: tuple[int, ...] = ()) -> None:
        """Say which service and kind it is, when it came by mail, and find the impact."""
        if not self.knows_service:
            service = self.stage.company.services[self.matter.service]
            edit_ticket(
                self.ticket_id, service=service, kind=self.matter.kind, by=acting(self.agent)
            )
            self.knows_service = True
        if not self.is_classified:
            self.classify(walk or self.chances.choice(self.matter.walks))

    def classify(self, walk: tuple[int, ...]) -> None:
        """Answer the impact script."""
        script = self.stage.company.script_for(self.matter.desk, self.matter.service)
        ticket = classify_ticket(
            self.ticket_id,
            script_version_id=script.pk,
            answers=[*walk],
            by=acting(self.agent),
        )
        self.is_classified, self.priority = True, ticket.priority

    def reply(self, text: str, **more: str) -> None:
        """Write to the requester."""
        write_reply(self.ticket_id, text=self.say(text, **more), by=acting(self.agent))

    def hear(self, text: str, **more: str) -> None:
        """Let the requester write."""
        channel = "email" if self.channel == "email" else "portal"
        post_message(
            self.ticket_id,
            text=self.say(text, **more),
            channel=channel,
            by=acting(self.requester),
        )

    def note(self, text: str) -> None:
        """Write a note among agents."""
        add_note(self.ticket_id, text=self.say(text), by=acting(self.agent))

    def hand_over(self, team: str, reason: str, *, to: Person | None = None) -> None:
        """Give it to another team."""
        hand_over_ticket(
            self.ticket_id,
            team=self.team(team),
            reason=self.say(reason),
            assignee=to,
            by=acting(self.agent),
        )

    def resolve(self) -> None:
        """Say that it is mended, and how."""
        self.outcome = self.outcome or self.say(self.one_of(self.matter.mended))
        resolve_ticket(self.ticket_id, resolution=self.outcome, by=acting(self.agent))


def new_case(
    stage: Stage,
    matter: Matter,
    *,
    at: datetime,
    chances: random.Random,
    requester: Person | None = None,
    channel: str = "",
) -> Case:
    """Return a case with somebody who asks and somebody who will take it."""
    people = {
        "shops": stage.shop_people,
        "offices": stage.office_people,
        "anybody": [*stage.shop_people, *stage.office_people],
    }[matter.asked_by]
    asking = requester or chances.choice(people)
    channels = dict(_CHANNELS)
    if matter.desk == "HR":
        channels |= {"phone": 0, "workbench": 0}
    case = Case(
        stage=stage,
        matter=matter,
        chances=chances,
        at=at,
        requester=asking,
        channel=channel or chances.choices([*channels], weights=[*channels.values()])[0],
        agent=asking,
    )
    case.agent = case.somebody_of(case.first_team)
    case.words = _words(case)
    return case


def _words(case: Case) -> dict[str, str]:
    chances, site = case.chances, case.requester.site
    colleagues = [
        person
        for person in case.stage.company.people.values()
        if person.site_id == case.requester.site_id
        and person.pk != case.requester.pk
        and person.title in ORDINARY_TITLES
    ] or case.stage.shop_people
    return {
        "till": str(chances.randint(1, 4)),
        "site": site.name if site else "",
        "colleague": chances.choice(colleagues).name,
        "article": chances.choice(phrases.ARTICLES),
        "amount": f"{chances.randint(39, 389)}",
        "count": str(chances.randint(3, 14)),
        "weekday": pace.weekday_after(case.at, chances.randint(1, 4)),
    }
