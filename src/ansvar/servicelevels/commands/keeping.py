"""Keeping the clocks of a ticket: worked out anew from its story whenever something happens."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from ansvar.kernel import prepared
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


@dataclass(kw_only=True)
class _Told:
    """What is known of a ticket before its clocks are worked out."""

    ticket_id: int
    desk_id: int
    edition: int
    story: Moments
    taken: dict[str, list[str]] = field(default_factory=dict)
    is_new: bool = False


def keep_clocks(ticket_id: int, happened: list[tuple[Fact, Entry]]) -> None:
    """Let a ticket's clocks follow what happened to it.

    Records: TargetMissed of a clock that stopped too late before anybody noticed.
    """
    _work_out(_told(ticket_id, happened))


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


def _told(ticket_id: int, happened: list[tuple[Fact, Entry]]) -> _Told:
    """Return the story with what happened, and the edition of the book in force."""
    news = story_of(happened)
    first = happened[0][0] if happened else None
    if isinstance(first, TicketOpened):
        edition = books.edition()
        return _Told(
            ticket_id=ticket_id, desk_id=first.desk_id, edition=edition, story=news, is_new=True
        )
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
    return _Told(
        ticket_id=ticket_id,
        desk_id=desk_id,
        edition=edition or 0,
        story=in_time([*restored(json.loads(story)), *news]),
        taken=json.loads(taken),
    )


def _told_by_journal(ticket_id: int, happened: list[tuple[Fact, Entry]]) -> _Told:
    """Return the whole story of a ticket that was opened before clocks were kept."""
    journal = Entry.objects.filter(
        subject_type="ticket", subject_id=ticket_id, fact__in=HEARD_NAMES
    ).order_by("id")
    # What is recorded together is written at the end, so some of it is not in the journal yet.
    unwritten = [(fact, entry) for fact, entry in happened if entry.pk is None]
    return _Told(
        ticket_id=ticket_id,
        desk_id=Ticket.objects.values_list("desk_id", flat=True).get(pk=ticket_id),
        edition=books.edition(),
        story=in_time(story_of([*((entry.restored, entry) for entry in journal), *unwritten])),
    )


def _work_out(told: _Told) -> None:
    book = books.book_of(told.edition)
    course = course_of(told.story)
    before = {} if told.is_new else _rows_of(told.ticket_id)
    due_before = _due_times(before.values())
    terms = {version.id: version.terms for version in book.versions}
    found = running.clocks_of(course, book, desk_id=told.desk_id)
    changed = []
    for clock in found:
        row = before.pop((str(clock.measure), clock.number), None) or _new_row(clock, told)
        if _follow(row, clock, terms=terms[clock.version_id], since=course.last_at):
            changed.append(row)
    prepared.put(Clock, changed, key=KEY, changing=(*WORKED_OUT, *STEPPED))
    _drop(before.values(), told)
    _keep(told, is_running=any(clock.stopped_at is None for clock in found))
    due = _due_times(found)
    if due != due_before:
        note_due(told.ticket_id, due_at=due[0], answer_due_at=due[1], update_due_at=due[2])


def _rows_of(ticket_id: int) -> dict[tuple[str, int], Clock]:
    rows = prepared.rows(Clock, "ticket_id = %s", ticket_id)
    return {(row.measure, row.number): row for row in rows}


def _new_row(clock: running.Clock, told: _Told) -> Clock:
    return Clock(
        ticket_id=told.ticket_id,
        desk_id=told.desk_id,
        measure=str(clock.measure),
        number=clock.number,
        taken=told.taken.pop(f"{clock.measure}:{clock.number}", []),
    )


def _follow(row: Clock, clock: running.Clock, *, terms: Terms, since: datetime) -> bool:
    """Let a row be as its clock was worked out; tell whether anything of it changed.

    Records: TargetMissed when it stopped too late and nobody had noticed.
    """
    values = as_worked_out(clock)
    if all(getattr(row, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(row, name, value)
    if clock.stopped_at is not None and clock.is_late and MISSED not in row.taken:
        row.taken = [*row.taken, MISSED]
        record(missed(clock, row.ticket_id, clock.shares), by=SYSTEM)
    ahead = running.steps_ahead(
        clock, steps=terms.steps_of(clock.measure), taken=row.taken, since=since
    )
    set_steps(row, [((step.at - EPOCH) // MICROSECOND, step.key) for step in ahead])
    return True


def set_steps(row: Clock, ahead: Sequence[Sequence[Any]]) -> None:
    """Keep which steps a clock has ahead, as pairs of microseconds and key."""
    row.steps = [list(step) for step in ahead]
    row.next_step_at = EPOCH + ahead[0][0] * MICROSECOND if ahead else None


def _drop(rows: Iterable[Clock], told: _Told) -> None:
    """Delete clocks that have no target any more, and remember which steps they took."""
    gone = list(rows)
    if not gone:
        return
    for row in gone:
        if row.taken:
            told.taken[f"{row.measure}:{row.number}"] = row.taken
    Clock.objects.filter(pk__in=[row.pk for row in gone]).delete()


def _keep(told: _Told, *, is_running: bool) -> None:
    timing = Timing(
        ticket_id=told.ticket_id,
        desk_id=told.desk_id,
        story=stored(told.story),
        taken=told.taken,
        edition=told.edition,
        is_running=is_running,
    )
    prepared.put(
        Timing, [timing], key=("ticket_id",), changing=("story", "taken", "edition", "is_running")
    )


_ON_TICKET = {Measure.REACTION, Measure.RESOLUTION, Measure.HOLD}
_TO_PEOPLE = {Measure.UPDATE, Measure.ACKNOWLEDGE}
DueTimes = tuple[datetime | None, datetime | None, datetime | None]


def _due_times(clocks: Iterable[running.Clock | Clock]) -> DueTimes:
    """Return by when work is due, the first answer, and the next word to the ticket's people."""
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
