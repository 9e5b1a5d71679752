"""As what tickets were filed first, and as what they ended (R70, R71).

Counted are tickets that were opened in the period, that are solved, and of which somebody had said
a kind or a service. A mail comes in without a kind: the first one that somebody gives it counts.

- *Right first time*: kind and service are at the end what they were first.
- *Filed anew*: kind or service turned out to be another one, once or several times.
- *Time before*: from opening until it was filed as what it is; in working time of the desk.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce

from ansvar.catalogue.models import Service
from ansvar.insight.custody_reading import CHUNK, AskedCustody, Reckoning
from ansvar.insight.decisions.norms import middle_of
from ansvar.kernel import clock
from ansvar.people.models import Team
from ansvar.tickets.decisions import DONE
from ansvar.tickets.models import CustodySpell, Ticket

_IS_SAID = ~Q(first_kind="") | Q(first_service__isnull=False)
_IS_RIGHT = (Q(first_kind="") | Q(first_kind=F("kind"))) & (
    Q(first_service=None) | Q(first_service=F("service"))
)


@dataclass(kw_only=True)
class Filed:
    """How some tickets were filed."""

    tickets: int = 0
    right: int = 0
    anew: int = 0
    """Tickets that were filed anew."""
    changes: int = 0
    """How often that was, in all."""
    elapsed: timedelta = timedelta()
    """Before that, in all."""
    working: list[timedelta] = field(default_factory=list)
    """The working time before that, ticket by ticket."""

    @property
    def share_right(self) -> float | None:
        """The share that was right first time; nothing of no ticket."""
        return self.right / self.tickets if self.tickets else None

    @property
    def usual_time(self) -> timedelta | None:
        """The working time before, in the middle one of the tickets filed anew."""
        return middle_of(self.working) if self.working else None

    @property
    def whole_time(self) -> timedelta:
        """The working time of all of them before they were filed anew."""
        return sum(self.working, timedelta())


@dataclass(frozen=True, kw_only=True)
class Refiled:
    """From what to what tickets were filed anew, and how often."""

    what: str
    """`kind` or `service`."""
    before: str
    after: str
    count: int


@dataclass(frozen=True, kw_only=True)
class ClassificationReport:
    """The report of one scope and period."""

    asked: AskedCustody
    whole: Filed
    unsaid: int
    """Solved tickets of which nobody ever said kind or service."""
    teams: list[tuple[Team | None, Filed]]
    """By the team that held it first, the least right first."""
    channels: list[tuple[str, Filed]]
    moves: list[Refiled]
    """Most frequent first; kinds are named as they are stored."""


def classification_of(asked: AskedCustody) -> ClassificationReport:
    """Report how tickets were filed first and last."""
    solved = asked.tickets().filter(state__in=DONE)
    whole, teams, channels = Filed(), dict[int, Filed](), dict[str, Filed]()

    def places(team: int | None, channel: str) -> tuple[Filed, ...]:
        return (
            whole,
            teams.setdefault(team or 0, Filed()),
            channels.setdefault(channel, Filed()),
        )

    for team, channel, is_right, count, anew, changes in _counted(solved):
        for filed in places(team, channel):
            filed.tickets += count
            filed.right += count if is_right else 0
            filed.anew += anew
            filed.changes += changes
    working = Reckoning(asked.scope.desk, now=clock.now()).working
    for team, channel, opened_at, filed_at in _filed_anew(solved):
        spent = working(opened_at, filed_at)
        for filed in places(team, channel):
            filed.elapsed += filed_at - opened_at
            filed.working.append(spent)
    named = Team.objects.in_bulk(teams)
    return ClassificationReport(
        asked=asked,
        whole=whole,
        unsaid=solved.exclude(_IS_SAID).count(),
        teams=sorted(
            ((named.get(pk), filed) for pk, filed in teams.items()),
            key=lambda pair: (pair[1].share_right or 0, pair[0].name if pair[0] else ""),
        ),
        channels=sorted(channels.items()),
        moves=_moves(solved),
    )


def _with_first_team(solved: QuerySet[Ticket]) -> QuerySet[Any]:
    spells = CustodySpell.objects.filter(ticket=OuterRef("pk")).order_by("started_at", "id")
    return solved.filter(_IS_SAID).annotate(first_team=Subquery(spells.values("team")[:1]))


def _counted(solved: QuerySet[Ticket]) -> list[tuple[int | None, str, bool, int, int, int]]:
    rows = (
        _with_first_team(solved)
        .annotate(
            right=Case(When(_IS_RIGHT, then=True), default=False, output_field=BooleanField())
        )
        .values_list("first_team", "channel", "right")
        .annotate(
            count=Count("pk"),
            anew=Count("pk", filter=Q(reclassify_count__gt=0)),
            changes=Coalesce(Sum("reclassify_count"), 0),
        )
        .order_by()
    )
    return list(rows)


def _filed_anew(
    solved: QuerySet[Ticket],
) -> Iterator[tuple[int | None, str, datetime, datetime]]:
    rows = _with_first_team(solved).filter(reclassified_at__isnull=False)
    told = rows.values_list("first_team", "channel", "opened_at", "reclassified_at").order_by()
    yield from told.iterator(chunk_size=CHUNK)


def _moves(solved: QuerySet[Ticket]) -> list[Refiled]:
    kinds = (
        solved.exclude(first_kind="").exclude(first_kind=F("kind"))
        .values_list("first_kind", "kind").annotate(count=Count("pk")).order_by()
    )  # fmt: skip
    services = (
        solved.filter(first_service__isnull=False)
        .filter(~Q(service=F("first_service")) | Q(service=None))
        .values_list("first_service", "service").annotate(count=Count("pk")).order_by()
    )  # fmt: skip
    rows = list(services)
    names: Mapping[int, str] = dict(
        Service.objects.filter(pk__in={pk for row in rows for pk in row[:2] if pk}).values_list(
            "pk", "name"
        )
    )
    found = [Refiled(what="kind", before=a, after=b, count=count) for a, b, count in kinds]
    found += [
        Refiled(what="service", before=names.get(a, ""), after=names.get(b or 0, ""), count=count)
        for a, b, count in rows
    ]
    return sorted(found, key=lambda one: (-one.count, one.what, one.before, one.after))
