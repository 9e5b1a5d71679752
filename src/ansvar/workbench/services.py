"""Services, as agents look them up: the card, what they rest on and carry, what is open."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy

from ansvar.access.pages import page
from ansvar.catalogue.models import Service
from ansvar.catalogue.queries import service_card, services_visible_to
from ansvar.tickets.models import OPEN_STATES
from ansvar.tickets.queries import SHOWN_WITH
from ansvar.ui import render
from ansvar.workbench.finding import tickets_seen
from ansvar.workbench.queue import Row
from ansvar.workbench.reading import reader_of

TICKETS = 20
URGENCY = {
    1: gettext_lazy("harm grows by the minute"),
    2: gettext_lazy("harm grows by the hour"),
    3: gettext_lazy("harm grows by the day"),
    4: gettext_lazy("harm hardly grows"),
}


@page(requires="service.read")
def services(request: HttpRequest) -> HttpResponse:
    """List the services that the reader may see."""
    reader = reader_of(request)
    found = services_visible_to(reader.actor).exclude(state=Service.State.RETIRED)
    if reader.desk_id is not None:
        found = found.filter(desk=reader.desk_id)
    context = {"services": list(found), "with_desk": reader.desk_id is None}
    return render.page(request, "workbench/services/services.html", context)


@page(requires="service.read")
def service(request: HttpRequest, service_id: int) -> HttpResponse:
    """Show a service."""
    reader = reader_of(request)
    found = get_object_or_404(services_visible_to(reader.actor), pk=service_id)
    open_ones = (
        tickets_seen(request)
        .filter(service=found, state__in=OPEN_STATES)
        .select_related(*SHOWN_WITH)
        .order_by("priority", "opened_at")[:TICKETS]
    )
    context = {
        "service": found,
        "card": service_card(found),
        "rows": [Row(ticket, reader) for ticket in open_ones],
        "urgency_words": URGENCY[found.urgency],
        "more_url": "",
        "selected": None,
    }
    return render.page(request, "workbench/services/service.html", context)
