"""Addresses of the interface, below `/api/v1/`."""

from ansvar.api.interface import urls

urlpatterns = list(urls())
