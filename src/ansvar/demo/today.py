"""What goes on at the moment of loading: told by minutes before it, so that it is always fresh."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from ansvar.demo.casework import Case, Stage, new_case
from ansvar.demo.crowd import DESK_AGENT, DESK_LEAD, HR_AGENT, REQUESTER
from ansvar.demo.deciding import (
    LAST_MONTH,
    asks,
    confirms,
    is_answered,
    is_decided,
    wants_to_hand_over,
)
from ansvar.demo.founding import acting
from ansvar.demo.lives import Life
from ansvar.demo.matters import MATTERS, Matter
from ansvar.demo.supplying import asks_supplier
from ansvar.people.models import Person
from ansvar.tickets.commands import wait_with_ticket
from ansvar.tickets.decisions import Answer, Kind, WaitingFor

Step = Callable[[Case], None]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A ticket of today: who asks where, and what happens how many minutes ago."""

    matter: Matter
    site: str
    channel: str
    agent: str
    steps: tuple[tuple[int, Step], ...]
    requester: str = ""
    """Nobody: the manager of the pharmacy, or somebody of the head office."""


def lives_of_today(stage: Stage, seed: str) -> Iterator[Life]:
    """Return the lives of today's tickets."""
    for number, scene in enumerate(SCENES):
        chances = random.Random(f"{seed} scene {number}")  # noqa: S311 - a story, no secret
        yield _played(stage, scene, chances)


def _played(stage: Stage, scene: Scene, chances: random.Random) -> Life:
    case = new_case(
        stage,
        scene.matter,
        at=stage.now - timedelta(minutes=scene.steps[0][0]),
        chances=chances,
        requester=_who_asks(stage, scene),
        channel=scene.channel,
    )
    case.agent = stage.company.people[scene.agent]
    for ago, step in scene.steps:
        case.at = stage.now - timedelta(minutes=ago)
        yield case.at
        step(case)


def _who_asks(stage: Stage, scene: Scene) -> Person:
    people = stage.company.people
    if scene.requester:
        return people[scene.requester]
    site = stage.company.sites[scene.site].pk
    return next(person for person in people.values() if person.site_id == site)


# Steps.


def _opens(case: Case) -> None:
    case.open()


def _takes(*walk: int) -> Step:
    return lambda case: case.take(walk)


def _is_given(by: str, *walk: int) -> Step:
    def step(case: Case) -> None:
        case.give(case.stage.company.people[by])
        case.sort_out(walk)

    return step


def _writes(text: str) -> Step:
    return lambda case: case.reply(text)


def _hears(text: str) -> Step:
    return lambda case: case.hear(text)


def _notes(text: str) -> Step:
    return lambda case: case.note(text)


def _hands_over(team: str, reason: str, *, to: str = "") -> Step:
    def step(case: Case) -> None:
        person = case.stage.company.people[to] if to else None
        case.hand_over(team, reason, to=person)

    return step


def _goes_on_as(name: str) -> Step:
    """Let somebody else of the holding team take it."""

    def step(case: Case) -> None:
        case.agent = case.stage.company.people[name]
        case.take()

    return step


def _begins_as(name: str) -> Step:
    def step(case: Case) -> None:
        case.agent = case.stage.company.people[name]
        case.begin()

    return step


def _answered_by(name: str, text: str) -> Step:
    """Let the one who answers for the ticket write, while somebody else works on it."""

    def step(case: Case) -> None:
        holder, case.agent = case.agent, case.stage.company.people[name]
        case.reply(text)
        case.agent = holder

    return step


def _waits(what: WaitingFor, note: str, *, hours: int | None = None) -> Step:
    def step(case: Case) -> None:
        until = case.stage.now + timedelta(hours=hours) if hours else None
        wait_with_ticket(
            case.ticket_id, waiting_for=what, note=note, until=until, by=acting(case.agent)
        )

    return step


def _resolves(case: Case) -> None:
    case.resolve()


def _family(subject: str) -> Matter:
    return next(matter for matter in MATTERS if matter.subjects[0] == subject)


def _told(service: str, subject: str, text: str, *, kind: Kind = Kind.INCIDENT) -> Matter:
    return Matter(
        service=service,
        kind=kind,
        subjects=(subject,),
        texts=(text,),
        walks=((3,),),
        mended=("Done.",),
    )


_CANNOT_SELL: Final = Scene(
    matter=_told(
        "Cash desk",
        "Cashier cannot sell: every register says “no price”",
        "Amina phones: since about a quarter of an hour no register of the pharmacy sells"
        " anything. Every article, when scanned, gives “no price, ask the manager”. All six"
        " registers. About twenty customers wait, some leave. Restarting a register did not help.",
    ),
    site="Stockholm Linden",
    requester=REQUESTER,
    channel="phone",
    agent=DESK_AGENT,
    steps=(
        (112, _opens),
        (111, _takes(0, 1, 0)),
        (
            109,
            _writes(
                "Hello Amina,\n\nI have put this first of all. Use the mobile register for those"
                " who"
                " only pay, and the paper routine for prescriptions. I phone you again in 15"
                " minutes whatever happens.\n\nElin"
            ),
        ),
        (
            104,
            _hands_over(
                "POS development",
                "All registers of Stockholm Linden: “no price” for every article. Restarted two,"
                " no change. Prices were in place at 06:00. Customers are sent away.",
            ),
        ),
        (97, _goes_on_as("Viktor Sommar")),
        (
            78,
            _notes(
                "The registers are healthy. They ask the price service and get no answer within"
                " two seconds. From here the same question takes 40 ms."
            ),
        ),
        (
            71,
            _hands_over(
                "Service desk",
                "Not the registers: their questions to the price service do not arrive. Nothing for"
                " us to mend, see note. Probably the way between.",
                to=DESK_AGENT,
            ),
        ),
        (66, _begins_as(DESK_AGENT)),
        (
            63,
            _notes(
                "Phoned Amina: mobile register takes cards, prescriptions go by paper. Four more"
                " pharmacies asked, all sell. So it is the way from this one pharmacy."
            ),
        ),
        (
            58,
            _hands_over(
                "Networks",
                "Stockholm Linden reaches the internet but not the price service (see POS"
                " development's note). Others do. Was anything changed there last night?",
            ),
        ),
        (49, _goes_on_as("Tove Grahn")),
        (
            31,
            _hears(
                "We sell with one mobile register and the queue reaches the door. When does it work"
                " again? I must know whether to send people to Eken."
            ),
        ),
        (
            24,
            _answered_by(
                DESK_AGENT,
                "Hello Amina,\n\nthe network people have found that your traffic to the price"
                " service takes a wrong way since a change last night. They are taking it back. I"
                " expect it within the hour; please do send people to Eken until I write.\n\nElin",
            ),
        ),
        (
            12,
            _notes(
                "A route was lost in the change of the night. Put back on the first of two boxes;"
                " the second follows when the first is stable for ten minutes."
            ),
        ),
        (
            6,
            wants_to_hand_over(
                "POS development",
                "The questions reach the price service again, and its answers come back. The"
                " registers turn them down: they hold a certificate of yesterday.",
                tried="Both boxes have the old route; a trace shows answers after 30 ms.",
            ),
        ),
    ),
)
SCENES: Final = (
    Scene(
        matter=_family("Receipt printer prints only half lines, register {till}"),
        site="Stockholm Linden",
        requester=REQUESTER,
        channel="portal",
        agent="Jesper Brinkman",
        steps=((285, _opens), (262, _takes(2, 2)), (140, _resolves)),
    ),
    Scene(
        matter=_family("Label printer prints empty labels"),
        site="Stockholm Linden",
        requester=REQUESTER,
        channel="portal",
        agent=DESK_AGENT,
        steps=(
            (240, _opens),
            (221, _takes(1, 0)),
            (
                218,
                _writes("Hello {first},\n\nwhich width stands on the roll: 60 or 62?\n\n{agent}"),
            ),
            (217, _waits(WaitingFor.REQUESTER, "Width of the roll", hours=30)),
        ),
    ),
    _CANNOT_SELL,
    Scene(
        matter=_told(
            "E-prescription",
            "Prescriptions do not come up for anybody",
            "None of us gets any prescription up since ten minutes: Recepta says “no answer from"
            " the register”. People wait for their medicines.",
        ),
        site="Göteborg Ljungen",
        channel="email",
        agent="Maryam Sabeti",
        steps=(
            (57, _opens),
            (51, _takes(0, 1)),
            (50, _writes("Hello {first},\n\nI have it and do not let go of it.\n\n{agent}")),
            (
                42,
                _hands_over(
                    "Pharmacy applications",
                    "National register is green, other pharmacies dispense. All seven places at"
                    " Ljungen, the same message.",
                    to="Jonatan Frisk",
                ),
            ),
        ),
    ),
    Scene(
        matter=_told(
            "Cash desk",
            "No cards are taken, only cash",
            "All terminals refuse all cards since a while: “contact your bank”. Cash works. Half of"
            " our customers have none.",
        ),
        site="Västerås Hallonet",
        channel="portal",
        agent="Wilma Bäckman",
        steps=(
            (84, _opens),
            (79, _takes(2, 0, 0)),
            (70, _writes("Hello {first},\n\nis the lamp on the terminals green?\n\n{agent}")),
            (52, _hears("Green on all four. And now one card in three works.")),
            (40, _notes("The bank's status page tells of a disturbance for one kind of card.")),
            (37, asks("Ines Pereira", "Which cards go by which line since the update of Tuesday?")),
            (
                33,
                wants_to_hand_over(
                    "Networks",
                    "Two cards of three fail, by turns: as if one of the two lines were dead.",
                    tried="Restarted terminals and till; no change.",
                ),
            ),
        ),
    ),
    Scene(
        matter=_told(
            "Cash desk",
            "Receipts show yesterday's date",
            "Every receipt since we opened bears yesterday's date. Returns will be refused by it.",
        ),
        site="Uppsala Rosen",
        channel="portal",
        agent=DESK_AGENT,
        steps=(
            (LAST_MONTH, _opens),
            (LAST_MONTH - 12, _takes(2, 1)),
            (
                LAST_MONTH - 40,
                wants_to_hand_over(
                    "Servers and directory",
                    "The registers take their time from the directory, and it is a day behind.",
                    tried="Set the clock of one register by hand; it jumps back.",
                ),
            ),
            (
                LAST_MONTH - 75,
                is_decided(Answer.KEEP, "Ask Ines first: the till has a clock of its own."),
            ),
            (LAST_MONTH - 80, asks("Ines Pereira", "Where does the till keep its own date?")),
            (LAST_MONTH - 110, is_answered("In its day file: close the day twice, then open it.")),
            (LAST_MONTH - 130, _resolves),
            (LAST_MONTH - 190, confirms),
        ),
    ),
    Scene(
        matter=_told(
            "Label printing",
            "Both label printers stand still",
            "Neither of our two label printers does anything since this morning. We write labels by"
            " hand and customers wait.",
        ),
        site="Örebro Slånet",
        channel="email",
        agent="Oliver Lundh",
        steps=(
            (133, _opens),
            (120, _takes(0, 0)),
            (116, _writes("Hello {first},\n\nis the small box under the desk lit?\n\n{agent}")),
            (115, _waits(WaitingFor.REQUESTER, "Is the box lit?", hours=8)),
            (13, _hears("It is dark! There is a loose plug behind the bin. Shall I put it in?")),
        ),
    ),
    Scene(
        matter=_family("No network at {site}"),
        site="Umeå Lingonet",
        channel="phone",
        agent="Jesper Brinkman",
        steps=(
            (330, _opens),
            (329, _takes(1, 1)),
            (
                320,
                _hands_over(
                    "Networks",
                    "Mobile line has taken over, the fixed one is dead since the morning.",
                ),
            ),
            (301, _goes_on_as("Kaveh Moradi")),
            (
                280,
                asks_supplier(
                    "Line is dead since the morning",
                    "The fixed line of a pharmacy is dead since 07:40, the mobile one carries it. "
                    "The modem has power and no signal.\n\nPlease measure the line and tell us "
                    "when it will be back.",
                    theirs="LB2209417",
                ),
            ),
        ),
    ),
    Scene(
        matter=_family("Customers hear “closed” although we are open"),
        site="Malmö Flädern",
        channel="portal",
        agent=DESK_AGENT,
        steps=((61, _opens), (38, _is_given(DESK_LEAD, 1, 1))),
    ),
    Scene(
        matter=_family("Account locked"),
        site="Linköping Klövern",
        channel="email",
        agent=DESK_AGENT,
        steps=((9, _opens),),
    ),
    Scene(
        matter=_family("Wrong price for {article}"),
        site="Uppsala Tulpanen",
        channel="portal",
        agent=DESK_AGENT,
        steps=((23, _opens),),
    ),
    Scene(
        matter=_family("Scanner reads no bar codes"),
        site="Stockholm Hasseln",
        channel="email",
        agent=DESK_AGENT,
        steps=((36, _opens),),
    ),
    Scene(
        matter=_family("Line of {site}: packet loss {count} %"),
        site="Malmö Pionen",
        channel="api",
        agent=DESK_AGENT,
        steps=((17, _opens),),
    ),
    Scene(
        matter=_family("Overtime of last month is missing"),
        site="Göteborg Violen",
        channel="portal",
        agent=HR_AGENT,
        steps=((44, _opens),),
    ),
    Scene(
        matter=_family("Certificate of employment"),
        site="Stockholm Eken",
        channel="email",
        agent=HR_AGENT,
        steps=(
            (190, _opens),
            (171, _takes(2, 1)),
            (168, _writes("Hello {first},\n\nin Swedish or in English?\n\n{agent}")),
            (167, _waits(WaitingFor.REQUESTER, "Language of the certificate", hours=48)),
            (26, _hears("In English, please, and until Friday if that can be done.")),
        ),
    ),
)
"""The moments say when each begins; the order here says nothing."""
