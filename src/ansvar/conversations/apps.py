"""The context as a Django app."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Start-up of `ansvar.conversations`."""

    name = "ansvar.conversations"
