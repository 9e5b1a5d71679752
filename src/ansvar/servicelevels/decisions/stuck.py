"""Which tickets stand still for longer than is normal, and who is reminded of it: pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.terms import Addressee

LEAST_SAMPLE = 30
"""Fewer closed tickets say nothing about what is normal; until then a fixed figure holds."""
PERCENT = 90
SHORTEST = timedelta(hours=1)
"""Nobody is reminded sooner: where most tickets take minutes, a coffee is no standstill."""
URGENT = 1
"""The priority that has a fixed figure of its own."""
REMINDED: Sequence[Addressee] = (
    Addressee.ASSIGNEE,
    Addressee.ASSIGNEE,
    Addressee.LEAD,
    Addressee.SERVICE_OWNER,
)
"""Who is reminded, time after time (R82): who works on it twice, then those who can change that."""
_HORIZON = timedelta(days=2 * 366)
"""How far back a moment is looked for."""
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Normal:
    """For how long a ticket may stand still before somebody is reminded."""

    amount: timedelta
    """Of working time."""
    sample: int = 0
    """So many closed tickets it was taken from; none for the fixed figure."""


Normals = Mapping[tuple[str, int | None], Normal]
"""What was found by kind and priority, and for all priorities of a kind."""


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """The figures that hold until enough tickets were closed."""

    usual: timedelta
    urgent: timedelta
    """For P1."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """Something that happened to a ticket, and whether standing still counts from there."""

    at: datetime
    counts: bool
    """Not when it is done with it, nor while it waits for a date that was set."""


def normal_for(kind: str, priority: int, *, normals: Normals, fixed: Fixed) -> Normal:
    """Return what is normal for such a ticket: for its priority, else its kind, else fixed.

    What is normal for a kind on the whole is too slow for its most urgent tickets.
    """
    found = normals.get((kind, priority))
    if found is None and priority != URGENT:
        found = normals.get((kind, None))
    if found is None:
        found = Normal(amount=fixed.urgent if priority == URGENT else fixed.usual)
    return Normal(amount=max(found.amount, SHORTEST), sample=found.sample)


def longest_standstill(moves: Iterable[Move], hours: Hours) -> timedelta:
    """Return for how long at most a ticket stood still in working time, from move to move."""
    longest, before = timedelta(), None
    for move in moves:
        # Working time is never more than time itself, which costs nothing to know.
        if before is not None and before.counts and move.at - before.at > longest:
            longest = max(longest, hours.between(before.at, move.at))
        before = move
    return longest


def normals_of(
    standstills: Iterable[tuple[str, int, timedelta]],
) -> dict[tuple[str, int | None], Normal]:
    """Return what is normal by kind and priority, from the longest standstill of closed tickets.

    The longest of each ticket, not each single one: of those most are seconds between two clicks,
    so that a tenth of them would be nothing out of the ordinary.
    """
    groups: dict[tuple[str, int | None], list[timedelta]] = {}
    for kind, priority, longest in standstills:
        groups.setdefault((kind, priority), []).append(longest)
        groups.setdefault((kind, None), []).append(longest)
    return {
        key: Normal(amount=percentile(found), sample=len(found))
        for key, found in groups.items()
        if len(found) >= LEAST_SAMPLE
    }


def percentile(values: Sequence[timedelta], percent: int = PERCENT) -> timedelta:
    """Return the smallest value that *percent* of a hundred do not exceed (nearest rank)."""
    return sorted(values)[ceil(len(values) * percent / 100) - 1]


def earlier(hours: Hours, end: datetime, amount: timedelta) -> datetime | None:
    """Return the latest moment since which *amount* of working time has passed by *end*.

    To the minute, and rather too early. Nothing when so much did not pass within two years.
    """
    span = amount
    while hours.between(end - span, end) < amount:
        span *= 2
        if span > _HORIZON:
            return None
    enough, short = span, span / 2
    while enough - short > _MINUTE:
        middle = short + (enough - short) / 2
        if hours.between(end - middle, end) >= amount:
            enough = middle
        else:
            short = middle
    return end - enough


def addressee_of(number: int) -> Addressee | None:
    """Return who is meant by the reminder *number*, from 1; nobody after the last."""
    return REMINDED[number - 1] if 1 <= number <= len(REMINDED) else None
