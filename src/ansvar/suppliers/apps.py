"""The context as a Django app."""

from importlib import import_module

from django.apps import AppConfig
from typing_extensions import override


class SuppliersConfig(AppConfig):
    """Start-up of `ansvar.suppliers`."""

    name = "ansvar.suppliers"

    @override
    def ready(self) -> None:
        for module in ("claiming", "naming", "telling", "wording"):
            import_module(f"ansvar.suppliers.{module}")
