"""When somebody is needed: which hours of a week are open, what counts come to in a month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from ansvar.people.decisions.calendars import DAY_MINUTES, WEEK, WorkingCalendar

HOURS = 24
HOUR_MINUTES = DAY_MINUTES // HOURS
MONTH = timedelta(days=30)
"""So that a period of thirty days is said as it was counted."""
_WHOLE_FROM = 10


class Openness(StrEnum):
    """How much of an hour of the ordinary week is working time."""

    OPEN = "open"
    PARTLY = "partly"
    SHUT = "shut"


def openness_of(calendar: WorkingCalendar) -> tuple[tuple[Openness, ...], ...]:
    """Return the openness of each hour, by weekday from Monday; holidays are not looked at."""
    return tuple(
        tuple(
            _openness(
                sum(
                    max(0, min(last, (hour + 1) * HOUR_MINUTES) - max(first, hour * HOUR_MINUTES))
                    for first, last in calendar.week[weekday]
                )
            )
            for hour in range(HOURS)
        )
        for weekday in range(WEEK)
    )


def _openness(minutes: int) -> Openness:
    if minutes <= 0:
        return Openness.SHUT
    return Openness.OPEN if minutes >= HOUR_MINUTES else Openness.PARTLY


def midnight(calendar: WorkingCalendar, at: datetime, *, days_before: int = 0) -> datetime:
    """Return when the day of *at* began on the calendar's clock, or one some days before."""
    day = at.astimezone(calendar.zone).date() - timedelta(days=days_before)
    return datetime.combine(day, time(), tzinfo=calendar.zone).astimezone(UTC)


def days_between(calendar: WorkingCalendar, start: datetime, end: datetime) -> int:
    """Return how many midnights of the calendar's clock lie between two moments."""
    first, last = start.astimezone(calendar.zone).date(), end.astimezone(calendar.zone).date()
    return (last - first).days


@dataclass(frozen=True, kw_only=True)
class Slice:
    """A stretch of time within one hour of the calendar's clock, all in or all outside hours."""

    begins: datetime
    on: date
    hour: int
    is_open: bool


def slices_of(calendar: WorkingCalendar, start: datetime, end: datetime) -> list[Slice]:
    """Cut a period at the full hours of the calendar's clock, and where it opens and shuts."""
    openings = list(calendar.openings(start, end))
    cuts = {moment for span in openings for moment in span if start <= moment < end}
    at = start.astimezone(UTC)
    while at < end:
        cuts.add(at)
        wall = at.astimezone(calendar.zone)
        at += timedelta(
            hours=1, minutes=-wall.minute, seconds=-wall.second, microseconds=-wall.microsecond
        )
    found, left = [], iter(openings)
    opens, shuts = next(left, (end, end))
    for cut in sorted(cuts):
        while cut >= shuts and shuts < end:
            opens, shuts = next(left, (end, end))
        wall = cut.astimezone(calendar.zone)
        found.append(
            Slice(begins=cut, on=wall.date(), hour=wall.hour, is_open=opens <= cut < shuts)
        )
    return found


def turns_of(slices: Sequence[Slice]) -> list[datetime]:
    """Return when it opens, shuts, opens ..., beginning with an opening."""
    turns, was_open = [], False
    for one in slices:
        if one.is_open != was_open:
            turns.append(one.begins)
            was_open = one.is_open
    return turns


def in_a_month(count: int, period: timedelta) -> float:
    """Return what a count of *period* comes to in a month: whole, or to a tenth below ten."""
    value = count * (MONTH / period)
    return float(round(value)) if value >= _WHOLE_FROM else round(value, 1)


def shade(count: int, most: int, *, shades: int) -> int:
    """Return how dark a count is drawn, from 1 to *shades*; 0 for none."""
    if count <= 0 or most <= 0:
        return 0
    return 1 + (count * shades - 1) // most
