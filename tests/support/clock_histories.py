"""Random tickets with random promises, hours and clock changes: food for the clock engine.

All of a history comes out of one `random.Random`, so a seed names it for ever, and hypothesis,
which can play one, makes it smaller. Moments are whole minutes: the simulator lives in them.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from ansvar.people.decisions import WorkingCalendar
from ansvar.servicelevels.decisions.choosing import Book, Kept, Version
from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.terms import (
    MEASURES,
    STANDINGS,
    LevelKind,
    Row,
    Scope,
    Step,
    Target,
    Terms,
)

Spans = tuple[tuple[int, int], ...]

ZONES = (
    *("Europe/Stockholm", "Europe/London", "Europe/Dublin", "UTC", "America/New_York"),
    *("America/St_Johns", "America/Santiago", "America/Havana", "America/Nuuk", "Asia/Kolkata"),
    *("Asia/Kathmandu", "Asia/Tokyo", "Asia/Beirut", "Africa/Cairo", "Africa/Casablanca"),
    *("Australia/Lord_Howe", "Australia/Sydney", "Pacific/Chatham", "Pacific/Apia"),
    *("Antarctica/Troll", "America/Sao_Paulo", "Atlantic/Azores"),
)
COUNTRIES = (
    *("AT", "AU", "BE", "BR", "CA", "CH", "CN", "CZ", "DE", "DK", "ES", "FI", "FR", "GB", "IL"),
    *("IN", "IT", "JP", "KZ", "MX", "NL", "NO", "PL", "RU", "SA", "SE", "TR", "US", "ZA"),
)
REGIONS = (("DE", "BY"), ("US", "CA"), ("GB", "SCT"), ("CH", "ZH"), ("CA", "QC"), ("AU", "VIC"))
YEARS = (2024, 2025, 2026, 2027, 2028)
APIA_LOST_A_DAY = datetime(2011, 12, 30, 10, tzinfo=UTC)

OFFICE: Spans = ((480, 1020),)
LUNCH: Spans = ((480, 720), (780, 1020))
ALL_DAY: Spans = ((0, 1440),)
NIGHT: Spans = ((0, 360), (1320, 1440))
WORKWEEKS: tuple[tuple[Spans, ...], ...] = (
    (LUNCH,) * 5 + ((),) * 2,
    (OFFICE,) * 5 + ((),) * 2,
    (((540, 1080),),) * 6 + ((),),
    (ALL_DAY,) * 7,
    (NIGHT,) * 7,
    (((1080, 1440),), *((((0, 120), (1080, 1440)),) * 5), ((0, 120),)),
    (((90, 130), (135, 155), (170, 400)),) * 7,
    (((0, 100), (131, 132), (1439, 1440)),) * 7,
    (((),) * 5) + (((130, 170), (600, 840)), ((20, 125), (125, 150), (1380, 1440))),
    (((),) * 6) + (((0, 1440),),),
    (((600, 640),),) * 5 + ((),) * 2,
)
KINDS = ("incident", "request")
PRIORITIES = (1, 2, 3, 4)
NUMBERS = (1, 2, 3)
STATES = ("new", "assigned", "in_work", "waiting", "waiting", "resolved", "closed")
AWAITED = ("requester", "supplier", "supplier", "change", "date")


@dataclass(frozen=True)
class Around:
    """The time of a story and some days more: when levels and calendars were changed."""

    times: Sequence[datetime]
    """Of the story itself."""

    @property
    def first(self) -> datetime:
        return self.times[0] - timedelta(days=3)

    @property
    def last(self) -> datetime:
        return self.times[-1] + timedelta(days=6)

    def moment(self, chance: random.Random) -> datetime:
        """Return any moment, often one at which something happens to the ticket as well."""
        if chance.randrange(3) == 0:
            return chance.choice(self.times)
        minutes = (self.last - self.first) // timedelta(minutes=1)
        return self.first + timedelta(minutes=chance.randrange(minutes))


@dataclass(frozen=True)
class History:
    """A ticket's story with the book it is read by."""

    story: tuple[tuple[datetime, dict[str, Any]], ...]
    book: Book
    desk_id: int = 1


def history_of(seed: int) -> History:
    """Return the history of that number."""
    return a_history(random.Random(seed))


def a_history(chance: random.Random, *, moments: int = 16) -> History:
    """Return a history with up to so many moments."""
    zones = chance.sample(ZONES, 2)
    country = chance.choice(COUNTRIES)
    opened_at = _a_beginning(chance, zones[0], country)
    pace = chance.choice((20, 300, 1440, 3000, 6000))
    # Round times and targets meet more often: used up exactly, stopped as the desk closes.
    grain = chance.choice((1, 1, 30))
    opened_at -= timedelta(minutes=opened_at.minute % grain)
    times = [opened_at]
    for _ in range(chance.randrange(moments)):
        gap = chance.randint(0, chance.choice((0, 1, pace // 4, pace, pace, 2 * pace)))
        times.append(times[-1] + timedelta(minutes=gap - gap % grain))
    around = Around(times)
    calendars = {
        number: _hours(chance, zones=zones, country=country, around=around)
        for number in range(1, chance.randint(2, 5) + 1)
    }
    book = Book(
        versions=tuple(_versions(chance, calendars=tuple(calendars), around=around, grain=grain)),
        calendars=calendars,
        desk_calendars={desk: _kept(chance, calendars, around) for desk in (1, 2)},
        team_calendars={team: _kept(chance, calendars, around) for team in NUMBERS},
        site_calendars={site: _kept(chance, calendars, around) for site in NUMBERS},
    )
    chosen = [one.id for one in book.versions if one.kind == LevelKind.SLA]
    return History(tuple(_story(chance, times, chosen)), book)


def _a_beginning(chance: random.Random, zone: str, country: str) -> datetime:
    """Return when a ticket is opened: often just before a clock change or a holiday."""
    wish = chance.choice(("clock change", "clock change", "holiday", "any"))
    if wish == "clock change" and zone == "Pacific/Apia":
        near = APIA_LOST_A_DAY
    elif wish == "clock change" and clock_changes(zone):
        near = chance.choice(clock_changes(zone))
    elif wish == "holiday":
        on = chance.choice(_holidays(country, chance.choice(YEARS)))
        near = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    else:
        near = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=chance.randrange(1800))
    return near - timedelta(minutes=chance.randrange(4000)) + timedelta(minutes=600)


@lru_cache(maxsize=64)
def clock_changes(zone: str) -> tuple[datetime, ...]:
    """Return the days of UTC on which a zone changes its clock."""
    days = [datetime(YEARS[0], 1, 1, tzinfo=UTC) + timedelta(days=number) for number in range(1820)]
    offsets = [day.astimezone(ZoneInfo(zone)).utcoffset() for day in days]
    return tuple(
        day for day, now, then in zip(days, offsets, offsets[1:], strict=False) if now != then
    )


@lru_cache(maxsize=256)
def _holidays(country: str, year: int) -> Sequence[date]:
    return sorted(holidays.country_holidays(country, years=year))


def _hours(
    chance: random.Random,
    *,
    zones: Sequence[str],
    country: str,
    around: Around,
) -> Hours:
    zone = chance.choice(zones)
    editions: list[tuple[datetime | None, WorkingCalendar]] = [
        (None, _a_calendar(chance, zone, country=country, near=around.first.date()))
    ]
    if chance.randrange(4) == 0:
        for since in sorted({around.moment(chance) for _ in range(chance.randint(1, 2))}):
            other = chance.choice((zone, *zones))
            editions.append((since, _a_calendar(chance, other, country=country, near=since.date())))
    return Hours(tuple(editions))


def _a_calendar(chance: random.Random, zone: str, *, country: str, near: date) -> WorkingCalendar:
    choice = chance.randrange(14)
    if choice == 0:
        week: tuple[Spans, ...] = ((),) * 7
    elif choice <= 3:
        week = tuple(_spans(chance) for _ in range(7))
    else:
        week = chance.choice(WORKWEEKS)
    region = ""
    if chance.randrange(8) == 0:
        country, region = chance.choice(REGIONS)
    elif chance.randrange(3) == 0:
        country = ""
    special = {
        near + timedelta(days=chance.randrange(20)): _spans(chance)
        for _ in range(chance.choice((0, 0, 0, 1, 3)))
    }
    return WorkingCalendar(
        zone=ZoneInfo(zone), week=week, country=country, subdivision=region, special_days=special
    )


def _spans(chance: random.Random) -> Spans:
    """Return up to three spans of a day; they may meet, but do not overlap."""
    ends = sorted(chance.randint(0, 1440) for _ in range(2 * chance.randrange(4)))
    pairs = zip(ends[::2], ends[1::2], strict=True)
    return tuple((start, end) for start, end in pairs if start < end)


def _kept(chance: random.Random, calendars: Sequence[int], around: Around) -> Kept:
    """Return which calendar somebody had; sometimes none, sometimes changed on the way."""
    numbers = (*calendars, *calendars, *calendars, None)
    kept: list[tuple[datetime | None, int | None]] = [(None, chance.choice(numbers))]
    if chance.randrange(3) == 0:
        kept.append((around.moment(chance), chance.choice(numbers)))
    return tuple(kept)


def _versions(
    chance: random.Random,
    *,
    calendars: Sequence[int],
    around: Around,
    grain: int,
) -> list[Version]:
    versions: list[Version] = []
    position = 0
    for kind, most in (
        (LevelKind.SLA, 4),
        (LevelKind.OLA, 3),
        (LevelKind.UC, 2),
        (LevelKind.CARE, 2),
    ):
        for _ in range(chance.randint(chance.randrange(8) > 0, most)):
            position += 1
            desk_id = 2 if chance.randrange(12) == 0 else 1
            cuts = sorted({around.moment(chance) for _ in range(chance.choice((0, 0, 1, 2, 3)))})
            if not cuts or chance.randrange(6):
                cuts.insert(0, around.first)
            for number, (begins, ends) in enumerate(zip(cuts, (*cuts[1:], None), strict=True), 1):
                last = chance.randrange(8) == 0
                versions.append(
                    Version(
                        id=len(versions) + 1,
                        level_id=position,
                        level=f"Level {position}",
                        kind=kind,
                        desk_id=desk_id,
                        position=position,
                        number=number,
                        valid_from=begins,
                        valid_until=around.last if last and ends is None else ends,
                        terms=_terms(chance, kind, calendars=calendars, grain=grain),
                    )
                )
    return versions


def _terms(
    chance: random.Random, kind: LevelKind, *, calendars: Sequence[int], grain: int
) -> Terms:
    def some(values: Sequence[int], once_in: int) -> frozenset[int]:
        if chance.randrange(once_in):
            return frozenset()
        return frozenset(chance.sample(values, chance.randint(1, 2)))

    return Terms(
        scope=Scope(
            services=some(NUMBERS, 5),
            sites=some(NUMBERS, 8),
            teams=some(NUMBERS, 3) if kind == LevelKind.OLA else frozenset(),
            suppliers=some(NUMBERS, 3) if kind == LevelKind.UC else frozenset(),
        ),
        rows=tuple(
            Row(
                kinds=frozenset({chance.choice(KINDS)} if chance.randrange(4) == 0 else ()),
                priorities=some(PRIORITIES, 3),
                services=some(NUMBERS, 5),
                targets={
                    measure: Target(minutes=_a_target(chance, grain))
                    for measure in MEASURES[kind]
                    if chance.randrange(8)
                },
            )
            for _ in range(chance.randint(1, 4))
        ),
        pauses=frozenset(one for one in STANDINGS if chance.randrange(4) == 0),
        calendar_id=chance.choice((None, *calendars)),
        at_site=chance.randrange(4) == 0,
        restarts=chance.randrange(3) == 0,
        automatic_acknowledges=chance.randrange(2) == 0,
        steps=tuple(_steps(chance, kind)),
    )


def _steps(chance: random.Random, kind: LevelKind) -> list[Step]:
    return [
        Step(
            key=f"s{number}",
            measures=frozenset({chance.choice(MEASURES[kind])} if chance.randrange(2) else ()),
            percent=percent,
            minutes=None if percent is not None else chance.randint(-300, 300),
        )
        for number in range(chance.randrange(4))
        for percent in (chance.choice((0, 33, 50, 75, 100, 150, None)),)
    ]


def _a_target(chance: random.Random, grain: int) -> int:
    """Return minutes: mostly some hours, now and then a minute, a month or more than a year."""
    longest = chance.choice((5, 60, 240, 480, 480, 960, 960, 2400, 2400, 9600))
    if chance.randrange(200) == 0:
        longest = 150_000
    minutes = chance.randint(1, longest)
    return minutes - minutes % grain or grain


def _story(
    chance: random.Random, times: Sequence[datetime], levels: Sequence[int]
) -> list[tuple[datetime, dict[str, Any]]]:
    first: dict[str, Any] = {
        "opened": True,
        "by_desk": chance.randrange(3) == 0,
        "state": chance.choice(("new", "new", "new", *STATES)),
        "kind": chance.choice(KINDS),
        "priority": chance.choice(PRIORITIES),
        "service": chance.choice((None, *NUMBERS)),
        "site": chance.choice((None, *NUMBERS)),
        "team": chance.choice((None, *NUMBERS)),
    }
    story = [(times[0], first)]
    messages = 0
    if chance.randrange(8) == 0:
        messages += 1
        first |= {"said": messages, "auto": chance.randrange(3) > 0}
    for at in times[1:]:
        changes: dict[str, Any] = {}
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            changes |= _a_change(chance, levels, messages)
        messages += changes.get("said", 0) > messages
        # Now and then the clock of the computer was set back.
        wrong = chance.randrange(40) == 0
        story.append((at - timedelta(minutes=chance.randint(1, 90)) if wrong else at, changes))
    return story


def _a_change(chance: random.Random, levels: Sequence[int], messages: int) -> dict[str, Any]:
    what = chance.choice(
        (
            *("state", "state", "state", "state", "waiting", "supplier", "team", "team", "person"),
            *("kind", "priority", "priority", "service", "site", "level"),
            *("said", "said", "said", "unsaid", "nothing"),
        )
    )
    values: dict[str, Sequence[Any]] = {
        "waiting": AWAITED,
        "supplier": (None, *NUMBERS),
        "team": (None, *NUMBERS, *NUMBERS),
        "person": (None, *NUMBERS),
        "kind": KINDS,
        "priority": PRIORITIES,
        "service": (None, *NUMBERS),
        "site": (None, *NUMBERS),
        "level": (None, None, 0, *levels),
    }
    if what == "state":
        return _a_move(chance)
    if what == "said":
        return {"said": messages + 1, "auto": chance.randrange(3) == 0}
    if what == "unsaid":
        return {"unsaid": chance.randint(1, messages)} if messages else {}
    if what == "nothing":
        return {}
    return {what: chance.choice(values[what])}


def _a_move(chance: random.Random) -> dict[str, Any]:
    state = chance.choice(STATES)
    if state != "waiting":
        # Most commands clear what was waited for; a story that forgets it means the same.
        return {"state": state} | ({"waiting": ""} if chance.randrange(2) else {})
    waiting = chance.choice(AWAITED)
    moved: dict[str, Any] = {"state": "waiting", "waiting": waiting}
    if waiting == "supplier" and chance.randrange(4):
        moved["supplier"] = chance.choice((None, *NUMBERS))
    return moved
