"""The context as a Django app."""

from django.apps import AppConfig


class RotaConfig(AppConfig):
    """Start-up of `ansvar.rota`."""

    name = "ansvar.rota"
