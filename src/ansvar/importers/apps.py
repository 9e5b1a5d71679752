"""The context as a Django app."""

from django.apps import AppConfig


class ImportersConfig(AppConfig):
    """Start-up of `ansvar.importers`."""

    name = "ansvar.importers"
