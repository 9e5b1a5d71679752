"""The context as a Django app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Start-up of `ansvar.people`."""

    name = "ansvar.people"
