"""An import of an event log as the command line runs it."""

import contextlib
import json
import sys
from dataclasses import dataclass
from typing import Any

import typer

from ansvar.importers import replaying
from ansvar.importers.commands import begin_log
from ansvar.importers.commands.runs import LOG
from ansvar.importers.decisions import Remark
from ansvar.importers.decisions.wanted import NamesWanted
from ansvar.importers.models import ImportRun
from ansvar.importers.queries import cases_remarked
from ansvar.importers.sources.log_finding import log_at
from ansvar.importers.sources.logs import Counted, EventLog
from ansvar.kernel.actor import SYSTEM
from ansvar.ops import console, log_report
from ansvar.ops.import_running import desk_called, known_run, progress, refusals_as_trouble
from ansvar.ops.trouble import Trouble
from ansvar.people.models import Desk


@dataclass(frozen=True, kw_only=True)
class WantedLog:
    """What was typed."""

    file: str
    mapping: str
    desk: str
    is_dry: bool
    limit: int | None
    as_json: bool


def run_log_import(wanted: WantedLog) -> None:
    """Do what was wanted.

    Raises: Trouble.
    """
    desk = desk_called(wanted.desk)
    with refusals_as_trouble():
        log = log_at(wanted.file, replaying.mapping_at(wanted.mapping))
        # The report alone goes to standard output, so that a program can read it.
        aside = contextlib.redirect_stdout(sys.stderr)
        with aside if wanted.as_json else contextlib.nullcontext():
            counted = _counted(log)
        if wanted.is_dry:
            _rehearse(desk, log, counted, wanted=wanted)
            return
        run = begin_log(desk=desk, source=log.name, log=log.mapping.name, by=SYSTEM)
        try:
            _replay(run, log, counted, wanted=wanted)
        except KeyboardInterrupt:
            raise Trouble(
                "Broken off; what is done stays, nothing is half done. The same command goes on."
            ) from None


def _counted(log: EventLog) -> Counted:
    counted = None
    with console.step(f"Counting the rows of {log.name}") as doing:
        for rows, there in log.count():
            doing.say(f"{rows} rows")
            counted = there
        assert counted is not None  # noqa: S101 - the last one says what there is
        doing.outcome = f"{counted.rows} rows of {counted.cases} cases"
    return counted


def _rehearse(desk: Desk, log: EventLog, counted: Counted, *, wanted: WantedLog) -> None:
    found = replaying.Rehearsal()
    with progress(f"Planning {counted.cases} cases", counted.rows) as told:
        for done, so_far in replaying.rehearse(desk, log, counted, limit=wanted.limit):
            told(done)
            found = so_far
    figures = found.outcome.figures() | {
        "steps": found.steps,
        "known": found.known,
        **_of_file(counted),
        "unknown": _names(found.wanted),
    }
    _show(figures, wanted)
    if not wanted.as_json:
        log_report.print_unknown(found.wanted, log.mapping)
        console.out.print("Nothing was imported. Leave out --dry-run to import it.")


def _replay(run: ImportRun, log: EventLog, counted: Counted, *, wanted: WantedLog) -> None:
    with progress(f"Making tickets of {counted.cases} cases", counted.rows) as told:
        for done in replaying.replay(run, log, counted, limit=wanted.limit, by=SYSTEM):
            told(done)
    about_run = {"run": run.pk, "is_finished": run.state == ImportRun.State.DONE}
    _show(about_run | run.report | _of_file(counted), wanted)
    if not wanted.as_json:
        log_report.print_end(run)


def _show(figures: dict[str, Any], wanted: WantedLog) -> None:
    if wanted.as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        log_report.print_figures(figures)


def print_remarks(run_id: int, what: str, *, as_json: bool) -> None:
    """Print the cases of an import on which something was remarked.

    Raises: Trouble.
    """
    run = known_run(run_id)
    if run.kind != LOG:
        raise Trouble(f"Import {run_id} is not of an event log.")
    if what and what not in set(Remark):
        raise Trouble(f"{what!r} is no remark. There are: {', '.join(Remark)}.")
    rows = cases_remarked(run, Remark(what) if what else None)
    if as_json:
        told = [
            {
                "case": row.case,
                "ticket": row.ticket.reference if row.ticket else None,
                "remarks": row.remarks,
            }
            for row in rows
        ]
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        log_report.print_remarked(rows)


def _of_file(counted: Counted) -> dict[str, Any]:
    return {"homeless": counted.homeless, "unused_columns": list(counted.unused)}


def _names(unknown: NamesWanted) -> dict[str, Any]:
    """Return the names that mean nothing here yet, all of them."""
    return {
        "teams": sorted(unknown.teams),
        "persons": sorted(unknown.persons),
        "services": sorted(unknown.services),
        "sites": sorted(unknown.sites),
        "memberships": len(unknown.memberships),
    }
