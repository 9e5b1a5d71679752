"""Which minutes are working time, found by looking at the wall clock.

Part of the simulator that the clock engine is compared with: it shares nothing with the calendars
of the product but their definition.
"""

import csv
import lzma
import math
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays

from ansvar.servicelevels.decisions.hours import Hours

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = 1440
LOOK_BACK = 240
"""Minutes; no zone turns its clock back by more."""
FIVE_YEARS = 5 * 366
"""Days without any opening after which a calendar counts as closed for ever."""
SHUT, OPEN = b"\0", b"\1"

Holidays = Callable[[str, str, int], frozenset[date]]
"""The public holidays of a country, of a region and in a year."""


def minute_of(moment: datetime) -> int:
    """Return the number of a whole minute since 1970."""
    minute, rest = divmod(moment - EPOCH, MINUTE)
    if rest:
        raise ValueError("The simulator lives in whole minutes.")
    return minute


@lru_cache(maxsize=4096)
def known_holidays(country: str, region: str, year: int) -> frozenset[date]:
    if not country:
        return frozenset()
    return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))


@lru_cache(maxsize=1)
def holidays_listed(path: Path, years: Sequence[int]) -> Holidays:
    """Return the holidays of a list; for regions and other years it has none, so as known."""
    opened = lzma.open if path.suffix == ".xz" else open
    days: dict[tuple[str, int], set[date]] = {}
    with opened(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            on = date.fromisoformat(row["date"])
            days.setdefault((row["country"], on.year), set()).add(on)

    def holidays_of(country: str, region: str, year: int) -> frozenset[date]:
        if not country or region or year not in years:
            return known_holidays(country, region, year)
        return frozenset(days[country, year])

    return holidays_of


@lru_cache(maxsize=200_000)
def wall_clock(zone: ZoneInfo, day: int) -> tuple[tuple[date, int, int, bool], ...]:
    """Watch a wall clock through one day of UTC: dates, from which minute, how long, does it go.

    A clock that is turned back shows what it has shown before: until it shows something new, the
    day has not gone on.
    """
    start, end = day * DAY, (day + 1) * DAY
    offset = _offset(zone, end)
    if offset == _offset(zone, start - LOOK_BACK):
        # No zone changes its clock and back again within a day and some hours.
        on = date.fromordinal(EPOCH.toordinal() + (start + offset) // DAY)
        first = (start + offset) % DAY
        today = (on, first, DAY - first, True)
        return (today, (on + timedelta(days=1), 0, first, True)) if first else (today,)
    furthest = (date.min, 0)
    seen: list[tuple[date, int]] = []
    for minute in range(start - LOOK_BACK, end):
        shown = datetime.fromtimestamp(minute * 60, zone)
        furthest = max(furthest, (shown.date(), shown.hour * 60 + shown.minute))
        seen.append(furthest)
    stretches: list[tuple[date, int, int, bool]] = []
    for on, minute in seen[LOOK_BACK:]:
        begun, first, length, goes = stretches[-1] if stretches else (date.min, 0, 0, True)
        if on == begun and minute == first + length and (goes or length == 1):
            stretches[-1] = (begun, first, length + 1, True)
        elif on == begun and minute == first and (not goes or length == 1):
            stretches[-1] = (begun, first, length + 1, False)
        else:
            stretches.append((on, minute, 1, True))
    return tuple(stretches)


def _offset(zone: ZoneInfo, minute: int) -> int:
    offset = datetime.fromtimestamp(minute * 60, zone).utcoffset()
    assert offset is not None
    return offset // MINUTE


class OpenMinutes:
    """Which minutes are working time by some hours, a day of UTC at a time."""

    def __init__(self, hours: Hours, holidays_of: Holidays) -> None:
        self.hours = hours
        self.holidays_of = holidays_of
        self.days: dict[int, bytes] = {}
        self.dates: dict[tuple[int, date], bytes] = {}

    def day(self, day: int) -> bytes:
        """Return 1 or 0 for each minute."""
        found = self.days.get(day)
        if found is None:
            found = b""
            for number, (since, _) in enumerate(self.hours.editions):
                # A later edition holds for the minutes from its beginning.
                begins = 0 if since is None else min(max(minute_of(since) - day * DAY, 0), DAY)
                if begins < DAY:
                    found = found[:begins] + self._by(number, day)[begins:]
            self.days[day] = found
        return found

    def between(self, start: int, end: int) -> bytes:
        """Return 1 or 0 for each minute from *start* until before *end*."""
        first = start // DAY
        days = b"".join(self.day(day) for day in range(first, end // DAY + 1))
        return days[start - first * DAY : end - first * DAY]

    def after(self, start: int, amount: int) -> int | None:
        """Return when *amount* open minutes have passed since *start*."""
        shut_days, day, left = 0, start // DAY, amount
        minutes = self.day(day)[start - day * DAY :]
        at = start
        last = self._last_day()
        while shut_days <= FIVE_YEARS and day <= last:
            if minutes.count(OPEN) < left:
                left -= minutes.count(OPEN)
                at += len(minutes)
            else:
                for is_open in minutes:
                    at += 1
                    left -= is_open
                    if not left:
                        return at
            shut_days = 0 if OPEN in minutes else shut_days + 1
            day += 1
            minutes = self.day(day)
        return None

    def _last_day(self) -> float:
        """Return the day of UTC after which there is surely no opening any more."""
        _, calendar = self.hours.editions[-1]
        if any(calendar.week):
            return math.inf
        ends = [since for since, _ in self.hours.editions if since is not None]
        days = [date(1970, 1, 1), *calendar.special_days, *(since.date() for since in ends)]
        return max(days).toordinal() - EPOCH.toordinal() + 2

    def _by(self, number: int, day: int) -> bytes:
        zone = self.hours.editions[number][1].zone
        minutes = []
        for on, first, length, goes in wall_clock(zone, day):
            that_date = self._date(number, on)
            if goes:
                minutes.append(that_date[first : first + length])
            else:
                minutes.append(that_date[first : first + 1] * length)
        return b"".join(minutes)

    def _date(self, number: int, on: date) -> bytes:
        """Return 1 or 0 for each minute that the wall clock shows on a date."""
        key = (number, on)
        if key not in self.dates:
            calendar = self.hours.editions[number][1]
            if on in calendar.special_days:
                spans = calendar.special_days[on]
            elif on in self.holidays_of(calendar.country, calendar.subdivision, on.year):
                spans = ()
            else:
                spans = calendar.week[on.weekday()]
            minutes = bytearray(DAY)
            for opens, closes in spans:
                minutes[opens:closes] = OPEN * (closes - opens)
            self.dates[key] = bytes(minutes)
        return self.dates[key]
