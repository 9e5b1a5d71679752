"""The clock engine beside the simulator: where do they disagree?"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from clock_histories import History
from clock_simulator import Life, Seen
from wall_minutes import Holidays, known_holidays, minute_of

from ansvar.servicelevels.decisions.clocks import Clock, clocks_of
from ansvar.servicelevels.decisions.story import course_of

MINUTE = timedelta(minutes=1)


class Comparison(NamedTuple):
    """What came out for one history."""

    clocks: int
    minutes: int
    """Between the opening of the ticket and the last change."""
    differences: Sequence[str]


def compared(history: History, *, holidays_of: Holidays = known_holidays) -> Comparison:
    """Let both work out the clocks of a history."""
    course = course_of(history.story)
    engine = {
        (str(clock.measure), clock.number): shown(clock)
        for clock in clocks_of(course, history.book, desk_id=history.desk_id)
    }
    life = Life(history.story, history.book, desk_id=history.desk_id, holidays_of=holidays_of)
    lived = life.clocks()
    differences = []
    for key in sorted(engine.keys() | lived.keys()):
        clock, seen = engine.get(key), lived.get(key)
        if clock is None or seen is None:
            differences.append(f"{key}: only in the {'simulator' if clock is None else 'engine'}")
        elif clock != seen:
            differences.append(f"{key}: " + ", ".join(_unequal(clock, seen)))
    return Comparison(clocks=len(lived), minutes=life.last - life.opened, differences=differences)


def _unequal(clock: Seen, seen: Seen) -> list[str]:
    return [
        f"{field} is {here} in the engine, {there} in the simulator"
        for field, here, there in zip(Seen._fields, clock, seen, strict=True)
        if here != there
    ]


def shown(clock: Clock) -> Seen:
    """Return a clock of the engine in whole minutes, as the simulator has it."""
    return Seen(
        measure=str(clock.measure),
        number=clock.number,
        version_id=clock.version_id,
        row=clock.row,
        target=_minutes(clock.target),
        started_at=minute_of(clock.started_at),
        used=_minutes(clock.used),
        counting_since=_minute(clock.counting_since),
        due_at=_minute(clock.due_at),
        stopped_at=_minute(clock.stopped_at),
        team_id=clock.team_id,
        supplier_id=clock.supplier_id,
        shares=tuple((who.kind, who.id, _minutes(spent)) for who, spent in clock.shares),
    )


def _minute(moment: datetime | None) -> int | None:
    return None if moment is None else minute_of(moment)


def _minutes(amount: timedelta) -> int:
    minutes, rest = divmod(amount, MINUTE)
    if rest:
        raise AssertionError("The story is in whole minutes, and so is what comes of it.")
    return minutes
