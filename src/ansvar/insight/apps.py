"""The context as a Django app."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Start-up of `ansvar.insight`."""

    name = "ansvar.insight"
