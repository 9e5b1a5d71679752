"""Keys of an installation: made once, kept in the data folder, never printed."""

import base64
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from ansvar.ops.trouble import Trouble


def new_signing_key() -> str:
    """Make a key that signs sessions and links."""
    return secrets.token_urlsafe(50)


def new_encryption_key() -> str:
    """Make a Fernet key: 32 random bytes, as its users expect them written."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def kept_key(path: Path, make: Callable[[], str]) -> str:
    """Return the key kept at *path*, making it first when there is none.

    Raises: Trouble.
    """
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_once(path, make())
        key = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise Trouble(
            f"The data folder {path.parent} cannot be used: {error.strerror}; "
            "choose another with ANSVAR_DATA or mend its permissions."
        ) from error
    if not key:
        raise Trouble(f"{path} is empty; put the key back from a backup.")
    return key


def _write_once(path: Path, key: str) -> None:
    """Write *key* whole or not at all, and keep an earlier one when two processes race."""
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key + "\n")
            file.flush()
            os.fsync(file.fileno())
        # A hard link fails when the name is taken, a rename would replace the other's key.
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        Path(temporary).unlink()
