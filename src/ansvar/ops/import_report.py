"""What an import found and made, shown on the terminal."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.markup import escape
from rich.table import Table

from ansvar.importers.decisions import LeftOut
from ansvar.importers.models import ImportedCase, ImportRun, SurveyedMail
from ansvar.ops.console import out

_BAR = 32
_HOUR = 60
_DAY = 24 * _HOUR
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MOST_MONTHS = 24
_REASONS = {
    LeftOut.BROKEN: "cannot be read",
    LeftOut.AUTOMATIC: "written by a program, answering nothing here",
    LeftOut.NO_REPLY: "from an address that reads nothing, never answered",
    LeftOut.NOBODY_ASKED: "written by the desk alone",
    LeftOut.JUNK: "marked as spam by the mail server",
    LeftOut.OLDER: "older than the day that was given",
    LeftOut.KNOWN: "on a ticket already",
}


def print_summary(run: ImportRun) -> None:
    """Print what an import would make."""
    counts = run.counts
    table = _table(f"Import {run.pk}: {run.source}", "", "", headed=False)
    table.add_row("mails", _number(counts["mails"]))
    if counts["repeated"]:
        table.add_row("  of them more than once", _number(counts["repeated"]))
    table.add_row("conversations", _number(counts["threads"]))
    table.add_row("tickets to be made", f"[bold]{_number(counts['tickets'])}[/bold]")
    table.add_row("  closed, as nobody went on", _number(counts["closed"]))
    table.add_row("  open", _number(counts["open"]))
    table.add_row("  never answered", _number(counts["unanswered"]))
    if counts["joins"]:
        table.add_row("tickets that are there and get more mail", _number(counts["joins"]))
    table.add_row("people to be made known", _number(counts["people"]))
    table.add_row("the desk’s addresses", escape(", ".join(counts["desk"])) or "none known")
    answerers = [f"{who} ({count})" for who, count in counts["answerers"][:8]]
    table.add_row("who answered", escape(", ".join(answerers)) or "nobody")
    for reason, count in sorted(counts["left_out"].items(), key=lambda pair: -pair[1]):
        words = _REASONS.get(LeftOut(reason), reason)
        table.add_row(f"left out: {words}", _number(count))
    out.print(table)
    if not counts["answerers"]:
        out.print(
            "[yellow]Nobody is known to have answered.[/yellow] Name the desk’s addresses with "
            "--agents-from, or connect its mailbox first."
        )


def print_outcome(run: ImportRun) -> None:
    """Print what an import has made."""
    counts = run.counts
    left = sum(count for reason, count in counts["left_out"].items() if reason != LeftOut.KNOWN)
    out.print(
        f"[green]✓[/green] Import {run.pk}: {_number(counts['imported'])} mails on "
        f"{_number(counts['made'])} new tickets and {_number(counts['joined'])} that were there; "
        f"{_number(left)} left out. Nothing was sent."
    )
    if left:
        out.print(f"  Which, and why: ansvar import left-out {run.pk}")
    out.print(f"  To take it back: ansvar import undo {run.pk}")


def print_report(report: Mapping[str, Any]) -> None:
    """Print what a mailbox reveals."""
    if not report["threads"]:
        out.print("No conversation that somebody began with the desk: nothing to report.")
        return
    first, last = _day(report["first_at"]), _day(report["last_at"])
    out.print(f"\n[bold]What the mailbox reveals[/bold], {first} to {last}")
    _print_figures(report)
    zone = report["zone"]
    hours = [(f"{hour:02}", count) for hour, count in enumerate(report["hours"])]
    _print_bars(f"Mails to the desk by hour of the day ({zone})", hours)
    weekdays = list(zip(_WEEKDAYS, report["weekdays"], strict=True))
    _print_bars("By day of the week", weekdays)
    _print_bars("By month", list(report["months"].items())[-_MOST_MONTHS:])
    _print_lists(report)


def print_runs(runs: Iterable[ImportRun]) -> None:
    """Print imports."""
    table = _table("Imports", "No.", "Desk", "Source", "State", "Begun", "Tickets", "Left out")
    for run in runs:
        left = sum(run.counts.get("left_out", {}).values()) + run.counts.get("left", 0)
        table.add_row(
            str(run.pk),
            run.desk.prefix,
            escape(run.source),
            str(run.get_state_display()),
            f"{run.begun_at:%Y-%m-%d %H:%M}",
            str(run.counts.get("made", "–")),
            str(left),
        )
    out.print(table)


def print_left_out(rows: Iterable[SurveyedMail]) -> None:
    """Print mails that became no words on a ticket."""
    table = _table("Left out", "When", "From", "Subject", "Why", "Where")
    for row in rows:
        reason = _REASONS.get(LeftOut(row.reason), row.reason) if row.reason else ""
        table.add_row(
            f"{row.at:%Y-%m-%d %H:%M}" if row.at else "–",
            escape(row.author),
            escape(row.subject[:60]),
            escape(f"{reason} ({row.detail})" if row.detail else reason),
            escape(row.place),
        )
    out.print(table)


def print_cases_left_out(rows: Iterable[ImportedCase]) -> None:
    """Print cases of a log that became no tickets."""
    table = _table("Left out", "Case", "Rows", "Why")
    for row in rows:
        table.add_row(escape(row.case), str(row.rows), escape(row.why))
    out.print(table)


def duration(minutes: float | None) -> str:
    """Return minutes in words of a fitting size."""
    if minutes is None:
        return "–"
    if minutes < _HOUR:
        return f"{minutes:.0f} min"
    if minutes < 2 * _DAY:
        return f"{minutes / _HOUR:.1f} h"
    return f"{minutes / _DAY:.1f} days"


def _print_figures(report: Mapping[str, Any]) -> None:
    answer, unanswered = report["first_answer"], report["unanswered"]
    table = _table("", "", "", headed=False)
    table.add_row("mails", _number(report["mails"]))
    table.add_row("  written by programs", _share(report["automatic_share"]))
    table.add_row("conversations with the desk", _number(report["threads"]))
    table.add_row("first answer, half within", duration(answer["median"]))
    table.add_row("first answer, nine of ten within", duration(answer["p90"]))
    words = f"{_number(unanswered['count'])}, {_share(unanswered['share'])}"
    table.add_row("never answered", words)
    table.add_row("answered by more than one", _number(report["several_answerers"]))
    table.add_row("  and back to who had it before", _number(report["bounced"]))
    out.print(table)


def _print_bars(title: str, pairs: Sequence[tuple[str, int]]) -> None:
    most = max((count for _name, count in pairs), default=0)
    out.print(f"\n[bold]{title}[/bold]")
    for name, count in pairs:
        bar = "█" * round(_BAR * count / most) if most else ""
        out.print(f"  {name:>7} [cyan]{bar:<{_BAR}}[/cyan] {_number(count)}")


def _print_lists(report: Mapping[str, Any]) -> None:
    out.print()
    table = _table("Who answers", "Who", "Answers", "Share", "First answers")
    for one in report["answerers"]:
        table.add_row(
            escape(one["who"]), _number(one["answers"]), _share(one["share"]), str(one["first"])
        )
    out.print(table)
    for title, key, name in (
        ("Who asks most", "requesters", "Who"),
        ("From where", "domains", "Domain"),
    ):
        table = _table(title, name, "Conversations")
        for who, count in report[key]:
            table.add_row(escape(who), _number(count))
        out.print(table)
    table = _table("Longest conversations", "Subject", "Who", "Mails", "Days")
    for one in report["longest"]:
        table.add_row(
            escape(one["subject"][:60]),
            escape(one["requester"]),
            str(one["mails"]),
            str(one["days"]),
        )
    out.print(table)
    if report["unanswered"]["oldest"]:
        table = _table("Never answered, the oldest", "Since", "Who", "Subject")
        for one in report["unanswered"]["oldest"]:
            table.add_row(_day(one["at"]), escape(one["requester"]), escape(one["subject"][:60]))
        out.print(table)


def _table(title: str, *columns: str, headed: bool = True) -> Table:
    table = Table(title=escape(title) or None, title_justify="left", show_header=headed, box=None)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "\N{NO-BREAK SPACE}")


def _share(value: float) -> str:
    return f"{value:.0%}"


def _day(text: str | None) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d}" if text else "–"
