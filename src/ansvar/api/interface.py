"""The interface as a whole: its sections, its addresses, its description."""

from collections.abc import Iterator
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from ninja import NinjaAPI
from ninja.operation import PathView

from ansvar import __version__
from ansvar.access.pages import ANYBODY, page
from ansvar.api import (
    catalogue,
    clocks,
    handovers,
    insight,
    levels,
    messages,
    people,
    places,
    refusals,
    suppliers,
    ticket_actions,
    ticket_asking,
    ticket_details,
    ticket_record,
    tickets,
)
from ansvar.api.description import document, outline
from ansvar.api.logging_in import log_in
from ansvar.api.parsing import StrictParser
from ansvar.api.sections import json_answer, requirement_of
from ansvar.ui import render

interface = NinjaAPI(
    title="Ansvar",
    version=__version__,
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    auth=log_in,
    parser=StrictParser(),
)
refusals.install(interface)
interface.add_router("/tickets", tickets.section.router)
interface.add_router("/tickets", ticket_actions.section.router)
interface.add_router("/tickets", ticket_asking.section.router)
interface.add_router("/tickets", ticket_record.section.router)
interface.add_router("/tickets", ticket_details.section.router)
interface.add_router("/tickets", clocks.section.router)
interface.add_router("/tickets", messages.section.router)
interface.add_router("/tickets", suppliers.on_tickets.router)
interface.add_router("/suppliers", suppliers.section.router)
interface.add_router("/people", people.section.router)
interface.add_router("/services", catalogue.section.router)
interface.add_router("", levels.section.router)
interface.add_router("/insight", insight.section.router)
interface.add_router("/insight", handovers.section.router)
interface.add_router("", messages.files.router)
interface.add_router("", places.section.router)


@page(requires=ANYBODY)
def openapi(_request: HttpRequest) -> HttpResponse:
    """Answer with the description for programs; it says nothing about anybody."""
    return json_answer(document(interface))


@page(requires=ANYBODY)
def docs(request: HttpRequest) -> HttpResponse:
    """Show the description for people."""
    return render.page(request, "api/docs.html", {"outline": outline(interface)})


def nothing_here(_request: HttpRequest, rest: str) -> HttpResponse:  # noqa: ARG001 - from the address
    """Answer what is no address of the interface, in its own form."""
    return refusals.not_found()


def urls() -> Iterator[URLPattern]:
    """Return the addresses, each with who may knock."""
    yield path("openapi.json", openapi, name="api-openapi")
    yield path("docs/", docs, name="api-docs")
    for bound in interface._get_bound_routers():  # noqa: SLF001 - ninja gives them no other way
        for place, path_view in bound.path_operations.items():
            address = "/".join(part.strip("/") for part in (bound.prefix, place) if part.strip("/"))
            route = address.replace("{", "<int:").replace("}", ">")
            name = f"api-{path_view.operations[0].view_func.__name__.replace('_', '-')}"
            yield path(route, _view(path_view), name=name)
    ending = cast(
        "Any", page("GET", "POST", "PATCH", "PUT", "DELETE", requires=ANYBODY)(nothing_here)
    )
    yield path("<path:rest>", ending, name="api-nothing")


def _view(path_view: PathView) -> Any:
    """Return the Django view of an address, which tells what it requires."""
    answer = path_view.get_view()
    methods = tuple(sorted({m for one in path_view.operations for m in one.methods}))

    def view(request: HttpRequest, **values: Any) -> HttpResponseBase:
        if request.method not in methods:
            return refusals.method_not_allowed(", ".join(methods))
        return cast("HttpResponseBase", answer(request, **values))

    named = cast("Any", view)
    named.__name__ = path_view.operations[0].view_func.__name__
    named.__module__ = path_view.operations[0].view_func.__module__
    named.csrf_exempt = True  # asked for by `log_in`, for sessions only
    named.requires = requirement_of(path_view.operations)
    named.methods = methods
    return named
