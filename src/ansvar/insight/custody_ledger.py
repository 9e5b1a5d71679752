"""The whole custody of one ticket: every spell, who held it how long, and what that has cost."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from ansvar.insight.custody_reading import Reckoning
from ansvar.insight.decisions.losing import Loss
from ansvar.insight.decisions.passing_on import Held, handings_of, turns_of
from ansvar.kernel import clock
from ansvar.tickets.models import CustodySpell, HandOverRequest, Ticket


@dataclass(frozen=True, kw_only=True)
class SpellCost:
    """One spell: the time during which one team, and in it one person, held the ticket."""

    team_id: int
    team: str
    person_id: int | None
    person: str
    """Nobody while it lay with the team."""
    started_at: datetime
    ended_at: datetime | None
    """Nothing while it goes on."""
    is_bounce: bool
    is_lost: bool
    """It came back to a team from before, so that this time was lost."""
    spent: Loss


@dataclass(frozen=True, kw_only=True)
class Total:
    """What one team or person held of it, all spells together."""

    name: str
    spells: int
    spent: Loss
    percent: int
    """Of the elapsed time."""


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """A hand-over back to a team that had held it before, and what went by meanwhile."""

    at: datetime
    giver: str
    team: str
    lost: Loss


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Who held a ticket how long up to now, added up.

    Work is reckoned as if one person of the holding team worked on it all the time: the most it
    can have cost. The business lost as long as nobody had solved it.
    """

    currency: str
    spells: list[SpellCost]
    teams: list[Total]
    people: list[Total]
    bounces: list[Bounce]
    decisions: list[HandOverRequest]
    """Hand-overs that somebody was asked about, the oldest first, with all whom they name."""
    whole: Loss = field(default_factory=Loss)
    lost: Loss = field(default_factory=Loss)
    """The part that went by until the ticket was back with a team that had held it before."""


def ledger_of(ticket: Ticket) -> Ledger:
    """Return the whole custody of a ticket, in working time of its desk and in its currency."""
    now = clock.now()
    rows = list(ticket.custody.select_related("team", "person").order_by("started_at", "id"))
    held = [Held(row.team_id, row.started_at, row.ended_at or now) for row in rows]
    reckoning = Reckoning(ticket.desk, now=now)
    turns = turns_of(held)
    handings = handings_of(turns)
    lost = {one for handing in handings for one in handing.lost}
    spells = [
        _spell(row, reckoning.loss([one], service=ticket.service_id), is_lost=one in lost)
        for row, one in zip(rows, held, strict=True)
    ]
    names = {row.team_id: row.team.name for row in rows}
    whole = _added(spells)
    return Ledger(
        currency=ticket.desk.currency,
        spells=spells,
        teams=_totals(spells, whole, by=lambda one: (one.team_id, one.team)),
        people=_totals(spells, whole, by=lambda one: (one.person_id, one.person)),
        bounces=[
            Bounce(
                at=turn.held[0].start,
                giver=names[handing.giver],
                team=names[handing.team],
                lost=reckoning.loss(handing.lost, service=ticket.service_id),
            )
            for turn, handing in zip(turns[1:], handings, strict=True)
            if handing.is_bounce
        ],
        decisions=list(
            ticket.hand_over_requests.select_related("giver", "team", "asked_by", "answered_by")
        ),
        whole=whole,
        lost=_added(one for one in spells if one.is_lost),
    )


def _spell(row: CustodySpell, spent: Loss, *, is_lost: bool) -> SpellCost:
    return SpellCost(
        team_id=row.team_id,
        team=row.team.name,
        person_id=row.person_id,
        person=row.person.name if row.person else "",
        started_at=row.started_at,
        ended_at=row.ended_at,
        is_bounce=row.is_bounce,
        is_lost=is_lost,
        spent=spent,
    )


def _added(spells: Iterable[SpellCost]) -> Loss:
    whole = Loss()
    for one in spells:
        whole.add(one.spent)
    return whole


def _totals(
    spells: list[SpellCost], whole: Loss, *, by: Callable[[SpellCost], tuple[int | None, str]]
) -> list[Total]:
    """Return what each holder held, the longest first; what nobody held is left out."""
    groups: dict[tuple[int | None, str], list[SpellCost]] = {}
    for one in spells:
        groups.setdefault(by(one), []).append(one)
    found = []
    for (pk, name), those in groups.items():
        if pk is None:
            continue
        spent = _added(those)
        percent = round(100 * (spent.elapsed / whole.elapsed)) if whole.elapsed else 0
        found.append(Total(name=name, spells=len(those), spent=spent, percent=percent))
    return sorted(found, key=lambda total: total.spent.elapsed, reverse=True)
