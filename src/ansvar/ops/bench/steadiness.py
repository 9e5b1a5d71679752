"""Whether half an hour of load looks the same at its end as at its beginning: pure arithmetic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

MOST_GROWTH_MB: Final = 10.0
MOST_GROWTH_SHARE: Final = 0.05
"""Memory is flat when a straight line through the second half of the minutes rises by no more than
this, or by no more than this share of what it is, until the end; the first half fills caches."""
MOST_LAG_SECONDS: Final = 30.0
"""No work may have waited longer than this beyond its time at the end of a minute."""
_LEAST_MINUTES: Final = 4


@dataclass(frozen=True, kw_only=True)
class Minute:
    """What was seen in one minute and at its end."""

    done: int
    errors: int
    p50_ms: float
    p95_ms: float
    memory: Mapping[str, float]
    """In MB, by part."""
    jobs_due: int = 0
    lag_seconds: Mapping[str, float] = field(default_factory=dict)
    """How long the oldest has waited beyond its time: jobs, clocks, mails out, mails in."""


def slope(values: Sequence[float]) -> float:
    """Return by how much a straight line through *values* rises from one to the next."""
    count = len(values)
    if count <= 1:
        return 0.0
    middle, mean = (count - 1) / 2, sum(values) / count
    above = sum((place - middle) * (value - mean) for place, value in enumerate(values))
    return above / sum((place - middle) ** 2 for place in range(count))


def rise(values: Sequence[float]) -> float:
    """Return by how much a straight line through the second half of *values* rises in all."""
    second = values[len(values) // 2 :]
    return slope(second) * (len(second) - 1)


def unsteady(minutes: Sequence[Minute]) -> list[str]:
    """Return a sentence for everything that was wrong, or would be if it went on like this."""
    found = []
    errors = sum(one.errors for one in minutes)
    if errors:
        found.append(f"{errors} things went wrong")
    if len(minutes) >= _LEAST_MINUTES:
        for part in minutes[-1].memory:
            values = [one.memory.get(part, 0.0) for one in minutes]
            grown = rise(values)
            allowed = max(MOST_GROWTH_MB, MOST_GROWTH_SHARE * median(values))
            if grown > allowed:
                found.append(f"the memory of the {part} has grown by {grown:.0f} MB")
    for what in minutes[-1].lag_seconds if minutes else ():
        lags = [one.lag_seconds.get(what, 0.0) for one in minutes]
        if max(lags) > MOST_LAG_SECONDS:
            found.append(f"{what} have waited {max(lags):.0f} s beyond their time")
    return found
