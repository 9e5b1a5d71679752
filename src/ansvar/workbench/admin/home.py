"""Where administrators begin: what can be set up, each with one sentence."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.kernel.rights import may
from ansvar.workbench.admin.framing import PLACES, shown
from ansvar.workbench.frame import MenuPage, menu

menu.add("admin")(
    MenuPage(label=_("Administration"), icon="settings", url_name="admin", requires="service.read")
)


@page(requires="service.read")
def admin(request: HttpRequest) -> HttpResponse:
    """Show what the reader can set up or look up."""
    by = actor_of(request)
    allowed = [place for place in PLACES if may(by, place.requires)]
    return shown(request, "home.html", {"allowed": allowed}, place="admin")
