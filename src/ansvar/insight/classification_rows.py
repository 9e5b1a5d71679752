"""The report of how tickets were filed, for other programs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from ansvar.insight.classification import ClassificationReport, Filed

TABLES = ("team", "channel", "move")
MINUTE = timedelta(minutes=1)


def rows_of(report: ClassificationReport, table: str) -> Iterator[Sequence[object]]:
    """Return one of the tables, with its headings first."""
    rows = list(_TABLES[table](report))
    yield list(rows[0] if rows else {})
    for row in rows:
        yield list(row.values())


def report_as_json(report: ClassificationReport) -> dict[str, Any]:
    """Return the whole report in words that JSON knows."""
    asked = report.asked
    return {
        "desk": asked.scope.desk.name,
        "service": asked.scope.service.name if asked.scope.service else None,
        "start": asked.period.start.isoformat(),
        "end": asked.period.end.isoformat(),
        "kinds": [str(kind) for kind in asked.kinds],
        **_filed(report.whole),
        "never_said": report.unsaid,
        "teams": list(_by_team(report)),
        "channels": list(_by_channel(report)),
        "moves": list(_by_move(report)),
    }


def _filed(filed: Filed) -> dict[str, Any]:
    usual = filed.usual_time
    return {
        "tickets": filed.tickets,
        "right_first_time": filed.right,
        "share_right_first_time": filed.share_right,
        "filed_anew": filed.anew,
        "changes": filed.changes,
        "usual_working_minutes_before": None if usual is None else usual // MINUTE,
        "working_minutes_before": filed.whole_time // MINUTE,
        "elapsed_minutes_before": filed.elapsed // MINUTE,
    }


def _by_team(report: ClassificationReport) -> Iterator[Mapping[str, Any]]:
    for team, filed in report.teams:
        yield {"first_team": team.name if team else "", **_filed(filed)}


def _by_channel(report: ClassificationReport) -> Iterator[Mapping[str, Any]]:
    for channel, filed in report.channels:
        yield {"channel": channel, **_filed(filed)}


def _by_move(report: ClassificationReport) -> Iterator[Mapping[str, Any]]:
    for one in report.moves:
        yield {"what": one.what, "first": one.before, "at_last": one.after, "tickets": one.count}


_TABLES = {"team": _by_team, "channel": _by_channel, "move": _by_move}
