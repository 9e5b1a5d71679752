"""The demo organisation as part of the product."""

import importlib

from django.apps import AppConfig
from typing_extensions import override


class DemoConfig(AppConfig):
    """Offers the demo's people on the log-in page."""

    name = "ansvar.demo"
    label = "demo"

    @override
    def ready(self) -> None:
        importlib.import_module("ansvar.demo.offers")
