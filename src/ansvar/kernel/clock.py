"""The only place where the product asks what time it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_set_to: ContextVar[datetime | None] = ContextVar("clock_set_to", default=None)


def now() -> datetime:
    """Return the present moment in UTC, or the one the clock was set to."""
    return _set_to.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Set the clock of this thread to *moment*: for imports of what happened before, and for tests.

    Raises: ValueError for a moment without a time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("The clock needs a moment with a time zone.")
    token = _set_to.set(moment)
    try:
        yield
    finally:
        _set_to.reset(token)
