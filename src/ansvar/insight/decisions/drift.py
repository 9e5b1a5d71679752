"""How an agreed target compares with what happened: kept, better or worse, and what was held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ansvar.insight.decisions.promises import FEWEST, order_statistic

MONTH = timedelta(days=30)
QUARTER = timedelta(days=90)
SAME_WITHIN = 0.01
"""Shares that differ by less than this point of a hundred are said to be the same."""


class Direction(StrEnum):
    """How a share moved against the quarter before."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    TOO_FEW = "too_few"
    """One of the two quarters has too few cases to compare."""


@dataclass(frozen=True, kw_only=True)
class Done:
    """A clock that stopped: when, and how much working time it had used."""

    at: datetime
    used: timedelta


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many of how many were in time."""

    kept: int
    all: int

    @property
    def share(self) -> float | None:
        """The share that was in time; nothing of no case."""
        return self.kept / self.all if self.all else None


@dataclass(frozen=True, kw_only=True)
class Reality:
    """What became of one target."""

    month: Tally
    quarter: Tally
    before: Tally
    """Of the quarter before the last one."""
    held: timedelta | None
    """What was held in the objective's share of the last quarter's cases."""


def reality_of(
    done: Sequence[Done], *, target: timedelta, objective: float | None, now: datetime
) -> Reality:
    """Measure what was done against the target in force, whichever one held at the time.

    An objective is in per cent; without one every case counts.
    """
    lately = [one for one in done if one.at >= now - QUARTER]
    share = (objective or 100) / 100
    return Reality(
        month=_tally([one for one in lately if one.at >= now - MONTH], target),
        quarter=_tally(lately, target),
        before=_tally([one for one in done if now - 2 * QUARTER <= one.at < now - QUARTER], target),
        held=order_statistic(sorted(one.used for one in lately), share) if lately else None,
    )


def direction_of(lately: Tally, before: Tally) -> Direction:
    """Return how the share of the last quarter compares with that of the one before."""
    if lately.all < FEWEST or before.all < FEWEST:
        return Direction.TOO_FEW
    change = lately.kept / lately.all - before.kept / before.all
    if abs(change) < SAME_WITHIN:
        return Direction.SAME
    return Direction.BETTER if change > 0 else Direction.WORSE


def _tally(done: Sequence[Done], target: timedelta) -> Tally:
    return Tally(kept=sum(one.used <= target for one in done), all=len(done))
