"""What people of the desk and requesters say by hand."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any

from django.utils.translation import gettext as _

from ansvar.conversations import store
from ansvar.conversations.commands.guarding import let_pass
from ansvar.conversations.commands.sending import queue_mail
from ansvar.conversations.composing import html_of
from ansvar.conversations.facts import (
    MessageRecalled,
    MessageReceived,
    MessageSent,
    MessageSentAgain,
)
from ansvar.conversations.models import Attachment, InboundMail, Message, OutboundMail
from ansvar.conversations.parsing.headers import clean
from ansvar.conversations.queries import mailbox_for, unanswered_without
from ansvar.kernel import clock, prepared
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal
from ansvar.kernel.rights import require
from ansvar.kernel.work import run_failed_again, tasks
from ansvar.people.decisions import normalise_email
from ansvar.people.queries import email_of
from ansvar.tickets.commands import (
    desk_answered,
    discard_draft,
    refuse_resolution,
    reopen_ticket,
    requester_spoke,
    save_draft,
)
from ansvar.tickets.models import Ticket

_LONGEST_REASON = 200


class NothingSaid(Refusal):
    """A message needs words or a file."""


class TooLate(Refusal):
    """The message has been sent: it cannot be taken back any more."""

    status = 409


class NothingToSend(Refusal):
    """The message did not fail, so there is nothing to try again."""

    status = 409


class TicketClosed(Refusal):
    """The ticket was closed too long ago to be taken up by a message."""

    status = 409


@dataclass(frozen=True, kw_only=True)
class NewFile:
    """A file that somebody adds to a message."""

    name: str
    media_type: str
    content: bytes | IO[bytes]
    content_id: str = ""
    is_signature: bool = False
    """It is what a signed mail is signed with: kept, but nothing to read."""

    def pieces(self) -> Iterator[bytes]:
        """Yield the content piece by piece; a stream stands at its beginning afterwards."""
        if isinstance(self.content, bytes):
            yield self.content
            return
        self.content.seek(0)
        try:
            while piece := self.content.read(store.CHUNK):
                yield piece
        finally:
            self.content.seek(0)


@command
def write_reply(
    ticket_id: int,
    *,
    text: str,
    to: Sequence[str] | None = None,
    cc: Sequence[str] | None = None,
    attachments: Iterable[NewFile] = (),
    keeps_draft: bool = False,
    by: Actor,
) -> Message:
    """Write to the people of a ticket; a mail goes out when the time to undo has passed.

    *text* is Markdown. Without *to* it goes to the requester, without *cc* to the participants.
    The author's draft is done with, unless *keeps_draft*, since the words are others.
    When the desk has no mailbox, or the requester no address, the portal alone shows it.

    Raises: NotPermitted; NothingSaid; BadAddress.
    Records: MessageSent.
    """
    ticket = _locked(ticket_id)
    require(by, "ticket.reply", ticket)
    words, files = _said(text, attachments)
    recipients = [normalise_email(one) for one in (_recipients(ticket) if to is None else to)]
    copies = {normalise_email(one) for one in (_participants(ticket) if cc is None else cc)}
    mailbox = mailbox_for(ticket) if recipients else None
    message = Message.objects.create(
        ticket=ticket,
        direction=Message.Direction.OUT,
        channel="email" if mailbox else "portal",
        author_id=by.person_id,
        subject=ticket.subject,
        to=recipients,
        cc=sorted(copies - set(recipients)),
        text=words,
        html=html_of(words),
        said_at=clock.now(),
    )
    keep_files(message, files)
    if mailbox is not None:
        pause = timedelta(seconds=ticket.desk.undo_seconds)
        queue_mail(message, mailbox=mailbox, pause=pause)
    record(
        MessageSent(
            subject_id=ticket.pk,
            message_id=message.pk,
            author_id=by.person_id,
            channel=message.channel,
        ),
        by=by,
    )
    desk_answered(ticket.pk, by=by)
    if by.person_id is not None and not keeps_draft:
        discard_draft(person_id=by.person_id, place=reply_draft(ticket.pk))
    return message


@command
def post_message(
    ticket_id: int,
    *,
    text: str,
    attachments: Iterable[NewFile] = (),
    channel: str = "portal",
    by: Actor,
) -> Message:
    """Say something on one's own ticket; words on a resolved ticket take it up again.

    Raises: NotPermitted; NothingSaid; TicketClosed.
    Records: MessageReceived, TicketReopened.
    """
    ticket = _locked(ticket_id)
    require(by, "ticket.speak", ticket)
    words, files = _said(text, attachments)
    if not ticket.may_be_taken_up(clock.now()):
        raise TicketClosed(
            _("{reference} was closed some time ago. Report it anew, and name this number.").format(
                reference=ticket.reference
            )
        )
    message = Message.objects.create(
        ticket=ticket,
        direction=Message.Direction.IN,
        channel=channel,
        author_id=by.person_id,
        subject=ticket.subject,
        text=words,
        said_at=clock.now(),
    )
    keep_files(message, files)
    record(
        MessageReceived(
            subject_id=ticket.pk, message_id=message.pk, author_id=by.person_id, channel=channel
        ),
        by=by,
    )
    if not ticket.is_open:
        reopen_for(ticket, message, by=by, through=Actor.integration(channel))
    requester_spoke(ticket.pk, at=message.said_at, by=by)
    return message


@command
def recall_message(message_id: int, *, by: Actor) -> Message:
    """Take a message back before it is sent; its words go back into the author's draft.

    Raises: NotPermitted; TooLate.
    Records: MessageRecalled.
    """
    message = Message.objects.select_related("ticket").get(pk=message_id)
    require(by, "ticket.reply", message.ticket)
    outbound = OutboundMail.objects.select_for_update().filter(message=message).first()
    if outbound is None or outbound.state != OutboundMail.State.QUEUED or outbound.attempts:
        raise TooLate(_("This message is on its way already: it cannot be taken back any more."))
    outbound.state = OutboundMail.State.RECALLED
    outbound.save(update_fields=["state"])
    record(MessageRecalled(subject_id=message.ticket_id, message_id=message.pk), by=by)
    if message.author_id is not None:
        place = reply_draft(message.ticket_id)
        save_draft(person_id=message.author_id, place=place, text=message.text)
    unanswered = unanswered_without(message)
    if unanswered is not None:
        requester_spoke(message.ticket_id, at=unanswered.said_at, by=by)
    return message


@command
def send_again(message_id: int, *, by: Actor) -> Message:
    """Try once more to send a message that could not be sent; the failed work on it is settled.

    Raises: NotPermitted; NothingToSend.
    Records: MessageSentAgain.
    """
    message = Message.objects.select_related("ticket").get(pk=message_id)
    require(by, "ticket.reply", message.ticket)
    outbound = OutboundMail.objects.select_for_update().filter(message=message).first()
    if outbound is None or outbound.state != OutboundMail.State.FAILED:
        raise NothingToSend(_("This message was sent, or is on its way: look again in a moment."))
    outbound.state, outbound.attempts, outbound.sent_at = OutboundMail.State.QUEUED, 0, None
    outbound.save(update_fields=["state", "attempts", "sent_at"])
    arguments = {"outbound_id": outbound.pk}
    if not run_failed_again("conversations.send_mail", arguments):
        tasks["conversations.send_mail"].later(**arguments)
    record(MessageSentAgain(subject_id=message.ticket_id, message_id=message.pk), by=by)
    desk_answered(message.ticket_id, by=by)
    return message


def reply_draft(ticket_id: int) -> str:
    """Return where the words of an unsent reply are kept."""
    return f"ticket:{ticket_id}:reply"


def keep_files(message: Message, files: Iterable[NewFile]) -> None:
    """Put files into the content store and name them on the message.

    Raises: VirusFound.
    """
    rows = [Attachment(message=message, **one) for one in stored_files(files, message.inbound)]
    if rows:
        prepared.insert_all(rows)


def stored_files(files: Iterable[NewFile], inbound: InboundMail | None) -> list[dict[str, Any]]:
    """Put files into the content store and return the fields of the rows that name them.

    *inbound* is the mail they came with, if they came with one.

    Raises: VirusFound.
    """
    kept = list(files)
    if not kept:
        return []
    scanned = [let_pass(inbound, file.name, file.pieces()) for file in kept]
    return [
        {
            "name": file.name[:250] or "file",
            "media_type": file.media_type[:120] or "application/octet-stream",
            "size": stored.size,
            "sha256": stored.sha256,
            "content_id": file.content_id[:250],
            "is_signature": file.is_signature,
            "scan": verdict.verdict if verdict else "",
            "signature": verdict.signature if verdict else "",
        }
        for file, stored, verdict in zip(kept, _stored(kept), scanned, strict=True)
    ]


def _stored(files: Sequence[NewFile]) -> list[store.Stored]:
    """Put files into the content store, those that lie in memory all at once."""
    if all(isinstance(file.content, bytes) for file in files):
        return store.put_many([file.content for file in files if isinstance(file.content, bytes)])
    return [store.put(file.content) for file in files]


def reopen_for(ticket: Ticket, message: Message, *, by: Actor, through: Actor) -> None:
    """Take a resolved or closed ticket up again because of new words.

    A participant has no say in whether it is mended, but his words must not be lost: then the
    channel reopens it.
    """
    reason = " ".join(message.text.split())[:_LONGEST_REASON] or message.subject or "…"
    if by.person_id in {ticket.requester_id, ticket.reporter_id}:
        refuse_resolution(ticket.pk, reason=reason, by=by)
    else:
        reopen_ticket(ticket.pk, reason=reason, by=through)


def _locked(ticket_id: int) -> Ticket:
    rows = Ticket.objects.select_for_update(of=("self",)).select_related("desk", "requester")
    return rows.get(pk=ticket_id)


def _said(text: str, attachments: Iterable[NewFile]) -> tuple[str, list[NewFile]]:
    words, files = clean(text).strip(), list(attachments)
    if not words and not files:
        raise NothingSaid(_("Write a few words, or add a file."))
    return words, files


def _recipients(ticket: Ticket) -> list[str]:
    address = email_of(ticket.requester)
    return [address] if address else []


def _participants(ticket: Ticket) -> list[str]:
    rows = ticket.participants.select_related("person").prefetch_related("person__contact_points")
    addresses = [email_of(row.person) for row in rows if row.person.is_active]
    return [address for address in addresses if address]
