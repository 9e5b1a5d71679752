"""Reading figures from a copy of the database that follows it, where there is one.

Who only reads says so: a page by `from_replica`, everything else by `reading`. Inside, what Django
reads comes from the copy; commands write to the database itself, as always. A copy that is away or
lags too far behind is not used: then the database answers, and whoever looks after it is told.
"""

import functools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Concatenate, Final, ParamSpec, TypeVar

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db import Error as DatabaseTrouble
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest
from django.utils.translation import gettext as _

log = structlog.get_logger(__name__)

ALIAS: Final = "reports"
LOOK_SECONDS: Final = 2.0
"""How long what was seen of the copy is believed."""

LAG: Final = """
    SELECT CASE
        WHEN EXISTS (SELECT 1 FROM pg_stat_wal_receiver WHERE pid IS NOT NULL)
            AND pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
        ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())
    END::double precision
"""
"""Seconds a copy is behind: none while it receives and has applied all it has received; else the
age of what it applied last. Workers write every ten seconds, so that this one is young, too."""

P = ParamSpec("P")
Answer = TypeVar("Answer")

_reading: ContextVar[bool] = ContextVar("reading_from_replica", default=False)


class Router:
    """Tells Django which database to use: the copy for reads where somebody has said so."""

    def db_for_read(self, _model: object, **_hints: object) -> str:
        """Name the copy inside `reading`."""
        return ALIAS if _reading.get() else DEFAULT_DB_ALIAS

    def db_for_write(self, _model: object, **_hints: object) -> str:
        """Name the database itself, also for rows that were read from the copy."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, _one: object, _other: object, **_hints: object) -> bool:
        """Let rows be related: both are of the same database, read on two ways."""
        return True

    def allow_migrate(self, database: str, _app: str, **_hints: object) -> bool:
        """Change tables in the database itself only."""
        return database == DEFAULT_DB_ALIAS


@dataclass(frozen=True)
class Standing:
    """How the copy was when it was last looked at."""

    is_usable: bool
    lag: float | None = None
    why: str = ""
    """Why it is not used, as a clause: `it is 90 s behind`."""


class Watch:
    """Looks at the copy every few seconds, if anybody wants to read from it."""

    def __init__(self) -> None:
        self._standing: Standing | None = None
        self._looked_at = 0.0
        self._looking = threading.Lock()

    def standing(self) -> Standing:
        """Return how the copy is; one thread looks, others believe what was seen before."""
        seen = self._standing
        is_fresh = time.monotonic() - self._looked_at < LOOK_SECONDS
        if seen is not None and (is_fresh or self._looking.locked()):
            return seen
        with self._looking:
            if self._standing is seen or seen is None:
                self._note(_look())
            return self._standing or Standing(is_usable=False)

    def lost(self, error: Exception) -> None:
        """Note that the copy failed while it was read from."""
        self._note(Standing(is_usable=False, why=_clause(error)))

    def forget(self) -> None:
        """Look again before the next use."""
        self._standing = None

    def _note(self, seen: Standing) -> None:
        before, self._standing = self._standing, seen
        self._looked_at = time.monotonic()
        was_usable = before is None or before.is_usable
        if was_usable and not seen.is_usable:
            log.warning("replica_not_used", why=seen.why)
        elif before is not None and seen.is_usable and not before.is_usable:
            log.warning("replica_used_again", lag=seen.lag)


watch = Watch()


def is_set_up() -> bool:
    """Tell whether there is a copy to read from at all."""
    return ALIAS in connections.settings


def notice() -> str:
    """Say that figures are not read from the copy, and why; nothing when all is well."""
    if not is_set_up():
        return ""
    standing = watch.standing()
    if standing.is_usable:
        return ""
    words = _("Figures are read from the database itself, not from its copy: {why}.")
    return words.format(why=standing.why)


@contextmanager
def reading() -> Iterator[bool]:
    """Read from the copy inside, if there is one that can be used; yields whether so."""
    is_usable = is_set_up() and watch.standing().is_usable
    token = _reading.set(is_usable)
    try:
        yield is_usable
    finally:
        _reading.reset(token)


@contextmanager
def reading_itself() -> Iterator[None]:
    """Read from the database itself inside: for what outlives the page that asks for it."""
    token = _reading.set(False)
    try:
        yield
    finally:
        _reading.reset(token)


def connection_to_read() -> BaseDatabaseWrapper:
    """Return the connection for SQL of one's own that only reads."""
    return connections[ALIAS if _reading.get() else DEFAULT_DB_ALIAS]


def from_replica(
    view: Callable[Concatenate[HttpRequest, P], Answer],
) -> Callable[Concatenate[HttpRequest, P], Answer]:
    """Let a page read from the copy when it is asked for, and never when something is sent.

    A copy cancels reads that stand in the way of what it has to apply, and it may vanish: then the
    page is made once more, from the database itself.
    """

    @functools.wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        if request.method not in {"GET", "HEAD"}:
            return view(request, *args, **kwargs)
        with reading() as is_copy:
            try:
                return view(request, *args, **kwargs)
            except DatabaseTrouble as error:
                if not is_copy or not isinstance(error, OperationalError):
                    raise
                watch.lost(error)
        return view(request, *args, **kwargs)

    return answered


def _look() -> Standing:
    most = settings.REPORTS_LAG
    try:
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(f"SELECT pg_is_in_recovery(), ({LAG})")
            is_copy, lag = cursor.fetchone()
    except DatabaseTrouble as error:
        return Standing(is_usable=False, why=_clause(error))
    if not is_copy:
        # A fail-over has made it the leader: it is as fresh as can be.
        return Standing(is_usable=True)
    if lag is None:
        return Standing(is_usable=False, why=_("it has received nothing yet"))
    if lag > most:
        return Standing(
            is_usable=False, lag=lag, why=_("it is {seconds:.0f} s behind").format(seconds=lag)
        )
    return Standing(is_usable=True, lag=lag)


def _clause(error: BaseException) -> str:
    said = str(error).strip().splitlines()
    return _("it does not answer ({error})").format(error=[type(error).__name__, *said][-1])
