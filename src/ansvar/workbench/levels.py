"""Service levels to read: the agreement as a document, and how people are kept informed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.utils.translation import gettext_lazy

from ansvar.access.pages import page
from ansvar.kernel import clock
from ansvar.servicelevels.decisions.terms import MEASURES, LevelKind
from ansvar.servicelevels.documents import agreement_of
from ansvar.servicelevels.models import MEASURE_NAMES, LevelVersion
from ansvar.servicelevels.policies import policies_of_desks
from ansvar.servicelevels.saying import MEASURE_MEANINGS, headed
from ansvar.ui import render
from ansvar.ui.printing import NoPrinter, pdf_page
from ansvar.workbench.finding import on_own_desks
from ansvar.workbench.frame import MenuPage, menu
from ansvar.workbench.reading import reader_of

TEMPLATE = "workbench/levels/agreement.html"

menu.add("informed")(
    MenuPage(
        label=gettext_lazy("How we inform"),
        icon="message-circle",
        url_name="informed",
        requires="service.read",
    )
)


@page(requires="service.read")
def agreement(request: HttpRequest, version_id: int) -> HttpResponse:
    """Show a version of a level as an agreement."""
    return render.page(request, TEMPLATE, _context(request, version_id))


@page(requires="service.read")
def agreement_pdf(request: HttpRequest, version_id: int) -> HttpResponse:
    """Answer with the agreement as PDF; where none can be made, with the page that says so."""
    context = _context(request, version_id)
    version = context["agreement"].version
    name = slugify(f"{version.level.name} {version.number}") or f"level-{version.pk}"
    try:
        return pdf_page(request, "workbench/levels/agreement-pdf.html", context, name=name)
    except NoPrinter:
        return render.page(request, TEMPLATE, {**context, "no_printer": True}, status=503)


@page(requires="service.read")
def informed(request: HttpRequest) -> HttpResponse:
    """Show how each desk of the reader keeps people informed."""
    reader = reader_of(request)
    desks = [reader.desk] if reader.desk else reader.desks
    context = {"groups": policies_of_desks(desks, at=clock.now())}
    return render.page(request, "workbench/levels/informed.html", context)


def _context(request: HttpRequest, version_id: int) -> dict[str, Any]:
    rows = LevelVersion.objects.filter(on_own_desks(request, "service.read", "level__desk"))
    version = get_object_or_404(rows.select_related("level__desk__calendar"), pk=version_id)
    terms = version.agreed
    said = {measure for row in terms.rows for measure in row.targets}
    return {
        "agreement": agreement_of(version),
        "meanings": {
            headed(MEASURE_NAMES[measure]): str(MEASURE_MEANINGS[measure])
            for measure in MEASURES[LevelKind(version.level.kind)]
            if measure in said
        },
        "no_printer": False,
    }
