"""What clocks that have stopped say of a stretch: of levels, of silence, of single services."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Count, DateField, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet
from django.db.models.functions import TruncWeek

from ansvar.insight.decisions.sums import key_of
from ansvar.insight.stretches import Gathered, Source, Stretch, Topic
from ansvar.kernel.replica import connection_to_read
from ansvar.servicelevels.decisions.terms import LevelKind, Measure
from ansvar.servicelevels.models import Clock
from ansvar.tickets.models import Link

TOLD = (Measure.ACKNOWLEDGE, Measure.UPDATE, Measure.CLOSING)
"""The measures of what people hear: that it is there, how it goes, that it is done."""
LASTING = (Measure.ACKNOWLEDGE, Measure.UPDATE)
"""Those during which people wait for a word about something that is not done yet."""
LATE = Q(used__gt=F("target"))
MICROSECONDS = 1_000_000


def stopped(stretch: Stretch, *measures: Measure) -> QuerySet[Clock]:
    """Return the clocks that stopped in a stretch, along their index."""
    return Clock.objects.filter(
        desk=stretch.desk,
        measure__in=measures or tuple(Measure),
        stopped_at__gte=stretch.start,
        stopped_at__lt=stretch.end,
    )


def _gather_levels(stretch: Stretch, found: Gathered) -> None:
    """Count what was kept: by target, by who had it at the end, and whose time was too long."""
    rows = (
        stopped(stretch)
        .annotate(day=stretch.day_of("stopped_at"))
        .values_list(
            "day", "version_id", "version__level__kind", "row", "measure", "team_id", "supplier_id"
        )
        .annotate(all=Count("pk"), late=Count("pk", filter=LATE))
        .order_by()
    )
    for day, version, kind, row, measure, team, supplier, all_, late in rows.iterator():
        sums = found.to("levels", day)
        of = ("supplier", supplier) if kind == LevelKind.UC else ("team", team)
        targets = (("target", key_of(version, row, measure)), ("holder", key_of(version, *of)))
        for table, key in targets:
            sums.add(table, key, all_)
            sums.add(f"{table}_late", key, late)
    for day, version, kind, holder_id, beyond in _beyond(stretch):
        found.to("levels", day).add("beyond", key_of(version, kind, holder_id), int(beyond))
    _gather_doubts(stretch, found)


_BEYOND: Final = """
    WITH missed AS (
        SELECT {day} AS day, c.ticket_id, c.team_id, c.version_id, c.shares,
               extract(epoch FROM c.used) AS used, extract(epoch FROM c.used - c.target) AS beyond
        FROM servicelevels_clock c
        WHERE c.desk_id = %(desk)s AND c.measure = ANY(%(measures)s)
          AND c.stopped_at >= %(start)s AND c.stopped_at < %(end)s AND c.used > c.target
    )
    SELECT m.day, m.version_id, share ->> 0,
           CASE share ->> 0 WHEN 'person' THEN coalesce(held.team_id, m.team_id)
                            ELSE (share ->> 1)::bigint END AS holder_id,
           sum(round(m.beyond * (share ->> 2)::numeric / m.used * 1000000))
    FROM missed m CROSS JOIN LATERAL jsonb_array_elements(m.shares) AS share
    LEFT JOIN LATERAL (
        SELECT s.team_id FROM tickets_custodyspell s
        WHERE share ->> 0 = 'person' AND s.ticket_id = m.ticket_id
          AND s.person_id = (share ->> 1)::bigint
        ORDER BY s.started_at, s.id LIMIT 1
    ) held ON TRUE
    GROUP BY 1, 2, 3, 4
"""
"""Microseconds beyond the targets. A person's time is that of the team for which the person held
the ticket."""


def _beyond(stretch: Stretch) -> Iterator[tuple[Any, ...]]:
    values: dict[str, Any] = {
        "desk": stretch.desk.pk,
        "measures": [str(measure) for measure in Measure],
        "start": stretch.start,
        "end": stretch.end,
        "zone": str(stretch.zone),
    }
    with connection_to_read().cursor() as cursor:
        cursor.execute(_BEYOND.format(day=stretch.day_in_sql("c.stopped_at")), values)
        yield from cursor.fetchall()


def _gather_doubts(stretch: Stretch, found: Gathered) -> None:
    """Count what the figures know nothing of."""
    promised = Clock.objects.filter(
        ticket=OuterRef("pk"), measure__in=[Measure.REACTION, Measure.RESOLUTION]
    )
    opened = (
        stretch.tickets()
        .annotate(day=stretch.day_of("opened_at"))
        .values_list("day")
        .annotate(all=Count("pk"), without=Count("pk", filter=~Exists(promised)))
        .order_by()
    )
    closed = (
        stretch.tickets("closed_at")
        .annotate(day=stretch.day_of("closed_at"))
        .values_list("day")
        .annotate(all=Count("pk"), without=Count("pk", filter=Q(resolved_at=None)))
        .order_by()
    )
    for name, rows in (("opened", opened), ("closed", closed)):
        for day, all_, without in rows:
            found.to("levels", day).add(name, "", all_)
            found.to("levels", day).add(f"{name}_without", "", without)


def _gather_silence(stretch: Stretch, found: Gathered) -> None:
    """Count what people were to hear, who never heard anything, and the longest silences."""
    told = (
        stopped(stretch, *TOLD)
        .annotate(day=stretch.day_of("stopped_at"))
        .values_list("day", "team_id", "measure", "ticket__priority")
        .annotate(due=Count("pk"), late=Count("pk", filter=LATE))
        .order_by()
    )
    for day, team, measure, priority, due, late in told.iterator():
        key = key_of(team, measure, priority)
        found.to("silence", day).add("due", key, due)
        found.to("silence", day).add("late", key, late)
    solved = (
        _heard(stretch)
        .values_list("day", "team_id", "priority")
        .annotate(
            solved=Count("pk"),
            never=Count("pk", filter=Q(said__lte=F("unsaid"))),
            unspoken=Count("pk", filter=Q(spoken__lte=F("unsaid"))),
        )
        .order_by()
    )
    for day, team, priority, count, never, unspoken in solved:
        sums, key = found.to("silence", day), key_of(team, priority)
        sums.add("solved", key, count)
        sums.add("never", key, never)
        sums.add("only_automatic", key, unspoken - never)
    longest = (
        stopped(stretch, *LASTING)
        .annotate(day=stretch.day_of("stopped_at"))
        .order_by("day", "team_id", "-used", "pk")
        .distinct("day", "team_id")
        .values_list("day", "team_id", "used", "pk")
    )
    for day, team, used, pk in longest:
        micro = round(used.total_seconds() * MICROSECONDS)
        found.to("silence", day).rival("longest", key_of(team), value=micro, whose=pk)


def _heard(stretch: Stretch) -> QuerySet[Any]:
    """Return what people opened themselves and was solved; who rang heard it on the phone."""
    merged = Link.objects.filter(ticket=OuterRef("pk"), relation=Link.Relation.DUPLICATE)
    return (
        stretch.tickets("resolved_at")
        .filter(
            ~(Exists(merged) & Q(closed_at=F("resolved_at"))),
            timing__story__0__1__by_desk=False,
        )
        .annotate(
            day=stretch.day_of("resolved_at"),
            said=_moments_with("@.said > 0"),
            spoken=_moments_with("@.said > 0 && @.auto == false"),
            unsaid=_moments_with("@.unsaid > 0"),
        )
    )


def _moments_with(condition: str) -> Func:
    """Return how many moments of a ticket's story are like that, counted by the database."""
    return Func(
        F("timing__story"),
        template=(
            "jsonb_array_length(jsonb_path_query_array(%(expressions)s,"
            f" '$[*][1] ? ({condition})'))"
        ),
        output_field=IntegerField(),
    )


def _gather_kept(stretch: Stretch, found: Gathered) -> None:
    """Count by service what was solved in time of what was promised to customers."""
    rows = stopped(stretch, Measure.RESOLUTION).filter(
        version__level__kind=LevelKind.SLA, ticket__service__isnull=False
    )
    if stretch.service_ids is not None:
        rows = rows.filter(ticket__service__in=stretch.service_ids)
    counts = (
        rows.annotate(
            day=stretch.day_of("stopped_at"),
            week=TruncWeek("stopped_at", tzinfo=stretch.zone, output_field=DateField()),
        )
        .values_list("day", "week", "ticket__service_id", "version_id", "row")
        .annotate(all=Count("pk"), late=Count("pk", filter=LATE))
        .order_by()
    )
    for day, week, service, version, row, all_, late in counts.iterator():
        sums = found.to("kept", day, service)
        for table, key in (("", key_of(version, row)), ("week_", week.isoformat())):
            sums.add(f"{table}all", key, all_)
            sums.add(f"{table}late", key, late)


LEVELS = Topic(name="levels", source=Source(topics=("levels",), gather=_gather_levels))
SILENCE = Topic(name="silence", source=Source(topics=("silence",), gather=_gather_silence))
KEPT = Topic(name="kept", source=Source(topics=("kept",), gather=_gather_kept))
"""By service: by version and row, and for lines that are drawn by the Monday of the week."""
