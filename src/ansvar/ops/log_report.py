"""What an import of an event log found and made, shown on the terminal."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from ansvar.importers.decisions import LogMapping
from ansvar.importers.decisions.outcome import UNEXPLAINED
from ansvar.importers.decisions.wanted import NamesWanted
from ansvar.importers.models import ImportedCase, ImportRun
from ansvar.importers.remarks import COUNTERS, REMARKS
from ansvar.ops.console import out

_WORDS_SHOWN = 8


def print_figures(figures: Mapping[str, Any]) -> None:
    """Print how many cases there are, what could not be told, and how the counters compare."""
    table = Table(show_header=False, box=None)
    for words, key in (
        ("cases", "cases"),
        ("rows", "rows"),
        ("steps", "steps"),
        ("tickets already", "known"),
        ("rows that name no case", "homeless"),
    ):
        if figures.get(key):
            table.add_row(words, _number(figures[key]))
    out.print(table)
    if unused := figures.get("unused_columns"):
        out.print(f"Columns that the mapping does not use: {escape(', '.join(unused))}\n")
    _print_told("No tickets were made of", figures["left"])
    _print_told("Could not be told as the log has it", figures["remarks"])
    for counter, one in figures["counters"].items():
        _print_counter(str(COUNTERS[counter]), one)


def print_unknown(unknown: NamesWanted, mapping: LogMapping) -> None:
    """Print the names that mean nothing here yet, and what will become of them."""
    table = Table(title="Names that are not here yet", title_justify="left", box=None)
    for column in ("", "How many", "Such as", "What becomes of them"):
        table.add_column(column, overflow="fold")
    services = f"made for {mapping.service_owner}" if mapping.service_owner else "left out"
    sites = f"made in {mapping.organisation}" if mapping.organisation else "left out"
    for words, names, fate in (
        ("teams", unknown.teams, "made"),
        ("people", unknown.persons, "made"),
        ("services", unknown.services, services),
        ("sites", unknown.sites, sites),
    ):
        if names:
            example = escape(", ".join(sorted(names)[:3]))
            table.add_row(words, _number(len(names)), example, escape(fate))
    if table.row_count:
        out.print(table)


def print_end(run: ImportRun) -> None:
    """Print what an import has made, and how to go on."""
    counts = run.counts
    is_done = run.state == ImportRun.State.DONE
    out.print(
        f"[green]✓[/green] Import {run.pk}: {_number(counts['made'])} tickets of "
        f"{_number(counts['rows'])} rows; {_number(counts['left'])} cases left out. "
        "Nobody was told."
    )
    if not is_done:
        out.print("  There are more cases; the same command goes on.")
    if counts["left"]:
        out.print(f"  Which, and why: ansvar import left-out {run.pk}")
    out.print(f"  To take it back: ansvar import undo {run.pk}")


def _print_counter(words: str, one: Mapping[str, Any]) -> None:
    out.print(
        f"\n[bold]{words}[/bold]: as in the log in {_number(one['equal'])} of "
        f"{_number(one['cases'])} cases ({one['share']:.2%}); {_number(one['logged'])} in the log, "
        f"{_number(one['counted'])} here"
    )
    _print_told("Where they differ", one["differing"])


def _print_told(title: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    out.print()
    table = Table(title=title, title_justify="left", box=None)
    for column in ("", "Cases", "Times", "First"):
        table.add_column(column, overflow="fold")
    for row in rows:
        whys = [str(REMARKS.get(part, part)) for part in row["what"].split(" + ")]
        words = "for no reason that is known" if row["what"] == UNEXPLAINED else "; ".join(whys)
        times, cases = _number(row["times"]), _number(row["cases"])
        where = "\n".join(part for part in (escape(row["example"]), _words(row)) if part)
        table.add_row(escape(words), cases, times, where)
    out.print(table)


def _words(row: Mapping[str, Any]) -> str:
    """Return the words of the log that a remark is about, the most frequent first."""
    words = row.get("words", ())
    shown = [f"“{escape(word)}” {_number(times)}" for word, times in words[:_WORDS_SHOWN]]
    rest = len(words) - len(shown) + row.get("more_words", 0)
    more = [f"and {_number(rest)} more"] if rest else []
    return f"[dim]{' · '.join([*shown, *more])}[/dim]" if shown else ""


def print_remarked(rows: Iterable[ImportedCase]) -> None:
    """Print cases on which something was remarked, each with what and where first."""
    table = Table(title="Told otherwise than the log has it", title_justify="left", box=None)
    for column in ("Case", "Ticket", "What", "Times", "First"):
        table.add_column(column, overflow="fold")
    for row in rows:
        for what, (times, example, *_words) in row.remarks.items():
            words = str(REMARKS.get(what, what))
            reference = row.ticket.reference if row.ticket else ""
            table.add_row(
                escape(row.case), reference, escape(words), _number(times), escape(example)
            )
    out.print(table)


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "\N{NO-BREAK SPACE}")
