"""Where files of messages lie: a folder of this machine, or a bucket that several reach."""

import importlib.util
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ansvar.ops.trouble import ConfigurationWrong

if TYPE_CHECKING:
    from ansvar.ops.config import Config

FOLDER = "folder"
"""What the folder in the data folder is called where a bucket could be meant."""
_SCHEME = "s3"


def is_folder(place: str) -> bool:
    """Tell whether *place* is the folder in the data folder."""
    return place in {"", FOLDER}


def require_sense(content_store: str, endpoint: str) -> None:
    """Refuse addresses that cannot be meant.

    Raises: ConfigurationWrong.
    """
    if not is_folder(content_store):
        parts = urlsplit(content_store)
        if parts.scheme != _SCHEME or not parts.netloc or "@" in parts.netloc or parts.query:
            raise ConfigurationWrong(
                "content_store must look like s3://bucket/prefix, or be empty for the data "
                f"folder, not {content_store!r}; its keys are settings of their own."
            )
    if endpoint:
        address = urlsplit(endpoint)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise ConfigurationWrong(
                f"s3_endpoint must look like https://s3.example.com, not {endpoint!r}."
            )


def storage(config: "Config", place: str | None = None) -> Mapping[str, Any]:
    """Return the entry of Django's STORAGES for *place*, by default the one that is set up.

    Raises: ConfigurationWrong when the place makes no sense, or its library is not installed.
    """
    place = config.content_store if place is None else place
    require_sense(place, config.s3_endpoint)
    if is_folder(place):
        return {
            "BACKEND": "ansvar.conversations.store.LocalContent",
            "OPTIONS": {"location": config.data / "content"},
        }
    if importlib.util.find_spec("boto3") is None:
        raise ConfigurationWrong(
            f"Files are to lie at {place}, but the library for that is not installed; "
            "install ansvar[s3]: pip install 'ansvar[s3]'."
        )
    parts = urlsplit(place)
    return {
        "BACKEND": "ansvar.conversations.object_store.ObjectContent",
        "OPTIONS": {
            "bucket": parts.netloc,
            "prefix": parts.path.strip("/"),
            "endpoint": config.s3_endpoint,
            "region": config.s3_region,
            "access_key": config.s3_access_key,
            "secret_key": config.s3_secret_key,
        },
    }


def named(config: "Config", place: str | None = None) -> str:
    """Return how a place is called in words."""
    place = config.content_store if place is None else place
    if is_folder(place):
        return str(config.data / "content")
    return f"{place} at {config.s3_endpoint}" if config.s3_endpoint else place
