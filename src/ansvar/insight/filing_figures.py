"""As what tickets were filed first and last, by the day on which they were opened and by kind."""

from collections.abc import Iterable
from datetime import timedelta
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

from ansvar.insight.custody_reading import CHUNK, Reckoning
from ansvar.insight.decisions.sums import key_of
from ansvar.insight.stretches import Gathered, Source, Stretch, Topic
from ansvar.kernel import clock
from ansvar.tickets.decisions import DONE
from ansvar.tickets.models import CustodySpell

_IS_SAID = ~Q(first_kind="") | Q(first_service__isnull=False)
_IS_RIGHT = (Q(first_kind="") | Q(first_kind=F("kind"))) & (
    Q(first_service=None) | Q(first_service=F("service"))
)
_MICRO = timedelta(microseconds=1)


def _gather(stretch: Stretch, found: Gathered) -> None:
    solved = stretch.tickets().filter(state__in=DONE).annotate(day=stretch.day_of("opened_at"))
    spells = CustodySpell.objects.filter(ticket=OuterRef("pk")).order_by("started_at", "id")
    said = solved.filter(_IS_SAID).annotate(first_team=Subquery(spells.values("team")[:1]))
    for day, kind, team, channel, is_right, count, anew, changes in _counted(said):
        sums, key = found.to("filed", day, kind), key_of(team, channel)
        sums.add("tickets", key, count)
        sums.add("right", key, count if is_right else 0)
        sums.add("anew", key, anew)
        sums.add("changes", key, changes)
    working = Reckoning(stretch.desk, now=clock.now()).working
    anew = said.filter(reclassified_at__isnull=False).values_list(
        "day", "kind", "first_team", "channel", "opened_at", "reclassified_at"
    )
    for day, kind, team, channel, opened_at, filed_at in anew.order_by().iterator(chunk_size=CHUNK):
        if filed_at is None:
            continue
        sums = found.to("filed", day, kind)
        sums.add("elapsed", key_of(team, channel), (filed_at - opened_at) // _MICRO)
        sums.add("times", key_of(team, channel, working(opened_at, filed_at) // _MICRO), 1)
    _add_moves(solved, found)
    unsaid = solved.exclude(_IS_SAID).values_list("day", "kind").annotate(count=Count("pk"))
    for day, kind, count in unsaid.order_by():
        found.to("filed", day, kind).add("unsaid", "", count)


def _counted(said: QuerySet[Any]) -> Iterable[tuple[Any, ...]]:
    right = Case(When(_IS_RIGHT, then=True), default=False, output_field=BooleanField())
    rows: Iterable[tuple[Any, ...]] = (
        said.annotate(is_right=right)
        .values_list("day", "kind", "first_team", "channel", "is_right")
        .annotate(
            count=Count("pk"),
            anew=Count("pk", filter=Q(reclassify_count__gt=0)),
            changes=Coalesce(Sum("reclassify_count"), 0),
        )
        .order_by()
    )
    return rows


def _add_moves(solved: QuerySet[Any], found: Gathered) -> None:
    """Count from what to what tickets were filed anew."""
    kinds = (
        solved.exclude(first_kind="").exclude(first_kind=F("kind"))
        .values_list("day", "kind", "first_kind", "kind").annotate(count=Count("pk")).order_by()
    )  # fmt: skip
    services = (
        solved.filter(first_service__isnull=False)
        .filter(~Q(service=F("first_service")) | Q(service=None))
        .values_list("day", "kind", "first_service", "service")
        .annotate(count=Count("pk")).order_by()
    )  # fmt: skip
    for what, rows in (("kind", kinds), ("service", services)):
        for day, kind, before, after, count in rows:
            found.to("filed", day, kind).add("moves", key_of(what, before, after), count)


FILED = Topic(name="filed", source=Source(topics=("filed",), gather=_gather))
"""By the kind that tickets have in the end."""
