"""What the pages of the rota share: their places at the left, and the desk they are about."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.people.models import Desk
from ansvar.ui import render
from ansvar.ui.shell import Link
from ansvar.workbench.frame import MenuPage, menu
from ansvar.workbench.reading import DESK_KEY, Reader, reader_of

menu.add("rota")(
    MenuPage(
        label=gettext_lazy("Rota"), icon="calendar-event", url_name="rota", requires="rota.read"
    )
)
menu.add("shift")(
    MenuPage(
        label=gettext_lazy("Hand over my shift"),
        icon="arrow-forward-up",
        url_name="shift",
        requires="ticket.reply",
    )
)


def places(reader: Reader, current: str) -> list[Link]:
    """Return the pages of the rota that the reader may open."""
    wanted = [
        ("rota", _("Today"), "sun", "rota.read"),
        ("rota-plan", _("Who has which duty"), "calendar", "rota.read"),
        ("rota-pattern", _("Plan by a pattern"), "repeat", "rota.edit"),
        ("absence-new", _("I am away"), "calendar-event", "rota.read"),
        ("shift", _("Hand over my shift"), "arrow-forward-up", "ticket.reply"),
    ]
    return [
        Link(label=label, href=reverse(name), icon=icon, current=name == current)
        for name, label, icon, right in wanted
        if reader.may(right)
    ]


def desk_of(request: HttpRequest, right: str = "rota.read") -> Desk:
    """Return the desk that a page is about: the chosen one, else the reader's first.

    Raises: Http404 for somebody without a desk.
    """
    reader = reader_of(request)
    desks = [desk for desk in reader.desks if reader.may(right, desk)]
    chosen = request.POST.get(DESK_KEY, "") or request.GET.get(DESK_KEY, "")
    found = next((desk for desk in desks if str(desk.pk) == chosen), None)
    if found is None:
        found = reader.desk if reader.desk in desks else next(iter(desks), None)
    if found is None:
        raise Http404
    return found


def in_frame(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    place: str,
    status: int = 200,
) -> HttpResponse:
    """Answer with one of the pages of the rota."""
    reader = reader_of(request)
    whole = {
        "columns": "left",
        "places": places(reader, place),
        "desks": reader.desks,
        "reader": reader,
        **context,
    }
    return render.page(request, f"workbench/rota/{template}", whole, status=status)
