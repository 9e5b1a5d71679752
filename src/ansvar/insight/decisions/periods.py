"""A stretch of time that figures are asked for, and the months, quarters and years in it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Step(StrEnum):
    """Into what a period is cut."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_MONTHS = {Step.MONTH: 1, Step.QUARTER: 3, Step.YEAR: 12}


@dataclass(frozen=True, kw_only=True)
class Period:
    """From a moment up to, and not with, a later one."""

    start: datetime
    end: datetime

    @property
    def days(self) -> float:
        """How many days long it is."""
        return max((self.end - self.start) / timedelta(days=1), 0.0)


def period_of_days(first: date, last: date, zone: ZoneInfo) -> Period:
    """Return the period from the beginning of one date to the end of another, both on a clock."""
    return Period(
        start=datetime.combine(first, time(), tzinfo=zone).astimezone(UTC),
        end=datetime.combine(last + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC),
    )


def first_day(day: date, step: Step) -> date:
    """Return the first day of the month, quarter or year that a date lies in."""
    months = _MONTHS[step]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def name_of(day: date, step: Step) -> str:
    """Return how a month, quarter or year is written: 2026-03, 2026-Q1, 2026."""
    if step is Step.YEAR:
        return f"{day.year}"
    if step is Step.QUARTER:
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return f"{day.year}-{day.month:02}"
