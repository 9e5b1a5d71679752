"""What closed tickets and stopped clocks say, as rows to be stored; nothing is written here."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from ansvar.catalogue.models import Service
from ansvar.insight.decisions.drift import QUARTER, Done, reality_of
from ansvar.insight.decisions.promises import WorkingWeek, promise_of, solving_time, working_week
from ansvar.insight.models import Drift, Promise, PromiseTerms
from ansvar.kernel.facts import Fact
from ansvar.kernel.models import Entry
from ansvar.people.decisions import BadHours
from ansvar.people.models import Desk
from ansvar.people.queries import working_calendar
from ansvar.servicelevels.book import present_book
from ansvar.servicelevels.decisions.choosing import Version
from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.story import Story, course_of, restored
from ansvar.servicelevels.decisions.terms import LevelKind, Measure, Row
from ansvar.servicelevels.models import Clock, Timing
from ansvar.servicelevels.telling import HEARD_NAMES, story_of
from ansvar.tickets.decisions import Kind, State
from ansvar.tickets.models import Link, Ticket

USUAL_MONTHS = 6
MONTH = timedelta(days=365.25 / 12)
MOST_TICKETS = 2000
"""Of a service: the latest. More of them would make no promise better."""
AT_ONCE = 500
REQUESTED = (Kind.INCIDENT, Kind.REQUEST, Kind.QUESTION, Kind.COMPLAINT)
"""What requesters open. Alarms and projects take times of their own."""
COMPARED = (Measure.REACTION, Measure.RESOLUTION)


@dataclass(frozen=True, kw_only=True)
class Closed:
    """A closed ticket, and how much working time it took."""

    service_id: int | None
    kind: str
    closed_at: datetime
    time: timedelta


def months_of(desk: Desk) -> int:
    """Return from how many months the promises of a desk are taken."""
    months = PromiseTerms.objects.filter(desk=desk).values_list("months", flat=True).first()
    return months or USUAL_MONTHS


def promises_from_facts(desk: Desk, *, now: datetime) -> list[Promise]:
    """Return the promises of a desk, of its services, and of their kinds, as unsaved rows.

    A ticket counts in the hours of the calendar that the desk has now, with the changes that were
    made to it. Kinds without enough tickets get no row: what holds for the service holds for them.
    """
    months = months_of(desk)
    try:
        week = working_week(working_calendar(desk.calendar))
    except BadHours:
        week = None
    hours = present_book().calendars.get(desk.calendar_id)
    if week is None or hours is None:
        return []
    groups: dict[tuple[int | None, str], list[Closed]] = {
        (pk, ""): [] for pk in Service.objects.filter(desk=desk).values_list("pk", flat=True)
    }
    every = []
    for closed in _closed(desk, hours, since=now - months * MONTH):
        every.append(closed)
        if closed.service_id is not None:
            for key in ((closed.service_id, ""), (closed.service_id, closed.kind)):
                groups.setdefault(key, []).append(closed)
    for kind in REQUESTED:
        groups[None, kind] = [one for one in every if one.kind == kind]
    groups[None, ""] = every
    found = [
        _promise(desk, key, ones, week=week, months=months, now=now) for key, ones in groups.items()
    ]
    return [one for one in found if not one.kind or one.time is not None]


def _promise(
    desk: Desk,
    key: tuple[int | None, str],
    closed: list[Closed],
    *,
    week: WorkingWeek,
    months: int,
    now: datetime,
) -> Promise:
    latest = sorted(closed, key=lambda one: one.closed_at, reverse=True)[:MOST_TICKETS]
    service_id, kind = key
    row = Promise(
        desk=desk,
        service_id=service_id,
        kind=kind,
        sample=len(latest),
        is_cut=len(closed) > MOST_TICKETS,
        months=months,
        computed_at=now,
    )
    kept = promise_of([one.time for one in latest], week)
    if kept is not None:
        row.within, row.low, row.high = kept.within, kept.low, kept.high
        row.amount, row.unit, row.time = kept.figure.amount, kept.figure.unit, kept.figure.time
    return row


def _closed(desk: Desk, hours: Hours, *, since: datetime) -> Iterator[Closed]:
    """Walk over the latest closed tickets of each service and of none, a batch of them at a time.

    One more than the most of a service tells that there were more.
    """
    found = list(
        closed_tickets(desk, since=since)
        .annotate(
            place=Window(
                RowNumber(), partition_by=[F("service")], order_by=[F("closed_at").desc(), "pk"]
            )
        )
        .filter(place__lte=MOST_TICKETS + 1)
        .values_list("pk", "service_id", "kind", "closed_at")
    )
    for first in range(0, len(found), AT_ONCE):
        batch = found[first : first + AT_ONCE]
        stories = _stories([row[0] for row in batch])
        for pk, service_id, kind, closed_at in batch:
            time = solving_time(course_of(stories[pk]), hours) if pk in stories else None
            if time is not None and closed_at is not None:
                yield Closed(service_id=service_id, kind=kind, closed_at=closed_at, time=time)


def closed_tickets(desk: Desk, *, since: datetime) -> QuerySet[Ticket]:
    """Return what requesters opened and was closed since then; merged tickets go on in others."""
    merged = Link.objects.filter(ticket=OuterRef("pk"), relation=Link.Relation.DUPLICATE)
    return Ticket.objects.filter(
        ~(Exists(merged) & Q(closed_at=F("resolved_at"))),
        desk=desk,
        state=State.CLOSED,
        kind__in=REQUESTED,
        # A ticket changes when it is closed: so the index (desk, changed at) bounds the walk.
        changed_at__gte=since,
        closed_at__gte=since,
    )


def _stories(ids: Sequence[int]) -> dict[int, Story]:
    """Return the stories of tickets; of those older than the clocks, from the journal."""
    timings = Timing.objects.filter(ticket__in=ids).values_list("ticket_id", "story")
    found: dict[int, Story] = {pk: restored(story) for pk, story in timings}
    happened: dict[int, list[tuple[Fact, Entry]]] = defaultdict(list)
    untimed = [pk for pk in ids if pk not in found]
    entries = Entry.objects.filter(
        subject_type="ticket", subject_id__in=untimed, fact__in=HEARD_NAMES
    )
    for entry in entries.order_by("id") if untimed else ():
        happened[entry.subject_id].append((entry.restored, entry))
    return found | {pk: story_of(ones) for pk, ones in happened.items()}


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """A target of an agreement with customers that is in force for a service."""

    version: Version
    row: int
    measure: Measure

    @property
    def terms(self) -> Row:
        """The row that gives the target."""
        return self.version.terms.rows[self.row]


def agreed_for(service: Service, versions: Sequence[Version]) -> list[Agreed]:
    """Return the targets that *versions* set for a service, in their order."""
    return [
        Agreed(version=version, row=number, measure=measure)
        for version in versions
        if not version.terms.scope.services or service.pk in version.terms.scope.services
        for number, row in enumerate(version.terms.rows)
        if not row.services or service.pk in row.services
        for measure in COMPARED
        if measure in row.targets
    ]


def agreements_in_force(desk: Desk, *, now: datetime) -> list[Version]:
    """Return the versions of the desk's agreements with customers that are in force."""
    return [
        version
        for version in present_book().versions
        if version.kind is LevelKind.SLA and version.desk_id == desk.pk and version.holds_at(now)
    ]


def drifts_from_facts(desk: Desk, *, now: datetime) -> list[Drift]:
    """Return how each target in force for a service compares with the last half year, unsaved.

    What was done under an older version of a level is measured against the one in force.
    """
    versions = agreements_in_force(desk, now=now)
    done = _done(desk, versions, now=now)
    drifts = []
    for service in Service.objects.filter(desk=desk).exclude(state=Service.State.RETIRED):
        for agreed in agreed_for(service, versions):
            target = agreed.terms.targets[agreed.measure]
            key = (service.pk, agreed.version.id, agreed.row, agreed.measure)
            real = reality_of(
                done.get(key, []), target=target.amount, objective=target.objective, now=now
            )
            drifts.append(
                Drift(
                    service=service,
                    version_id=agreed.version.id,
                    row=agreed.row,
                    measure=agreed.measure,
                    month_kept=real.month.kept,
                    month_all=real.month.all,
                    quarter_kept=real.quarter.kept,
                    quarter_all=real.quarter.all,
                    before_kept=real.before.kept,
                    before_all=real.before.all,
                    held=real.held,
                    computed_at=now,
                )
            )
    return drifts


def _done(
    desk: Desk, versions: Sequence[Version], *, now: datetime
) -> Mapping[tuple[int, int, int, Measure], list[Done]]:
    """Return what was done lately, by service, version in force, its row, and measure."""
    present = {version.level_id: version for version in versions}
    stopped = Clock.objects.filter(
        desk=desk,
        measure__in=COMPARED,
        stopped_at__gte=now - 2 * QUARTER,
        version__level__in=present,
        ticket__service__isnull=False,
    ).values_list(
        "version__level_id", "measure", "ticket__service_id", "ticket__kind", "ticket__priority",
        "used", "stopped_at",
    )  # fmt: skip
    found = defaultdict(list)
    for level_id, name, service_id, kind, priority, used, at in stopped.iterator():
        version, measure = present[level_id], Measure(name)
        row = version.terms.row_for(measure, kind=kind, priority=priority, service_id=service_id)
        if row is not None and at is not None:
            found[service_id, version.id, row, measure].append(Done(at=at, used=used))
    return found
