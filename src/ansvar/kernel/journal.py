"""Recording what has happened, in the transaction in which it happens."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import connection

from ansvar.kernel import clock, prepared, reactions
from ansvar.kernel.actor import Actor
from ansvar.kernel.backlog import Backlog
from ansvar.kernel.facts import Fact
from ansvar.kernel.models import Entry

V = TypeVar("V")

_request_id: ContextVar[uuid.UUID | None] = ContextVar("request_id", default=None)
AT_ONCE = 500
"""Entries of history that are written with one statement."""
FEW = 5
"""Up to so many entries are written by a statement that is kept ready: the driver keeps none with
more than fifty values."""


@dataclass(kw_only=True)
class _Gathered:
    """Entries that are recorded and not written yet."""

    is_history: bool
    savepoints: int
    entries: list[Entry] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    """What each entry tells, in the same order; nothing is queued for history, so none there."""
    backlogs: dict[Callable[..., None], Backlog[Any]] = field(default_factory=dict)
    """By the function that writes it."""


_gathered: ContextVar[_Gathered | None] = ContextVar("gathered", default=None)


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
    gathered = _gathered.get()
    if gathered is None:
        prepared.insert(entry)
        reactions.run(fact, entry)
        reactions.queue([(fact, entry)])
    else:
        _gather(gathered, fact, entry)
        reactions.run(fact, entry)
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


def request_id() -> uuid.UUID | None:
    """Return the id that entries recorded here share, if there is one."""
    return _request_id.get()


def _gather(gathered: _Gathered, fact: Fact, entry: Entry) -> None:
    gathered.entries.append(entry)
    if not gathered.is_history:
        gathered.facts.append(fact)
    # Within a savepoint of the caller's a rollback would take older entries along.
    elif len(gathered.entries) >= AT_ONCE and gathered.savepoints == _savepoints():
        _write(gathered)


def _write(gathered: _Gathered) -> None:
    if len(gathered.entries) <= FEW:
        prepared.insert_all(gathered.entries)
    else:
        Entry.objects.bulk_create(gathered.entries)
    # Now they have ids, by which their reactions find them.
    reactions.queue(list(zip(gathered.facts, gathered.entries, strict=False)))
    gathered.entries.clear()
    gathered.facts.clear()


def _savepoints() -> int:
    return sum(savepoint is not None for savepoint in connection.savepoint_ids)


@contextmanager
def undone_on_failure() -> Iterator[None]:
    """Forget the entries that were gathered inside, and what was kept back, when it fails."""
    gathered = _gathered.get()
    if gathered is None:
        yield
        return
    before = len(gathered.entries)
    marks = {write: one.mark for write, one in gathered.backlogs.items()}
    try:
        yield
    except BaseException:
        del gathered.entries[before:]
        del gathered.facts[before:]
        for write, one in gathered.backlogs.items():
            one.go_back(marks.get(write, 0))
        raise


@contextmanager
def as_history() -> Iterator[None]:
    """Record what happened long ago: nothing is queued for later, nobody is told.

    At-once reactions run as always, so that the rows agree with the journal. The entries
    themselves are written many at a time, the last of them at the end: within, they have no id.
    Rows of a `backlog` are written at the end, too. History within history is one.

    Raises: NoTransaction, since rows must not outlive their entries.
    """
    with undone_on_failure() if is_history() else _gathering(is_history=True):
        yield


def backlog(write: Callable[[Sequence[V]], None]) -> Backlog[V] | None:
    """Return what *write* will have to write when the history ends that is being told.

    Nothing when what is recorded happens now: then rows are written at once.
    """
    gathered = _gathered.get()
    if gathered is None or not gathered.is_history:
        return None
    return gathered.backlogs.setdefault(write, Backlog(write))


@contextmanager
def together() -> Iterator[None]:
    """Write what is recorded inside with one statement at the end, and queue what follows then.

    Within, the entries have no id. What is being gathered already stays so.

    Raises: NoTransaction, as above.
    """
    if _gathered.get() is not None:
        yield
        return
    with _gathering(is_history=False):
        yield


@contextmanager
def _gathering(*, is_history: bool) -> Iterator[None]:
    if not connection.in_atomic_block:
        raise NoTransaction("Entries are gathered within one transaction.")
    gathered = _Gathered(is_history=is_history, savepoints=_savepoints())
    token = _gathered.set(gathered)
    try:
        yield
        for one in gathered.backlogs.values():
            one.write()
        _write(gathered)
    finally:
        _gathered.reset(token)


def is_history() -> bool:
    """Tell whether what is being recorded happened long ago."""
    gathered = _gathered.get()
    return gathered is not None and gathered.is_history


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
