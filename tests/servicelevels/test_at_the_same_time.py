from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from verified import differences
from waiting import wait_until

from ansvar.conversations.facts import MessageSent
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.servicelevels.models import Timing
from ansvar.tickets.commands import assign_ticket
from tickets import a_ticket, a_workplace


@command
def send_by_itself(ticket_id: int) -> None:
    """Tell that a message went out, as what the desk says by itself does: without the ticket."""
    record(
        MessageSent(
            subject_id=ticket_id, message_id=1, author_id=None, channel="email", is_automatic=True
        ),
        by=SYSTEM,
    )


def in_a_thread(ticket_id: int) -> None:
    try:
        send_by_itself(ticket_id)
    finally:
        connection.close()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        # Unlike the activity of the server, locks are not shown as at the first look.
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_two_things_that_happen_at_once_are_both_in_the_story():
    place = a_workplace()
    ticket = a_ticket(place).pk
    with ThreadPoolExecutor(max_workers=1) as other:
        with transaction.atomic():
            assign_ticket(ticket, to=place.agent, by=place.by)
            sending = other.submit(in_a_thread, ticket)
            wait_until(lambda: sending.done() or somebody_waits())
            assert not sending.done()
        sending.result()
    told = [changes for _at, changes in Timing.objects.get(ticket=ticket).story]
    assert [min(changes) for changes in told[1:]] == ["person", "auto"]
    assert differences() == []
