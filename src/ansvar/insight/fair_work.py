"""Who took what (R127): tickets solved by each agent, weighted by how much work they usually are.

A person's tickets are those that were solved in the period and were with that person last. The
norms are taken from what the desk solved in the year before the end of the period. *Out of order*
are tickets that somebody took for himself while others in the queue of the team came before them,
by business value; *for somebody special*, those whose requester is to be treated with special
care.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from ansvar.insight.counting import at_present, counted
from ansvar.insight.custody_reading import CHUNK, AskedCustody, Reckoning
from ansvar.insight.decisions.norms import Norms, Solved, norms_from
from ansvar.insight.decisions.periods import Period
from ansvar.insight.decisions.sums import Sums, as_number, key_of
from ansvar.insight.work_figures import TAKEN
from ansvar.kernel import clock
from ansvar.people.models import Desk, Person
from ansvar.tickets.decisions import DONE
from ansvar.tickets.models import Ticket

NORM_YEAR = timedelta(days=365)
NORMS = "norms"
MICRO = timedelta(microseconds=1)
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
    as_of: datetime | None = None
    """Up to when what is stored tells; nothing when everything was counted this moment."""

    def own(self, person_id: int) -> Taken:
        """Return what one person solved and took."""
        return next((taken for person, taken in self.people if person.pk == person_id), Taken())


def fair_work_of(asked: AskedCustody) -> FairWork:
    """Tell who solved and took what on a desk in a period."""
    norms = norms_for(asked.scope.desk, asked.period)
    counts = counted(TAKEN, asked.stretch, parts=asked.parts)
    found: dict[int, Taken] = defaultdict(Taken)
    for (_month, kind), sums in counts.by_part.items():
        for (person, service), count in sums.rows("solved"):
            taken, pk = found[int(person)], as_number(service)
            taken.solved += count
            taken.weighted += count * norms.weight(pk, kind)
            taken.easy += count if norms.is_easy(pk, kind) else 0
        for name in ("taken", "out_of_order", "for_special"):
            for key, count in sums.table(name).items():
                taken = found[int(key)]
                setattr(taken, name, getattr(taken, name) + count)
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
        as_of=counts.as_of,
    )


def norms_for(desk: Desk, period: Period) -> Norms:
    """Return the norms of a period: for one that goes on, those that were stored last night."""
    stored = at_present(NORMS, desk.pk) if period.end >= clock.now() else None
    if stored is None:
        return norms_of(desk, until=period.end)
    sums, _as_of = stored
    return Norms(
        by_service={
            (as_number(service), kind): micro * MICRO
            for (service, kind), micro in sums.rows("service")
        },
        by_kind={kind: micro * MICRO for kind, micro in sums.table("kind").items()},
        middle=sums.total("middle") * MICRO,
    )


def norms_to_store(desk: Desk, *, until: datetime) -> Sums:
    """Return the norms of a desk as they are stored."""
    norms, sums = norms_of(desk, until=until), Sums()
    for (service, kind), time in norms.by_service.items():
        sums.put("service", key_of(service, kind), time // MICRO)
    for kind, time in norms.by_kind.items():
        sums.put("kind", kind, time // MICRO)
    sums.put("middle", "", norms.middle // MICRO)
    return sums


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
