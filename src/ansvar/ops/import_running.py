"""An import as the command line runs it: asked about, watched, broken off, gone on with."""

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import typer
from django.db import transaction
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.prompt import Confirm

from ansvar.conversations import transport
from ansvar.importers import importing
from ansvar.importers.commands import begin_run, undo_import
from ansvar.importers.commands.runs import LOG
from ansvar.importers.decisions import LeftOut
from ansvar.importers.models import ImportRun
from ansvar.importers.queries import cases_left_out, left_out, surveyed_run, unfinished_run
from ansvar.importers.sources import Source, source_at
from ansvar.importers.sources.finding import is_address, source_of
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.refusal import Refusal
from ansvar.ops import console, import_report
from ansvar.ops.trouble import Trouble
from ansvar.people.models import Desk

_MOST_LISTED = 1000
State = ImportRun.State


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What was typed."""

    source: str
    mailbox: str
    desk: str
    is_dry: bool
    is_report: bool
    as_json: bool
    since: date | None
    agents_from: tuple[str, ...]
    silent_days: int
    same_subject_days: int
    is_resumed: bool
    is_agreed: bool
    password_stdin: bool

    @property
    def options(self) -> importing.Options:
        """How the source is to be understood."""
        return importing.Options(
            agents_from=self.agents_from,
            since=self.since,
            silent_days=self.silent_days,
            same_subject_days=self.same_subject_days,
        )


def run_import(wanted: Wanted) -> None:
    """Do what was wanted, up to what was agreed to.

    Raises: Trouble.
    """
    desk = desk_called(wanted.desk)
    where = wanted.mailbox or wanted.source
    with refusals_as_trouble(where), contextlib.closing(_source(wanted)) as source:
        if wanted.is_report:
            _report_only(desk, source, wanted)
            return
        run, was_agreed = _run(desk, source, wanted)
        try:
            _go_on(run, source, wanted, is_agreed=was_agreed)
        except KeyboardInterrupt:
            raise Trouble(_how_to_go_on(wanted)) from None


def undo_run(run_id: int, *, is_agreed: bool) -> None:
    """Remove what an import has made.

    Raises: Trouble.
    """
    run = known_run(run_id)
    question = f"Remove the untouched tickets of import {run}?"
    if not is_agreed and not _agreed(question):
        raise Trouble("Nothing was removed.")
    with console.step("Undoing the import") as doing, refusals_as_trouble():
        undone = undo_import(run_id, by=SYSTEM)
        doing.outcome = f"Removed {undone.tickets} tickets and {undone.persons} people"
    if undone.kept:
        console.out.print(
            f"{len(undone.kept)} tickets stay, because somebody has gone on with them: "
            + ", ".join(undone.kept[:20])
            + (" …" if len(undone.kept) > 20 else "")  # noqa: PLR2004 - as many as are named above
        )


def print_runs() -> None:
    """Print the imports."""
    import_report.print_runs(ImportRun.objects.select_related("desk")[:50])


def print_left_out(run_id: int, reason: str) -> None:
    """Print the mails or the cases that an import has left out.

    Raises: Trouble.
    """
    run = known_run(run_id)
    if run.kind == LOG:
        import_report.print_cases_left_out(cases_left_out(run)[:_MOST_LISTED])
        return
    if reason and reason not in set(LeftOut):
        raise Trouble(f"{reason!r} is no reason. There are: {', '.join(LeftOut)}.")
    rows = left_out(run, *([LeftOut(reason)] if reason else []))
    import_report.print_left_out(rows[:_MOST_LISTED])


def known_run(run_id: int) -> ImportRun:
    """Return the import of a number.

    Raises: Trouble.
    """
    run = ImportRun.objects.filter(pk=run_id).first()
    if run is None:
        raise Trouble(f"There is no import {run_id}; `ansvar import list` shows them.")
    return run


def desk_called(prefix: str) -> Desk:
    """Return the desk of a prefix.

    Raises: Trouble.
    """
    desk = Desk.objects.filter(prefix__iexact=prefix).select_related("calendar").first()
    if desk is None:
        there = ", ".join(Desk.objects.order_by("prefix").values_list("prefix", flat=True))
        raise Trouble(f"There is no desk {prefix!r}. There are: {there or 'none yet'}.")
    return desk


def _source(wanted: Wanted) -> Source:
    if bool(wanted.source) == bool(wanted.mailbox):
        raise Trouble("Say where the mail is: a SOURCE, or --mailbox with a connected address.")
    if wanted.mailbox:
        return source_of(wanted.mailbox)
    password = ""
    if is_address(wanted.source):
        if wanted.password_stdin:
            password = sys.stdin.readline().rstrip("\r\n")
        else:
            password = typer.prompt("IMAP password", hide_input=True)
    return source_at(wanted.source, password=password)


def _run(desk: Desk, source: Source, wanted: Wanted) -> tuple[ImportRun, bool]:
    """Return the run to go on with, and whether its dry run was shown before."""
    if wanted.is_resumed:
        run = unfinished_run(desk, source.name)
        if run is None:
            raise Trouble(f"No import of {source.name} was broken off; leave out --resume.")
        return run, run.state == State.IMPORTING
    shown = surveyed_run(desk, source.name, signature=source.signature)
    same = shown is not None and importing.Options.restore(shown.options) == wanted.options
    if shown is not None and same and not wanted.is_dry:
        console.out.print(f"Looked through before, as import {shown.pk}.")
        return shown, True
    run = begin_run(
        desk=desk,
        source=source.name,
        kind=source.kind,
        options=wanted.options.stored(),
        by=SYSTEM,
    )
    return run, False


def _go_on(run: ImportRun, source: Source, wanted: Wanted, *, is_agreed: bool) -> None:
    if run.state == State.SURVEYING:
        _survey(run, source)
    if wanted.is_dry or not (is_agreed or wanted.is_agreed):
        import_report.print_summary(run)
    if wanted.is_dry:
        _show_report(run, wanted)
        console.out.print("Nothing was imported. Leave out --dry-run to import it.")
        return
    if not (is_agreed or wanted.is_agreed) and not _agreed("Import it?"):
        console.out.print("Nothing was imported.")
        return
    total = importing.waiting_mails(run)
    with progress(f"Making tickets of {total} mails", total) as told:
        for done in importing.take_over(run, source, by=SYSTEM):
            told(done)
    run.refresh_from_db()
    import_report.print_outcome(run)
    _show_report(run, wanted)


def _survey(run: ImportRun, source: Source) -> None:
    with progress(f"Looking through {source.name}", source.total) as told:
        for done in importing.survey(run, source):
            told(done)
    with console.step("Sorting the mail into conversations") as doing:
        importing.sort(run, source)
        doing.outcome = f"{run.counts['threads']} conversations"


def _report_only(desk: Desk, source: Source, wanted: Wanted) -> None:
    # What was looked at is needed for sorting, and gone with the transaction.
    with transaction.atomic():
        run = begin_run(
            desk=desk,
            source=source.name,
            kind=source.kind,
            options=wanted.options.stored(),
            by=SYSTEM,
        )
        with contextlib.redirect_stdout(sys.stderr) if wanted.as_json else contextlib.nullcontext():
            _survey(run, source)
        transaction.set_rollback(True)
    _show_report(run, wanted)


def _show_report(run: ImportRun, wanted: Wanted) -> None:
    if wanted.as_json:
        typer.echo(json.dumps(run.report, ensure_ascii=False, indent=2))
    else:
        import_report.print_report(run.report)


@contextlib.contextmanager
def progress(words: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show how far something has come."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console.err, transient=True) as shown:
        task = shown.add_task(escape(words), total=max(total, 1))
        yield lambda done: shown.update(task, completed=done)


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        raise Trouble("Nobody can be asked here: look with --dry-run, then agree with --yes.")
    return Confirm.ask(escape(question), console=console.out, default=False)


def _how_to_go_on(wanted: Wanted) -> str:
    what = f"--mailbox {wanted.mailbox}" if wanted.mailbox else wanted.source
    return (
        "Broken off; what is done stays, and nothing is half done. Go on with: "
        f"ansvar import mailbox {what} --desk {wanted.desk} --resume"
    )


@contextlib.contextmanager
def refusals_as_trouble(where: str = "") -> Iterator[None]:
    """Let what was refused end the command with its sentence.

    Raises: Trouble.
    """
    try:
        yield
    except Refusal as refusal:
        raise Trouble(str(refusal)) from None
    except transport.ERRORS as error:
        raise Trouble(transport.in_words(error, where)) from None
