"""What time in others' hands has cost: pure.

A holder costs the hourly rate of his team for each hour of working time for which it held the
ticket. That assumes that one person works on it for as long, which nobody has measured: it is the
most that it can have cost in work. An hour without a service costs the business what the service
says. What has no rate or no such figure costs nothing here, and is kept apart as unknown.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from ansvar.insight.decisions.passing_on import Held

WorkingTime = Callable[[datetime, datetime], timedelta]
"""How much working time passes between two moments."""

_MICROSECOND = timedelta(microseconds=1)
_HOUR = timedelta(hours=1) // _MICROSECOND


@dataclass(frozen=True, kw_only=True)
class Rates:
    """What is known of costs, in the currency of the desk."""

    teams: Mapping[int, Decimal] = field(default_factory=dict)
    """What an hour's work of one person costs."""
    services: Mapping[int, Decimal] = field(default_factory=dict)
    """What an hour without the service costs the business."""


@dataclass(kw_only=True)
class Loss:
    """Time, and what it has cost as far as that is known."""

    elapsed: timedelta = timedelta()
    working: timedelta = timedelta()
    work: Decimal = Decimal(0)
    """What the holders cost."""
    business: Decimal = Decimal(0)
    """What the business lost meanwhile."""
    without_rate: timedelta = timedelta()
    """Working time of teams whose rate nobody has said."""
    without_service_cost: timedelta = timedelta()
    """Working time on services of which nobody has said what an hour without them costs."""

    @property
    def cost(self) -> Decimal:
        """All that is known to have been lost in money."""
        return self.work + self.business

    @property
    def is_priced(self) -> bool:
        """Whether anything of it has a price."""
        return self.without_rate < self.working or self.without_service_cost < self.working

    def add(self, other: "Loss") -> None:
        """Add another loss to this one."""
        self.elapsed += other.elapsed
        self.working += other.working
        self.work += other.work
        self.business += other.business
        self.without_rate += other.without_rate
        self.without_service_cost += other.without_service_cost


def loss_of(
    held: Iterable[Held], *, service: int | None, rates: Rates, working: WorkingTime
) -> Loss:
    """Return what it cost that a ticket of *service* was held so."""
    whole = Loss()
    an_hour_without = rates.services.get(service) if service is not None else None
    for one in held:
        spent = working(one.start, one.end)
        rate = rates.teams.get(one.team)
        whole.elapsed += one.end - one.start
        whole.working += spent
        if rate is None:
            whole.without_rate += spent
        else:
            whole.work += in_hours(spent) * rate
        if an_hour_without is None:
            whole.without_service_cost += spent
        else:
            whole.business += in_hours(spent) * an_hour_without
    return whole


def in_hours(time: timedelta) -> Decimal:
    """Return a time in hours."""
    return Decimal(time // _MICROSECOND) / _HOUR
