"""What stands at the other end of a connection: its version, whether it is a copy, a pooler."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import psycopg

from ansvar.kernel.replica import LAG

_TRIES = 5
_PATIENCE_SECONDS = 10
_NAME = "ansvar_seen"


class Unreachable(Exception):
    """Nothing answers there; the words are those of the driver, without the address."""


class Pooling(StrEnum):
    """What stands between a connection and the session of the database."""

    NONE = "none"
    SESSION = "session"
    TRANSACTION = "transaction"


@dataclass(frozen=True, kw_only=True)
class Server:
    """What was seen at the other end of a connection."""

    version: int
    is_replica: bool
    pooling: Pooling
    lag: float | None
    """Seconds that a copy is behind; nothing for what is no copy or has not received any news."""
    prepares: bool = False
    """Whether a pooler keeps prepared statements; asked only when somebody wants to know."""

    @property
    def version_in_words(self) -> str:
        """Major and minor version, as in 15.4."""
        major, minor = divmod(self.version, 10_000)
        return f"{major}.{minor}"


def look_at(parameters: Mapping[str, Any], *, thoroughly: bool = False) -> Server:
    """Connect and see; *thoroughly*: also whether a pooler keeps prepared statements.

    Raises: Unreachable.
    """
    try:
        with _connected(parameters) as connection:
            asked = f"SELECT pg_backend_pid(), pg_is_in_recovery(), ({LAG})"
            pid, is_replica, lag = _row(connection, asked)
            pooling = Pooling.NONE
            # A pooler answers for the session with a number of its own making.
            if pid != connection.info.backend_pid:
                pooling = _pooling(connection, parameters)
            return Server(
                version=connection.info.server_version,
                is_replica=is_replica,
                pooling=pooling,
                lag=lag if is_replica else None,
                prepares=(
                    thoroughly
                    and pooling is Pooling.TRANSACTION
                    and _keeps_prepared(connection, parameters)
                ),
            )
    except psycopg.Error as error:
        said = str(error).strip() or type(error).__name__
        raise Unreachable(said.splitlines()[-1]) from None


def _connected(parameters: Mapping[str, Any]) -> "psycopg.Connection[Any]":
    limits = {"connect_timeout": _PATIENCE_SECONDS, **parameters}
    return psycopg.connect(**limits, autocommit=True, prepare_threshold=None)


def _row(connection: "psycopg.Connection[Any]", asked: str) -> Any:
    return connection.execute(asked.encode()).fetchone()


def _pooling(connection: "psycopg.Connection[Any]", parameters: Mapping[str, Any]) -> Pooling:
    """Tell whether two transactions of one connection may have different sessions."""
    return Pooling.TRANSACTION if _moved(connection, parameters) else Pooling.SESSION


def _moved(connection: "psycopg.Connection[Any]", parameters: Mapping[str, Any]) -> bool:
    """Let others take sessions until the connection has another than before, or has not moved."""
    (before,) = _row(connection, "SELECT pg_backend_pid()")
    taken: list[psycopg.Connection[Any]] = []
    try:
        for _try in range(_TRIES):
            other = _connected(parameters)
            taken.append(other)
            other.execute("BEGIN")
            (its,) = _row(other, "SELECT pg_backend_pid()")
            if its == before:
                # It is ours no more: the next transaction has to have another.
                return True
        return False
    finally:
        for other in taken:
            other.close()


def _keeps_prepared(connection: "psycopg.Connection[Any]", parameters: Mapping[str, Any]) -> bool:
    """Tell whether a statement prepared in one session can be run in the next."""
    asked = b"SELECT pg_backend_pid()"
    connection.pgconn.prepare(_NAME.encode(), asked)
    taken: list[psycopg.Connection[Any]] = []
    try:
        before = _run_prepared(connection)
        for _try in range(_TRIES):
            other = _connected(parameters)
            taken.append(other)
            other.execute("BEGIN")
            other.execute("SELECT 1")
            now = _run_prepared(connection)
            if now is None:
                return False
            if now != before:
                return True
        return False
    finally:
        for other in taken:
            other.close()


def _run_prepared(connection: "psycopg.Connection[Any]") -> bytes | None:
    result = connection.pgconn.exec_prepared(_NAME.encode(), None)
    return result.get_value(0, 0) if result.ntuples else None
