"""Mail that came back: the message, the address and the ticket it concerns."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from ansvar.conversations.commands.unreached import owe_again
from ansvar.conversations.facts import MessageDelayed, MessageFailed
from ansvar.conversations.models import OutboundMail
from ansvar.conversations.parsing import Incoming
from ansvar.conversations.parsing.bounces import Bounce, Reason
from ansvar.conversations.returning import in_words
from ansvar.kernel.actor import Actor
from ansvar.kernel.journal import record
from ansvar.people.commands import note_contact_point_fails, note_contact_point_works
from ansvar.tickets.models import Ticket

_ONE = 1


def note_bounces(ticket: Ticket, mail: Incoming, *, by: Actor) -> None:
    """Note on a locked ticket of which recipients a mail says that a message did not reach them.

    Only a report that names the Message-ID of one of our mails is heeded: nobody else knows it, so
    nobody else can make an address look dead.

    Records: MessageFailed, MessageDelayed; ContactPointFailing, ContactPointRecovered.
    """
    for bounce in mail.bounces:
        outbound = _returned(ticket, mail, bounce)
        if outbound is None:
            continue
        recipient = _recipient(outbound, bounce)
        if bounce.reason is Reason.DELIVERED:
            note_contact_point_works(recipient, by=by)
        elif bounce.has_failed:
            _note_failure(outbound, bounce, recipient, by=by)
        elif bounce.action == "delayed":
            _note_delay(outbound, bounce, recipient, by=by)


def _returned(ticket: Ticket, mail: Incoming, bounce: Bounce) -> OutboundMail | None:
    """Return our mail that a report is about, by the ids that it brings back."""
    ids = [one for one in (bounce.message_id, *mail.references) if one]
    rows = OutboundMail.objects.select_for_update(of=("self",)).select_related("message__ticket")
    found = rows.filter(message__ticket=ticket, message__message_id__in=ids)
    by_id = {outbound.message.message_id: outbound for outbound in found}
    return next((by_id[one] for one in ids if one in by_id), None)


def _recipient(outbound: OutboundMail, bounce: Bounce) -> str:
    """Return the address that we wrote to; a report may name one that it was forwarded to."""
    ours: Sequence[str] = [*outbound.message.to, *outbound.message.cc]
    if bounce.recipient in ours:
        return bounce.recipient
    return ours[0] if len(ours) == _ONE else bounce.recipient or outbound.recipient


def _note_failure(outbound: OutboundMail, bounce: Bounce, recipient: str, *, by: Actor) -> None:
    words = in_words(bounce)
    if bounce.recipient and bounce.recipient != recipient:
        words = _("{address} passes mail on to {other}. {why}").format(
            address=recipient, other=bounce.recipient, why=words
        )
    is_known = outbound.state == OutboundMail.State.FAILED and words in outbound.error
    message = outbound.message
    is_main = recipient in message.to or recipient not in message.cc
    if is_main:
        outbound.state = OutboundMail.State.FAILED
    outbound.error = words if is_main else f"{recipient}: {words}"
    outbound.error = outbound.error[:500]
    outbound.save(update_fields=["state", "error"])
    if bounce.hard and recipient in {*message.to, *message.cc}:
        note_contact_point_fails(recipient, failure=words, by=by)
    if is_known:
        return
    record(
        MessageFailed(
            subject_id=message.ticket_id, message_id=message.pk, recipient=recipient, error=words
        ),
        by=by,
    )
    if is_main:
        owe_again(message, by=by)


def _note_delay(outbound: OutboundMail, bounce: Bounce, recipient: str, *, by: Actor) -> None:
    words = in_words(bounce)
    if outbound.state == OutboundMail.State.SENT:
        outbound.error = _("Not there yet: {why}").format(why=words)[:500]
        outbound.save(update_fields=["error"])
    record(
        MessageDelayed(
            subject_id=outbound.message.ticket_id,
            message_id=outbound.message_id,
            recipient=recipient,
            reason=words,
        ),
        by=by,
    )
