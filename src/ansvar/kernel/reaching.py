"""Ways to the database beside Django's own connection, and how to tell that it is away.

Between this process and the database may stand a pooler which gives every transaction another
session. What needs a session of its own (LISTEN, locks held by a session) goes past it.
"""

from collections.abc import Iterator
from typing import Any, Final

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

DIRECT: Final = "direct"
"""The alias of the connection past the pooler; it is there only where there is a pooler."""
RETRY_AFTER_SECONDS: Final = 5
"""When to come again after the database was away: a fail-over takes some such pauses."""

_OURS = ("cursor_factory", "context")
_AWAY = frozenset(
    {
        "25006",  # read-only: this was the leader until a moment ago
        "53300",  # too many connections
        "57P01", "57P02", "57P03",  # shut down by hand, crashed, not up yet
        "57P05",  # the session was idle for too long
    }
)  # fmt: skip
_CONNECTION_CLASS = "08"


def direct_alias() -> str:
    """Return the alias of the connection that leads past the pooler, if there is one."""
    return DIRECT if DIRECT in connections.settings else DEFAULT_DB_ALIAS


def direct_parameters() -> dict[str, Any]:
    """Describe, in the driver's words, a connection of one's own past the pooler."""
    parameters = connections[direct_alias()].get_connection_params()
    return {name: value for name, value in parameters.items() if name not in _OURS}


def is_away(error: BaseException | None) -> bool:
    """Tell whether something failed because the database was not there, and may work in a moment.

    What the database answered to the statement itself, such as a deadlock, is not meant.
    """
    return any(_means_away(one) for one in _causes(error))


def _means_away(error: BaseException) -> bool:
    if not isinstance(error, psycopg.Error):
        return False
    if error.sqlstate is None:
        # Said by the driver: no connection, a broken one, or none free in time.
        return isinstance(error, psycopg.OperationalError)
    return error.sqlstate in _AWAY or error.sqlstate.startswith(_CONNECTION_CLASS)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
