"""The context as a Django app."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Start-up of `ansvar.notices`."""

    name = "ansvar.notices"
