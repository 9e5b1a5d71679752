"""Who hands tickets to whom, and how often and how dearly they come back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from ansvar.insight.counting import counted
from ansvar.insight.custody_reading import AskedCustody
from ansvar.insight.decisions.losing import Loss
from ansvar.insight.decisions.periods import Period
from ansvar.insight.decisions.sums import Sums, key_of
from ansvar.insight.queries import Scope
from ansvar.insight.stretches import Stretch
from ansvar.insight.walk_figures import FLOWS, HANDOVERS, SUPPORT, loss_in
from ansvar.people.models import Desk, Team
from ansvar.tickets.decisions import Kind

__all__ = ["SUPPORT", "Flow", "flows", "flows_in", "flows_of_services"]


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
    return flows_in(counted(HANDOVERS, asked.stretch, parts=asked.parts).whole)


def flows_of_services(
    desk: Desk, services: Collection[int], period: Period
) -> tuple[list[Flow], datetime | None]:
    """Return the same of the support of some services of a desk, and up to when it tells."""
    stretch = Stretch(
        desk=desk, start=period.start, end=period.end, service_ids=frozenset(services)
    )
    found = counted(FLOWS, stretch, parts=[str(pk) for pk in services])
    return flows_in(found.whole), found.as_of


def flows_in(sums: Sums) -> list[Flow]:
    """Return the hand-overs that were counted, with their teams, the most bounces first."""
    rows = list(sums.rows("pairs"))
    teams = Team.objects.in_bulk({int(pk) for pair, _count in rows for pk in pair})
    bounces = sums.table("pair_bounces")
    found = []
    for (giver, team), count in rows:
        key = key_of(giver, team)
        found.append(
            Flow(
                giver=teams[int(giver)],
                team=teams[int(team)],
                count=count,
                bounces=bounces.get(key, 0),
                lost=loss_in(sums, "pair", key) if key in bounces else Loss(),
            )
        )
    found.sort(key=lambda one: (-one.bounces, -one.count, one.giver.name, one.team.name))
    return found
