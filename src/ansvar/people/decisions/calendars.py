"""Working time: what a calendar of hours, holidays and days of its own says about moments.

All arithmetic is done on moments of UTC; the wall clock of the calendar's zone only says where
the spans of a day begin and end. So an hour is an hour also in the night of the clock change.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

from ansvar.kernel.refusal import Refusal, said

Span = tuple[int, int]
"""Open from minute to minute after local midnight; 1440 is the end of the day."""

WEEK = 7
DAY_MINUTES = 24 * 60
ONE_DAY = timedelta(days=1)
HORIZON = timedelta(days=5 * 366)
"""How far an opening is looked for: no real calendar is closed for five years."""

_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")


class BadHours(Refusal):
    """Hours that cannot be right; the text names the day and says what to do."""


class NeverOpen(Refusal):
    """Working time was asked of a calendar that has none."""


@dataclass(frozen=True, kw_only=True)
class DayPlan:
    """What a calendar says about one date."""

    day: date
    spans: tuple[Span, ...]
    holiday: str = ""
    """The name of the public holiday, also when a day of its own overrides it."""
    is_special: bool = False


@dataclass(frozen=True, kw_only=True)
class WorkingCalendar:
    """Working hours in one zone, with public holidays and days of its own."""

    name: str = ""
    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]
    """Seven days, Monday first."""
    country: str = ""
    subdivision: str = ""
    special_days: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    _days: dict[date, "_Day"] = field(
        default_factory=dict, init=False, repr=False, compare=False, hash=False
    )
    """What was worked out once: targets of weeks and months ask for the same days again."""

    def plan(self, day: date) -> DayPlan:
        """Return what holds on a date: a day of its own, else a holiday, else the week."""
        return DayPlan(
            day=day,
            spans=self._hours_on(day),
            holiday=holiday_names(self.country, self.subdivision, day.year).get(day, ""),
            is_special=day in self.special_days,
        )

    def is_open(self, at: datetime) -> bool:
        """Tell whether *at* is working time."""
        return any(start <= at < end for start, end in self._day(self._local_day(at)).spans)

    def next_opening(self, at: datetime) -> datetime:
        """Return *at* itself in working time, else the next beginning of it.

        Raises: NeverOpen.
        """
        for start, _ in self._open_from(at):
            return start
        raise self._never_open()

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Return how much working time passes; none when *end* is not after *start*."""
        total = timedelta()
        first, last = self._local_day(start), self._local_day(end)
        for day in _days_until(first, last):
            found = self._day(day)
            if first < day < last:
                total += found.total
                continue
            for opens, closes in found.spans:
                total += max(timedelta(), min(closes, end) - max(opens, start))
        return total

    def openings(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Walk over the spans of working time between two moments, the outer ones cut there."""
        for day in _days_until(self._local_day(start), self._local_day(end)):
            for opens, closes in self._day(day).spans:
                if opens < end and closes > start:
                    yield max(opens, start), min(closes, end)

    def add_working_time(self, start: datetime, amount: timedelta) -> datetime:
        """Return the first moment by which *amount* of working time has passed since *start*.

        Raises: NeverOpen; ValueError for a negative amount.
        """
        if amount < timedelta():
            raise ValueError("Working time can be added, not taken away.")
        if not amount:
            return start.astimezone(UTC)
        at, left = start.astimezone(UTC), amount
        first = self._local_day(start)
        for day in self._open_days_from(first):
            found = self._day(day)
            if day > first and found.total < left:
                left -= found.total
                continue
            for opens, closes in found.spans:
                begins = max(opens, at)
                if closes - begins >= left:
                    return begins + left
                left -= max(timedelta(), closes - begins)
        raise self._never_open()

    def _never_open(self) -> NeverOpen:
        return NeverOpen(
            f"The calendar {self.name!r} has no working hours to come."
            " Give at least one day of its week some hours."
        )

    def _local_day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def _open_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Walk over the open spans that end after *at*, the first one cut at *at*."""
        for day in self._open_days_from(self._local_day(at)):
            for opens, closes in self._day(day).spans:
                if closes > at:
                    yield max(opens, at.astimezone(UTC)), closes

    def _open_days_from(self, day: date) -> Iterator[date]:
        """Walk over the days with working time, until none is to be found for years."""
        if not any(self.week):
            # Only days of its own are open, if any: no need to look at every day for years.
            yield from (one for one in sorted(self.special_days) if one >= day)
            return
        last = day + HORIZON
        while day <= last:
            if self._day(day).spans:
                yield day
                # The next opening is looked for from this one on, so the horizon moves along.
                last = day + HORIZON
            day += ONE_DAY

    def _day(self, day: date) -> "_Day":
        """Return what a date comes to in UTC."""
        found = self._days.get(day)
        if found is None:
            spans = tuple(
                (opens, closes)
                for first, last in self._hours_on(day)
                # A span that lies wholly in the hour left out in spring does not happen.
                if (opens := _moment(day, first, self.zone))
                < (closes := _moment(day, last, self.zone))
            )
            total = sum((closes - opens for opens, closes in spans), timedelta())
            found = self._days[day] = _Day(spans, total)
        return found

    def _hours_on(self, day: date) -> tuple[Span, ...]:
        special = self.special_days.get(day)
        if special is not None:
            return special
        hours = self.week[day.weekday()]
        if hours and day in holiday_names(self.country, self.subdivision, day.year):
            return ()
        return hours


class _Day(NamedTuple):
    """The working time of one date."""

    spans: tuple[tuple[datetime, datetime], ...]
    total: timedelta


def _days_until(day: date, last: date) -> Iterator[date]:
    while day <= last:
        yield day
        day += ONE_DAY


def calendar_from(
    *,
    name: str,
    timezone: str,
    hours: Mapping[str, Any],
    country: str = "",
    subdivision: str = "",
    special_days: Mapping[str, Any] | None = None,
) -> WorkingCalendar:
    """Read a calendar as it is stored: days to lists of pairs such as ["08:00", "17:00"].

    Raises: BadHours.
    """
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadHours(
            said("There is no time zone “%(timezone)s”. Choose one like Europe/Stockholm."),
            timezone=timezone,
        ) from None
    if unknown := set(hours) - {str(number) for number in range(WEEK)}:
        raise BadHours(
            said("There is no weekday “%(unknown)s”. Days are 0 (Monday) to 6 (Sunday)."),
            unknown=min(unknown),
        )
    week = tuple(
        _spans(hours.get(str(number), []), _weekday_name(number)) for number in range(WEEK)
    )
    special = {}
    for text, pairs in (special_days or {}).items():
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise BadHours(
                said("“%(text)s” is no date. Write it like 2026-12-24."), text=text
            ) from None
        special[day] = _spans(pairs, text)
    check_holidays(country, subdivision)
    return WorkingCalendar(
        name=name,
        zone=zone,
        week=week,
        country=country,
        subdivision=subdivision,
        special_days=special,
    )


def check_holidays(country: str, subdivision: str = "") -> None:
    """Refuse a country or region whose public holidays are not known.

    Raises: BadHours.
    """
    if not country:
        if subdivision:
            raise BadHours(said("A region needs its country. Choose the country of the holidays."))
        return
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        raise BadHours(
            said("No public holidays are known for “%(country)s”. Choose another or none."),
            country=country,
        )
    if subdivision and subdivision not in known[country]:
        regions = ", ".join(known[country]) or "none"
        raise BadHours(
            said("“%(country)s” has no region “%(subdivision)s”. Its regions: %(regions)s."),
            country=country,
            subdivision=subdivision,
            regions=regions,
        )


@lru_cache(maxsize=512)
def holiday_names(country: str, subdivision: str, year: int) -> Mapping[date, str]:
    """Return the public holidays of one year with their names."""
    if not country:
        return {}
    return dict(holidays.country_holidays(country, subdiv=subdivision or None, years=year).items())


def _weekday_name(number: int) -> str:
    names = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
    return names.split()[number]


def _spans(pairs: Any, day: str) -> tuple[Span, ...]:
    if not isinstance(pairs, list):
        raise BadHours(
            said("The hours of %(day)s are no list. Write them as pairs of times."), day=day
        )
    spans = []
    for pair in pairs:
        if not isinstance(pair, list | tuple) or len(pair) != 2:  # noqa: PLR2004 - from and to
            raise BadHours(
                said("%(day)s has a span without beginning or end. Give both times."), day=day
            )
        spans.append((_minutes(pair[0], day), _minutes(pair[1], day)))
    spans.sort()
    for start, end in spans:
        if start >= end:
            raise BadHours(
                said(
                    "A span of %(day)s ends before it begins. Write a night as two spans: until "
                    "24:00, and from 00:00 on the next day."
                ),
                day=day,
            )
    for (_, end), (start, _end) in pairwise(spans):
        if start < end:
            raise BadHours(
                said("Two spans of %(day)s overlap. Let one end before the next begins."), day=day
            )
    return tuple(spans)


def _minutes(text: Any, day: str) -> int:
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    minutes = int(match[1]) * 60 + int(match[2]) if match else DAY_MINUTES + 1
    if minutes > DAY_MINUTES:
        raise BadHours(
            said("“%(text)s” on %(day)s is no time of day. Write it like 08:00."),
            text=text,
            day=day,
        )
    return minutes


@lru_cache(maxsize=8192)
def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return when the wall clock of *zone* first shows that minute, or jumps over it."""
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock, see below
    local = (midnight + timedelta(minutes=minute)).replace(tzinfo=zone)
    late, early = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    if late <= early:  # an ordinary minute, or the first of two in autumn
        return late
    # The clock jumps over this minute: what would begin or end in the gap does so at the jump.
    offset = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)
