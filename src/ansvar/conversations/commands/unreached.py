"""What follows when a message did not reach somebody."""

import re
from collections.abc import Iterable
from datetime import timedelta

from ansvar.conversations.commands.handing_over import RefusedAddress
from ansvar.conversations.models import Message, OutboundMail
from ansvar.conversations.queries import unanswered_without
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.work import tasks
from ansvar.people.commands import note_contact_point_fails, note_contact_point_works
from ansvar.people.models import ContactPoint
from ansvar.people.queries import failing_emails
from ansvar.tickets.commands import requester_spoke

BOUNCES_WITHIN = timedelta(days=1)
"""Servers that know an address to be wrong say so within minutes; a day is ample."""
_NO_SUCH_ADDRESS = re.compile(r"\b5\.1\.(?:1|2|3|6|10)\b")
"""RFC 3463 and 7505: the address itself is of no use; other refusals are about the mail."""


def note_refused_addresses(refused: Iterable[RefusedAddress], *, by: Actor) -> None:
    """Mark the addresses of which the server said that they do not exist.

    Records: ContactPointFailing.
    """
    for one in refused:
        if _NO_SUCH_ADDRESS.search(one.words):
            note_contact_point_fails(one.address.lower(), failure=one.words, by=by)


def owe_again(message: Message, *, by: Actor) -> None:
    """Let the ticket wait for the desk: an answer that did not arrive is none.

    Records: WaitingEnded when the ticket waited for the requester.
    """
    if message.is_automatic or not message.ticket.is_open:
        return
    unanswered = unanswered_without(message)
    since = unanswered.said_at if unanswered else clock.now()
    why = "the message did not arrive"
    requester_spoke(message.ticket_id, at=since, by=by, why=why)


def watch_arrival(outbound: OutboundMail) -> None:
    """Look again after a day at a mail to an address that failed: silence means it arrived."""
    if failing_emails([outbound.recipient]):
        later = tasks["conversations.look_for_arrival"]
        later.later_in(BOUNCES_WITHIN, outbound_id=outbound.pk)


@command
def note_arrival(outbound_id: int, *, by: Actor) -> None:
    """Take a mail that did not come back as arrived; its address works again.

    Records: ContactPointRecovered.
    """
    outbound = OutboundMail.objects.get(pk=outbound_id)
    if outbound.state != OutboundMail.State.SENT or outbound.sent_at is None:
        return
    failed_since = ContactPoint.objects.filter(
        channel="email", normalised=outbound.recipient, failing_since__gt=outbound.sent_at
    )
    if not failed_since.exists():
        note_contact_point_works(outbound.recipient, by=by)
