"""The services one can have, each with the five answers of its card."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from ansvar.access.pages import LOGGED_IN, page
from ansvar.catalogue.queries import card_answers, offered_services
from ansvar.insight.explaining import how_it_is_counted
from ansvar.portal.promising import told_of_service
from ansvar.portal.reading import services_by_desk
from ansvar.ui import render


@page(requires=LOGGED_IN)
def service_list(request: HttpRequest) -> HttpResponse:
    """Show the agreed services of all desks."""
    return render.page(request, "portal/services.html", {"groups": services_by_desk()})


@page(requires=LOGGED_IN)
def service_page(request: HttpRequest, service_id: int) -> HttpResponse:
    """Show the card of a service."""
    service = get_object_or_404(offered_services(), pk=service_id)
    context = {
        "service": service,
        "answers": card_answers(service),
        "promises": told_of_service(service),
        "counted": how_it_is_counted(),
    }
    return render.page(request, "portal/service.html", context)
