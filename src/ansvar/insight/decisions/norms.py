"""How much work a ticket usually is, so that easy and hard ones are not counted alike: pure.

The *norm* of a ticket is the working time in which the middle one of its kind and service was
solved; with fewer than five such tickets, that of its kind. A ticket is *easy* when its norm lies
below the middle norm of the desk. *Weighted*, a ticket counts as often as its norm holds the
middle one: a ticket of twice the usual time counts two.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

FEWEST = 5
"""Below that the middle one is chance, and that of the kind holds."""


class Solved(NamedTuple):
    """A ticket that was solved, and in which working time."""

    service: int | None
    kind: str
    time: timedelta


@dataclass(frozen=True, kw_only=True)
class Norms:
    """The usual working time of tickets of a desk."""

    by_service: Mapping[tuple[int | None, str], timedelta]
    by_kind: Mapping[str, timedelta]
    middle: timedelta
    """The middle one of the norms of all tickets that they were taken from."""

    def of(self, service: int | None, kind: str) -> timedelta:
        """Return the norm of a ticket."""
        return self.by_service.get((service, kind), self.by_kind.get(kind, self.middle))

    def weight(self, service: int | None, kind: str) -> float:
        """Return as how many usual tickets one counts."""
        return self.of(service, kind) / self.middle if self.middle else 1.0

    def is_easy(self, service: int | None, kind: str) -> bool:
        """Tell whether such a ticket usually takes less than the middle one."""
        return self.of(service, kind) < self.middle


def norms_from(solved: Iterable[Solved]) -> Norms:
    """Return the norms that solved tickets make."""
    by_service: dict[tuple[int | None, str], list[timedelta]] = defaultdict(list)
    by_kind: dict[str, list[timedelta]] = defaultdict(list)
    for one in solved:
        by_service[one.service, one.kind].append(one.time)
        by_kind[one.kind].append(one.time)
    kinds = {kind: middle_of(times) for kind, times in by_kind.items()}
    services: dict[tuple[int | None, str], timedelta] = {
        (service, kind): middle_of(times)
        for (service, kind), times in by_service.items()
        if service is not None and len(times) >= FEWEST
    }
    each = [
        services.get(key, kinds[key[1]]) for key, times in by_service.items() for _time in times
    ]
    return Norms(
        by_service=services, by_kind=kinds, middle=middle_of(each) if each else timedelta()
    )


def middle_of(times: Sequence[timedelta]) -> timedelta:
    """Return the time that as many of *times* lie below as above."""
    ordered, half = sorted(times), len(times) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2
