"""Start-up of the kernel: every context is made known, low to high."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from typing_extensions import override

DISCOVERED = ("facts", "naming", "relations", "leaving", "reactions", "verification")
"""Modules that make a context known to the others, read at start-up in this order."""


class KernelConfig(AppConfig):
    """The kernel as a Django app."""

    name = "ansvar.kernel"

    @override
    def ready(self) -> None:
        for config in apps.get_app_configs():
            if config.name.startswith("ansvar."):
                for module in DISCOVERED:
                    if find_spec(f"{config.name}.{module}"):
                        import_module(f"{config.name}.{module}")
