"""Whether the content store does what it is there for: put, get, take away."""

import io
import secrets

from django.core.files.base import File
from django.core.files.storage import storages

from ansvar.conversations import store
from ansvar.ops.trouble import Trouble

_SIZE = 1000


def put_and_get() -> None:
    """Put a small file, read it and take it away.

    Raises: Trouble with the store's own words.
    """
    storage = storages[store.ALIAS]
    content = secrets.token_bytes(_SIZE)
    # Not like the name of content, so that it is never taken for some.
    name = f"check/{secrets.token_hex(8)}"
    try:
        storage.save(name, File(io.BytesIO(content), name=name))
        with storage.open(name, "rb") as file:
            found = file.read()
        storage.delete(name)
    except store.ContentAway as away:
        raise Trouble(away.why) from away
    except FileNotFoundError:
        raise Trouble("what was put there a moment ago is not there.") from None
    if found != content:
        raise Trouble("what was put there came back changed.")
