"""What the person who asks may see, and the names that go with ids."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from ansvar.access.middleware import actor_of
from ansvar.access.queries import desks_where
from ansvar.api.cursors import decode, encode
from ansvar.api.shapes import PersonRef, Ref
from ansvar.catalogue.small_tables import SERVICES
from ansvar.kernel.actor import Actor
from ansvar.kernel.composed import among
from ansvar.kernel.names import names_of
from ansvar.kernel.small_tables import at_one_moment
from ansvar.people.models import Person
from ansvar.tickets.models import Ticket
from ansvar.tickets.queries import tickets_of_party
from ansvar.tickets.searching import FEW, matching, words_in_tickets
from ansvar.tickets.sight import Viewer


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Whose eyes a request has."""

    actor: Actor
    person_id: int
    desks: frozenset[int] | None
    """Whose tickets the person reads by role; nothing stands for all."""
    own_services: frozenset[int]
    """Services whose tickets the person reads as owner or deputy."""

    def tickets(self) -> QuerySet[Ticket]:
        """Return the tickets of the person's desks and services, and those they are a party of."""
        if self.desks is None:
            return Ticket.objects.all()
        as_party = among("id", ArraySubquery(tickets_of_party(self.person_id).values("pk")))
        return Ticket.objects.filter(
            Q(desk_id__in=self.desks) | Q(service_id__in=self.own_services) | as_party
        )

    def ids_with(self, text: str) -> list[int]:
        """Return which of them have the words of *text*; the newest, where very many have."""
        viewer = Viewer(person_id=self.person_id, desks=self.desks, services=self.own_services)
        own = tickets_of_party(self.person_id).filter(words_in_tickets(text))
        return [*matching(viewer, text).ids, *own.values_list("pk", flat=True)[:FEW]]

    def ticket(self, ticket_id: int) -> Ticket:
        """Return a ticket that the person may see.

        Raises: Ticket.DoesNotExist.
        """
        return self.tickets().get(pk=ticket_id)

    def sees_inside(self, ticket: Ticket) -> bool:
        """Tell whether holders, priority and the like are for this person."""
        return (
            self.desks is None
            or ticket.desk_id in self.desks
            or ticket.service_id in self.own_services
        )

    def inner_ticket(self, ticket_id: int) -> Ticket:
        """Return a ticket that the person reads with notes and custody.

        Raises: Ticket.DoesNotExist.
        """
        ticket = self.ticket(ticket_id)
        if not self.sees_inside(ticket):
            raise Ticket.DoesNotExist
        return ticket


def reader_of(request: HttpRequest) -> Reader:
    """Return whose eyes *request* has."""
    actor = actor_of(request)
    person_id = actor.person_id or 0
    with at_one_moment():
        owned = SERVICES.values_of("id", owner_id=person_id)
        deputised = SERVICES.values_of("id", deputy_id=person_id)
        desks = desks_where(person_id, "ticket.read")
    return Reader(
        actor=actor,
        person_id=person_id,
        desks=desks,
        own_services=frozenset(owned.keys() | deputised.keys()),
    )


class Names:
    """Names of many things, found with one look-up per kind."""

    def __init__(
        self, wanted: Iterable[tuple[str, int | None]], *, known: Iterable[Person] = ()
    ) -> None:
        pairs = {(noun, pk) for noun, pk in wanted if pk is not None}
        told = {("person", person.pk): person.name for person in known}
        self._names = {**told, **names_of(pairs - told.keys())}

    def ref(self, noun: str, pk: int) -> Ref:
        """Return what names a thing."""
        return Ref(id=pk, name=self._names.get((noun, pk), ""))

    def maybe(self, noun: str, pk: int | None) -> Ref | None:
        """Return what names a thing, or nothing."""
        return None if pk is None else self.ref(noun, pk)

    def person(self, pk: int) -> PersonRef:
        """Return what names a person."""
        return PersonRef(id=pk, name=self._names.get(("person", pk), ""))

    def maybe_person(self, pk: int | None) -> PersonRef | None:
        """Return what names a person, or nothing."""
        return None if pk is None else self.person(pk)


def page_by_name(
    rows: QuerySet[Any], *, cursor: str | None, limit: int
) -> tuple[list[Any], str | None]:
    """Return a page of rows ordered by name, and the cursor of the next one.

    Raises: BadCursor.
    """
    ordered = rows.order_by("name", "pk")
    if cursor:
        name, pk = decode(cursor, str, int)
        ordered = ordered.filter(Q(name__gt=name) | Q(name=name, pk__gt=pk))
    found = list(ordered[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], encode(last.name, last.pk)
