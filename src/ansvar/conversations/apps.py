"""The context as a Django app."""

from importlib import import_module

from django.apps import AppConfig
from typing_extensions import override


class ConversationsConfig(AppConfig):
    """Start-up of `ansvar.conversations`."""

    name = "ansvar.conversations"

    @override
    def ready(self) -> None:
        import_module("ansvar.conversations.carrying")
