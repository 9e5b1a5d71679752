"""Mails of long ago become words on a ticket: nobody is told, nothing is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ansvar.conversations.commands.joining import message_of
from ansvar.conversations.decisions import Step
from ansvar.conversations.facts import MessageReceived, MessageSent
from ansvar.conversations.models import Attachment, InboundMail, Mailbox, Message
from ansvar.conversations.parsing import Incoming
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.people.models import Person
from ansvar.tickets.models import Ticket


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """A file of a mail that lies in the content store already."""

    name: str
    media_type: str
    sha256: str
    size: int
    content_id: str = ""


@dataclass(frozen=True, kw_only=True)
class OldMail:
    """A mail that was received or sent before Ansvar was there; the content store holds it."""

    mail: Incoming
    sha256: str
    size: int
    said_at: datetime
    is_out: bool
    author: Person | None
    files: Sequence[KeptFile] = ()


@command
def retell_mail(
    ticket: Ticket, old: OldMail, *, mailbox: Mailbox | None, why: str, by: Actor
) -> Message:
    """Add an old mail to a ticket, at the moment at which it was said.

    With a *mailbox* it is known there too, so that the same mail is not taken for a new one when
    it is fetched, and can be looked at as it came. *why* says how it got there.

    Records: MessageReceived or MessageSent.
    """
    mail = old.mail
    message = message_of(
        mail,
        ticket=ticket,
        direction=Message.Direction.OUT if old.is_out else Message.Direction.IN,
        author=old.author,
        inbound=_inbound(ticket, old, mailbox=mailbox, why=why),
        said_at=old.said_at,
    )
    Attachment.objects.bulk_create(
        Attachment(
            message=message,
            name=file.name[:250] or "file",
            media_type=file.media_type[:120] or "application/octet-stream",
            size=file.size,
            sha256=file.sha256,
            content_id=file.content_id[:250],
        )
        for file in old.files
    )
    fact = MessageSent if old.is_out else MessageReceived
    author = old.author
    record(
        fact(
            subject_id=ticket.pk,
            message_id=message.pk,
            author_id=author.pk if author else None,
            channel="email",
            is_automatic=mail.nature.is_automatic,
        ),
        by=by if author is None else Actor.person(author.pk, author.name),
    )
    return message


def _inbound(
    ticket: Ticket, old: OldMail, *, mailbox: Mailbox | None, why: str
) -> InboundMail | None:
    if mailbox is None:
        return None
    mail = old.mail
    return InboundMail.objects.create(
        mailbox=mailbox,
        sha256=old.sha256,
        size=old.size,
        state=InboundMail.State.TAKEN,
        reason=why[:500],
        decision=Step.ANSWER if old.is_out else Step.JOIN,
        kind=mail.nature.kind if mail.nature.is_automatic else "",
        readings=1,
        sender=mail.sender.address if mail.sender else "",
        subject=mail.subject,
        message_id=mail.message_id,
        fingerprint=mail.fingerprint,
        is_answerable=False,
        arrived_at=old.said_at,
        received_at=old.said_at,
        ticket=ticket,
    )
