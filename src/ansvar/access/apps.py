"""The context as a Django app."""

from django.apps import AppConfig
from typing_extensions import override


class AccessConfig(AppConfig):
    """Start-up of `ansvar.access`."""

    name = "ansvar.access"

    @override
    def ready(self) -> None:
        # Filed here so that live news find the person behind a session.
        import ansvar.access.live  # noqa: F401, PLC0415
