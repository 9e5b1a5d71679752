"""Keeping the clocks of a ticket: worked out anew from its story whenever something happens."""

import json
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection

from ansvar.kernel import journal, prepared
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.command import command
from ansvar.kernel.facts import Fact
from ansvar.kernel.journal import record
from ansvar.kernel.models import Entry
from ansvar.servicelevels import book as books
from ansvar.servicelevels.decisions import clocks as running
from ansvar.servicelevels.decisions.clocks import MISSED
from ansvar.servicelevels.decisions.story import (
    EPOCH,
    MICROSECOND,
    course_of,
    restored,
    stored,
)
from ansvar.servicelevels.decisions.terms import Measure, Terms
from ansvar.servicelevels.facts import TargetMissed
from ansvar.servicelevels.models import Clock, Timing
from ansvar.servicelevels.telling import HEARD_NAMES, Moments, in_time, story_of
from ansvar.tickets.commands import note_due
from ansvar.tickets.facts import TicketOpened
from ansvar.tickets.models import Ticket

WORKED_OUT = (
    "version_id", "row", "target", "started_at", "used", "counting_since", "due_at", "stopped_at",
    "team_id", "supplier_id", "shares",
)  # fmt: skip
"""Columns of a clock that follow from story and book alone."""
STEPPED = ("taken", "steps", "next_step_at")
"""Columns of a clock that tell of its steps."""
KEY = ("ticket_id", "measure", "number")
AT_ONCE = 200
"""Rows of history that are written with one statement."""

Key = tuple[str, int]
"""Measure and number."""
DueTimes = tuple[datetime | None, datetime | None, datetime | None]
"""By when work is due, the first answer, and the next word to the ticket's people."""


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """The clocks of a ticket, what they were worked out from, and what of it is not written yet."""

    ticket_id: int
    desk_id: int
    edition: int
    story: Moments
    taken: dict[str, list[str]] = field(default_factory=dict)
    """Steps taken of clocks that are no more."""
    rows: dict[Key, Clock] = field(default_factory=dict)
    """Never changed, only replaced."""
    due: DueTimes = (None, None, None)
    due_on_ticket: DueTimes = (None, None, None)
    """Those that the ticket was told last."""
    changed: frozenset[Key] = frozenset()
    gone: frozenset[int] = frozenset()
    """Ids of rows to be deleted."""


def keep_clocks(ticket_id: int, happened: list[tuple[Fact, Entry]]) -> None:
    """Let a ticket's clocks follow what happened to it.

    Records: TargetMissed of a clock that stopped too late before anybody noticed.
    """
    _work_out(_told(ticket_id, happened))


def story_kept(ticket_id: int) -> Moments:
    """Return what the clocks of a ticket are worked out from; nothing when it has none."""
    backlog = journal.backlog(_write)
    if backlog is not None and (kept := backlog.get(ticket_id)):
        return kept.story
    stories = Timing.objects.filter(ticket=ticket_id).values_list("story", flat=True)
    return restored(stories.first() or [])


@command
def renew_clocks(ticket_id: int) -> None:
    """Work a ticket's clocks out anew by the book in force.

    Records: TargetMissed, as above.
    """
    Ticket.objects.select_for_update().values_list("pk").get(pk=ticket_id)
    _work_out(_told(ticket_id, []))


def as_worked_out(clock: running.Clock) -> dict[str, Any]:
    """Return the columns of a clock that follow from story and book alone."""
    values = {name: getattr(clock, name) for name in WORKED_OUT}
    return values | {"shares": _as_json(clock.shares)}


def missed(clock: running.Clock, ticket_id: int, shares: running.Shares) -> TargetMissed:
    """Return the fact that a clock has used more than its target, of which *shares* tells whose."""
    return TargetMissed(
        subject_id=ticket_id,
        measure=str(clock.measure),
        number=clock.number,
        version_id=clock.version_id,
        target_minutes=int(clock.target.total_seconds() // 60),
        due_at=clock.due_at,
        team_id=clock.team_id,
        supplier_id=clock.supplier_id,
        shares=[(kind, pk, seconds) for kind, pk, seconds in _as_json(shares)],
    )


def _told(ticket_id: int, happened: list[tuple[Fact, Entry]]) -> _Kept:
    """Return the clocks as they are, the story with what happened, and the edition in force."""
    news = story_of(happened)
    first = happened[0][0] if happened else None
    if isinstance(first, TicketOpened):
        return _Kept(
            ticket_id=ticket_id, desk_id=first.desk_id, edition=books.edition(), story=news
        )
    backlog = journal.backlog(_write)
    kept = backlog.get(ticket_id) if backlog is not None else None
    if kept is not None:
        # The ticket has been locked since it was read.
        return replace(kept, edition=books.edition(), story=in_time([*kept.story, *news]))
    return _read(ticket_id, happened, news)


def _read(ticket_id: int, happened: list[tuple[Fact, Entry]], news: Moments) -> _Kept:
    with connection.cursor() as cursor:
        # Most commands hold the ticket already. Those that do not must wait for those that do: two
        # that read one story at once would each leave out what the other adds.
        cursor.execute("SELECT FROM tickets_ticket WHERE id = %s FOR NO KEY UPDATE", [ticket_id])
        cursor.execute(
            "SELECT desk_id, story::text, taken::text,"
            " (SELECT number FROM servicelevels_bookedition LIMIT 1)"
            " FROM servicelevels_timing WHERE ticket_id = %s",
            [ticket_id],
        )
        row = cursor.fetchone()
    if row is None:
        return _told_by_journal(ticket_id, happened)
    desk_id, story, taken, edition = row
    rows = _rows_of(ticket_id)
    due = _due_times(rows.values())
    return _Kept(
        ticket_id=ticket_id,
        desk_id=desk_id,
        edition=edition or 0,
        story=in_time([*restored(json.loads(story)), *news]),
        taken=json.loads(taken),
        rows=rows,
        due=due,
        due_on_ticket=due,
    )


def _told_by_journal(ticket_id: int, happened: list[tuple[Fact, Entry]]) -> _Kept:
    """Return the whole story of a ticket that was opened before clocks were kept."""
    entries = Entry.objects.filter(
        subject_type="ticket", subject_id=ticket_id, fact__in=HEARD_NAMES
    ).order_by("id")
    # What is recorded together is written at the end, so some of it is not in the journal yet.
    unwritten = [(fact, entry) for fact, entry in happened if entry.pk is None]
    rows = _rows_of(ticket_id)
    due = _due_times(rows.values())
    return _Kept(
        ticket_id=ticket_id,
        desk_id=Ticket.objects.values_list("desk_id", flat=True).get(pk=ticket_id),
        edition=books.edition(),
        story=in_time(story_of([*((entry.restored, entry) for entry in entries), *unwritten])),
        rows=rows,
        due=due,
        due_on_ticket=due,
    )


def _work_out(kept: _Kept) -> None:
    """Work the clocks out and write them; of history, when it has been told.

    Records: TargetMissed.
    """
    book = books.book_of(kept.edition)
    course = course_of(kept.story)
    terms = {version.id: version.terms for version in book.versions}
    found = running.clocks_of(course, book, desk_id=kept.desk_id)
    before, taken = dict(kept.rows), dict(kept.taken)
    rows, changed = {}, set(kept.changed)
    for clock in found:
        key = str(clock.measure), clock.number
        row = before.pop(key, None)
        if row is None:
            row = _new_row(clock, kept, taken=taken.pop(_words(key), []))
        rows[key] = _followed(row, clock, terms=terms[clock.version_id], since=course.last_at)
        if rows[key] is not row:
            changed.add(key)
    # Clocks that have no target any more; which steps they took is remembered.
    taken |= {_words(key): row.taken for key, row in before.items() if row.taken}
    gone = {row.pk for row in before.values() if row.pk is not None}
    _keep(
        replace(
            kept,
            taken=taken,
            rows=rows,
            due=_due_times(found),
            changed=frozenset(changed & rows.keys()),
            gone=kept.gone | gone,
        )
    )


def _words(key: Key) -> str:
    measure, number = key
    return f"{measure}:{number}"


def _rows_of(ticket_id: int) -> dict[Key, Clock]:
    rows = prepared.rows(Clock, "ticket_id = %s", ticket_id)
    return {(row.measure, row.number): row for row in rows}


def _new_row(clock: running.Clock, kept: _Kept, *, taken: list[str]) -> Clock:
    return Clock(
        ticket_id=kept.ticket_id,
        desk_id=kept.desk_id,
        measure=str(clock.measure),
        number=clock.number,
        taken=taken,
    )


def _followed(row: Clock, clock: running.Clock, *, terms: Terms, since: datetime) -> Clock:
    """Return a row that is as its clock was worked out: the same one when nothing has changed.

    Records: TargetMissed when it stopped too late and nobody had noticed.
    """
    values = as_worked_out(clock)
    if all(getattr(row, name) == value for name, value in values.items()):
        return row
    row = copy(row)
    for name, value in values.items():
        setattr(row, name, value)
    if clock.stopped_at is not None and clock.is_late and MISSED not in row.taken:
        row.taken = [*row.taken, MISSED]
        record(missed(clock, row.ticket_id, clock.shares), by=SYSTEM)
    ahead = running.steps_ahead(
        clock, steps=terms.steps_of(clock.measure), taken=row.taken, since=since
    )
    set_steps(row, [((step.at - EPOCH) // MICROSECOND, step.key) for step in ahead])
    return row


def set_steps(row: Clock, ahead: Sequence[Sequence[Any]]) -> None:
    """Keep which steps a clock has ahead, as pairs of microseconds and key."""
    row.steps = [list(step) for step in ahead]
    row.next_step_at = EPOCH + ahead[0][0] * MICROSECOND if ahead else None


def _keep(kept: _Kept) -> None:
    backlog = journal.backlog(_write)
    if backlog is None:
        _write([kept])
    else:
        backlog.put(kept.ticket_id, kept)


def _write(tickets: Sequence[_Kept]) -> None:
    if gone := [pk for kept in tickets for pk in kept.gone]:
        Clock.objects.filter(pk__in=gone).delete()
    rows = [row for kept in tickets for key, row in kept.rows.items() if key in kept.changed]
    _put(rows, key=KEY, changing=(*WORKED_OUT, *STEPPED))
    timings = [_timing(kept) for kept in tickets]
    _put(timings, key=("ticket_id",), changing=("story", "taken", "edition", "is_running"))
    for kept in tickets:
        if kept.due != kept.due_on_ticket:
            work, answer, update = kept.due
            note_due(kept.ticket_id, due_at=work, answer_due_at=answer, update_due_at=update)


def _put(
    rows: Sequence[Clock] | Sequence[Timing], *, key: tuple[str, ...], changing: tuple[str, ...]
) -> None:
    for begin in range(0, len(rows), AT_ONCE):
        batch = rows[begin : begin + AT_ONCE]
        prepared.put(type(batch[0]), batch, key=key, changing=changing)


def _timing(kept: _Kept) -> Timing:
    return Timing(
        ticket_id=kept.ticket_id,
        desk_id=kept.desk_id,
        story=stored(kept.story),
        taken=kept.taken,
        edition=kept.edition,
        is_running=any(row.stopped_at is None for row in kept.rows.values()),
    )


_ON_TICKET = {Measure.REACTION, Measure.RESOLUTION, Measure.HOLD}
_TO_PEOPLE = {Measure.UPDATE, Measure.ACKNOWLEDGE}


def _due_times(clocks: Iterable[running.Clock | Clock]) -> DueTimes:
    work, answer, update = [], [], []
    for clock in clocks:
        if clock.counting_since is None or clock.due_at is None:
            continue
        measure = Measure(clock.measure)
        if measure in _ON_TICKET:
            work.append(clock.due_at)
        if measure in _TO_PEOPLE:
            update.append(clock.due_at)
        if measure is Measure.REACTION or (measure is Measure.UPDATE and clock.number == 1):
            answer.append(clock.due_at)
    return min(work, default=None), min(answer, default=None), min(update, default=None)


def _as_json(shares: running.Shares) -> list[list[Any]]:
    return [[holder.kind, holder.id, spent.total_seconds()] for holder, spent in shares]
