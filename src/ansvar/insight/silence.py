"""Silence by team (R45 to R48): who never heard from the desk, who heard late, and how long."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import (
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Window,
)
from django.db.models.fields import DurationField
from django.db.models.functions import Coalesce, RowNumber

from ansvar.people.models import Desk, Team
from ansvar.servicelevels.book import present_book
from ansvar.servicelevels.decisions.clocks import clocks_of
from ansvar.servicelevels.decisions.story import course_of, restored
from ansvar.servicelevels.decisions.terms import Measure
from ansvar.servicelevels.models import Clock, Timing
from ansvar.tickets.models import OPEN_STATES, Link, Ticket

TOLD = (Measure.ACKNOWLEDGE, Measure.UPDATE, Measure.CLOSING)
"""The measures of what people hear: that it is there, how it goes, that it is done."""
LASTING = (Measure.ACKNOWLEDGE, Measure.UPDATE)
"""Those during which people wait for a word about something that is not done yet."""
CANDIDATES = 3
"""Silences of a team that still last and are worked out to the minute to find the longest."""


@dataclass(kw_only=True)
class Hearing:
    """How often somebody was to hear something, and how often it came late."""

    due: int = 0
    late: int = 0

    @property
    def share(self) -> float | None:
        """The share that came late."""
        return self.late / self.due if self.due else None


@dataclass(frozen=True, kw_only=True)
class Longest:
    """A silence on one ticket."""

    ticket_id: int
    reference: str
    working: timedelta
    """Working time that counted: what was paused is not in it."""
    elapsed: timedelta
    is_lasting: bool


@dataclass(kw_only=True)
class Silence:
    """What people heard of one team, or of one priority."""

    name: str
    key: int
    told: dict[Measure, Hearing] = field(
        default_factory=lambda: {measure: Hearing() for measure in TOLD}
    )
    solved: int = 0
    """Tickets solved, of those that people had opened themselves."""
    never: int = 0
    """Of them without any message."""
    only_automatic: int = 0
    """Of them with automatic messages and no word of a person."""
    longest: Longest | None = None

    @property
    def all(self) -> Hearing:
        """All that people were to hear."""
        counts = self.told.values()
        return Hearing(due=sum(one.due for one in counts), late=sum(one.late for one in counts))


Cells = dict[tuple[int | None, int], Silence]
"""By team and priority."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """The finest figures of the report: of one team and one priority."""

    team_id: int | None
    priority: int
    silence: Silence


@dataclass(frozen=True, kw_only=True)
class SilenceReport:
    """The report of a desk over a period that ends now."""

    desk: Desk
    start: datetime
    end: datetime
    whole: Silence
    teams: list[Silence]
    """The most late messages first."""
    priorities: list[Silence]
    cells: list[Cell]


def silence_of(desk: Desk, *, start: datetime, end: datetime) -> SilenceReport:
    """Report what people heard of a desk between two moments, of which the later one is now.

    The duty to inform lies with the team that held the ticket when the message was due to end.
    """
    cells: Cells = defaultdict(lambda: Silence(name="", key=0))
    _count_messages(cells, _stopped(desk, TOLD, start=start, end=end))
    _count_solved(cells, _solved(desk, start=start, end=end))
    longest = _longest(desk, start=start, end=end)
    names = dict(Team.objects.filter(desk=desk).values_list("pk", "name"))
    teams = _added(cells, lambda key: key[0] or 0)
    for pk in longest:
        teams.setdefault(pk, Silence(name="", key=pk))
    for pk, silence in teams.items():
        silence.name, silence.longest = names.get(pk, ""), longest.get(pk)
    priorities = _added(cells, lambda key: key[1])
    whole = _added(cells, lambda _key: 0).get(0) or Silence(name="", key=0)
    whole.name = desk.name
    whole.longest = max(longest.values(), key=lambda one: one.working, default=None)
    return SilenceReport(
        desk=desk,
        start=start,
        end=end,
        whole=whole,
        teams=sorted(teams.values(), key=lambda one: (-one.all.late, -one.all.due, one.name)),
        priorities=[priorities[key] for key in sorted(priorities)],
        cells=[
            Cell(team_id=team_id, priority=priority, silence=silence)
            for (team_id, priority), silence in sorted(
                cells.items(), key=lambda pair: (names.get(pair[0][0] or 0, ""), pair[0][1])
            )
        ],
    )


def _added(cells: Cells, key: Callable[[tuple[int | None, int]], int]) -> dict[int, Silence]:
    found: dict[int, Silence] = {}
    for place, cell in cells.items():
        whole = found.setdefault(key(place), Silence(name="", key=key(place)))
        whole.solved += cell.solved
        whole.never += cell.never
        whole.only_automatic += cell.only_automatic
        for measure, count in cell.told.items():
            whole.told[measure].due += count.due
            whole.told[measure].late += count.late
    return found


def _stopped(
    desk: Desk, measures: Iterable[Measure], *, start: datetime, end: datetime
) -> QuerySet[Clock]:
    return Clock.objects.filter(
        desk=desk, measure__in=measures, stopped_at__gte=start, stopped_at__lt=end
    )


def _count_messages(cells: Cells, stopped: QuerySet[Clock]) -> None:
    rows = (
        stopped.values("team_id", "measure", "ticket__priority")
        .annotate(due=Count("pk"), late=Count("pk", filter=Q(used__gt=F("target"))))
        .order_by()
    )
    for row in rows:
        cell = cells[row["team_id"], row["ticket__priority"]]
        cell.told[Measure(row["measure"])] = Hearing(due=row["due"], late=row["late"])


def _solved(desk: Desk, *, start: datetime, end: datetime) -> QuerySet[Ticket]:
    """Return what people opened themselves and was solved; who rang heard it on the phone."""
    merged = Link.objects.filter(ticket=OuterRef("pk"), relation=Link.Relation.DUPLICATE)
    return Ticket.objects.filter(
        ~(Exists(merged) & Q(closed_at=F("resolved_at"))),
        desk=desk,
        # A ticket changes when it is solved: so the index (desk, changed at) bounds the walk.
        changed_at__gte=start,
        resolved_at__gte=start,
        resolved_at__lt=end,
        timing__story__0__1__by_desk=False,
    )


def _count_solved(cells: Cells, solved: QuerySet[Ticket]) -> None:
    rows = (
        solved.annotate(
            said=_moments_with("@.said > 0"),
            spoken=_moments_with("@.said > 0 && @.auto == false"),
            unsaid=_moments_with("@.unsaid > 0"),
        )
        .values("team_id", "priority")
        .annotate(
            solved=Count("pk"),
            never=Count("pk", filter=Q(said__lte=F("unsaid"))),
            unspoken=Count("pk", filter=Q(spoken__lte=F("unsaid"))),
        )
        .order_by()
    )
    for row in rows:
        cell = cells[row["team_id"], row["priority"]]
        cell.solved, cell.never = row["solved"], row["never"]
        cell.only_automatic = row["unspoken"] - row["never"]


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


def _longest(desk: Desk, *, start: datetime, end: datetime) -> dict[int, Longest]:
    """Return the longest silence of each team: one that ended in the period, or still lasts."""
    # The few that are the longest are found by number first: a sort of whole rows costs more.
    ended = (
        _stopped(desk, LASTING, start=start, end=end)
        .order_by("team_id", "-used", "pk")
        .distinct("team_id")
        .values_list("pk", flat=True)
    )
    rows = Clock.objects.filter(pk__in=list(ended)).select_related("ticket")
    longest: dict[int, Longest] = {}
    for row, working in [*((row, row.used) for row in rows), *_so_far(desk, end)]:
        before = longest.get(row.team_id or 0)
        if working and (before is None or working > before.working):
            longest[row.team_id or 0] = Longest(
                ticket_id=row.ticket_id,
                reference=row.ticket.reference,
                working=working,
                elapsed=(row.stopped_at or end) - row.started_at,
                is_lasting=row.stopped_at is None,
            )
    return longest


def _so_far(desk: Desk, now: datetime) -> Iterator[tuple[Clock, timedelta]]:
    """Return silences that last, with the working time that they have lasted."""
    book, lasting = present_book(), list(_lasting(desk, now))
    timings = Timing.objects.in_bulk([row.ticket_id for row in lasting])
    for row in lasting:
        clocks = clocks_of(
            course_of(restored(timings[row.ticket_id].story)), book, desk_id=row.desk_id
        )
        hours = next(
            (one.hours for one in clocks if (one.measure, one.number) == (row.measure, row.number)),
            None,
        )
        if row.counting_since is None or hours is None:
            yield row, row.used
        else:
            yield row, row.used + hours.between(row.counting_since, now)


def _lasting(desk: Desk, now: datetime) -> Iterable[Clock]:
    """Return the silences of each team that last longest by the clock on the wall."""
    upto = Coalesce(
        ExpressionWrapper(now - F("counting_since"), output_field=DurationField()), timedelta()
    )
    return (
        Clock.objects.filter(
            desk=desk,
            measure__in=LASTING,
            stopped_at=None,
            # Only open tickets have silences that last; their index is by desk.
            ticket__desk=desk,
            ticket__state__in=OPEN_STATES,
        )
        .annotate(upto=ExpressionWrapper(F("used") + upto, output_field=DurationField()))
        .annotate(
            place=Window(RowNumber(), partition_by=[F("team_id")], order_by=[F("upto").desc()])
        )
        .filter(place__lte=CANDIDATES)
        .select_related("ticket")
    )
