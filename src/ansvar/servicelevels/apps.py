"""The context as a Django app."""

from importlib import import_module

from django.apps import AppConfig
from typing_extensions import override


class ServiceLevelsConfig(AppConfig):
    """Start-up of `ansvar.servicelevels`."""

    name = "ansvar.servicelevels"

    @override
    def ready(self) -> None:
        # Files a view of the queue and a kind of notices.
        import_module("ansvar.servicelevels.stuck")
        import_module("ansvar.servicelevels.warning")
