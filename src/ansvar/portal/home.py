"""The first page: what do you need, and how your matters stand."""

from django.http import HttpRequest, HttpResponse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from ansvar.access.pages import LOGGED_IN, page
from ansvar.portal.reading import (
    MOST_FOUND,
    found_services,
    in_own_tickets,
    matters,
    own_tickets,
    person_of,
    services_by_desk,
    words_of,
)
from ansvar.tickets.decisions import State
from ansvar.tickets.models import OPEN_STATES
from ansvar.ui import render

MOST_SHOWN = 10


@page(requires=LOGGED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Show the search, its results, open tickets and the services of each desk."""
    person = person_of(request)
    text = request.GET.get("q", "").strip()[:200]
    mine = own_tickets(person).order_by("-changed_at", "-id")
    in_hand = list(mine.filter(state__in=[*OPEN_STATES, State.RESOLVED])[: MOST_SHOWN + 1])
    groups = services_by_desk()
    context = {
        "first_name": person.name.split()[0] if person.name.split() else person.name,
        "text": text,
        "services": found_services(text) if text else [],
        "found": matters(mine.filter(in_own_tickets(text))[:MOST_FOUND], words_of(text))
        if text
        else [],
        "matters": matters(in_hand[:MOST_SHOWN]),
        "has_more": len(in_hand) > MOST_SHOWN,
        "groups": groups,
        "desk_names": get_text_list([desk.name for desk, _services in groups], _("and")),
    }
    return render.page(request, "portal/home.html", context)
