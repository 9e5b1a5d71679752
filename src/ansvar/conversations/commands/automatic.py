"""What the desk says by itself: that it has heard, that it is done, that it closed the matter."""

import contextlib
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import override

from ansvar.conversations.commands.holding_back import reason_to_hold_back
from ansvar.conversations.commands.sending import queue_mail
from ansvar.conversations.composing import html_of
from ansvar.conversations.facts import MessageSent, MessageStopped
from ansvar.conversations.models import InboundMail, Mailbox, Message, OutboundMail
from ansvar.conversations.promising import first_answer_by, moment_in_words, zone_of_reader
from ansvar.conversations.queries import mailbox_for
from ansvar.conversations.templates import as_words, filled, template_for
from ansvar.conversations.tokens import resolution_token
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.people.decisions import normalise_email
from ansvar.people.queries import email_of
from ansvar.tickets.decisions import State
from ansvar.tickets.models import Ticket


def acknowledge(ticket_id: int, *, key: str) -> Message | None:
    """Tell who opened a ticket by mail its number, what happens next, and by when.

    Lists, programs and noreply addresses are not answered. Twice with one *key*: silent.

    Records: MessageSent, or MessageStopped when it is better not sent.
    """
    ticket = _ticket(ticket_id)
    inbound = InboundMail.objects.filter(ticket=ticket).order_by("pk").first()
    if inbound is None or not inbound.is_answerable:
        return None
    # What was written is not repeated: in another's name somebody could send him what he likes.
    return say_automatically(ticket, "acknowledgement", key=key)


def send_resolution(ticket_id: int, *, key: str) -> Message | None:
    """Tell the requester what helped, with links to confirm it or to say that it did not help.

    A ticket that was taken up again meanwhile: silent.

    Records: MessageSent, or MessageStopped.
    """
    ticket = _ticket(ticket_id)
    if ticket.state != State.RESOLVED:
        return None
    link = resolution_link(ticket)
    more = {
        "resolution": _quoted(ticket.resolution),
        "confirm": f"{link}?answer=yes",
        "refuse": f"{link}?answer=no",
        "days": str(ticket.desk.quiet_days),
    }
    return say_automatically(ticket, "resolution", more, key=key)


def send_quiet_close(ticket_id: int, *, key: str) -> Message | None:
    """Tell the requester that the ticket was closed because nobody objected.

    Records: MessageSent, or MessageStopped.
    """
    ticket = _ticket(ticket_id)
    if ticket.state != State.CLOSED:
        return None
    return say_automatically(ticket, "quiet_close", key=key)


def resolution_link(ticket: Ticket) -> str:
    """Return the address of the page on which the requester answers a resolution."""
    token = resolution_token(ticket)
    return _address("resolution", f"/t/{token}/", token=token)


def portal_link(ticket: Ticket) -> str:
    """Return the address at which the requester follows a ticket."""
    path = f"/portal/tickets/{ticket.reference}/"
    return _address("portal-ticket", path, reference=ticket.reference)


@command
def say_automatically(
    ticket: Ticket, kind: str, more: Mapping[str, str] | None = None, *, key: str
) -> Message | None:
    """Write one of the mails of `templates.KINDS` to the requester, *more* filling its own places.

    Without a mailbox, or an address that is not a desk's: silent. Twice with one *key*: silent.

    Records: MessageSent, or MessageStopped when it is better not sent.
    """
    mailbox = mailbox_for(ticket)
    shown = email_of(ticket.requester)
    address = normalise_email(shown) if shown else ""
    if mailbox is None or not address or Mailbox.objects.filter(address__iexact=address).exists():
        return None
    text = words_of(ticket, kind, more or {})
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
    reason = reason_to_hold_back(address, ticket=ticket)
    if reason:
        _stop(message, mailbox, reason=reason)
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


def words_of(ticket: Ticket, kind: str, more: Mapping[str, str]) -> str:
    """Return what one of the mails of `templates.KINDS` says, in the ticket's language."""
    template = template_for(ticket.desk, kind, ticket.language)
    with override(template.language):
        promised, now, zone = first_answer_by(ticket), clock.now(), zone_of_reader(ticket)
        values = {
            "name": as_words(ticket.requester.name),
            "reference": ticket.reference,
            "subject": as_words(ticket.subject),
            "desk": ticket.desk.name,
            "link": portal_link(ticket),
            "by": moment_in_words(promised, now=now, zone=zone) if promised else "",
            **more,
        }
        return filled(template.text, values)


def _stop(message: Message, mailbox: Mailbox, *, reason: str) -> None:
    address = message.to[0]
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
    rows = Ticket.objects.select_related("desk__calendar", "requester__site__calendar")
    return rows.get(pk=ticket_id)


def _address(name: str, path: str, **arguments: str) -> str:
    # A process without pages knows no addresses, but where they are.
    with contextlib.suppress(NoReverseMatch):
        path = reverse(name, kwargs=arguments)
    return f"{settings.BASE_URL}{path}"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
