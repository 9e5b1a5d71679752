"""What may be promised from what was: a share of cases, a natural figure, and how sure it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import count
from math import ceil, sqrt

from ansvar.people.decisions.calendars import WorkingCalendar
from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.story import Course

PROMISED_SHARE = 0.9
"""R101: "90 % of these are solved within three days"."""
FEWEST = 20
"""Below that a share of nine in ten rests on two cases or fewer."""
CONFIDENCE_95 = 1.959963984540054
"""Standard deviations of the normal distribution within which 95 % of it lie."""
HOURS_OF_DAY = timedelta(hours=24)
"""The working day of a desk that is open day and night."""
_MINUTES = (15, 30)
_HOURS = (1, 2, 4)
_DAYS = (1, 2, 3, 5)


class Unit(StrEnum):
    """In what a figure is said."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A time as people say it: three working days."""

    amount: int
    unit: Unit
    time: timedelta
    """The working time it comes to."""


@dataclass(frozen=True, kw_only=True)
class WorkingWeek:
    """How long an ordinary working day and working week of a calendar are."""

    day: timedelta
    week: timedelta

    @property
    def days(self) -> int:
        """Working days of the week."""
        return round(self.week / self.day)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Within which figure how many of a sample were solved, and how sure that is."""

    figure: Figure
    within: int
    sample: int
    low: float
    high: float
    """Between which shares the true one lies, with 95 % confidence."""


def working_week(calendar: WorkingCalendar) -> WorkingWeek | None:
    """Return the ordinary day and week of a calendar; nothing when its week has no hours."""
    minutes = [sum(last - first for first, last in spans) for spans in calendar.week]
    open_days = [one for one in minutes if one]
    if not open_days:
        return None
    week = timedelta(minutes=sum(open_days))
    return WorkingWeek(day=week / len(open_days), week=week)


def figures(week: WorkingWeek) -> Iterator[Figure]:
    """Return the figures that people use, from a quarter of an hour to any number of weeks.

    Those that do not lie in order for a calendar, such as four hours of a day of three, are
    left out.
    """
    last = timedelta()
    for figure in _ladder(week):
        if figure.time > last:
            last = figure.time
            yield figure


def _ladder(week: WorkingWeek) -> Iterator[Figure]:
    for amount in _MINUTES:
        yield Figure(amount=amount, unit=Unit.MINUTE, time=timedelta(minutes=amount))
    for amount in _HOURS:
        time = timedelta(hours=amount)
        if time < week.day:
            yield Figure(amount=amount, unit=Unit.HOUR, time=time)
    for amount in _DAYS:
        if amount <= week.days:
            yield Figure(amount=amount, unit=Unit.DAY, time=amount * week.day)
    for amount in count(1):
        yield Figure(amount=amount, unit=Unit.WEEK, time=amount * week.week)


def rounded_up(time: timedelta, week: WorkingWeek) -> Figure:
    """Return the least natural figure that is no shorter than *time*."""
    return next(figure for figure in figures(week) if figure.time >= time)


def order_statistic(sorted_times: Sequence[timedelta], share: float) -> timedelta:
    """Return the least observed time within which at least *share* of the cases lie.

    An observed time instead of one between two observations: nothing is made up.

    Raises: ValueError without any case, or for a share that is none.
    """
    if not sorted_times or not 0 < share <= 1:
        raise ValueError("A share between 0 and 1 of at least one case is needed.")
    # A hair less, so that 0.9 of 20 are 18 though the product is a little more in binary.
    return sorted_times[max(1, ceil(share * len(sorted_times) - 1e-9)) - 1]


def wilson(kept: int, sample: int, *, deviations: float = CONFIDENCE_95) -> tuple[float, float]:
    """Return between which shares the true one lies.

    The score interval of E. B. Wilson, "Probable inference, the law of succession, and statistical
    inference", Journal of the American Statistical Association 22 (1927): unlike the textbook
    interval it stays within 0 and 1 and holds for samples of a few dozen and shares near 1.

    Raises: ValueError for an empty sample.
    """
    if sample < 1:
        raise ValueError("An empty sample says nothing.")
    share, squared = kept / sample, deviations**2
    middle = (share + squared / (2 * sample)) / (1 + squared / sample)
    around = sqrt(share * (1 - share) / sample + squared / (4 * sample**2))
    half = deviations * around / (1 + squared / sample)
    # Exactly so in theory, and a hair beside it in binary.
    return (middle - half if kept else 0.0), (middle + half if kept < sample else 1.0)


def promise_of(times: Sequence[timedelta], week: WorkingWeek) -> Kept | None:
    """Return what may be promised from the times of closed tickets; nothing of too few."""
    if len(times) < FEWEST:
        return None
    found = sorted(times)
    figure = rounded_up(order_statistic(found, PROMISED_SHARE), week)
    within = sum(time <= figure.time for time in found)
    low, high = wilson(within, len(found))
    return Kept(figure=figure, within=within, sample=len(found), low=low, high=high)


def solving_time(course: Course, hours: Hours) -> timedelta | None:
    """Return the working time from opening to the last solution, waits for the requester left out.

    What passed between a solution and the requester's "not solved" is left out too: nobody could
    do anything. Nothing for a ticket that is still open.
    """
    if course.legs[-1].is_open:
        return None
    spent = timedelta()
    for leg in course.legs[:-1]:
        if leg.is_open and leg.standing != "waiting:requester" and leg.end is not None:
            spent += hours.between(leg.start, leg.end)
    return spent
