"""All addresses of the product."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from ansvar.ops.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
    path("api/v1/", include("ansvar.api.urls")),
    path("", include("ansvar.portal.urls")),
    path("", include("ansvar.workbench.owning.urls")),
    path("", include("ansvar.workbench.urls")),
    path("", include("ansvar.workbench.rota.urls")),
    path("", include("ansvar.workbench.suppliers.urls")),
    path("admin/", include("ansvar.workbench.admin.urls")),
    path("insight/", include("ansvar.workbench.insight.urls")),
]
if settings.DEBUG:
    urlpatterns.append(path("ui/", include("ansvar.ui.urls")))

handler400 = "ansvar.ui.errors.bad_request"
handler403 = "ansvar.ui.errors.forbidden"
handler404 = "ansvar.ui.errors.not_found"
handler500 = "ansvar.api.failing.server_error"
