"""Who took what (R127): tickets solved by each agent, weighted by how much work they usually are.

A person's tickets are those that were solved in the period and were with that person last. The
norms are taken from what the desk solved in the year before the end of the period. *Out of order*
are tickets that somebody took for himself while others in the queue of the team came before them,
by business value; *for somebody special*, those whose requester is to be treated with special
care.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BigIntegerField, Count, F, IntegerField, Q, QuerySet, Window
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, RowNumber

from ansvar.insight.custody_reading import CHUNK, AskedCustody, Reckoning
from ansvar.insight.decisions.norms import Norms, Solved, norms_from
from ansvar.insight.decisions.periods import Period
from ansvar.kernel import clock
from ansvar.kernel.actor import ActorKind
from ansvar.kernel.models import Entry
from ansvar.people.models import Desk, Person
from ansvar.tickets.decisions import DONE
from ansvar.tickets.facts import TicketAssigned
from ansvar.tickets.models import Ticket

NORM_YEAR = timedelta(days=365)
MOST_FOR_NORM = 200
"""Of a service and kind, the latest: more would not move the middle one."""


@dataclass(kw_only=True)
class Taken:
    """What one person solved and took."""

    solved: int = 0
    weighted: float = 0.0
    """As many usual tickets as those are."""
    easy: int = 0
    """Of those solved, the ones that usually take less than the middle one."""
    taken: int = 0
    """Tickets that the person took for himself."""
    out_of_order: int = 0
    for_special: int = 0
    """Of those out of order: the requester is to be treated with special care."""

    @property
    def share_easy(self) -> float | None:
        """The share of easy ones among those solved."""
        return self.easy / self.solved if self.solved else None

    @property
    def share_out_of_order(self) -> float | None:
        """The share out of order among those taken."""
        return self.out_of_order / self.taken if self.taken else None

    def add(self, other: "Taken") -> None:
        """Add what another one solved and took."""
        self.solved += other.solved
        self.weighted += other.weighted
        self.easy += other.easy
        self.taken += other.taken
        self.out_of_order += other.out_of_order
        self.for_special += other.for_special


@dataclass(frozen=True, kw_only=True)
class FairWork:
    """Who took what of a desk in a period."""

    asked: AskedCustody
    norms: Norms
    whole: Taken
    people: list[tuple[Person, Taken]]
    """By name: nobody is ranked."""

    def own(self, person_id: int) -> Taken:
        """Return what one person solved and took."""
        return next((taken for person, taken in self.people if person.pk == person_id), Taken())


def fair_work_of(asked: AskedCustody) -> FairWork:
    """Tell who solved and took what on a desk in a period."""
    norms = norms_of(asked.scope.desk, until=asked.period.end)
    found: dict[int, Taken] = defaultdict(Taken)
    for person, service, kind, count in _solved_by(asked):
        taken = found[person]
        taken.solved += count
        taken.weighted += count * norms.weight(service, kind)
        taken.easy += count if norms.is_easy(service, kind) else 0
    for person, count, out_of_order, for_special in _taken_by(asked):
        taken = found[person]
        taken.taken, taken.out_of_order = count, out_of_order
        taken.for_special = for_special
    whole = Taken()
    for one in found.values():
        whole.add(one)
    people = Person.objects.in_bulk(found)
    return FairWork(
        asked=asked,
        norms=norms,
        whole=whole,
        people=sorted(
            ((people[pk], taken) for pk, taken in found.items() if pk in people),
            key=lambda pair: (pair[0].name, pair[0].pk),
        ),
    )


def norms_of(desk: Desk, *, until: datetime) -> Norms:
    """Return the norms that what the desk solved in a year makes."""
    since = until - NORM_YEAR
    working = Reckoning(desk, now=clock.now()).working
    latest = (
        solved_between(desk, Period(start=since, end=until))
        .annotate(
            place=Window(
                RowNumber(),
                partition_by=[F("service_id"), F("kind")],
                order_by=[F("resolved_at").desc()],
            )
        )
        .filter(place__lte=MOST_FOR_NORM)
        .values_list("service_id", "kind", "opened_at", "resolved_at")
        .order_by()
    )
    return norms_from(
        Solved(service, kind, working(opened_at, resolved_at))
        for service, kind, opened_at, resolved_at in latest.iterator(chunk_size=CHUNK)
        if resolved_at is not None
    )


def solved_between(desk: Desk, period: Period) -> QuerySet[Ticket]:
    """Return the tickets of a desk that were solved in a period and still are."""
    return Ticket.objects.filter(
        desk=desk,
        state__in=DONE,
        # A ticket changes when it is solved: so the index (desk, changed at) bounds the walk.
        changed_at__gte=period.start,
        resolved_at__gte=period.start,
        resolved_at__lt=period.end,
    )


def _solved_by(asked: AskedCustody) -> Iterator[tuple[int, int | None, str, int]]:
    solved = solved_between(asked.scope.desk, asked.period).filter(assignee__isnull=False)
    if asked.scope.service is not None:
        solved = solved.filter(service=asked.scope.service)
    if asked.kinds:
        solved = solved.filter(kind__in=asked.kinds)
    rows = solved.values_list("assignee", "service_id", "kind").annotate(count=Count("pk"))
    yield from rows.order_by().iterator()


def _taken_by(asked: AskedCustody) -> list[tuple[int, int, int, int]]:
    """Return who took how many for himself, how many out of order, and of them for VIPs."""
    tickets = Ticket.objects.filter(desk=asked.scope.desk)
    if asked.scope.service is not None:
        tickets = tickets.filter(service=asked.scope.service)
    if asked.kinds:
        tickets = tickets.filter(kind__in=asked.kinds)
    taken = Entry.objects.filter(
        fact=TicketAssigned.name,
        subject_type="ticket",
        subject_id__in=tickets.values("pk"),
        at__gte=asked.period.start,
        at__lt=asked.period.end,
        actor_kind=ActorKind.PERSON,
    ).annotate(
        assignee=Cast(KeyTextTransform("assignee_id", "payload"), BigIntegerField()),
        passed=Cast(KeyTextTransform("passed_over", "payload"), IntegerField()),
        special=KeyTextTransform("for_vip", "payload"),
    )
    rows = (
        taken.filter(assignee=F("actor_id"))
        .values_list("actor_id")
        .annotate(
            count=Count("pk"),
            out_of_order=Count("pk", filter=Q(passed__gt=0)),
            for_special=Count("pk", filter=Q(passed__gt=0, special="true")),
        )
        .order_by()
    )
    return list(rows)
