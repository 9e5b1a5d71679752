"""Who hands tickets to whom, and how often and how dearly they come back."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import QuerySet

from ansvar.insight.custody_reading import AskedCustody, Reckoning, held_by_several
from ansvar.insight.decisions.losing import Loss
from ansvar.insight.decisions.passing_on import Handing
from ansvar.insight.decisions.periods import Period
from ansvar.insight.queries import Scope
from ansvar.kernel import clock
from ansvar.people.models import Desk, Team
from ansvar.tickets.decisions import Kind
from ansvar.tickets.models import Ticket

SUPPORT = tuple(kind for kind in Kind if kind is not Kind.PROJECT_WORK)
"""Project work goes from team to team by plan: figures about support leave it out (R187)."""


@dataclass(frozen=True, kw_only=True)
class Flow:
    """What one team has handed to another."""

    giver: Team
    team: Team
    count: int
    """Hand-overs."""
    bounces: int
    """Of them to a team that had held the ticket before."""
    lost: Loss
    """The time that these bounces ended, for which others than the team had held it."""


def flows(scope: Scope, period: Period, *, kinds: Collection[Kind] = SUPPORT) -> list[Flow]:
    """Return who handed to whom on the tickets opened in a period, the most bounces first.

    A team's scope are the tickets that it has held, with all their hand-overs.
    """
    asked = AskedCustody(scope=scope, period=period, kinds=tuple(kinds))
    return flows_on(asked.tickets(), scope.desk)


def flows_on(tickets: QuerySet[Ticket], desk: Desk) -> list[Flow]:
    """Return who handed to whom on some tickets of a desk, the most bounces first."""
    now, pairs = clock.now(), Pairs()
    reckoning = Reckoning(desk, now=now)
    for ticket in held_by_several(tickets, desk, until=now):
        for handing, loss in reckoning.handings(ticket.held, service=ticket.service):
            pairs.add(handing, loss)
    return pairs.flows()


class Pairs:
    """Hand-overs added up by giver and team."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, int], _Sum] = {}

    def add(self, handing: Handing, loss: Loss) -> None:
        """Count one more hand-over."""
        key = (handing.giver, handing.team)
        whole = self._found.get(key)
        if whole is None:
            whole = self._found[key] = _Sum()
        whole.count += 1
        if handing.is_bounce:
            whole.bounces += 1
            whole.lost.add(loss)

    def flows(self) -> list[Flow]:
        """Return what was counted with the teams, the most bounces first."""
        teams = Team.objects.in_bulk({pk for pair in self._found for pk in pair})
        found = [
            Flow(
                giver=teams[giver],
                team=teams[team],
                count=whole.count,
                bounces=whole.bounces,
                lost=whole.lost,
            )
            for (giver, team), whole in self._found.items()
        ]
        found.sort(key=lambda one: (-one.bounces, -one.count, one.giver.name, one.team.name))
        return found


@dataclass
class _Sum:
    count: int = 0
    bounces: int = 0
    lost: Loss = field(default_factory=Loss)
