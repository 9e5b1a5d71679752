"""The report of hand-overs for other programs: as tables and as one nested value."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from ansvar.insight.decisions.losing import Loss
from ansvar.insight.decisions.passing_on import Walks
from ansvar.insight.decisions.periods import name_of
from ansvar.insight.handovers import Figures, HandoverReport

TABLES = ("team", "pair", "service", "period", "histogram")
MINUTE = timedelta(minutes=1)


def rows_of(report: HandoverReport, table: str) -> Iterator[Sequence[object]]:
    """Return one of the tables, with its headings first."""
    rows = list(_TABLES[table](report))
    headings = rows[0] if rows else {}
    yield list(headings)
    for row in rows:
        yield list(row.values())


def report_as_json(report: HandoverReport) -> dict[str, Any]:
    """Return the whole report in words that JSON knows."""
    asked = report.asked
    scope = asked.scope
    return {
        "desk": scope.desk.name,
        "team": scope.team.name if scope.team else None,
        "service": scope.service.name if scope.service else None,
        "start": asked.period.start.isoformat(),
        "end": asked.period.end.isoformat(),
        "kinds": [str(kind) for kind in asked.kinds],
        "currency": scope.desk.currency,
        **figures_as_json(report.whole),
        "histogram": {str(n): cases for n, cases in sorted(report.whole.walks.histogram.items())},
        "project_work_left_out": report.project_work,
        "teams": list(_by_team(report)),
        "pairs": list(_by_pair(report)),
        "services": list(_by_service(report)),
        "periods": list(_by_period(report)),
    }


def figures_as_json(figures: Figures) -> dict[str, Any]:
    """Return what is counted of some tickets."""
    return {**_walks(figures.walks), **loss_as_json(figures.lost)}


def loss_as_json(lost: Loss) -> dict[str, Any]:
    """Return a loss: minutes, and money with what has no price."""
    return {
        "lost_elapsed_minutes": lost.elapsed // MINUTE,
        "lost_working_minutes": lost.working // MINUTE,
        "lost_cost": float(round(lost.cost, 2)),
        "lost_cost_of_work": float(round(lost.work, 2)),
        "lost_cost_to_business": float(round(lost.business, 2)),
        "lost_minutes_without_rate": lost.without_rate // MINUTE,
        "lost_minutes_without_service_cost": lost.without_service_cost // MINUTE,
    }


def _walks(walks: Walks) -> dict[str, Any]:
    return {
        "cases": walks.cases,
        "handovers": walks.handovers,
        "cases_with_pattern": walks.with_pattern,
        "cases_with_two_patterns": walks.with_two,
        "patterns": walks.patterns,
        "bounces": walks.bounces,
        "cases_with_bounce": walks.with_bounce,
        "never_left_first_line": walks.never_left,
        "share_never_left_first_line": walks.share_never_left,
    }


def _by_team(report: HandoverReport) -> Iterator[Mapping[str, Any]]:
    for one in report.teams:
        yield {
            "team": one.team.name,
            "line": one.team.line,
            "cases": one.cases,
            "given": one.given,
            "got": one.got,
            "given_back": one.given_back,
            "got_back": one.got_back,
            **loss_as_json(one.lost),
        }


def _by_pair(report: HandoverReport) -> Iterator[Mapping[str, Any]]:
    for one in report.flows:
        yield {
            "giver": one.giver.name,
            "team": one.team.name,
            "handovers": one.count,
            "bounces": one.bounces,
            **loss_as_json(one.lost),
        }


def _by_service(report: HandoverReport) -> Iterator[Mapping[str, Any]]:
    for service, figures in report.services:
        yield {"service": service.name if service else "", **figures_as_json(figures)}


def _by_period(report: HandoverReport) -> Iterator[Mapping[str, Any]]:
    for day, figures in report.periods:
        yield {"period": name_of(day, report.step), **figures_as_json(figures)}


def _histogram(report: HandoverReport) -> Iterator[Mapping[str, Any]]:
    for number, cases in sorted(report.whole.walks.histogram.items()):
        yield {"handovers": number, "cases": cases}


_TABLES = {
    "team": _by_team,
    "pair": _by_pair,
    "service": _by_service,
    "period": _by_period,
    "histogram": _histogram,
}
