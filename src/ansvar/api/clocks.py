"""The clocks of a ticket: what is promised, what is used, by whom, and why it is due then."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from ansvar.api.reading import Reader, reader_of
from ansvar.api.sections import Section
from ansvar.api.shapes import Given, IdInPath, Ref, Shape, Words
from ansvar.kernel import clock
from ansvar.servicelevels.clock_words import STANDING_WORDS
from ansvar.servicelevels.commands import choose_level
from ansvar.servicelevels.explaining_clocks import Explained, LegTold, ShareTold, explain_all
from ansvar.servicelevels.facts import LevelChosen
from ansvar.servicelevels.promises import promises_of
from ansvar.servicelevels.queries import level_choice
from ansvar.servicelevels.running import Run, timed_of, with_story
from ansvar.tickets.models import Ticket

section = Section("What is kept with a ticket")


class LegShape(Shape):
    """A stretch of time during which one holder had the ticket in one state."""

    start: datetime
    end: datetime | None = Field(description="Nothing while it lasts.")
    holder: str = Field(examples=["POS development ▸ Mikael Ivanov"])
    state: str = Field(examples=["in work"])
    is_counted: bool
    why_not: str = Field(description="Why it is not counted; empty when it is.")
    seconds: int = Field(description="Working time: counted, or what would have counted.")
    closed: list[str] = Field(description="When nothing was counted in it, and why.")
    is_ahead: bool = Field(description="What is left until the clock is due, as things are.")


class UsedShare(Shape):
    """Who used how much of a clock."""

    holder: str
    kind: str = Field(description="person, team, supplier or requester.", examples=["team"])
    seconds: int
    percent: int


class ClockShape(Shape):
    """One target running on the ticket."""

    measure: str = Field(examples=["resolution"])
    number: int = Field(description="Counts the clocks of a measure, from 1.")
    title: str = Field(examples=["Solution"])
    standing: str = Field(
        description="counting, paused, late, met or missed.", examples=["counting"]
    )
    words: str = Field(examples=["running, 2 h 10 min of 4 h left"])
    level: Ref = Field(description="The version of the service level that sets it.")
    target_seconds: int
    used_seconds: int = Field(description="Working time, up to now.")
    objective: float | None = Field(description="Per cent of cases in which it is to be kept.")
    started_at: datetime
    counting_since: datetime | None
    due_at: datetime | None
    stopped_at: datetime | None
    why: list[str] = Field(description="Where the time comes from, in sentences.")
    conclusion: str
    breach: str = Field(description="Which leg used up the time; empty when none did.")
    legs: list[LegShape]
    shares: list[UsedShare]


class ClocksDeskSide(Shape):
    """What only those see who read the desk's tickets."""

    due_at: datetime | None = Field(description="When the next target for the work runs out.")
    chosen_by_hand: bool = Field(description="Whether somebody chose the agreement.")
    clocks: list[ClockShape]


class ClocksShape(Shape):
    """By when what is promised for a ticket."""

    promises: list[str] = Field(description="As the portal says it.")
    answer_due_at: datetime | None
    update_due_at: datetime | None
    desk_side: ClocksDeskSide | None = Field(description="Nothing for those who are only a party.")


class LevelGiven(Given):
    """Which agreement with customers holds, and why."""

    level_version: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = Field(
        default=None,
        description="A published version; 0 for none; nothing for the one that applies by rule.",
        examples=[0],
    )
    reason: Words = Field(examples=["Agreed with the customer by phone."])


@section.get("/{ticket_id}/clocks", ClocksShape)
def list_clocks(request: HttpRequest, ticket_id: IdInPath) -> ClocksShape:
    """Read the clocks of a ticket with their legs, and why each is due when it is."""
    reader = reader_of(request)
    return _clocks(with_story(reader.tickets()).get(pk=ticket_id), reader)


@section.post("/{ticket_id}/level", ClocksShape)
def choose_ticket_level(request: HttpRequest, ticket_id: IdInPath, body: LevelGiven) -> ClocksShape:
    """Choose which agreement holds; all clocks are worked out anew from the opening.

    Needs the right `ticket.choose_level` on the desk.
    """
    reader = reader_of(request)
    reader.ticket(ticket_id)
    choose_level(ticket_id, version_id=body.level_version, reason=body.reason, by=reader.actor)
    return _clocks(with_story(reader.tickets()).get(pk=ticket_id), reader)


def _clocks(ticket: Ticket, reader: Reader) -> ClocksShape:
    now = clock.now()
    return ClocksShape(
        promises=promises_of(ticket, now=now),
        answer_due_at=ticket.answer_due_at,
        update_due_at=ticket.update_due_at,
        desk_side=_desk_side(ticket, now) if reader.sees_inside(ticket) else None,
    )


def _desk_side(ticket: Ticket, now: datetime) -> ClocksDeskSide:
    told = timed_of(ticket)
    by_hand = told is not None and told.course.traits_at(None).level is not None
    chosen = level_choice(ticket.pk) if by_hand else None
    fact = chosen.restored if chosen else None
    reason = fact.reason if isinstance(fact, LevelChosen) else ""
    return ClocksDeskSide(
        due_at=ticket.due_at,
        chosen_by_hand=by_hand,
        clocks=[
            _clock(run, explained, now)
            for run, explained in (explain_all(told, now=now, reason=reason) if told else ())
        ],
    )


def _clock(run: Run, explained: Explained, now: datetime) -> ClockShape:
    one, glance = run.clock, explained.glance
    return ClockShape(
        measure=glance.measure,
        number=glance.number,
        title=glance.title,
        standing=str(glance.standing),
        words=f"{STANDING_WORDS[glance.standing]}, {glance.words}",
        level=Ref(id=one.version_id, name=explained.level),
        target_seconds=int(one.target.total_seconds()),
        used_seconds=int(run.used_at(now).total_seconds()),
        objective=run.rule.target.objective,
        started_at=one.started_at,
        counting_since=one.counting_since,
        due_at=one.due_at,
        stopped_at=one.stopped_at,
        why=explained.sentences,
        conclusion=explained.conclusion,
        breach=explained.breach,
        legs=[_leg(leg) for leg in explained.legs],
        shares=[_share(share) for share in explained.shares],
    )


def _leg(leg: LegTold) -> LegShape:
    return LegShape(
        start=leg.start,
        end=leg.end,
        holder=leg.holder,
        state=leg.state,
        is_counted=leg.is_counted,
        why_not=leg.why_not,
        seconds=leg.seconds,
        closed=leg.closed,
        is_ahead=leg.is_ahead,
    )


def _share(share: ShareTold) -> UsedShare:
    return UsedShare(
        holder=share.holder, kind=share.kind, seconds=share.seconds, percent=share.percent
    )
