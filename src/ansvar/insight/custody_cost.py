"""What the custody of one ticket has cost, holder by holder."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ansvar.insight.custody_reading import Reckoning
from ansvar.insight.decisions.losing import Loss
from ansvar.insight.decisions.passing_on import Held, Turn, handings_of, turns_of
from ansvar.kernel import clock
from ansvar.tickets.models import CustodySpell, Ticket


@dataclass(frozen=True, kw_only=True)
class HolderCost:
    """One turn of a team: how long it held the ticket, and what that cost."""

    team_id: int
    team: str
    people: list[str]
    """Who of the team worked on it, in order; nobody while it was in the team's queue."""
    started_at: datetime
    ended_at: datetime | None
    """Nothing while it holds the ticket."""
    is_bounce: bool
    """The team had held it before."""
    is_lost: bool
    """It came back to a team from before, so that this time was lost."""
    spent: Loss


@dataclass(frozen=True, kw_only=True)
class CustodyCost:
    """What the custody of a ticket has cost up to now.

    Work is reckoned as if one person of the holding team worked on it all the time: the most it
    can have cost. The business lost as long as nobody had solved it.
    """

    currency: str
    holders: list[HolderCost]
    whole: Loss = field(default_factory=Loss)
    lost: Loss = field(default_factory=Loss)
    """The part that went by until the ticket was back with a team that had held it before."""


def cost_of(ticket: Ticket) -> CustodyCost:
    """Return what the custody of a ticket has cost, as far as rates are known."""
    now = clock.now()
    spells = list(ticket.custody.select_related("team", "person").order_by("started_at", "id"))
    turns = turns_of(
        Held(spell.team_id, spell.started_at, spell.ended_at or now) for spell in spells
    )
    reckoning = Reckoning(ticket.desk, now=now)
    lost = {held for handing in handings_of(turns) for held in handing.lost}
    found = CustodyCost(currency=ticket.desk.currency, holders=[])
    seen: set[int] = set()
    for turn, of_turn in _spells_of(turns, spells):
        spent = reckoning.loss(turn.held, service=ticket.service_id)
        is_lost = turn.held[0] in lost
        found.holders.append(
            HolderCost(
                team_id=turn.team,
                team=of_turn[0].team.name,
                people=list(dict.fromkeys(one.person.name for one in of_turn if one.person)),
                started_at=of_turn[0].started_at,
                ended_at=of_turn[-1].ended_at,
                is_bounce=turn.team in seen,
                is_lost=is_lost,
                spent=spent,
            )
        )
        seen.add(turn.team)
        found.whole.add(spent)
        if is_lost:
            found.lost.add(spent)
    return found


def _spells_of(
    turns: Sequence[Turn], spells: Sequence[CustodySpell]
) -> list[tuple[Turn, Sequence[CustodySpell]]]:
    found, at = [], 0
    for turn in turns:
        found.append((turn, spells[at : at + len(turn.held)]))
        at += len(turn.held)
    return found
