"""What the pages of insight share: their places at the left, and where each files its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise

from ansvar.access.middleware import actor_of
from ansvar.kernel.registry import Registry
from ansvar.kernel.rights import may
from ansvar.ui import render
from ansvar.ui.shell import Link


@dataclass(frozen=True, kw_only=True)
class InsightPage:
    """A page of insight to go to, with the question it answers."""

    label: str | Promise
    text: str | Promise
    icon: str
    url_name: str
    requires: str


insight_pages: Registry[InsightPage] = Registry("pages of insight")
"""Each page files itself when the addresses are loaded; the home page lists them in that order."""


def allowed_pages(request: HttpRequest) -> list[InsightPage]:
    """Return the pages of insight that the reader may open."""
    by = actor_of(request)
    return [place for place in insight_pages.values() if may(by, place.requires)]


def in_frame(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, place: str
) -> HttpResponse:
    """Answer with one of the pages of insight."""
    places = [
        Link(
            label=str(one.label),
            href=reverse(one.url_name),
            icon=one.icon,
            current=one.url_name == place,
        )
        for one in allowed_pages(request)
    ]
    whole = {"columns": "left", "places": places, **context}
    return render.page(request, f"workbench/insight/{template}", whole)
