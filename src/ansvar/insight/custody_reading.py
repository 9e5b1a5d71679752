"""How tickets were held, read for figures: one row a ticket, in a stream."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Max, Min, QuerySet

from ansvar.catalogue.models import Service
from ansvar.insight.decisions.losing import Loss, Rates, WorkingTime, loss_of
from ansvar.insight.decisions.passing_on import Handing, Held, handings_of, turns_of
from ansvar.insight.decisions.periods import Period
from ansvar.insight.queries import Scope
from ansvar.insight.stretches import Stretch
from ansvar.kernel.replica import connection_to_read
from ansvar.people.models import Desk, Team
from ansvar.servicelevels.book import present_book
from ansvar.tickets.decisions import Kind
from ansvar.tickets.models import Ticket

CHUNK = 2000
IN_ORDER = ("custody__started_at", "custody__id")


class Moved(NamedTuple):
    """A ticket that several teams held."""

    day: date
    """On which it was opened, or the first day of that month, on the clock of its desk."""
    service: int | None
    kind: str
    held: list[Held]


@dataclass(frozen=True, kw_only=True)
class AskedCustody:
    """Whose tickets are looked at: those that were opened in a period, in one scope.

    A team's are those that it has held, whoever else did.
    """

    scope: Scope
    period: Period
    kinds: tuple[Kind, ...] = ()
    """Nothing stands for all."""

    @property
    def stretch(self) -> Stretch:
        """The stretch in which they were opened."""
        scope = self.scope
        return Stretch(
            desk=scope.desk,
            start=self.period.start,
            end=self.period.end,
            team_id=scope.team.pk if scope.team else None,
            service_ids=None if scope.service is None else (scope.service.pk,),
            kinds=[str(kind) for kind in self.kinds],
        )

    def tickets(self) -> QuerySet[Ticket]:
        """Return the tickets, along the index of their desk and opening."""
        return self.stretch.tickets()

    @property
    def parts(self) -> list[str] | None:
        """The parts of figures that are kept by kind; nothing when a service is asked for."""
        if self.scope.service is not None:
            return None
        return [str(kind) for kind in self.kinds or Kind]


_ALONE: Final = """
    SELECT day::date, service, kind, team, count(*)
    FROM ({one_each}) AS alone (day, service, kind, team) GROUP BY 1, 2, 3, 4
"""


def held_alone(stretch: Stretch) -> list[tuple[date, int | None, str, int, int]]:
    """Count the tickets that one team held alone: by day, service, kind and team."""
    one_each = (
        stretch.tickets()
        .annotate(
            day=stretch.day_of("opened_at"),
            holder=Min("custody__team_id"),
            last_holder=Max("custody__team_id"),
        )
        .filter(holder=F("last_holder"))
        .values_list("day", "service_id", "kind", "holder")
        .order_by()
    )
    inner, values = one_each.query.sql_with_params()
    with connection_to_read().cursor() as cursor:
        cursor.execute(_ALONE.format(one_each=inner), values)
        return list(cursor.fetchall())


def held_by_several(stretch: Stretch, *, until: datetime) -> Iterator[Moved]:
    """Walk over the tickets that several teams held; who holds one still does so up to *until*."""
    rows = (
        stretch.tickets()
        .annotate(
            day=stretch.day_of("opened_at"),
            holders=Count("custody__team_id", distinct=True),
            teams=ArrayAgg("custody__team_id", order_by=IN_ORDER),
            starts=ArrayAgg("custody__started_at", order_by=IN_ORDER),
            ends=ArrayAgg("custody__ended_at", order_by=IN_ORDER),
        )
        .filter(holders__gt=1)
        .values_list("day", "service_id", "kind", "teams", "starts", "ends")
        .order_by()
    )
    for day, service, kind, teams, starts, ends in rows.iterator(chunk_size=CHUNK):
        held = [
            Held(team, start, end or until)
            for team, start, end in zip(teams, starts, ends, strict=True)
        ]
        yield Moved(day, service, kind, held)


class Reckoning:
    """What the hours and rates of a desk make of the time in which tickets were held."""

    def __init__(self, desk: Desk, *, now: datetime) -> None:
        self.desk = desk
        hours = present_book().hours_of_desk(desk.pk, now)
        self.working: WorkingTime = hours.between if hours is not None else _no_hours
        self.rates = rates_of(desk)

    def loss(self, held: Iterable[Held], *, service: int | None) -> Loss:
        """Return what it cost that a ticket was held so."""
        return loss_of(held, service=service, rates=self.rates, working=self.working)

    def handings(self, held: Iterable[Held], *, service: int | None) -> list[tuple[Handing, Loss]]:
        """Return the hand-overs of a ticket, each with what was lost by it."""
        return [
            (handing, self.loss(handing.lost, service=service))
            for handing in handings_of(turns_of(held))
        ]


def _no_hours(_start: datetime, _end: datetime) -> timedelta:
    return timedelta()


def rates_of(desk: Desk) -> Rates:
    """Return what teams and services of a desk cost, where somebody has said so."""
    teams = Team.objects.filter(desk=desk).exclude(hourly_rate=None)
    services = Service.objects.filter(desk=desk).exclude(cost_per_hour=None)
    return Rates(
        teams={team.pk: team.hourly_rate for team in teams if team.hourly_rate is not None},
        services={one.pk: one.cost_per_hour for one in services if one.cost_per_hour is not None},
    )
