"""The living style guide: every part in both themes, and whole pages made of them."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse

from ansvar.ui import render, samples
from ansvar.ui.shell import Link

PAGES: Final = ("queue", "ticket", "script", "portal-home", "portal-ticket", "log-in", "error")


def _links(current: str) -> list[Link]:
    places = [Link(label="Parts", href="/ui/", icon="stack-2", current=current == "parts")]
    return places + [
        Link(label=name.replace("-", " ").capitalize(), href=f"/ui/{name}/", icon="layout-sidebar")
        for name in PAGES
    ]


def guide(request: HttpRequest) -> HttpResponse:
    """Show every part, beside itself in the other theme."""
    context = {**samples.context(), "shell": samples.shell(request, _links("parts"))}
    return render.page(request, "ui/guide.html", context)


def sample(request: HttpRequest, name: str) -> HttpResponse:
    """Show one page made of the parts, with made-up values; `?theme=dark` chooses the theme."""
    if name not in PAGES:
        raise Http404
    context = {**samples.context(), "shell": samples.shell(request, _links(name), name)}
    return render.page(request, f"ui/samples/{name}.html", context)
