"""Where insight begins: the pages of figures, each with the question it answers."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from ansvar.access.pages import page
from ansvar.workbench.frame import MenuPage, menu
from ansvar.workbench.insight.framing import allowed_pages, in_frame

menu.add("insight")(
    MenuPage(label=_("Insight"), icon="chart-bar", url_name="insight", requires="service.read")
)


@page(requires="service.read")
def insight(request: HttpRequest) -> HttpResponse:
    """List the pages of insight that the reader may open."""
    return in_frame(request, "home.html", {"allowed": allowed_pages(request)}, place="insight")
