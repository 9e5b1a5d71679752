"""Places in a list from which the next page goes on: by key, so that deep pages cost no more."""

import base64
import binascii
import json
from datetime import datetime
from typing import Any

from ansvar.kernel.refusal import Refusal


class BadCursor(Refusal):
    """A cursor that no answer has given."""

    def __init__(self) -> None:
        super().__init__("This cursor is not from here. Begin again without one.")


def encode(*key: Any) -> str:
    """Return the cursor for the last row's *key*."""
    plain = [part.isoformat() if isinstance(part, datetime) else part for part in key]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def decode(cursor: str, *types: type[datetime] | type[int] | type[str]) -> tuple[Any, ...]:
    """Return the key of a cursor, whose parts must be of *types*.

    Raises: BadCursor.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(parts, list) or len(parts) != len(types):
            raise BadCursor
        return tuple(_read(part, wanted) for part, wanted in zip(parts, types, strict=True))
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise BadCursor from error


def _read(part: Any, wanted: type[Any]) -> Any:
    if wanted is datetime and isinstance(part, str):
        moment = datetime.fromisoformat(part)
        if moment.tzinfo is None:
            raise BadCursor
        return moment
    if type(part) is not wanted or (wanted is str and "\x00" in part):
        raise BadCursor
    return part
