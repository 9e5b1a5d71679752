"""Amounts of working time as people type and read them: "30 min", "4 h", "2 d"."""

import re
from collections import Counter

from ansvar.kernel.refusal import Refusal, said
from ansvar.people.decisions.calendars import WorkingCalendar

HOUR = 60
USUAL_DAY = 8 * HOUR
"""Minutes of a working day where a calendar tells none."""
_UNITS = {
    1: {"m", "min", "minute", "minutes", "minut", "minuter", "м", "мин", "минут"},
    HOUR: {"h", "hour", "hours", "tim", "timme", "timmar", "ч", "час", "часа", "часов"},
}
_DAYS = {"d", "day", "days", "dag", "dagar", "д", "дн", "день", "дня", "дней"}
"""In the languages of the product, as one types them."""
_PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d]+)\.?")
_CLOCK = re.compile(r"(\d+):([0-5]\d)")
_LONGEST_TEXT = 40


class BadAmount(Refusal):
    """A text that is no amount of time; it says how to write one."""


def day_of(calendar: WorkingCalendar) -> int:
    """Return how many minutes the usual working day of a calendar has."""
    lengths = Counter(
        minutes for spans in calendar.week if (minutes := sum(end - start for start, end in spans))
    )
    # The most frequent length; of equally frequent ones the longer.
    return max(lengths, key=lambda minutes: (lengths[minutes], minutes), default=USUAL_DAY)


def read_amount(text: str, *, day: int) -> int:
    """Read an amount of working time as minutes; a day has *day* of them.

    Raises: BadAmount.
    """
    told = text.strip().casefold()
    if match := _CLOCK.fullmatch(told):
        return int(match[1]) * HOUR + int(match[2])
    parts = _PART.findall(told)
    if not parts or len(told) > _LONGEST_TEXT or _PART.sub("", told).strip(" ,+"):
        raise BadAmount(said("“%(text)s” is no time. Write it like 30 min, 4 h or 2 d."), text=text)
    return round(sum(float(number.replace(",", ".")) * _unit(unit, day) for number, unit in parts))


def typed_amount(minutes: int) -> str:
    """Write minutes as `read_amount` reads them whatever a day has: "1 h 30 min"."""
    hours, rest = divmod(abs(minutes), HOUR)
    parts = [*([f"{hours} h"] if hours else []), *([f"{rest} min"] if rest or not hours else [])]
    return " ".join(parts)


def _unit(name: str, day: int) -> int:
    if name in _DAYS:
        return day
    for minutes, names in _UNITS.items():
        if name in names:
            return minutes
    raise BadAmount(
        said("“%(unit)s” is no unit of time. Write minutes, hours or days: 30 min, 4 h, 2 d."),
        unit=name,
    )
