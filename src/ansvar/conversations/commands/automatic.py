"""What the desk says by itself: that it has heard, that it is done, that it closed the matter."""

from datetime import timedelta

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from ansvar.conversations.commands.sending import queue_mail
from ansvar.conversations.composing import html_of
from ansvar.conversations.decisions import AUTOMATIC_PER_HOUR
from ansvar.conversations.facts import MessageSent, MessageStopped
from ansvar.conversations.models import InboundMail, Mailbox, Message, OutboundMail
from ansvar.conversations.queries import mailbox_for
from ansvar.conversations.tokens import resolution_token
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.people.queries import email_of
from ansvar.tickets.decisions import State
from ansvar.tickets.models import Ticket

_HOUR = timedelta(hours=1)


def acknowledge(ticket_id: int, *, key: str) -> Message | None:
    """Tell who opened a ticket by mail its number and what happens next.

    Lists, programs and noreply addresses are not answered. Twice with one *key*: silent.

    Records: MessageSent, or MessageStopped when a loop is feared.
    """
    ticket = _ticket(ticket_id)
    inbound = InboundMail.objects.filter(ticket=ticket).order_by("pk").first()
    if inbound is None or not inbound.is_answerable:
        return None
    with override(ticket.language):
        text = _(
            "Hello {name},\n\n"
            "thank you for your message. It has the number **{reference}** with us now.\n\n"
            "What happens next: somebody of {desk} reads it, finds out how many people it hinders, "
            "and answers you in this conversation. To add something, just answer this mail."
        )
        words = text.format(
            name=ticket.requester.name, reference=ticket.reference, desk=ticket.desk.name
        )
    return _say(ticket, words, key=key)


def send_resolution(ticket_id: int, *, key: str) -> Message | None:
    """Tell the requester what helped, with links to confirm it or to say that it did not help.

    A ticket that was taken up again meanwhile: silent.

    Records: MessageSent, or MessageStopped.
    """
    ticket = _ticket(ticket_id)
    if ticket.state != State.RESOLVED:
        return None
    link = resolution_link(ticket)
    with override(ticket.language):
        text = _(
            "Hello {name},\n\n"
            "we believe that {reference}, “{subject}”, is solved:\n\n"
            "{resolution}\n\n"
            "- It works: [confirm]({confirm})\n"
            "- It does not work: [tell us]({refuse}), or answer this mail\n\n"
            "If we hear nothing within {days} days, the ticket is closed."
        )
        words = text.format(
            name=ticket.requester.name,
            reference=ticket.reference,
            subject=ticket.subject,
            resolution=_quoted(ticket.resolution),
            confirm=f"{link}?answer=yes",
            refuse=f"{link}?answer=no",
            days=ticket.desk.quiet_days,
        )
    return _say(ticket, words, key=key)


def send_quiet_close(ticket_id: int, *, key: str) -> Message | None:
    """Tell the requester that the ticket was closed because nobody objected.

    Records: MessageSent, or MessageStopped.
    """
    ticket = _ticket(ticket_id)
    if ticket.state != State.CLOSED:
        return None
    with override(ticket.language):
        text = _(
            "Hello {name},\n\n"
            "nobody objected, so {reference}, “{subject}”, is closed now.\n\n"
            "If it troubles you again, answer this mail: we take it up where it was left."
        )
        words = text.format(
            name=ticket.requester.name, reference=ticket.reference, subject=ticket.subject
        )
    return _say(ticket, words, key=key)


def resolution_link(ticket: Ticket) -> str:
    """Return the address of the page on which the requester answers a resolution."""
    token = resolution_token(ticket)
    try:
        path = reverse("resolution", kwargs={"token": token})
    except NoReverseMatch:
        path = f"/t/{token}/"
    return f"{settings.BASE_URL}{path}"


@command
def _say(ticket: Ticket, text: str, *, key: str) -> Message | None:
    mailbox = mailbox_for(ticket)
    address = email_of(ticket.requester).lower()
    if mailbox is None or not address or Mailbox.objects.filter(address__iexact=address).exists():
        return None
    message, is_new = Message.objects.get_or_create(
        key=key,
        defaults={
            "ticket": ticket,
            "direction": Message.Direction.OUT,
            "channel": "email",
            "is_automatic": True,
            "subject": ticket.subject,
            "to": [address],
            "text": text,
            "html": html_of(text),
            "said_at": clock.now(),
        },
    )
    if not is_new:
        return message
    recent = OutboundMail.objects.filter(
        recipient=address, message__is_automatic=True, send_after__gt=clock.now() - _HOUR
    ).exclude(state=OutboundMail.State.STOPPED)
    if recent.count() >= AUTOMATIC_PER_HOUR:
        _stop(message, mailbox, address)
        return message
    queue_mail(message, mailbox=mailbox, pause=timedelta())
    record(
        MessageSent(
            subject_id=ticket.pk,
            message_id=message.pk,
            author_id=None,
            channel="email",
            is_automatic=True,
        ),
        by=SYSTEM,
    )
    return message


def _stop(message: Message, mailbox: Mailbox, address: str) -> None:
    reason = _("{count} automatic mails went to {address} within an hour already.").format(
        count=AUTOMATIC_PER_HOUR, address=address
    )
    OutboundMail.objects.create(
        message=message,
        mailbox=mailbox,
        recipient=address,
        state=OutboundMail.State.STOPPED,
        send_after=clock.now(),
        error=reason[:500],
    )
    record(
        MessageStopped(
            subject_id=message.ticket_id, message_id=message.pk, recipient=address, reason=reason
        ),
        by=SYSTEM,
    )


def _ticket(ticket_id: int) -> Ticket:
    return Ticket.objects.select_related("desk", "requester").get(pk=ticket_id)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
