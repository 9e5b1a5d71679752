"""Recording what has happened, in the transaction in which it happens."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import connection

from ansvar.kernel import clock, reactions
from ansvar.kernel.actor import Actor
from ansvar.kernel.facts import Fact
from ansvar.kernel.models import Entry

_request_id: ContextVar[uuid.UUID | None] = ContextVar("request_id", default=None)
AT_ONCE = 500
"""Entries of history that are written with one statement."""


@dataclass(kw_only=True)
class _History:
    entries: list[Entry] = field(default_factory=list)
    savepoints: int


_told: ContextVar[_History | None] = ContextVar("told_as_history", default=None)


class NoTransaction(Exception):
    """A fact was to be recorded outside a transaction: it could outlive what it tells of."""


def record(fact: Fact, *, by: Actor) -> Entry:
    """Write *fact* into the journal, run its reactions and queue those for later.

    All of it belongs to the caller's transaction: a rollback leaves nothing behind.

    Raises: NoTransaction.
    """
    if not connection.in_atomic_block:
        raise NoTransaction(f"{fact.name} was recorded outside a transaction.")
    entry = Entry(
        at=clock.now(),
        fact=fact.name,
        subject_type=fact.subject_type,
        subject_id=fact.subject_id,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_label=by.label,
        payload=fact.payload(),
        request_id=_request_id.get(),
    )
    _write(entry)
    reactions.run(fact, entry, queue_later=not is_history())
    return entry


@contextmanager
def request(request_id: uuid.UUID | None = None) -> Iterator[uuid.UUID]:
    """Let all entries recorded inside share one request id."""
    chosen = request_id or uuid.uuid4()
    token = _request_id.set(chosen)
    try:
        yield chosen
    finally:
        _request_id.reset(token)


def _write(entry: Entry) -> None:
    told = _told.get()
    if told is None:
        entry.save(force_insert=True)
        return
    told.entries.append(entry)
    # Within a savepoint of the caller's a rollback would take older entries along.
    if len(told.entries) >= AT_ONCE and told.savepoints == _savepoints():
        _write_told(told)


def _write_told(told: _History) -> None:
    Entry.objects.bulk_create(told.entries)
    told.entries.clear()


def _savepoints() -> int:
    return sum(savepoint is not None for savepoint in connection.savepoint_ids)


@contextmanager
def undone_on_failure() -> Iterator[None]:
    """Forget the entries of history that were recorded inside when it fails."""
    told = _told.get()
    before = len(told.entries) if told else 0
    try:
        yield
    except BaseException:
        if told:
            del told.entries[before:]
        raise


@contextmanager
def as_history() -> Iterator[None]:
    """Record what happened long ago: nothing is queued for later, nobody is told.

    At-once reactions run as always, so that the rows agree with the journal. The entries
    themselves are written many at a time, the last of them at the end: within, they have no id.

    Raises: NoTransaction, since rows must not outlive their entries.
    """
    if not connection.in_atomic_block:
        raise NoTransaction("History is told within one transaction.")
    told = _History(savepoints=_savepoints())
    token = _told.set(told)
    try:
        yield
        _write_told(told)
    finally:
        _told.reset(token)


def is_history() -> bool:
    """Tell whether what is being recorded happened long ago."""
    return _told.get() is not None


def forget(subject_type: str, ids: list[int], *, why: str, by: Actor) -> int:
    """Delete the entries of whole subjects and return how many; the only way to shorten it.

    Records: JournalForgotten, written by the database function itself.
    """
    if not connection.in_atomic_block:
        raise NoTransaction("Forgetting needs a transaction.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT journal_forget(%s, %s::bigint[], %s, %s, %s, %s)",
            [subject_type, ids, why, by.kind, by.id, by.label],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0
