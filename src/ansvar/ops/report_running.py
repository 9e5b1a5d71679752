"""Figures of a desk on the terminal: what was asked for, tables, JSON and CSV."""

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from rich.markup import escape
from rich.table import Table

from ansvar.catalogue.models import Service
from ansvar.insight import classification_rows
from ansvar.insight.classification import classification_of
from ansvar.insight.custody_reading import AskedCustody
from ansvar.insight.decisions.losing import Loss, in_hours
from ansvar.insight.decisions.periods import Period, Step, period_of_days
from ansvar.insight.handover_rows import report_as_json, rows_of
from ansvar.insight.handovers import HandoverReport, asked_of, first_opening, handovers_of
from ansvar.insight.queries import Scope
from ansvar.insight.rolling import rebuild
from ansvar.insight.what_if import WhatIf, what_if
from ansvar.insight.what_if_rows import what_if_as_json
from ansvar.kernel import clock
from ansvar.ops import console
from ansvar.ops.console import out
from ansvar.ops.trouble import Trouble
from ansvar.people.models import Desk, Team
from ansvar.people.queries import working_calendar
from ansvar.tickets.decisions import Kind, Rule, RuleMode

_HIDDEN = frozenset(
    {
        "lost_elapsed_minutes", "lost_cost_of_work", "lost_cost_to_business",
        "lost_minutes_without_rate", "lost_minutes_without_service_cost", "cases_with_bounce",
        "never_left_first_line", "changes", "elapsed_minutes_before", "working_minutes_before",
    }
)  # fmt: skip
"""Columns for which a terminal has no room."""
_SHOWN = 30
"""Lines of a table that a terminal is given; JSON and CSV have all."""


def asked(
    *,
    desk: str,
    team: str,
    service: str,
    kinds: Iterable[str],
    since: datetime | None,
    until: datetime | None,
) -> AskedCustody:
    """Return whose tickets are looked at, as the options name them.

    Raises: Trouble.
    """
    of = desk_named(desk)
    found_team = _named(Team, of, team) if team else None
    found_service = _named(Service, of, service) if service else None
    known = {str(kind): kind for kind in Kind}
    if unknown := [kind for kind in kinds if kind not in known]:
        raise Trouble(f"There is no kind {unknown[0]!r}; there are {', '.join(known)}.")
    return asked_of(
        Scope(desk=of, team=found_team, service=found_service),
        period_between(of, since, until),
        [known[kind] for kind in kinds],
    )


def desk_named(prefix: str) -> Desk:
    """Return the desk with a prefix, or the only one.

    Raises: Trouble.
    """
    desks = {desk.prefix: desk for desk in Desk.objects.select_related("calendar")}
    if not prefix and len(desks) == 1:
        return next(iter(desks.values()))
    found = desks.get(prefix.upper())
    if found is None:
        known = ", ".join(sorted(desks)) or "none yet"
        what = f"There is no desk with the prefix {prefix!r}" if prefix else "Say which --desk"
        raise Trouble(f"{what}; there are: {known}.")
    return found


def period_between(desk: Desk, since: datetime | None, until: datetime | None) -> Period:
    """Return the period between two dates, or from the first ticket on and up to now.

    Raises: Trouble.
    """
    zone = working_calendar(desk.calendar).zone
    opened = first_opening(desk) or datetime.now(UTC)
    first: date = since.date() if since else opened.astimezone(zone).date()
    last: date = until.date() if until else clock.now().astimezone(zone).date()
    if last < first:
        raise Trouble(f"{last} lies before {first}. Give a later --to.")
    return period_of_days(first, last, zone)


def _named(model: type[Team] | type[Service], desk: Desk, name: str) -> Any:
    found = model.objects.filter(desk=desk, name__iexact=name).first()
    if found is None:
        known = ", ".join(model.objects.filter(desk=desk).values_list("name", flat=True)[:_SHOWN])
        raise Trouble(
            f"{desk.name} has no {model.__name__.lower()} {name!r}; there are: {known or 'none'}."
        )
    return found


def print_handovers(
    wanted: AskedCustody, *, cut: str, table: str, as_json: bool, as_csv: bool
) -> None:
    """Print the report of hand-overs."""
    report = handovers_of(wanted, step=Step(cut))
    if as_json:
        print_json(report_as_json(report))
    elif as_csv:
        print_csv(rows_of(report, table))
    else:
        print_table(_summary(report), title=f"{wanted.scope.name}: hand-overs")
        print_rows(rows_of(report, table), title=f"By {table}")


def _summary(report: HandoverReport) -> list[tuple[str, str]]:
    walks, lost = report.whole.walks, report.whole.lost
    return [
        ("tickets", f"{walks.cases:,}"),
        ("hand-overs", f"{walks.handovers:,}"),
        ("with A, B, A", f"{walks.with_pattern:,} ({_percent(walks.share_with_pattern)})"),
        ("with two or more of them", f"{walks.with_two:,}"),
        ("patterns A, B, A in all", f"{walks.patterns:,}"),
        ("hand-overs back to a team from before", f"{walks.bounces:,}"),
        ("never left the first line", f"{walks.never_left:,} ({_percent(walks.share_never_left)})"),
        *loss_lines(lost, report.asked.scope.desk.currency),
        ("project work, left out", f"{report.project_work:,}"),
    ]


def loss_lines(lost: Loss, currency: str) -> list[tuple[str, str]]:
    """Say what was lost in lines for the terminal."""
    return [
        ("lost until it was back, working time", f"{in_hours(lost.working):,.1f} h"),
        ("  by the clock on the wall", f"{in_hours(lost.elapsed):,.1f} h"),
        ("  cost, as far as it is known", f"{lost.cost:,.2f} {currency}"),
        ("  of teams without a rate", f"{in_hours(lost.without_rate):,.1f} h"),
        ("  on services without a cost", f"{in_hours(lost.without_service_cost):,.1f} h"),
    ]


def print_what_if(wanted: AskedCustody, *, mode: str, after: int, as_json: bool) -> None:
    """Print what a hand-over rule would have made of history."""
    found = what_if(wanted, Rule(mode=RuleMode(mode), after=after))
    if as_json:
        print_json(what_if_as_json(found))
        return
    print_table(_asked_lines(found), title=f"{wanted.scope.name}: what if, {mode}")
    table = Table(box=None)
    for heading in ("If the owner", "stops", "leaves", "saves, working time", "saves"):
        table.add_column(heading, justify="left" if heading == "If the owner" else "right")
    currency = wanted.scope.desk.currency
    for words, way in (
        ("sends it at the first question to where it was in the end", found.sent),
        ("refuses to let it be given back", found.refused),
    ):
        table.add_row(
            words,
            f"{way.stopped:,} ({_percent(way.share.value)})",
            f"{way.left:,}",
            f"{in_hours(way.saved.working):,.1f} h",
            f"{way.saved.cost:,.2f} {currency}",
        )
    out.print(table)
    out.print(
        "[dim]Assumed: the owner answers at once and, when sending, knows which team ends it."
        " Giving back is asked about under every rule.[/dim]"
    )


def _asked_lines(found: WhatIf) -> list[tuple[str, str]]:
    return [
        ("tickets", f"{found.cases:,}"),
        ("hand-overs", f"{found.handovers:,}"),
        ("questions to the owner", f"{found.asked:,} ({found.asked_a_week:,.1f} a week)"),
        ("tickets never asked about", _percent(found.share_never_asked)),
        ("bounces, each asked about", f"{found.bounces:,}"),
        *loss_lines(found.lost, found.asked_custody.scope.desk.currency),
    ]


def print_classification(wanted: AskedCustody, *, table: str, as_json: bool, as_csv: bool) -> None:
    """Print as what tickets were filed first, and as what they ended."""
    report = classification_of(wanted)
    rows = classification_rows.rows_of(report, table)
    if as_json:
        print_json(classification_rows.report_as_json(report))
    elif as_csv:
        print_csv(rows)
    else:
        whole, usual = report.whole, report.whole.usual_time
        lines = [
            ("solved tickets, kind or service said", f"{whole.tickets:,}"),
            ("right first time", f"{whole.right:,} ({_percent(whole.share_right)})"),
            ("filed anew", f"{whole.anew:,} tickets, {whole.changes:,} times"),
            ("working time before, usually", "–" if usual is None else f"{in_hours(usual):,.1f} h"),
            ("working time before, in all", f"{in_hours(whole.whole_time):,.1f} h"),
            ("kind and service never said", f"{report.unsaid:,}"),
        ]
        print_table(lines, title=f"{wanted.scope.name}: classification")
        print_rows(rows, title=f"By {table}")


def print_table(lines: Sequence[tuple[str, str]], *, title: str) -> None:
    """Print names and values."""
    table = Table(title=escape(title), title_justify="left", show_header=False, box=None)
    for words, value in lines:
        table.add_row(words, escape(value))
    out.print(table)


def print_rows(rows: Iterable[Sequence[object]], *, title: str) -> None:
    """Print a table whose first row are its headings, as far as a terminal can show it."""
    headings, *lines = rows
    places = [place for place, name in enumerate(headings) if name not in _HIDDEN]
    table = Table(title=escape(title), title_justify="left", box=None)
    for place in places:
        table.add_column(str(headings[place]).replace("_", " "), overflow="fold")
    for line in lines[:_SHOWN]:
        table.add_row(*(escape(_shown(line[place])) for place in places))
    out.print(table)
    if len(lines) > _SHOWN:
        out.print(f"[dim]and {len(lines) - _SHOWN} more; --csv and --json have all[/dim]")


def print_json(value: Mapping[str, Any]) -> None:
    """Print a value for programs."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def print_csv(rows: Iterable[Sequence[object]]) -> None:
    """Print a table for programs."""
    csv.writer(sys.stdout, lineterminator="\n").writerows(rows)


def _shown(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str("" if value is None else value)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def rebuild_figures() -> None:
    """Count the stored figures anew, and say how far that has come."""
    with console.step("Counting days") as doing:

        def told(words: str, done: int, whole: int) -> None:
            doing.say(f"{words}: {done} of {whole}")
            doing.outcome = f"{whole} days counted"

        rebuild(told)
