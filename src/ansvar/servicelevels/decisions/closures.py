"""When working time stands still between two moments, and why: breaks, nights, days off."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ansvar.people.decisions.calendars import DayPlan, WorkingCalendar
from ansvar.servicelevels.decisions.hours import Hours


@dataclass(frozen=True, kw_only=True)
class Closure:
    """A stretch without working time."""

    start: datetime
    end: datetime
    days: tuple[DayPlan, ...]
    """The days in it that are closed from end to end, each with its reason."""
    is_within_day: bool
    """Whether it begins and ends on one day of the calendar: a break, or the rest of a day."""


def closures(hours: Hours, start: datetime, end: datetime) -> Iterator[Closure]:
    """Walk over the stretches without working time between two moments, in order."""
    at = start
    for opens, closes in _openings(hours, start, end):
        if opens > at:
            yield _closure(hours, at, opens)
        at = max(at, closes)
    if at < end:
        yield _closure(hours, at, end)


def _openings(hours: Hours, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Walk over the working time between two moments, by the edition that holds at each."""
    for number, (since, calendar) in enumerate(hours.editions):
        later = hours.editions[number + 1 :]
        begins = start if since is None else max(start, since)
        ends = end if not later or later[0][0] is None else min(end, later[0][0])
        if begins < ends:
            yield from calendar.openings(begins, ends)


def _closure(hours: Hours, start: datetime, end: datetime) -> Closure:
    calendar = _calendar_at(hours, start)
    first, last = start.astimezone(calendar.zone).date(), end.astimezone(calendar.zone).date()
    days = (calendar.plan(first + timedelta(days=n)) for n in range((last - first).days + 1))
    return Closure(
        start=start,
        end=end,
        days=tuple(day for day in days if not day.spans),
        is_within_day=first == last,
    )


def _calendar_at(hours: Hours, at: datetime) -> WorkingCalendar:
    held = [calendar for since, calendar in hours.editions if since is None or since <= at]
    return held[-1] if held else hours.editions[0][1]
