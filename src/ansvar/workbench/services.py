"""Services, as agents look them up: the card, what they rest on and carry, what is open."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy

from ansvar.access.pages import page
from ansvar.catalogue.models import Service
from ansvar.catalogue.queries import service_card, services_visible_to
from ansvar.insight.decisions.drift import Direction
from ansvar.insight.explaining import (
    direction_in_words,
    how_it_is_counted,
    promise_in_words,
    sureness_in_words,
)
from ansvar.insight.models import ShownPromise
from ansvar.insight.promising import Standing, promise_of_service, standings_of
from ansvar.kernel import clock
from ansvar.servicelevels.clock_words import amount
from ansvar.servicelevels.decisions.amounts import typed_amount
from ansvar.servicelevels.decisions.terms import Terms
from ansvar.servicelevels.models import MEASURE_NAMES
from ansvar.servicelevels.saying import (
    ORIGIN_NAMES,
    names_in,
    objective_in_words,
    origin_in_words,
    row_in_words,
)
from ansvar.tickets.models import OPEN_STATES
from ansvar.tickets.queries import SHOWN_WITH
from ansvar.tickets.queue import BY_VALUE
from ansvar.ui import render
from ansvar.workbench.finding import tickets_seen
from ansvar.workbench.insight.saying import percent
from ansvar.workbench.owning.ruling import rule_in_words
from ansvar.workbench.queue import Row
from ansvar.workbench.reading import Reader, reader_of

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
    seen = services_visible_to(reader.actor).select_related("hand_over_rule")
    found = get_object_or_404(seen, pk=service_id)
    open_ones = (
        tickets_seen(request)
        .filter(service=found, state__in=OPEN_STATES)
        .select_related(*SHOWN_WITH)
        .order_by(*BY_VALUE.columns)[:TICKETS]
    )
    context = {
        "service": found,
        "card": service_card(found),
        "rows": [Row(ticket, reader) for ticket in open_ones],
        "urgency_words": URGENCY[found.urgency],
        "more_url": "",
        "selected": None,
        "hand_over_rule": rule_in_words(getattr(found, "hand_over_rule", None)),
        **_facts(found, reader),
    }
    return render.page(request, "workbench/services/service.html", context)


def _facts(service: Service, reader: Reader) -> dict[str, Any]:
    """Return what the facts say of a service, as far as the reader may know it.

    The promise is for everybody once an administrator lets requesters read it; how the agreed
    targets stand is for who answers for the service and who may see the figures of its desk.
    """
    is_theirs = reader.person.pk in {service.owner_id, service.deputy_id}
    sees_figures = is_theirs or reader.may("insight.read", service.desk)
    is_shown = ShownPromise.objects.filter(service=service).exists()
    promise = promise_of_service(service) if sees_figures or is_shown else None
    standings = standings_of(service, now=clock.now()) if sees_figures else []
    names = names_in([Terms(rows=tuple(one.row for one in standings))]) if standings else {}
    return {
        "promise": promise,
        "promise_is_shown": is_shown,
        "sees_figures": sees_figures,
        "standings": standings,
        "in_words": {
            "amount": amount,
            "counted": how_it_is_counted,
            "direction": direction_in_words,
            "measure": lambda standing: MEASURE_NAMES[standing.measure],
            "objective": objective_in_words,
            "origin": lambda target: ORIGIN_NAMES[target.origin],
            "whole_origin": origin_in_words,
            "percent": percent,
            "promise": promise_in_words,
            "row": lambda standing: row_in_words(
                standing.row, names, is_only=_is_alone(standing, standings)
            ),
            "sureness": sureness_in_words,
            "target": lambda target: typed_amount(target.minutes),
        },
        "icons": {
            Direction.BETTER: "trending-up",
            Direction.WORSE: "arrow-down",
        },
    }


def _is_alone(standing: Standing, standings: list[Standing]) -> bool:
    same = [one for one in standings if one.measure is standing.measure]
    return len(same) == 1
