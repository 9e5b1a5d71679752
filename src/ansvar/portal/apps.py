"""The portal as a Django app."""

from django.apps import AppConfig
from typing_extensions import override

from ansvar.ui import render


class PortalConfig(AppConfig):
    """Start-up of `ansvar.portal`."""

    name = "ansvar.portal"

    @override
    def ready(self) -> None:
        # Filed here: the frame reads models, which exist only once all apps are loaded.
        from ansvar.portal.frame import frame  # noqa: PLC0415

        render.provide(frame)
