"""Removing the demo organisation: all that it made and what came onto it, and nothing else."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.db import connection, transaction
from django.db.models import CASCADE, ForeignKey, Model, Q
from psycopg import sql

from ansvar.catalogue.models import Matrix, Script, ScriptVersion, Service
from ansvar.conversations.models import InboundMail, Mailbox
from ansvar.demo.founding import MAKER
from ansvar.kernel import journal
from ansvar.kernel.actor import SYSTEM, Actor
from ansvar.kernel.facts import facts
from ansvar.kernel.models import Entry
from ansvar.kernel.refusal import Refusal, said
from ansvar.people.models import Calendar, Department, Desk, Organisation, Person, Site, Team
from ansvar.servicelevels.models import Clock, ServiceLevel, Timing
from ansvar.suppliers.models import Supplier
from ansvar.tickets.commands import drop_numbers
from ansvar.tickets.models import Link, Ticket

Rows = dict[type[Model], set[int]]

_ROOTS: Final[dict[str, type[Model]]] = {
    "organisation": Organisation,
    "calendar": Calendar,
    "department": Department,
    "site": Site,
    "desk": Desk,
    "person": Person,
}
"""What the founding made, found by its entries in the journal; all else hangs on these."""
_PARTS: Final = (
    Department.organisation, Site.organisation, Team.desk, Service.desk, Script.desk,
    ScriptVersion.script, Matrix.desk, Ticket.desk, Mailbox.desk, InboundMail.mailbox,
    ServiceLevel.desk, Timing.desk, Clock.desk, Supplier.organisation,
)  # fmt: skip
"""Protected relations whose rows are part of what they point to, as cascading ones are anyway."""
_SUBJECTS: Final = {"inboundmail": "mail", "servicelevel": "level"}
"""Models whose entries in the journal bear another name."""
_LISTED: Final = 8
_WHY: Final = "the demo organisation was removed"


class DemoIsNotThere(Refusal):
    """There is no demo organisation to remove."""

    status = 409


class DemoInUse(Refusal):
    """Something that is not of the demo rests on it; `dependents` says what."""

    status = 409

    def __init__(self, dependents: list[str]) -> None:
        self.dependents = dependents
        listed = "; ".join(dependents[:_LISTED])
        if len(dependents) > _LISTED:
            listed += "; …"
        super().__init__(
            said(
                "The demo organisation cannot be removed, because what is not of the demo rests on"
                " it (%(count)s): %(listed)s. Change or remove these first; nothing was removed."
            ),
            count=len(dependents),
            listed=listed,
        )


def is_loaded() -> bool:
    """Tell whether there is a demo organisation."""
    return Organisation.objects.filter(pk__in=_founded("organisation")).exists()


@transaction.atomic
def remove_demo(*, by: Actor = SYSTEM) -> None:
    """Delete everything of the demo organisation and let the journal forget it.

    This is no decision of a desk, so nothing of it is kept but that it was done.

    Raises: DemoIsNotThere; DemoInUse.
    Records: JournalForgotten.
    """
    going = _rows_of_the_demo()
    if not going[Organisation]:
        raise DemoIsNotThere(said("There is no demo organisation here."))
    if dependents := [*_foreign_tickets(going), *_dependents(going)]:
        raise DemoInUse(dependents)
    desks = going[Desk]
    for model, ids in going.items():
        _delete(model, ids)
    # Relations are checked at the end of a transaction; here already, so that a gap is refused.
    connection.check_constraints()
    for desk_id in desks:
        drop_numbers(desk_id)
    known = {fact.subject_type for fact in facts.values()}
    for model, ids in going.items():
        noun = _SUBJECTS.get(model.__name__.lower(), model.__name__.lower())
        if noun in known and ids:
            journal.forget(noun, sorted(ids), why=_WHY, by=by)


def _founded(noun: str) -> Any:
    return Entry.objects.filter(
        subject_type=noun,
        fact=f"{noun}.created",
        actor_kind=MAKER.kind,
        actor_label=MAKER.label,
    ).values_list("subject_id", flat=True)


def _rows_of_the_demo() -> Rows:
    """Return what was founded and everything that is part of it, however far down."""
    going: Rows = defaultdict(set)
    for noun, model in _ROOTS.items():
        rows = model._base_manager.filter(pk__in=_founded(noun))  # noqa: SLF001 - every row, whatever the manager hides
        going[model] |= set(rows.values_list("pk", flat=True))
    has_grown = True
    while has_grown:
        has_grown = False
        for model, relation in _relations():
            above = going.get(relation.related_model, set())
            if above and _is_part(relation):
                found = _pointing(model, relation, above) - going[model]
                going[model] |= found
                has_grown = has_grown or bool(found)
    return going


def _relations() -> Iterator[tuple[type[Model], "ForeignKey[Any, Any]"]]:
    for model in apps.get_models(include_auto_created=True):
        for relation in model._meta.get_fields():  # noqa: SLF001 - Django's public name for it
            if isinstance(relation, ForeignKey):
                yield model, relation


def _is_part(relation: "ForeignKey[Any, Any]") -> bool:
    parts = {descriptor.field for descriptor in _PARTS}
    return relation.remote_field.on_delete is CASCADE or relation in parts


def _pointing(model: type[Model], relation: "ForeignKey[Any, Any]", to: set[int]) -> set[int]:
    rows = model._base_manager.filter(**{f"{relation.name}__in": to})  # noqa: SLF001 - as above
    return set(rows.values_list("pk", flat=True))


def _foreign_tickets(going: Rows) -> Iterator[str]:
    """Name the tickets on the demo's desks that somebody who is not of the demo asked for."""
    people = going[Person]
    foreign = Ticket.objects.filter(pk__in=going[Ticket]).exclude(requester__in=people)
    for ticket in foreign.select_related("requester").order_by("pk"):
        yield f"{ticket.reference} on a desk of the demo was asked for by {ticket.requester.name}"


def _dependents(going: Rows) -> Iterator[str]:
    """Name the rows that stay and point to rows that go."""
    for model, relation in _relations():
        above = going.get(relation.related_model, set())
        staying = _pointing(model, relation, above) - going[model] if above else set()
        rows = model._base_manager.filter(pk__in=staying)  # noqa: SLF001 - as above
        for row in rows.order_by("pk"):
            verbose = model._meta.verbose_name  # noqa: SLF001 - Django's public name for it
            yield f"{verbose} {row}, by its {relation.verbose_name}"
    # A link goes with either of its ends, so no relation keeps it.
    tickets = going[Ticket]
    for link in Link.objects.filter(pk__in=going[Link]).exclude(
        Q(ticket__in=tickets) & Q(other__in=tickets)
    ):
        real = link.other if link.ticket_id in tickets else link.ticket
        yield f"ticket {real}, by a link"


def _delete(model: type[Model], ids: set[int]) -> None:
    """Delete rows plainly: all that hangs on them is known already and goes in the same breath."""
    statement = sql.SQL("DELETE FROM {table} WHERE {key} = ANY(%s)").format(
        table=sql.Identifier(model._meta.db_table),  # noqa: SLF001 - Django's public name for it
        key=sql.Identifier(str(model._meta.pk.column)),  # noqa: SLF001 - as above
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [sorted(ids)])
