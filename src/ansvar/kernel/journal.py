"""Recording what has happened, in the transaction in which it happens."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

from ansvar.kernel import clock, reactions
from ansvar.kernel.actor import Actor
from ansvar.kernel.facts import Fact
from ansvar.kernel.models import Entry

_request_id: ContextVar[uuid.UUID | None] = ContextVar("request_id", default=None)
_history: ContextVar[bool] = ContextVar("history", default=False)


class NoTransaction(Exception):
    """A fact was to be recorded outside a transaction: it could outlive what it tells of."""


def record(fact: Fact, *, by: Actor) -> Entry:
    """Write *fact* into the journal, run its reactions and queue those for later.

    All of it belongs to the caller's transaction: a rollback leaves nothing behind.

    Raises: NoTransaction.
    """
    if not connection.in_atomic_block:
        raise NoTransaction(f"{fact.name} was recorded outside a transaction.")
    entry = Entry.objects.create(
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
    reactions.run(fact, entry, queue_later=not _history.get())
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


@contextmanager
def as_history() -> Iterator[None]:
    """Record what happened long ago: nothing is queued for later, nobody is told.

    At-once reactions run as always, so that the rows agree with the journal.
    """
    token = _history.set(True)
    try:
        yield
    finally:
        _history.reset(token)


def is_history() -> bool:
    """Tell whether what is being recorded happened long ago."""
    return _history.get()


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
