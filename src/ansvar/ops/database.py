"""Which PostgreSQL this process talks to."""

from typing import Any

from ansvar.ops.config import Config


def django_settings(config: Config) -> dict[str, Any]:
    """Describe the database of *config* in Django's words."""
    return {"ENGINE": "django.db.backends.postgresql", "NAME": "ansvar", "HOST": str(config.data)}
