"""By when something of a ticket is due: worked out above, kept here so that lists follow it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.db import connection

from ansvar.tickets.models import Ticket

_unwritten: ContextVar[Ticket | None] = ContextVar("ticket_unwritten", default=None)


@contextmanager
def noted_on(ticket: Ticket) -> Iterator[None]:
    """Let what is noted inside of a ticket that is not written yet be written with it."""
    token = _unwritten.set(ticket)
    try:
        yield
    finally:
        _unwritten.reset(token)


def note_due(
    ticket_id: int,
    *,
    due_at: datetime | None,
    answer_due_at: datetime | None,
    update_due_at: datetime | None,
) -> None:
    """Keep when the next target runs out, and by when the people of a ticket hear from the desk.

    It follows from facts that are recorded already: it records none, and counts no version.
    """
    ticket = _unwritten.get()
    if ticket is not None and ticket.pk == ticket_id:
        ticket.due_at, ticket.answer_due_at = due_at, answer_due_at
        ticket.update_due_at = update_due_at
        return
    with connection.cursor() as cursor:
        # Composed once: it runs with nearly every command on a ticket.
        cursor.execute(
            "UPDATE tickets_ticket SET due_at = %s, answer_due_at = %s, update_due_at = %s"
            " WHERE id = %s",
            [due_at, answer_due_at, update_due_at, ticket_id],
        )
