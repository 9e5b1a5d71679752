"""Whose services a page is about, among what its reader may see."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from ansvar.catalogue.models import Service
from ansvar.people.models import Desk, Person
from ansvar.tickets.models import OPEN_STATES, Ticket
from ansvar.tickets.sight import visible_tickets
from ansvar.workbench.finding import on_own_desks
from ansvar.workbench.reading import Reader, reader_of

READ_WITH = ("desk__calendar", "owner", "deputy", "team", "hand_over_rule")


@dataclass(frozen=True)
class Owned:
    """The services that somebody answers for, as owner or as deputy."""

    person: Person
    services: list[Service]
    reader: Reader

    @property
    def is_own(self) -> bool:
        """Whether the reader is who answers for them."""
        return self.person.pk == self.reader.person.pk

    @cached_property
    def ids(self) -> frozenset[int]:
        """The ids of the services."""
        return frozenset(service.pk for service in self.services)

    @cached_property
    def desks(self) -> list[Desk]:
        """The desks of the services, by name."""
        found = {service.desk_id: service.desk for service in self.services}
        return sorted(found.values(), key=lambda desk: desk.name)

    def tickets(self) -> QuerySet[Ticket]:
        """Return the open tickets of the services, as far as the reader may see them."""
        seen = visible_tickets(self.reader.sight)
        return seen.filter(service__in=self.ids, state__in=OPEN_STATES)


def own_services(request: HttpRequest) -> Owned:
    """Return what the reader answers for."""
    reader = reader_of(request)
    return Owned(reader.person, list(_answered_for(reader.person)), reader)


def services_of(request: HttpRequest, person_id: int) -> Owned:
    """Return what somebody answers for on the desks whose figures the reader may see.

    Raises: Http404 when that is nothing.
    """
    person = get_object_or_404(Person, pk=person_id)
    rows = _answered_for(person).filter(on_own_desks(request, "insight.read"))
    services = list(rows)
    if not services:
        raise Http404
    return Owned(person, services, reader_of(request))


def _answered_for(person: Person) -> QuerySet[Service]:
    rows = Service.objects.filter(Q(owner=person) | Q(deputy=person))
    return (
        rows.exclude(state=Service.State.RETIRED).select_related(*READ_WITH).order_by("name", "pk")
    )
