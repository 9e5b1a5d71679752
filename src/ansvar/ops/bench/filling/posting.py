"""Mail of the told tickets: it comes in and goes out by the commands that do so every day."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from ansvar.conversations.commands import (
    Arrival,
    acknowledge,
    deliver_mail,
    keep_mails,
    read_inbound,
)
from ansvar.conversations.models import InboundMail, Mailbox, Message, OutboundMail
from ansvar.kernel import clock
from ansvar.ops.bench import cast
from ansvar.people.models import Person
from ansvar.people.queries import email_of

_LATER: Final = timedelta(seconds=3)
"""After the time to undo, until a worker has sent a mail."""


def write_in(mailbox: Mailbox, sender: Person, *, subject: str, text: str, name: str) -> int:
    """Let a mail come in and be read; returns the ticket that it came to."""
    return _take_in(mailbox, _letter(sender, subject=subject, text=text, name=name))


def answer(mailbox: Mailbox, sender: Person, ticket_id: int, *, text: str, name: str) -> int:
    """Let whoever asks answer the desk's latest mail; returns the ticket that it came to."""
    latest = Message.objects.filter(ticket=ticket_id, direction=Message.Direction.OUT).latest("pk")
    subject = f"Re: [{latest.ticket.reference}] {latest.subject}"
    letter = _letter(sender, subject=subject, text=text, name=name)
    letter["In-Reply-To"] = f"<{latest.message_id}>"
    return _take_in(mailbox, letter)


def deliver(message_id: int, at: datetime, *, undo: timedelta) -> datetime:
    """Let a message leave by mail, if it is to; returns when that was."""
    for outbound in OutboundMail.objects.filter(message=message_id):
        at = at + undo + _LATER
        with clock.at(at):
            deliver_mail(outbound.pk)
    return at


def say_that_it_came(ticket_id: int, *, key: str) -> Message | None:
    """Tell whoever wrote in the number of the ticket, as the desk does at once."""
    return acknowledge(ticket_id, key=key)


def _letter(sender: Person, *, subject: str, text: str, name: str) -> EmailMessage:
    letter = EmailMessage()
    letter["From"] = f"{sender.name} <{email_of(sender)}>"
    letter["To"] = cast.DESK_ADDRESS
    letter["Subject"] = subject
    letter["Date"] = format_datetime(clock.now())
    letter["Message-ID"] = f"<{name}.zqsaltqz@post.example>"
    letter.set_content(f"{text}\n")
    return letter


def _take_in(mailbox: Mailbox, letter: EmailMessage) -> int:
    keep_mails(mailbox.pk, [Arrival(raw=letter.as_bytes())])
    kept = InboundMail.objects.latest("pk")
    ticket_id = read_inbound(kept.pk, mailbox=mailbox).ticket_id
    if ticket_id is None:
        raise RuntimeError(f"A mail of the bench was not taken: {kept}")
    return ticket_id
