"""The context as a Django app."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Start-up of `ansvar.catalogue`."""

    name = "ansvar.catalogue"
