"""Search: people first, with what is open for them, then tickets and services."""

import re
from dataclasses import dataclass, replace

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.catalogue.models import Service
from ansvar.catalogue.queries import services_visible_to
from ansvar.kernel.composed import IdsGiven, among, composed
from ansvar.people.models import Person
from ansvar.people.queries import search_people
from ansvar.people.small_tables import DESKS
from ansvar.servicelevels.running import next_due_along
from ansvar.tickets.models import OPEN_STATES, REFERENCE, Ticket
from ansvar.tickets.queries import SHOWN_WITH
from ansvar.tickets.queue import BY_VALUE
from ansvar.tickets.searching import Found, found_tickets
from ansvar.tickets.sight import Reach, given_viewer, visible_tickets
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
MOST_OPEN = 50
"""Of so many open tickets a person the most urgent are shown; nobody has more."""
NOTHING = Found(tickets=[], looked_at=0, is_all=True)


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
    if re.fullmatch(REFERENCE, text):
        exact = tickets_seen(request).filter(reference=text.upper()).first()
        if exact is not None:
            return redirect("ticket", exact.reference)
    is_long_enough = len(text) >= SHORTEST
    found = _tickets(reader, text, TICKETS) if is_long_enough else NOTHING
    context = {
        "query": text,
        "is_long_enough": is_long_enough,
        "people": _people(request, text) if is_long_enough else [],
        "rows": [Row(ticket, reader) for ticket in found.tickets],
        "found": found,
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
        for ticket in _tickets(reader, text, IN_PALETTE).tickets
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


def _tickets(reader: Reader, text: str, most: int) -> Found:
    found = found_tickets(reader.sight, text, most=most, along=next_due_along)
    if not text.isdigit():
        return found
    # A caller says only the number, which every desk may have.
    called = [f"{prefix}-{int(text)}" for prefix in set(DESKS.values_of("prefix").values())]
    seen = tickets_seen(reader.request).filter(reference__in=called).select_related(*SHOWN_WITH)
    by_number = list(seen[:IN_PALETTE])
    others = [ticket for ticket in found.tickets if ticket not in by_number]
    return replace(found, tickets=[*by_number, *others][:most])


def _services(reader: Reader, text: str) -> list[Service]:
    return list(services_visible_to(reader.actor).filter(name__icontains=text)[:SERVICES])


@composed
def _open_of(reach: Reach) -> QuerySet[Ticket]:
    seen = visible_tickets(given_viewer(reach)).filter(state__in=OPEN_STATES)
    theirs = seen.filter(among("requester_id", IdsGiven("people")))
    shown = theirs.only("reference", "subject", "state", "priority", "opened_at", "requester")
    return shown.order_by(*BY_VALUE.columns)[: PEOPLE * MOST_OPEN]


def _people(request: HttpRequest, text: str) -> list[FoundPerson]:
    people = search_people(text, by=actor_of(request), limit=PEOPLE).people
    theirs: dict[int, list[Ticket]] = {person.pk: [] for person in people}
    if people:
        viewer = reader_of(request).sight
        told = {"people": list(theirs), **viewer.values(None)}
        for ticket in _open_of(viewer.reach_on(None)).rows(**told):
            theirs[ticket.requester_id].append(ticket)
    return [FoundPerson(person=person, tickets=theirs[person.pk][:OPEN_EACH]) for person in people]
