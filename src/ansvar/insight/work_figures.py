"""What came and went, who solved it and who took it, day by day and by kind."""

from collections.abc import Iterator
from datetime import date

from django.db.models import BigIntegerField, Count, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from ansvar.insight.decisions.sums import key_of
from ansvar.insight.stretches import Gathered, Source, Stretch, Topic
from ansvar.kernel.actor import ActorKind
from ansvar.kernel.models import Entry
from ansvar.tickets.decisions import DONE
from ansvar.tickets.facts import TicketAssigned
from ansvar.tickets.models import Ticket


def _gather_volumes(stretch: Stretch, found: Gathered) -> None:
    """Count for whom tickets came, and for whom they were closed."""
    for table, moment in (("came", "opened_at"), ("went", "closed_at")):
        rows = (
            stretch.tickets(moment)
            .annotate(day=stretch.day_of(moment))
            .values_list("day", "kind", "team", "assignee")
            .annotate(count=Count("pk"))
            .order_by()
        )
        for day, kind, team, person, count in rows.iterator():
            found.to("volumes", day, kind).add(table, key_of(team, person), count)


def _gather_taken(stretch: Stretch, found: Gathered) -> None:
    """Count who solved what, and who took what for himself."""
    solved = (
        stretch.tickets("resolved_at")
        .filter(state__in=DONE, assignee__isnull=False)
        .annotate(day=stretch.day_of("resolved_at"))
        .values_list("day", "kind", "assignee", "service_id")
        .annotate(count=Count("pk"))
        .order_by()
    )
    for day, kind, person, service, count in solved.iterator():
        found.to("taken", day, kind).add("solved", key_of(person, service), count)
    for day, kind, person, *counts in _taken(stretch):
        sums = found.to("taken", day, kind)
        for table, count in zip(("taken", "out_of_order", "for_special"), counts, strict=True):
            sums.add(table, key_of(person), count)


def _taken(stretch: Stretch) -> Iterator[tuple[date, str, int, int, int, int]]:
    tickets = stretch.narrowed(Ticket.objects.filter(desk=stretch.desk))
    assigned = (
        # The index of those is written so: a desk has many more entries of other facts.
        Entry.objects.filter(
            fact=TicketAssigned.name,
            actor_kind=ActorKind.PERSON,
            at__gte=stretch.start,
            at__lt=stretch.end,
            subject_type="ticket",
        )
        .annotate(
            day=stretch.day_of("at"),
            kind=Subquery(tickets.filter(pk=OuterRef("subject_id")).values("kind")),
            assignee=Cast(KeyTextTransform("assignee_id", "payload"), BigIntegerField()),
            passed=Cast(KeyTextTransform("passed_over", "payload"), IntegerField()),
            special=KeyTextTransform("for_vip", "payload"),
        )
        .filter(assignee=F("actor_id"), kind__isnull=False)
    )
    yield from (
        assigned.values_list("day", "kind", "actor_id")
        .annotate(
            count=Count("pk"),
            out_of_order=Count("pk", filter=Q(passed__gt=0)),
            for_special=Count("pk", filter=Q(passed__gt=0, special="true")),
        )
        .order_by()
    )


VOLUMES = Topic(name="volumes", source=Source(topics=("volumes",), gather=_gather_volumes))
"""By kind."""
TAKEN = Topic(name="taken", source=Source(topics=("taken",), gather=_gather_taken))
"""By kind."""
