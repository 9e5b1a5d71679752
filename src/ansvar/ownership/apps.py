"""The context as a Django app."""

from django.apps import AppConfig


class OwnershipConfig(AppConfig):
    """Start-up of `ansvar.ownership`."""

    name = "ansvar.ownership"
