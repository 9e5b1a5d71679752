"""How each desk keeps people informed, for whoever waits for an answer."""

from django.http import HttpRequest, HttpResponse

from ansvar.access.pages import LOGGED_IN, page
from ansvar.kernel import clock
from ansvar.people.models import Desk
from ansvar.servicelevels.policies import policies_of_desks
from ansvar.ui import render


@page(requires=LOGGED_IN)
def informed(request: HttpRequest) -> HttpResponse:
    """Show what one may expect to hear, and when."""
    desks = list(Desk.objects.filter(is_active=True))
    context = {"groups": policies_of_desks(desks, at=clock.now())}
    return render.page(request, "portal/informed.html", context)
