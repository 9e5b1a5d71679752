"""The rota as a table: days down, duties across, for a week or a month."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import formats
from django.utils.dateparse import parse_date

from ansvar.access.pages import page
from ansvar.kernel import clock
from ansvar.people.models import Desk
from ansvar.rota.decisions import Duty
from ansvar.rota.models import DUTY_NAMES, Absence, Turn
from ansvar.rota.queries import turns_between
from ansvar.workbench.reading import DESK_KEY, reader_of
from ansvar.workbench.rota.framing import desk_of, in_frame

WEEK = 7
SATURDAY = 5
NOON = time(12)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A turn on one day."""

    turn: Turn
    starts: time | None
    """When it begins, if it does on that day."""


@dataclass(kw_only=True)
class Day:
    """One row of the table."""

    day: date
    is_today: bool
    cells: dict[Duty, list[Cell]] = field(default_factory=lambda: {duty: [] for duty in Duty})
    away: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The day as it is said in a table."""
        return formats.date_format(self.day, "D j M")

    @property
    def is_weekend(self) -> bool:
        """Whether it is a Saturday or Sunday."""
        return self.day.weekday() >= SATURDAY


@page(requires="rota.read")
def plan(request: HttpRequest) -> HttpResponse:
    """Show who has which duty when."""
    reader, desk = reader_of(request), desk_of(request)
    zone = ZoneInfo(desk.calendar.timezone)
    here = clock.now().astimezone(zone).date()
    span = "month" if request.GET.get("span") == "month" else "week"
    first, after = _stretch(_asked(request) or here, span)
    days = days_between(desk, first, after)
    context = {
        "desk": desk,
        "span": span,
        "first": first,
        "last": after - timedelta(days=1),
        "days": days,
        "duties": DUTY_NAMES,
        "is_empty": not any(cells for day in days for cells in day.cells.values()),
        "before_url": _url(desk, first - timedelta(days=1), span),
        "after_url": _url(desk, after, span),
        "today_url": _url(desk, here, span),
        "week_url": _url(desk, max(first, min(here, after - timedelta(days=1))), "week"),
        "month_url": _url(desk, first, "month"),
        "may_edit": reader.may("rota.edit", desk),
        "me": reader.person.pk,
    }
    return in_frame(request, "plan.html", context, place="rota-plan")


def days_between(desk: Desk, first: date, after: date) -> list[Day]:
    """Return the days of a stretch with the turns and absences that touch each."""
    zone = ZoneInfo(desk.calendar.timezone)
    here = clock.now().astimezone(zone).date()
    begin, end = _midnight(first, zone), _midnight(after, zone)
    count = (after - first).days
    days = [first + timedelta(days=number) for number in range(count)]
    rows = {day: Day(day=day, is_today=day == here) for day in days}
    for turn in turns_between(desk.pk, begin, end):
        starts = turn.starts_at.astimezone(zone)
        for day in _days_of(turn, zone, days):
            is_start = starts.date() == day
            # The morning on which a turn ends is the day of whoever comes next.
            if is_start or turn.ends_at > datetime.combine(day, NOON, zone):
                rows[day].cells[Duty(turn.duty)].append(
                    Cell(turn=turn, starts=starts.time() if is_start else None)
                )
    absences = Absence.objects.filter(
        person__memberships__team__desk=desk,
        person__is_active=True,
        starts_at__lt=end,
        ends_at__gt=begin,
    )
    for absence in absences.select_related("person").distinct().order_by("person__name"):
        for day in _days_of(absence, zone, days):
            rows[day].away.append(absence.person.name)
    return list(rows.values())


def _days_of(stretch: Turn | Absence, zone: ZoneInfo, days: Sequence[date]) -> list[date]:
    """Return the days that a stretch touches; its very end belongs to the next."""
    begin = stretch.starts_at.astimezone(zone).date()
    last = (stretch.ends_at - timedelta(microseconds=1)).astimezone(zone).date()
    return [day for day in days if begin <= day <= last]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _asked(request: HttpRequest) -> date | None:
    try:
        return parse_date(request.GET.get("from", ""))
    except ValueError:
        return None


def _stretch(day: date, span: str) -> tuple[date, date]:
    """Return the first day of the week or month of *day*, and the day after its last."""
    if span == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=WEEK)
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def _url(desk: Desk, day: date, span: str) -> str:
    return "?" + urlencode({DESK_KEY: desk.pk, "from": day.isoformat(), "span": span})
