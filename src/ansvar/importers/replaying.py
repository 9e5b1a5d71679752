"""Taking over an event log: count it, plan its cases, tell them batch by batch.

It can be broken off at any moment: which cases are tickets is known, and a second run goes on.
"""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from django.utils.translation import gettext as _

from ansvar.importers.commands import finish_log, make_named, note_outcome, replay_cases
from ansvar.importers.commands.replaying import NO_ROW
from ansvar.importers.decisions import (
    BadMapping,
    CaseStory,
    Event,
    LogMapping,
    Outcome,
    Remark,
    Remarks,
    RowReader,
    Tracer,
)
from ansvar.importers.decisions.wanted import NamesWanted
from ansvar.importers.models import ImportRun
from ansvar.importers.named import Named
from ansvar.importers.queries import cases_told, outcome_of
from ansvar.importers.sources.logs import Counted, EventLog, Row
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.people.models import Desk
from ansvar.tickets.decisions import State

TOLD_AT_ONCE = 100
"""Cases that become tickets in one transaction."""
CaseRows: TypeAlias = tuple[str, list[Row]]
SHIPPED = Path(__file__).parent / "mappings"


@dataclass(kw_only=True)
class Rehearsal:
    """What an import of a log would make."""

    outcome: Outcome = field(default_factory=Outcome)
    wanted: NamesWanted = field(default_factory=NamesWanted)
    """Names that mean nothing here yet."""
    steps: int = 0
    known: int = 0


def mapping_at(text: str) -> LogMapping:
    """Return the mapping in a file, or one that is shipped, by its name.

    Raises: BadMapping.
    """
    shipped = {path.stem: path for path in sorted(SHIPPED.glob("*.toml"))}
    path = shipped.get(text) or Path(text).expanduser()
    if not path.is_file():
        raise BadMapping(
            _("There is no mapping %(text)s. Name a .toml file, or one of: %(shipped)s."),
            text=text,
            shipped=", ".join(shipped),
        )
    try:
        stored = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadMapping(
            _("The mapping %(path)s cannot be read: %(error)s."), path=path, error=error
        ) from None
    return LogMapping.parse(stored)


def stories_in(log: EventLog, counted: Counted) -> Iterator[CaseStory]:
    """Yield the cases of a log as they are to be told."""
    reader = _reader_of(log)
    for case, rows in log.cases(counted):
        yield story_in(case, rows, reader)


def story_in(case: str, rows: Iterable[Row], reader: RowReader) -> CaseStory:
    """Return a case as it is to be told."""
    remarks = Remarks()
    events = []
    count = 0
    for row in rows:
        count += 1
        if row.is_broken:
            remarks.add(Remark.ROW_BROKEN, f"row {row.number}")
        elif event := reader.read(row.number, row.cells, remarks):
            events.append(event)
    mapping = reader.mapping
    if mapping.is_by_time:
        # Of one moment the row that stands first was first.
        events.sort(key=lambda event: event.at)
    tracer = Tracer(
        case=case,
        holds_in=mapping.holds_in,
        remarks=remarks,
        end=_end_of(events, reader),
    )
    return tracer.trace(events, rows=count)


def _end_of(events: Sequence[Event], reader: RowReader) -> State | None:
    """Return how a case ends that its last row leaves open, if the mapping wishes it ended."""
    days = timedelta(days=reader.mapping.end_days)
    is_over = bool(events) and reader.now - events[-1].at >= days
    return reader.mapping.end if is_over else None


def rehearse(
    desk: Desk, log: EventLog, counted: Counted, *, limit: int | None = None
) -> Iterator[tuple[int, Rehearsal]]:
    """Plan everything and write nothing; yields how many rows are done, and what was found."""
    found = Rehearsal()
    wanted = NamesWanted()
    named = Named(desk=desk, mapping=log.mapping)
    done = 0
    reader = _reader_of(log)
    for batch in _batches(islice(log.cases(counted), limit)):
        untold = _untold(desk, log, batch)
        found.known += len(batch) - len(untold)
        new = [story_in(case, rows, reader) for case, rows in untold]
        for story in new:
            _rehearse(story, found)
        wanted.add(new)
        done += _rows_of(batch)
        yield done, found
    named.look_up(wanted)
    found.wanted = named.unknown(wanted)
    yield done, found


def replay(
    run: ImportRun, log: EventLog, counted: Counted, *, limit: int | None = None, by: Actor
) -> Iterator[int]:
    """Make tickets of the cases that are none yet; yields how many rows are done.

    With a *limit* only so many of them, and the run is not finished.
    """
    named = Named(desk=run.desk, mapping=log.mapping)
    left = counted.cases if limit is None else limit
    done = 0
    is_whole = True
    reader = _reader_of(log)
    for batch in _batches(log.cases(counted)):
        untold = _untold(run.desk, log, batch)
        taken = [story_in(case, rows, reader) for case, rows in untold[:left]]
        if taken:
            wanted = NamesWanted()
            wanted.add(taken)
            make_named(run, named, wanted)
            replay_cases(run, named, taken)
        left -= len(taken)
        is_whole = len(taken) == len(untold)
        if not is_whole:
            break
        done += _rows_of(batch)
        yield done
    report = outcome_of(run).figures()
    if is_whole:
        finish_log(run, report=report, by=by)
    else:
        note_outcome(run, report=report)


def _rehearse(story: CaseStory, found: Rehearsal) -> None:
    if not story.steps:
        found.outcome.leave(story.case, why=NO_ROW, remarks=story.remarks.stored())
        return
    found.steps += len(story.steps)
    found.outcome.add(
        story.case,
        rows=story.rows,
        remarks=story.remarks.stored(),
        logged=story.logged,
        counted=story.counted,
    )


def _reader_of(log: EventLog) -> RowReader:
    return RowReader(mapping=log.mapping, now=clock.now())


def _untold(desk: Desk, log: EventLog, batch: Sequence[CaseRows]) -> list[CaseRows]:
    """Return the cases that are no tickets yet; the others need not be planned again."""
    told = cases_told(desk, log.mapping.name, [case for case, _rows in batch])
    return [(case, rows) for case, rows in batch if case not in told]


def _rows_of(batch: Sequence[CaseRows]) -> int:
    return sum(len(rows) for _case, rows in batch)


def _batches(cases: Iterable[CaseRows]) -> Iterator[list[CaseRows]]:
    several = iter(cases)
    while batch := list(islice(several, TOLD_AT_ONCE)):
        yield batch
