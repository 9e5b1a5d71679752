"""The report of hand-overs: how tickets went from team to team, and what coming back cost.

What each word means is said in `decisions.passing_on` and `decisions.losing`. Counted are tickets
that were opened in the period and that some team has held. Project work is left out of all shares
unless its kind is asked for, and is counted apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from ansvar.catalogue.models import Service
from ansvar.insight.custody_reading import (
    Alone,
    AskedCustody,
    Moved,
    Reckoning,
    held_alone,
    held_by_several,
)
from ansvar.insight.decisions.losing import Loss
from ansvar.insight.decisions.passing_on import Handing, Walks
from ansvar.insight.decisions.periods import Period, Step, first_day
from ansvar.insight.passing_on import SUPPORT, Flow, Pairs
from ansvar.insight.queries import Scope
from ansvar.kernel import clock
from ansvar.people.models import Desk, Team
from ansvar.tickets.decisions import Kind
from ansvar.tickets.models import Ticket


@dataclass(kw_only=True)
class Figures:
    """How some tickets went from team to team, and what they lost by it."""

    walks: Walks = field(default_factory=Walks)
    lost: Loss = field(default_factory=Loss)


@dataclass(kw_only=True)
class TeamFigures:
    """What one team had to do with it."""

    team: Team
    cases: int = 0
    """Tickets that it has held."""
    given: int = 0
    got: int = 0
    given_back: int = 0
    """Hand-overs by which it gave a ticket back to a team that had held it."""
    got_back: int = 0
    """Hand-overs by which it got a ticket back that it had held."""
    lost: Loss = field(default_factory=Loss)
    """What was lost until its tickets were back with it."""


@dataclass(frozen=True, kw_only=True)
class HandoverReport:
    """The report of one scope and period."""

    asked: AskedCustody
    step: Step
    whole: Figures
    teams: list[TeamFigures]
    """Those that gave back most first."""
    services: list[tuple[Service | None, Figures]]
    """Those with most patterns first; nothing stands for tickets of no service."""
    periods: list[tuple[date, Figures]]
    """By the first days of months, quarters or years, in order."""
    flows: list[Flow]
    project_work: int
    """Tickets of project work that are left out; none when their kind was asked for."""


def asked_of(scope: Scope, period: Period, kinds: Iterable[Kind] = ()) -> AskedCustody:
    """Return what is asked for; without *kinds*, everything but project work."""
    return AskedCustody(scope=scope, period=period, kinds=tuple(kinds) or SUPPORT)


def handovers_of(asked: AskedCustody, *, step: Step = Step.MONTH) -> HandoverReport:
    """Report the hand-overs of what is asked for."""
    sums = _Sums(asked.scope.desk, step, now=clock.now())
    tickets = asked.tickets()
    for alone in held_alone(tickets, asked.scope.desk):
        sums.add_alone(alone)
    for moved in held_by_several(tickets, asked.scope.desk, until=sums.now):
        sums.add_moved(moved)
    services = Service.objects.in_bulk({pk for pk in sums.services if pk is not None})
    return HandoverReport(
        asked=asked,
        step=step,
        whole=sums.whole,
        teams=sums.teams_in_order(),
        services=sorted(
            ((services.get(pk or 0), figures) for pk, figures in sums.services.items()),
            key=lambda pair: (
                -pair[1].walks.patterns,
                -pair[1].walks.cases,
                pair[0].name if pair[0] else "",
            ),
        ),
        periods=sorted(sums.periods.items()),
        flows=sums.pairs.flows(),
        project_work=_project_work(asked),
    )


def _project_work(asked: AskedCustody) -> int:
    if Kind.PROJECT_WORK in asked.kinds:
        return 0
    apart = AskedCustody(scope=asked.scope, period=asked.period, kinds=(Kind.PROJECT_WORK,))
    return apart.tickets().count()


def first_opening(desk: Desk) -> datetime | None:
    """Return when the first ticket of a desk was opened, if there is one."""
    first = Ticket.objects.filter(desk=desk).order_by("opened_at").values_list("opened_at")[:1]
    return next((at for (at,) in first), None)


class _Sums:
    """Everything that is added up while tickets stream by."""

    def __init__(self, desk: Desk, step: Step, *, now: datetime) -> None:
        self.now, self.step = now, step
        self.reckoning = Reckoning(desk, now=now)
        self.whole, self.pairs = Figures(), Pairs()
        self.services: dict[int | None, Figures] = {}
        self.periods: dict[date, Figures] = {}
        self.first_line: set[int] = set()
        self.teams: dict[int, TeamFigures] = {}
        for team in Team.objects.filter(desk=desk):
            self.teams[team.pk] = TeamFigures(team=team)
            if team.line == 1:
                self.first_line.add(team.pk)

    def add_alone(self, alone: Alone) -> None:
        """Count tickets that one team held alone."""
        self._count(alone, [alone.team], cases=alone.cases)

    def add_moved(self, moved: Moved) -> None:
        """Count a ticket that went from team to team, and what it lost by that."""
        handings = self.reckoning.handings(moved.held, service=moved.service)
        path = [moved.held[0].team, *(handing.team for handing, _loss in handings)]
        counted = self._count(moved, path, cases=1)
        for handing, loss in handings:
            self.pairs.add(handing, loss)
            self._count_for_teams(handing, loss)
            if handing.is_bounce:
                for figures in counted:
                    figures.lost.add(loss)

    def teams_in_order(self) -> list[TeamFigures]:
        """Return the teams that held anything, those that gave back most first."""
        held = [one for one in self.teams.values() if one.cases]
        return sorted(held, key=lambda one: (-one.given_back, -one.cases, one.team.name))

    def _count(self, row: Alone | Moved, path: list[int], *, cases: int) -> tuple[Figures, ...]:
        day = first_day(row.month.date(), self.step)
        counted = (
            self.whole,
            self.services.setdefault(row.service, Figures()),
            self.periods.setdefault(day, Figures()),
        )
        for figures in counted:
            figures.walks.add(path, first_line=self.first_line, cases=cases)
        for pk in set(path):
            self.teams[pk].cases += cases
        return counted

    def _count_for_teams(self, handing: Handing, loss: Loss) -> None:
        giver, team = self.teams[handing.giver], self.teams[handing.team]
        giver.given += 1
        team.got += 1
        if handing.is_bounce:
            giver.given_back += 1
            team.got_back += 1
            team.lost.add(loss)
