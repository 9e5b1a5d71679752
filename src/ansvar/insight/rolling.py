"""Keeping the roll-ups of all desks up to date, and making them anew."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from ansvar.insight.commands.rolling import (
    count_anew,
    count_days,
    count_present,
    note_changed_days,
)
from ansvar.insight.models import StaleDay
from ansvar.kernel import clock
from ansvar.people.models import Desk

MOST_READ: Final = 50
"""Times that one run reads the journal on; what is left waits for the next run."""
MOST_DAYS: Final = 150
"""Days of a desk that one run counts."""
PATIENCE: Final = timedelta(minutes=5)
"""For how long a day that is past may change before it is counted: most do so several times."""

Told = Callable[[str, int, int], None]


def bring_up_to_date() -> None:
    """Count what has changed since the last run: today at once, other days after a while."""
    as_of = clock.now()
    for _time in range(MOST_READ):
        if not note_changed_days():
            break
    for desk_id in _desks():
        count_anew(desk_id)
        for days in _months(_waiting(desk_id)):
            count_days(desk_id, days)
        count_present(desk_id, as_of=as_of)


def rebuild(told: Told) -> None:
    """Count all days of all desks anew; *told* hears the words, how many are done and of how many.

    What was interrupted goes on where it was, here or in the worker.
    """
    as_of = clock.now()
    while note_changed_days():
        pass
    desks = _desks()
    for desk_id in desks:
        if not count_anew(desk_id) and not _days(desk_id):
            count_anew(desk_id, even_if_it_stands=True)
    waiting = {desk_id: _days(desk_id) for desk_id in desks}
    whole, done = sum(len(days) for days in waiting.values()), 0
    for desk_id, days in waiting.items():
        for month in _months(sorted(days, reverse=True)):
            told("Counting days", done, whole)
            count_days(desk_id, month)
            done += len(month)
        count_present(desk_id, as_of=as_of)
    told("Counting days", whole, whole)


def _desks() -> list[int]:
    return list(Desk.objects.order_by("pk").values_list("pk", flat=True))


def _days(desk_id: int) -> list[date]:
    return list(StaleDay.objects.filter(desk=desk_id).order_by("day").values_list("day", flat=True))


def _waiting(desk_id: int) -> list[date]:
    """Return the days to be counted now, the latest first."""
    now = clock.now()
    found = StaleDay.objects.filter(desk=desk_id).order_by("-day")
    # Whatever zone a desk is in, its today lies after the day before yesterday.
    recent = (now - timedelta(days=1)).date()
    rows = found.values_list("day", "stale_since")
    ripe = [day for day, since in rows if day >= recent or since <= now - PATIENCE]
    return ripe[:MOST_DAYS]


def _months(days: list[date]) -> list[list[date]]:
    return [list(ones) for _month, ones in groupby(days, key=lambda day: (day.year, day.month))]
