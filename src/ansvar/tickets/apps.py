"""The context as a Django app."""

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """Start-up of `ansvar.tickets`."""

    name = "ansvar.tickets"
