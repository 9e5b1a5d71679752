"""When things happen: working hours, busy Mondays, quiet weekends; the same for the same day."""

import random
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from ansvar.demo.company import ZONE
from ansvar.people.decisions.calendars import WorkingCalendar

STOCKHOLM: Final = ZoneInfo(ZONE)
MONTHS_TOLD: Final = timedelta(days=92)
_BY_WEEKDAY: Final = (1.35, 1.1, 1.0, 1.05, 0.9, 0.22, 0.05)
_BY_HOUR: Final = {
    7: 0.5, 8: 1.3, 9: 1.6, 10: 1.4, 11: 1.0, 12: 0.7, 13: 1.1, 14: 1.2, 15: 1.1, 16: 0.8,
    17: 0.4, 18: 0.2, 19: 0.1,
}  # fmt: skip
_ON_HOLIDAYS: Final = 0.1
HASTE: Final = {1: 0.05, 2: 0.15, 3: 0.5, 4: 1.0, 5: 1.5}
"""Priority to the share of the usual time that passes before the next step."""


def arrivals(
    today: date, count: int, *, calendar: WorkingCalendar, chances: random.Random
) -> list[datetime]:
    """Return when tickets come in during the three months before *today*, in order."""
    first = today - MONTHS_TOLD
    days = [first + timedelta(days=number) for number in range(MONTHS_TOLD.days)]
    slots = [(day, hour) for day in days for hour in _BY_HOUR]
    weights = [
        _BY_WEEKDAY[day.weekday()]
        * _BY_HOUR[hour]
        * (_ON_HOLIDAYS if calendar.plan(day).holiday else 1)
        for day, hour in slots
    ]
    chosen = chances.choices(slots, weights=weights, k=count)
    return sorted(_moment(day, hour, chances) for day, hour in chosen)


def _moment(day: date, hour: int, chances: random.Random) -> datetime:
    at = time(hour, chances.randrange(60), chances.randrange(60))
    return datetime.combine(day, at, tzinfo=STOCKHOLM)


def minutes(chances: random.Random, usual: float, *, most: float = 8.0) -> timedelta:
    """Return a time that is mostly below *usual* minutes and now and then far above."""
    factor = min(chances.lognormvariate(-0.35, 0.9), most)
    return timedelta(minutes=usual * factor + 1, seconds=chances.randrange(60))


def later(
    at: datetime, amount: timedelta, *, calendar: WorkingCalendar, chances: random.Random
) -> datetime:
    """Return *at* plus an amount of working time; not everybody begins when the doors open."""
    moment = calendar.add_working_time(at, amount)
    if not calendar.is_open(at):
        moment += timedelta(minutes=chances.randrange(25))
    return moment


def weekday_after(at: datetime, days: int) -> str:
    """Return the name of a weekday some days from *at*."""
    names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Monday", "Monday"]
    return names[(at.astimezone(STOCKHOLM) + timedelta(days=days)).weekday()]
