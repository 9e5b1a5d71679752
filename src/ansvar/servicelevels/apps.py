"""The context as a Django app."""

from django.apps import AppConfig


class ServiceLevelsConfig(AppConfig):
    """Start-up of `ansvar.servicelevels`."""

    name = "ansvar.servicelevels"
