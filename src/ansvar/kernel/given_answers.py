"""Answers already given: the same request with the same key is carried out once.

The row is written in the transaction of the work itself, so there is no answer without the work
and no work without the answer; a lock of that transaction marks what is still being worked on.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from ansvar.kernel import clock, prepared
from ansvar.kernel.models import GivenAnswer
from ansvar.kernel.refusal import Refusal, said

Made = tuple[int, Any]
"""Status and JSON body of an answer."""


class StillWorking(Refusal):
    """The first request with this key has not been answered yet."""

    status = 409


class KeyUsed(Refusal):
    """The key belongs to another request."""


def answer_once(
    *, actor_id: int, key: str, fingerprint: str, make: Callable[[], Made]
) -> tuple[Made, bool]:
    """Return the answer stored under the actor's *key*, or *make* and store it; tell which.

    When *make* raises, nothing is stored and the key can be used again.

    Raises: StillWorking; KeyUsed when the key came with another *fingerprint*.
    """
    with transaction.atomic():
        if not _locked(actor_id, key):
            raise StillWorking(
                said(
                    "The first request with this Idempotency-Key is still being worked on. Ask "
                    "again in a moment."
                )
            )
        given = prepared.first(GivenAnswer, "actor_id = %s AND key = %s", actor_id, key)
        if given is not None:
            if given.fingerprint != fingerprint:
                raise KeyUsed(
                    said(
                        "This Idempotency-Key was used for another request. Use a new key for each."
                    )
                )
            return (given.status or 200, given.body), True
        status, body = make()
        prepared.insert(
            GivenAnswer(
                actor_id=actor_id,
                key=key,
                fingerprint=fingerprint,
                status=status,
                body=body,
                given_at=clock.now(),
            )
        )
        return (status, body), False


def _locked(actor_id: int, key: str) -> bool:
    """Take the lock of a key until the transaction ends, or tell that somebody has it."""
    digest = hashlib.sha256(f"{actor_id}:{key}".encode()).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        row = cursor.fetchone()
    return bool(row and row[0])
