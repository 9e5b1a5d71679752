"""Roll-ups: which days of a desk have changed, and counting them again from their source.

Nothing marks a day when a ticket changes, so that nothing that is done waits for it. The journal is
read on instead: every day on which anything ever happened to a ticket that has a new entry is
counted again, from the tickets themselves. A figure is never changed by what was added to it, so
it cannot drift.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.db import connection

from ansvar.insight.decisions.sums import (
    DAY,
    Block,
    Span,
    Sums,
    block_around,
    parts_in,
    read,
    written,
)
from ansvar.insight.fair_work import NORMS, norms_to_store
from ansvar.insight.models import JournalRead, RolledUp, RollUp, StaleDay
from ansvar.insight.present import PRESENT, worked_out
from ansvar.insight.stretches import Gathered, Stretch, stretch_of
from ansvar.insight.topics import LONGEST, SOURCES, basis_of
from ansvar.kernel import clock
from ansvar.kernel.command import command
from ansvar.people.models import Desk
from ansvar.people.queries import working_calendar
from ansvar.tickets.models import Ticket

LOCK: Final = 7_301_011
"""Key of the advisory lock under which days are counted, one desk after the other."""
AT_ONCE = 20_000
"""Entries of the journal that are looked at with one statement."""
ROWS_AT_ONCE = 1000
QUIET = (
    "clock.step_taken", "clock.target_missed", "message.received", "message.delivered_to_server",
    "message.delayed", "message.failed", "message.sent_again", "ticket.note_added",
    "ticket.participant_added", "ticket.participant_removed", "ticket.owner_changed",
    "ticket.solution_expected", "ticket.detail_noted", "ticket.detail_dropped",
    "ticket.hand_over_asked", "ticket.hand_over_escalated", "ticket.hand_over_withdrawn",
    "ticket.task_given", "ticket.task_taken", "ticket.task_answered", "ticket.task_withdrawn",
    "ticket.help_credited",
)  # fmt: skip
"""Facts on which no figure rests: what they bring about has facts of its own."""
NOW: Final = Block(Span.NOW, date(1970, 1, 1))
"""What is at present has no day; this one stands there."""


class Place(NamedTuple):
    """Where a roll-up lies."""

    topic: str
    part: str
    block: Block


_MARK: Final = """
    INSERT INTO insight_staleday (desk_id, day, stale_since)
    SELECT DISTINCT t.desk_id, (happened.at AT TIME ZONE zones.zone)::date, %(now)s::timestamptz
    FROM (
        SELECT DISTINCT subject_id FROM kernel_entry
        WHERE id > %(settled)s AND id <= %(upto)s AND subject_type = 'ticket'
          AND fact <> ALL(%(quiet)s) AND (id > %(seen)s OR age(xmin) <= %(age)s)
    ) touched
    JOIN tickets_ticket t ON t.id = touched.subject_id
    JOIN unnest(%(desks)s::bigint[], %(zones)s::text[]) AS zones (desk_id, zone)
      ON zones.desk_id = t.desk_id
    CROSS JOIN LATERAL (
        SELECT e.at FROM kernel_entry e WHERE e.subject_type = 'ticket' AND e.subject_id = t.id
        UNION SELECT t.opened_at UNION SELECT t.resolved_at UNION SELECT t.closed_at
        UNION SELECT c.stopped_at FROM servicelevels_clock c WHERE c.ticket_id = t.id
    ) happened
    WHERE happened.at IS NOT NULL
    ON CONFLICT DO NOTHING
"""
"""A ticket counts on no day on which nothing happened to it: when it was resolved before it was
taken up again is in the journal, the rest is in its rows."""

_FORGOTTEN: Final = """
    SELECT EXISTS (
        SELECT FROM kernel_entry
        WHERE id > %(settled)s AND id <= %(upto)s AND fact = 'journal.forgotten'
          AND payload ->> 'of_type' = 'ticket' AND (id > %(seen)s OR age(xmin) <= %(age)s)
    )
"""


@command
def note_changed_days() -> int:
    """Read the journal on, mark the days on which something changed; return how many entries.

    Reading it once more marks nothing twice. Entries of a transaction that is open yet are read
    when it is over, though later ones have lower numbers.
    """
    row, _made = JournalRead.objects.select_for_update().get_or_create(pk=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(now.s)::text::bigint, pg_snapshot_xmax(now.s)::text::bigint"
            " FROM (SELECT pg_current_snapshot() AS s) AS now"
        )
        oldest_open, next_open = cursor.fetchone()
        # A cluster that was restored counts its transactions anew.
        if row.next_open <= oldest_open or row.next_open > next_open:
            row.settled = row.seen
        cursor.execute(
            "SELECT max(id), count(*) FROM"
            " (SELECT id FROM kernel_entry WHERE id > %s ORDER BY id LIMIT %s) AS following",
            [row.settled, AT_ONCE],
        )
        upto, count = cursor.fetchone()
        if upto is None:
            return 0
        values = {
            "settled": row.settled,
            "seen": row.seen,
            "upto": upto,
            "age": next_open - row.oldest_open + 1,
            "quiet": list(QUIET),
            "now": clock.now(),
            **_zones(),
        }
        cursor.execute(_MARK, values)
        cursor.execute(_FORGOTTEN, values)
        if cursor.fetchone()[0]:
            _mark_all_that_is_stored()
    is_further = upto > row.seen
    row.seen = max(upto, row.seen)
    row.oldest_open, row.next_open = oldest_open, next_open
    row.save()
    return count if is_further else 0


def _zones() -> dict[str, list[object]]:
    desks = list(Desk.objects.select_related("calendar"))
    return {
        "desks": [desk.pk for desk in desks],
        "zones": [desk.calendar.timezone for desk in desks],
    }


def _mark_all_that_is_stored() -> None:
    """Mark every day: nobody knows any more on which of them the forgotten tickets counted."""
    days = RollUp.objects.filter(span=Span.DAY).order_by().values_list("desk_id", "day").distinct()
    _mark(days)


def _mark(days: Iterable[tuple[int, date]]) -> None:
    now = clock.now()
    StaleDay.objects.bulk_create(
        [StaleDay(desk_id=desk_id, day=day, stale_since=now) for desk_id, day in days],
        ignore_conflicts=True,
        batch_size=ROWS_AT_ONCE,
    )


@command
def count_anew(desk_id: int, *, even_if_it_stands: bool = False) -> bool:
    """Mark all days of a desk, unless its roll-ups stand and rest on what holds now; tell whether.

    Days of another zone are of no use at all, and go.
    """
    desk = Desk.objects.select_related("calendar").get(pk=desk_id)
    zone, basis = str(working_calendar(desk.calendar).zone), basis_of(desk)
    row = RolledUp.objects.select_for_update().filter(desk=desk).first()
    is_same = row is not None and (row.zone, row.basis) == (zone, basis)
    if is_same and not even_if_it_stands:
        return False
    if row is None or row.zone != zone:
        RollUp.objects.filter(desk=desk).delete()
        row = row or RolledUp(desk=desk)
        row.as_of = None
    row.zone, row.basis = zone, basis
    row.save()
    first = Ticket.objects.filter(desk=desk).order_by("opened_at").first()
    if first is not None:
        day = first.opened_at.astimezone(working_calendar(desk.calendar).zone).date()
        today = clock.now().astimezone(working_calendar(desk.calendar).zone).date()
        _mark((desk.pk, day + number * DAY) for number in range((today - day).days + 1))
    return True


@command
def count_days(desk_id: int, days: Collection[date]) -> None:
    """Count days of one month again, and the weeks and the month that they are part of.

    What comes to the same is not written.
    """
    desk = Desk.objects.select_related("calendar").get(pk=desk_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s::int, %s::int)", [LOCK, desk_id])
    # Before counting: what changes meanwhile waits to mark its day until this is written.
    StaleDay.objects.filter(desk=desk, day__in=days).delete()
    made: dict[Place, str] = {}
    for stretch in _runs(desk, sorted(days)):
        gathered = Gathered(wanted=LONGEST)
        for source in SOURCES:
            source.gather(stretch, gathered)
        for (topic, day, part), sums in gathered.found.items():
            made[Place(topic, part, Block(Span.DAY, day))] = written(sums)
    changed = _replaced(desk, {Block(Span.DAY, day) for day in days}, made)
    for span in (Span.WEEK, Span.MONTH):
        changed = _added_up(desk, span, changed)


def _runs(desk: Desk, days: list[date]) -> Iterable[Stretch]:
    """Return the time of days, those that follow each other together."""
    runs: list[Stretch] = []
    for day in days:
        one = stretch_of(desk, Block(Span.DAY, day))
        if runs and runs[-1].end == one.start:
            runs[-1] = runs[-1].between(runs[-1].start, one.end)
        else:
            runs.append(one)
    return runs


def _replaced(
    desk: Desk,
    blocks: Collection[Block],
    made: Mapping[Place, str],
    *,
    only: Collection[Place] | None = None,
) -> set[Place]:
    """Store what was made of some blocks, and return where that is something else than before."""
    rows = RollUp.objects.filter(
        desk=desk, span__in={one.span for one in blocks}, day__in={one.day for one in blocks}
    )
    if only is not None:
        rows = rows.filter(topic__in={one.topic for one in only})
    before: dict[Place, RollUp] = {}
    for row in rows:
        place = Place(row.topic, row.part, Block(Span(row.span), row.day))
        if only is None or place in only:
            before[place] = row
    new, other = dict[Place, str](), []
    for place, figures in made.items():
        known = before.pop(place, None)
        if known is None:
            new[place] = figures
        elif known.figures != figures:
            known.figures = figures
            other.append((place, known))
    RollUp.objects.filter(pk__in=[row.pk for row in before.values()]).delete()
    RollUp.objects.bulk_update([row for _place, row in other], ["figures"], batch_size=200)
    if new:
        _write(desk, new)
    return set(new) | {place for place, _row in other} | set(before)


def _write(desk: Desk, new: Mapping[Place, str]) -> None:
    """Write rows as a stream: by the ten thousand that costs a third of inserting them."""
    with connection.cursor() as cursor:
        given: Any = cursor
        with given.copy(
            "COPY insight_rollup (desk_id, topic, part, span, day, figures) FROM STDIN"
        ) as stream:
            for (topic, part, block), figures in new.items():
                stream.write_row((desk.pk, topic, part, str(block.span), block.day, figures))


def _added_up(desk: Desk, span: Span, changed: Collection[Place]) -> set[Place]:
    """Add up the weeks or months of which a part has changed, and return what became of it."""
    wanted = {
        Place(topic, part, block_around(block.day, span))
        for topic, part, block in changed
        if LONGEST[topic] is Span.MONTH
    }
    if not wanted:
        return set()
    finer = {one: block for block in {place.block for place in wanted} for one in parts_in(block)}
    rows = RollUp.objects.filter(
        desk=desk,
        topic__in={place.topic for place in wanted},
        span__in={one.span for one in finer},
        day__in={one.day for one in finer},
    )
    sums: dict[Place, Sums] = defaultdict(Sums)
    for topic, part, day, figures in rows.values_list("topic", "part", "day", "figures"):
        place = Place(topic, part, block_around(day, span))
        if place in wanted:
            sums[place].take(read(figures))
    made = {place: written(one) for place, one in sums.items()}
    return _replaced(desk, {place.block for place in wanted}, made, only=wanted)


@command
def count_present(desk_id: int, *, as_of: datetime) -> None:
    """Store how things stand on a desk, and up to when its days have been seen.

    What such tickets usually take is worked out once a day: one day moves no middle of a year. It
    all stands as soon as no day was left that had never been counted.
    """
    desk = Desk.objects.select_related("calendar").get(pk=desk_id)
    row = RolledUp.objects.select_for_update().get(desk=desk)
    if row.as_of is None and StaleDay.objects.filter(desk=desk).exists():
        return
    made = {Place(PRESENT, "", NOW): written(worked_out(desk, now=as_of))}
    today = as_of.astimezone(working_calendar(desk.calendar).zone).date()
    if row.norms_on != today:
        row.norms_on = today
        made[Place(NORMS, "", NOW)] = written(norms_to_store(desk, until=as_of))
    _replaced(desk, {NOW}, made, only=set(made))
    row.as_of = as_of
    row.save(update_fields=["as_of", "norms_on"])
