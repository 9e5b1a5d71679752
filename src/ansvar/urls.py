"""All addresses of the product."""

from django.urls import URLPattern, URLResolver, include, path

from ansvar.ops.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
    path("api/v1/", include("ansvar.api.urls")),
]
