"""How tickets were held, read for figures: one row a ticket, in a stream."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, F, Max, Min, OuterRef, QuerySet
from django.db.models.functions import TruncMonth

from ansvar.catalogue.models import Service
from ansvar.insight.decisions.losing import Loss, Rates, WorkingTime, loss_of
from ansvar.insight.decisions.passing_on import Handing, Held, handings_of, turns_of
from ansvar.insight.decisions.periods import Period
from ansvar.insight.queries import Scope
from ansvar.people.models import Desk, Team
from ansvar.people.queries import working_calendar
from ansvar.servicelevels.book import present_book
from ansvar.tickets.decisions import Kind
from ansvar.tickets.models import CustodySpell, Ticket

CHUNK = 2000
IN_ORDER = ("custody__started_at", "custody__id")


class Alone(NamedTuple):
    """A number of tickets that one team held alone."""

    desk: int
    service: int | None
    kind: str
    month: datetime
    """Its beginning, on the clock of the desk that was asked for."""
    team: int
    cases: int


class Moved(NamedTuple):
    """A ticket that several teams held."""

    ticket: int
    desk: int
    service: int | None
    kind: str
    month: datetime
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

    def tickets(self) -> QuerySet[Ticket]:
        """Return the tickets, along the index of their desk and opening."""
        found = Ticket.objects.filter(
            desk=self.scope.desk,
            opened_at__gte=self.period.start,
            opened_at__lt=self.period.end,
        )
        if self.scope.team is not None:
            held = CustodySpell.objects.filter(ticket=OuterRef("pk"), team=self.scope.team)
            found = found.filter(Exists(held))
        if self.scope.service is not None:
            found = found.filter(service=self.scope.service)
        return found.filter(kind__in=self.kinds) if self.kinds else found


def held_alone(tickets: QuerySet[Ticket], desk: Desk) -> Iterator[Alone]:
    """Count the tickets that one team held alone, by what figures are split by."""
    zone = working_calendar(desk.calendar).zone
    one_each = (
        tickets.annotate(
            month=TruncMonth("opened_at", tzinfo=zone),
            holder=Min("custody__team_id"),
            last_holder=Max("custody__team_id"),
        )
        .filter(holder=F("last_holder"))
        .values_list("desk_id", "service_id", "kind", "month", "holder")
        .order_by()
    )
    for key, cases in Counter(one_each.iterator(chunk_size=CHUNK)).items():
        yield Alone(*key, cases=cases)


def held_by_several(tickets: QuerySet[Ticket], desk: Desk, *, until: datetime) -> Iterator[Moved]:
    """Walk over the tickets that several teams held; who holds one still does so up to *until*."""
    zone = working_calendar(desk.calendar).zone
    rows = (
        tickets.annotate(
            month=TruncMonth("opened_at", tzinfo=zone),
            holders=Count("custody__team_id", distinct=True),
            teams=ArrayAgg("custody__team_id", order_by=IN_ORDER),
            starts=ArrayAgg("custody__started_at", order_by=IN_ORDER),
            ends=ArrayAgg("custody__ended_at", order_by=IN_ORDER),
        )
        .filter(holders__gt=1)
        .values_list("pk", "desk_id", "service_id", "kind", "month", "teams", "starts", "ends")
        .order_by()
    )
    for pk, desk_id, service, kind, month, teams, starts, ends in rows.iterator(chunk_size=CHUNK):
        held = [
            Held(team, start, end or until)
            for team, start, end in zip(teams, starts, ends, strict=True)
        ]
        yield Moved(pk, desk_id, service, kind, month, held)


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
