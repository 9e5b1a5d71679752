"""Who stands where: duties that go round, who takes them over, and when absence asks: pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

SEEN_WITHIN = timedelta(minutes=10)
"""Who was seen in the workbench so lately is here."""
NOTED_EVERY = timedelta(minutes=1)
"""That somebody is seen is written no more often."""
A_SHIFT = timedelta(hours=12)
"""An absence that is longer asks what becomes of what somebody answers for."""
MOST_TURNS = 400
"""A pattern makes no more at once: a year of days."""


class Duty(StrEnum):
    """What one person at a time does for a whole desk."""

    QUEUE = "queue"
    """Looks after the queue: what is new and taken by nobody is theirs."""
    COMMUNICATION = "communication"
    OPERATIONS = "operations"
    SHIFT = "shift"
    """Leads the shift: staffing and escalations outside of office hours."""


class Reason(StrEnum):
    """Why somebody is away, in the word that colleagues may know."""

    LEAVE = "leave"
    SICK = "sick"
    TRAINING = "training"
    TRAVEL = "travel"
    OTHER = "other"


class Step(StrEnum):
    """How long a turn of a pattern lasts."""

    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, kw_only=True)
class PlannedTurn:
    """A turn as it is planned, not written yet."""

    person_id: int
    starts_at: datetime
    ends_at: datetime

    def meets(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Tell whether it shares any time with another stretch."""
        return self.starts_at < ends_at and starts_at < self.ends_at


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """People who take turns, from one day to another, changing at the same time of day."""

    people: Sequence[int]
    step: Step
    first: date
    last: date
    """The last day on which a turn begins."""
    change_at: time
    zone: ZoneInfo
    until: time | None = None
    """When a turn of a day ends, for shifts; the day after when that is not later than it begins.

    Without it a turn lasts until the next change.
    """
    closed: Collection[date] = ()
    """Days on which no turn of a day begins; who would have it has the next one."""


def turns_by(pattern: Pattern) -> list[PlannedTurn]:
    """Return the turns that a pattern comes to, in order; nothing without people."""
    if not pattern.people:
        return []
    planned = []
    for number, (begin, end) in enumerate(_days_of(pattern)):
        planned.append(
            PlannedTurn(
                person_id=pattern.people[number % len(pattern.people)],
                starts_at=_moment(begin, pattern.change_at, pattern.zone),
                ends_at=_end_of(begin, end, pattern),
            )
        )
    return planned


def _days_of(pattern: Pattern) -> Iterator[tuple[date, date]]:
    """Walk over the days on which turns begin and end."""
    stride = timedelta(days=7 if pattern.step is Step.WEEK else 1)
    day, after = pattern.first, pattern.last + timedelta(days=1)
    while day < after:
        if pattern.step is Step.WEEK:
            yield day, min(day + stride, after)
        elif day not in pattern.closed:
            yield day, day + stride
        day += stride


def _end_of(begin: date, end: date, pattern: Pattern) -> datetime:
    if pattern.until is None or pattern.step is Step.WEEK:
        return _moment(end, pattern.change_at, pattern.zone)
    is_same_day = pattern.until > pattern.change_at
    return _moment(begin if is_same_day else end, pattern.until, pattern.zone)


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


class Standing(StrEnum):
    """By what somebody is the one on duty."""

    TURN = "turn"
    """It is their own turn."""
    DEPUTY = "deputy"
    """They are the deputy of the turn, whose holder is away."""
    STAND_IN = "stand_in"
    """Whoever has the turn is away and has named them."""
    AWAY = "away"
    """They have the turn and are away, and nobody stands in."""


def who_stands(
    holder: int, *, deputy: int | None, stand_in: int | None, away: Collection[int]
) -> tuple[int, Standing]:
    """Return who does a duty now, and by what: the deputy of the turn goes before the stand-in.

    The deputy was named for this duty, the stand-in for everything.
    """
    if holder not in away:
        return holder, Standing.TURN
    if deputy is not None and deputy not in away:
        return deputy, Standing.DEPUTY
    if stand_in is not None and stand_in not in away:
        return stand_in, Standing.STAND_IN
    return holder, Standing.AWAY


def asks_what_is_left(starts_at: datetime, ends_at: datetime) -> bool:
    """Tell whether an absence is so long that somebody else has to answer meanwhile."""
    return ends_at - starts_at > A_SHIFT
