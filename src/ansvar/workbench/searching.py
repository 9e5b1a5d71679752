"""Search: people first, with what is open for them, then tickets and services."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.catalogue.models import Service
from ansvar.catalogue.queries import services_visible_to
from ansvar.people.models import Person
from ansvar.people.queries import search_people
from ansvar.tickets.models import OPEN_STATES, Ticket
from ansvar.tickets.queries import SHOWN_WITH, found_tickets
from ansvar.tickets.queue import BY_VALUE
from ansvar.ui import render
from ansvar.workbench.finding import tickets_seen
from ansvar.workbench.queue import Row
from ansvar.workbench.reading import Reader, reader_of

PEOPLE = 10
OPEN_EACH = 3
TICKETS = 30
SERVICES = 5
IN_PALETTE = 5
SHORTEST = 2


@dataclass(frozen=True, kw_only=True)
class FoundPerson:
    """A person, and what is open for them."""

    person: Person
    tickets: list[Ticket]


@page(requires="service.read")
def search(request: HttpRequest) -> HttpResponse:
    """Show what a text finds; a whole reference opens its ticket at once."""
    text = request.GET.get("q", "").strip()
    reader = reader_of(request)
    if text:
        exact = tickets_seen(request).filter(reference=text.upper()).first()
        if exact is not None:
            return redirect("ticket", exact.reference)
    is_long_enough = len(text) >= SHORTEST
    tickets = _tickets(reader, text, TICKETS) if is_long_enough else []
    context = {
        "query": text,
        "is_long_enough": is_long_enough,
        "people": _people(request, text) if is_long_enough else [],
        "rows": [Row(ticket, reader) for ticket in tickets],
        "services": _services(reader, text) if is_long_enough else [],
        "more_url": "",
        "selected": None,
    }
    return render.page(request, "workbench/search.html", context)


@page(requires="service.read")
def search_palette(request: HttpRequest) -> JsonResponse:
    """Answer with what the command palette offers for a text."""
    text = request.GET.get("q", "").strip()
    reader = reader_of(request)
    if len(text) < SHORTEST:
        return JsonResponse([], safe=False)
    found = search_people(text, by=reader.actor, limit=IN_PALETTE).people
    entries = [
        {
            "label": person.name,
            "detail": person.site.name if person.site else "",
            "href": reverse("person", args=[person.pk]),
            "icon": "user",
        }
        for person in found
    ]
    entries += [
        {
            "label": f"{ticket.reference} {ticket.subject}",
            "detail": ticket.requester.name,
            "href": reverse("ticket", args=[ticket.reference]),
            "icon": "ticket",
        }
        for ticket in _tickets(reader, text, IN_PALETTE)
    ]
    entries += [
        {
            "label": service.name,
            "detail": _("service"),
            "href": reverse("service", args=[service.pk]),
            "icon": "stack-2",
        }
        for service in _services(reader, text)
    ]
    return JsonResponse(entries, safe=False)


def _tickets(reader: Reader, text: str, most: int) -> list[Ticket]:
    found = found_tickets(reader.viewer, text).select_related(*SHOWN_WITH)
    by_number = Ticket.objects.none()
    if text.isdigit():
        # A caller says only the number.
        by_number = tickets_seen(reader.request).filter(reference__endswith=f"-{text}")
    return [*by_number.select_related(*SHOWN_WITH)[:IN_PALETTE], *found[:most]][:most]


def _services(reader: Reader, text: str) -> list[Service]:
    return list(services_visible_to(reader.actor).filter(name__icontains=text)[:SERVICES])


def _people(request: HttpRequest, text: str) -> list[FoundPerson]:
    people = search_people(text, by=actor_of(request), limit=PEOPLE).people
    theirs: dict[int, list[Ticket]] = {person.pk: [] for person in people}
    parts = [
        tickets_seen(request)
        .filter(requester=person, state__in=OPEN_STATES)
        .order_by(*BY_VALUE.columns)[:OPEN_EACH]
        for person in people
    ]
    if parts:
        for ticket in parts[0].union(*parts[1:], all=True):
            theirs[ticket.requester_id].append(ticket)
    return [FoundPerson(person=person, tickets=theirs[person.pk]) for person in people]
