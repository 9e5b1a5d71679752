"""All addresses of the product."""

from django.urls import URLPattern, URLResolver, path

from ansvar.ops.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
]
