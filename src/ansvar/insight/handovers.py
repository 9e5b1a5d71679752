"""The report of hand-overs: how tickets went from team to team, and what coming back cost.

What each word means is said in `decisions.passing_on` and `decisions.losing`. Counted are tickets
that were opened in the period and that some team has held. Project work is left out of all shares
unless its kind is asked for, and is counted apart.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from ansvar.catalogue.models import Service
from ansvar.insight.counting import by_step, counted
from ansvar.insight.custody_reading import AskedCustody
from ansvar.insight.decisions.losing import Loss
from ansvar.insight.decisions.passing_on import Walks
from ansvar.insight.decisions.periods import Period, Step
from ansvar.insight.decisions.sums import Sums, as_number
from ansvar.insight.passing_on import SUPPORT, Flow, flows_in
from ansvar.insight.queries import Scope
from ansvar.insight.walk_figures import HANDOVERS, loss_in, loss_in_all
from ansvar.insight.work_figures import VOLUMES
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
    as_of: datetime | None = None
    """Up to when what is stored tells; nothing when everything was counted this moment."""


def asked_of(scope: Scope, period: Period, kinds: Iterable[Kind] = ()) -> AskedCustody:
    """Return what is asked for; without *kinds*, everything but project work."""
    return AskedCustody(scope=scope, period=period, kinds=tuple(kinds) or SUPPORT)


def handovers_of(asked: AskedCustody, *, step: Step = Step.MONTH) -> HandoverReport:
    """Report the hand-overs of what is asked for."""
    found = counted(HANDOVERS, asked.stretch, parts=asked.parts)
    whole = found.whole
    teams = {team.pk: TeamFigures(team=team) for team in Team.objects.filter(desk=asked.scope.desk)}
    first_line = {pk for pk, figures in teams.items() if figures.team.line == 1}
    by_service = _by_service(whole, first_line)
    services = Service.objects.in_bulk({pk for pk in by_service if pk is not None})
    return HandoverReport(
        asked=asked,
        step=step,
        whole=_together(whole, first_line),
        teams=_teams_in_order(whole, teams),
        services=sorted(
            ((services.get(pk or 0), figures) for pk, figures in by_service.items()),
            key=lambda pair: (
                -pair[1].walks.patterns,
                -pair[1].walks.cases,
                pair[0].name if pair[0] else "",
            ),
        ),
        periods=[
            (day, _together(sums, first_line)) for day, sums in by_step(found.by_day, step).items()
        ],
        flows=flows_in(whole),
        project_work=_project_work(asked),
        as_of=found.as_of,
    )


def _project_work(asked: AskedCustody) -> int:
    if Kind.PROJECT_WORK in asked.kinds:
        return 0
    apart = replace(asked, kinds=(Kind.PROJECT_WORK,))
    # What came in was counted as what came and went; a team's tickets are those it has held.
    return counted(VOLUMES, apart.stretch, parts=apart.parts).whole.total("came")


def first_opening(desk: Desk) -> datetime | None:
    """Return when the first ticket of a desk was opened, if there is one."""
    first = Ticket.objects.filter(desk=desk).order_by("opened_at").values_list("opened_at")[:1]
    return next((at for (at,) in first), None)


def _by_service(sums: Sums, first_line: Collection[int]) -> dict[int | None, Figures]:
    found: dict[int | None, Figures] = defaultdict(Figures)
    for (service, team), cases in sums.rows("alone"):
        walks = found[as_number(service)].walks
        _add_alone(walks, cases, is_first_line=int(team) in first_line)
    for (service, number), cases in sums.rows("histogram"):
        walks = found[as_number(service)].walks
        walks.cases += cases
        walks.histogram[int(number)] += cases
    for name in _COUNTS:
        for key, count in sums.table(name).items():
            walks = found[as_number(key)].walks
            setattr(walks, name, getattr(walks, name) + count)
    for key in sums.table("service.elapsed"):
        found[as_number(key)].lost = loss_in(sums, "service", key)
    return dict(found)


_COUNTS = ("patterns", "with_pattern", "with_two", "bounces", "with_bounce", "never_left")
"""Tables that are named like what `Walks` counts."""


def _together(sums: Sums, first_line: Collection[int]) -> Figures:
    """Return the figures of all services."""
    walks = Walks()
    for (_service, team), cases in sums.rows("alone"):
        _add_alone(walks, cases, is_first_line=int(team) in first_line)
    for (_service, number), cases in sums.rows("histogram"):
        walks.cases += cases
        walks.histogram[int(number)] += cases
    for name in _COUNTS:
        setattr(walks, name, getattr(walks, name) + sums.total(name))
    return Figures(walks=walks, lost=loss_in_all(sums, "service"))


def _add_alone(walks: Walks, cases: int, *, is_first_line: bool) -> None:
    walks.cases += cases
    walks.histogram[0] += cases
    walks.never_left += cases if is_first_line else 0


def _teams_in_order(sums: Sums, teams: dict[int, TeamFigures]) -> list[TeamFigures]:
    """Return the teams that held anything, those that gave back most first."""
    for (_service, team), cases in sums.rows("alone"):
        teams[int(team)].cases += cases
    for table, name in (("held", "cases"), *((one, one) for one in _GIVEN)):
        for key, count in sums.table(table).items():
            figures = teams[int(key)]
            setattr(figures, name, getattr(figures, name) + count)
    for key in sums.table("team.elapsed"):
        teams[int(key)].lost = loss_in(sums, "team", key)
    held = [one for one in teams.values() if one.cases]
    return sorted(held, key=lambda one: (-one.given_back, -one.cases, one.team.name))


_GIVEN = ("given", "got", "given_back", "got_back")
