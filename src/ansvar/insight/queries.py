"""What the figures of a desk say, counted in the database within a period."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, QuerySet

from ansvar.catalogue.models import Service
from ansvar.insight.contact_figures import INSIDE, contact_parts, number_among
from ansvar.insight.counting import counted
from ansvar.insight.decisions.need import days_between, midnight, slices_of
from ansvar.insight.decisions.sums import Sums, as_number
from ansvar.insight.stretches import Stretch
from ansvar.insight.work_figures import VOLUMES
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
        tickets=_ticket_count(scope, start, end),
        days=open_days,
        people=people.count(),
        hours_a_day=hours / open_days if open_days else 0.0,
    )


def _ticket_count(scope: Scope, start: datetime, end: datetime) -> int:
    if scope.team or scope.service:
        return _tickets_of(scope, start, end).count()
    return counted(VOLUMES, Stretch(desk=scope.desk, start=start, end=end)).whole.total("came")


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
    as_of: datetime | None = None
    """Up to when what is stored tells; nothing when everything was counted this moment."""

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


class NeedKey(NamedTuple):
    """What contacts of one count have in common."""

    weekday: int
    """1 is Monday."""
    hour: int
    in_hours: bool
    service: str
    priority: int
    impact: int
    """0 while nobody has found it."""


def need_of(asked: Asked) -> Need:
    """Count the contacts of a period by hour of the week, service, priority and impact."""
    calendar = working_calendar(asked.desk.calendar)
    topic, parts = contact_parts(asked.channels, asked.most_priority)
    services = None if asked.service_id is None else (asked.service_id,)
    stretch = Stretch(desk=asked.desk, start=asked.start, end=asked.end, service_ids=services)
    # What is stored of contacts is not split by service.
    found = counted(topic, stretch, parts=parts, live=services is not None)
    sums = found.whole
    by_service, impacts = _shares(sums)
    return Need(
        asked=asked,
        calendar=calendar,
        cells=_cells(sums),
        services=by_service,
        impacts=impacts,
        days=days_between(calendar, asked.start, asked.end),
        days_with_outside=len(sums.table("outside_on")),
        as_of=found.as_of,
    )


def need_rows(asked: Asked) -> list[tuple[NeedKey, int]]:
    """Return the counts in their finest form, in order."""
    slices = slices_of(working_calendar(asked.desk.calendar), asked.start, asked.end)
    numbered = _contacts(asked).annotate(slice=number_among([one.begins for one in slices]))
    keys = ("slice", "service__name", "priority", "impact")
    counts: Counter[NeedKey] = Counter()
    for number, service, priority, impact, count in _counted(numbered, *keys):
        one = slices[number - 1]
        key = NeedKey(
            weekday=one.on.isoweekday(),
            hour=one.hour,
            in_hours=one.is_open,
            service=service or "",
            priority=priority,
            impact=impact or 0,
        )
        counts[key] += count
    return sorted(counts.items())


def _contacts(asked: Asked) -> QuerySet[Ticket]:
    found = Ticket.objects.filter(
        desk=asked.desk, opened_at__gte=asked.start, opened_at__lt=asked.end
    )
    if asked.channels:
        found = found.filter(channel__in=asked.channels)
    if asked.service_id is not None:
        found = found.filter(service=asked.service_id)
    if asked.most_priority is not None:
        found = found.filter(priority__lte=asked.most_priority)
    return found


def _cells(sums: Sums) -> dict[tuple[int, int], Cell]:
    cells: dict[tuple[int, int], Cell] = {}
    for (weekday, hour, inside), count in sums.rows("cells"):
        cell = cells.setdefault((int(weekday), int(hour)), Cell())
        if inside == INSIDE:
            cell.inside += count
        else:
            cell.outside += count
    return cells


def _shares(sums: Sums) -> tuple[list[Share], list[Share]]:
    """Return the shares of services and of impacts."""
    rows = list(sums.rows("shares"))
    ids = {int(service) for (service, *_rest), _count in rows if service}
    found = Service.objects.filter(pk__in=ids).values_list("pk", "name")
    names = {str(pk): name for pk, name in found}
    services: dict[str, Share] = {}
    impacts: dict[int, Share] = {}
    for (service, priority, impact, inside), count in rows:
        name = names.get(service, "")
        for share in (
            services.setdefault(name, Share(name)),
            impacts.setdefault(as_number(impact) or 0, Share(impact)),
        ):
            if inside == INSIDE:
                share.inside += count
            else:
                share.outside[int(priority)] += count
    return (
        sorted(services.values(), key=lambda one: (-one.outside_count, one.name)),
        [impacts[key] for key in sorted(impacts, key=lambda one: one or 9)],
    )


def _counted(found: QuerySet[Ticket], *keys: str) -> Iterator[tuple[Any, ...]]:
    yield from found.values_list(*keys).annotate(count=Count("pk")).order_by().iterator()
