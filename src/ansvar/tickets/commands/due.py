"""By when something of a ticket is due: worked out above, kept here so that lists follow it."""

from datetime import datetime

from django.db import connection


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
    with connection.cursor() as cursor:
        # Composed once: it runs with nearly every command on a ticket.
        cursor.execute(
            "UPDATE tickets_ticket SET due_at = %s, answer_due_at = %s, update_due_at = %s"
            " WHERE id = %s",
            [due_at, answer_due_at, update_due_at, ticket_id],
        )
