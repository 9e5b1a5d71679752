"""What the figures of a desk say, counted in the database within a period."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    QuerySet,
    Value,
)
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay, TruncDate

from ansvar.catalogue.models import Service
from ansvar.insight.decisions.need import days_between, midnight
from ansvar.people.decisions import WorkingCalendar
from ansvar.people.models import Desk, Team
from ansvar.people.queries import agents_of, calendar_of, members_of, working_calendar
from ansvar.tickets.models import CustodySpell, Ticket

LOOKED_BACK_DAYS = 28
"""Four weeks: each weekday as often as the others."""
HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Whose figures are asked for: those of a desk, one of its teams or one of its services."""

    desk: Desk
    team: Team | None = None
    service: Service | None = None

    @property
    def name(self) -> str:
        """The name of the smallest part."""
        return str((self.team or self.service or self.desk).name)

    @property
    def key(self) -> str:
        """The scope as an address can carry it, such as `team-3`."""
        if self.team:
            return f"team-{self.team.pk}"
        return f"service-{self.service.pk}" if self.service else f"desk-{self.desk.pk}"


def scope_of(key: str, desks: Collection[Desk]) -> Scope | None:
    """Return the scope that *key* names, if it lies on one of *desks*."""
    kind, _sep, number = key.partition("-")
    if not number.isdecimal():
        return None
    known, pk = {desk.pk: desk for desk in desks}, int(number)
    if kind == "desk":
        return Scope(desk=known[pk]) if pk in known else None
    if kind == "team":
        team = Team.objects.select_related("calendar").filter(pk=pk, desk__in=known).first()
        return Scope(desk=known[team.desk_id], team=team) if team else None
    service = Service.objects.filter(pk=pk, desk__in=known).first() if kind == "service" else None
    return Scope(desk=known[service.desk_id], service=service) if service else None


def scopes_on(desk: Desk) -> list[Scope]:
    """Return the desk with its teams and services as scopes."""
    teams = Team.objects.filter(desk=desk, is_active=True)
    services = Service.objects.filter(desk=desk).exclude(state=Service.State.RETIRED)
    return [
        Scope(desk=desk),
        *(Scope(desk=desk, team=team) for team in teams),
        *(Scope(desk=desk, service=service) for service in services),
    ]


@dataclass(frozen=True, kw_only=True)
class MeasuredLoad:
    """What came in on the working days of the last weeks, and who is there."""

    tickets: int
    days: int
    """Working days that are over."""
    people: int
    """Members of the team, or of the teams of the desk."""
    hours_a_day: float
    """Working hours of an average working day."""

    @property
    def per_day(self) -> float:
        """Tickets of a working day, those of nights and weekends included."""
        return self.tickets / self.days if self.days else 0.0


def measured_load(scope: Scope, *, now: datetime) -> MeasuredLoad:
    """Return what four weeks say, or the whole days since the desk's first ticket if fewer.

    A team is counted the tickets that came in then and that it has held.
    """
    team = scope.team
    calendar = working_calendar(calendar_of(team) if team else scope.desk.calendar)
    start, end = midnight(calendar, now, days_before=LOOKED_BACK_DAYS), midnight(calendar, now)
    first = Ticket.objects.filter(desk=scope.desk).order_by("opened_at").first()
    if first is not None and first.opened_at > start:
        start = midnight(calendar, first.opened_at)
    day = start.astimezone(calendar.zone).date()
    days = [day + timedelta(days=number) for number in range(days_between(calendar, start, end))]
    open_days = sum(bool(calendar.plan(one).spans) for one in days)
    hours = calendar.working_time_between(start, end) / HOUR
    people = members_of(team) if team else agents_of(scope.desk)
    return MeasuredLoad(
        tickets=_tickets_of(scope, start, end).count(),
        days=open_days,
        people=people.count(),
        hours_a_day=hours / open_days if open_days else 0.0,
    )


def _tickets_of(scope: Scope, start: datetime, end: datetime) -> QuerySet[Ticket]:
    found = Ticket.objects.filter(desk=scope.desk, opened_at__gte=start, opened_at__lt=end)
    if scope.team:
        held = CustodySpell.objects.filter(ticket=OuterRef("pk"), team=scope.team)
        found = found.filter(Exists(held))
    return found.filter(service=scope.service) if scope.service else found


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which contacts are counted."""

    desk: Desk
    start: datetime
    end: datetime
    channels: Collection[str] = ()
    """Nothing stands for all."""
    service_id: int | None = None
    most_priority: int | None = None
    """The least urgent priority that counts."""


@dataclass
class Cell:
    """Contacts of one hour of the week."""

    inside: int = 0
    outside: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return self.inside + self.outside


@dataclass
class Share:
    """Contacts of one service, or of one impact, in and outside hours."""

    name: str
    inside: int = 0
    outside: Counter[int] = field(default_factory=Counter)
    """By priority."""

    @property
    def outside_count(self) -> int:
        """All that came outside hours."""
        return self.outside.total()


@dataclass(kw_only=True)
class Need:
    """When contacts came, against the hours of the desk's calendar."""

    asked: Asked
    calendar: WorkingCalendar
    cells: dict[tuple[int, int], Cell]
    """By weekday from Monday, and hour of the calendar's zone."""
    services: list[Share]
    """Most contacts outside hours first."""
    impacts: list[Share]
    """By impact; those without one last."""
    days: int
    """Days of the period."""
    days_with_outside: int
    """Days on which anybody came outside hours."""

    @property
    def inside(self) -> int:
        """Contacts in hours."""
        return sum(cell.inside for cell in self.cells.values())

    @property
    def outside(self) -> int:
        """Contacts outside hours."""
        return sum(cell.outside for cell in self.cells.values())

    @property
    def urgent_outside(self) -> int:
        """Contacts of the first priority outside hours."""
        return sum(share.outside[1] for share in self.services)


def need_of(asked: Asked) -> Need:
    """Count the contacts of a period by hour of the week, service, priority and impact."""
    calendar = working_calendar(asked.desk.calendar)
    found = _placed(asked, calendar)
    cells: dict[tuple[int, int], Cell] = {}
    dates = set()
    grid = found.values("on", "hour", "inside").annotate(count=Count("pk")).order_by()
    for row in grid:
        cell = cells.setdefault((row["on"].weekday(), row["hour"]), Cell())
        if row["inside"]:
            cell.inside += row["count"]
        else:
            cell.outside += row["count"]
            dates.add(row["on"])
    shares = found.values("service__name", "priority", "impact", "inside")
    services: dict[str, Share] = {}
    impacts: dict[int, Share] = {}
    for row in shares.annotate(count=Count("pk")).order_by():
        name, impact = row["service__name"] or "", row["impact"] or 0
        for share in (
            services.setdefault(name, Share(name)),
            impacts.setdefault(impact, Share(str(impact or ""))),
        ):
            if row["inside"]:
                share.inside += row["count"]
            else:
                share.outside[row["priority"]] += row["count"]
    return Need(
        asked=asked,
        calendar=calendar,
        cells=cells,
        services=sorted(services.values(), key=lambda one: (-one.outside_count, one.name)),
        impacts=[impacts[key] for key in sorted(impacts, key=lambda one: one or 9)],
        days=days_between(calendar, asked.start, asked.end),
        days_with_outside=len(dates),
    )


def need_rows(asked: Asked) -> Iterator[dict[str, Any]]:
    """Walk over the counts in their finest form: weekday, hour, in hours, service, and weight."""
    calendar = working_calendar(asked.desk.calendar)
    found = _placed(asked, calendar)
    keys = ("weekday", "hour", "inside", "service__name", "priority", "impact")
    weekday = ExtractIsoWeekDay("opened_at", tzinfo=calendar.zone)
    rows = found.annotate(weekday=weekday).values(*keys)
    yield from rows.annotate(count=Count("pk")).order_by(*keys)


def _placed(asked: Asked, calendar: WorkingCalendar) -> "QuerySet[Ticket, Any]":
    """Return the contacts asked for with their local hour, and whether it was working time."""
    found = Ticket.objects.filter(
        desk=asked.desk, opened_at__gte=asked.start, opened_at__lt=asked.end
    )
    if asked.channels:
        found = found.filter(channel__in=asked.channels)
    if asked.service_id is not None:
        found = found.filter(service=asked.service_id)
    if asked.most_priority is not None:
        found = found.filter(priority__lte=asked.most_priority)
    zone = calendar.zone
    return found.annotate(
        on=TruncDate("opened_at", tzinfo=zone),
        hour=ExtractHour("opened_at", tzinfo=zone),
        inside=_in_hours(calendar, asked),
    )


def _in_hours(calendar: WorkingCalendar, asked: Asked) -> Func:
    """Return the condition that a ticket came in working time.

    The hours, holidays and clock changes of the calendar go to the database as one multirange:
    it says for each row at once what would take reading the rows otherwise.
    """
    spans = ",".join(
        f"[{opens.isoformat()},{closes.isoformat()})"
        for opens, closes in calendar.openings(asked.start, asked.end)
    )
    return Func(
        F("opened_at"),
        Value(f"{{{spans}}}", output_field=CharField()),
        template="(%(expressions)s::tstzmultirange)",
        arg_joiner=" <@ ",
        output_field=BooleanField(),
    )
