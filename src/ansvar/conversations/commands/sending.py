"""The way out: each mail is handed to the server once, as far as SMTP can promise it."""

import secrets
import smtplib
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from ansvar.conversations import store, transport
from ansvar.conversations.composing import Outgoing, OutgoingFile, as_bytes, kept_references
from ansvar.conversations.facts import MessageDelivered, MessageFailed
from ansvar.conversations.models import Attachment, Mailbox, Message, OutboundMail
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM, Actor
from ansvar.kernel.journal import record
from ansvar.kernel.work import tasks
from ansvar.tickets.commands.locking import tell_pages

ATTEMPTS = 14
"""With doubling pauses: about nine hours, longer than a mail server's bad night."""
_PERMANENT = 500
_TO_BE_SENT = (OutboundMail.State.QUEUED, OutboundMail.State.FAILED)


class MailRefused(Exception):
    """The server will never take this mail; trying again is of no use."""


class MailNotTaken(Exception):
    """The server did not take the mail this time."""


def queue_mail(message: Message, *, mailbox: Mailbox, pause: timedelta) -> OutboundMail:
    """Queue the mail of a message in the caller's transaction, to leave after *pause*.

    Its Message-ID is made now, so that a second try is known as the same mail.
    """
    earlier = _ids_of_ticket(message)
    outbound = OutboundMail.objects.create(
        message=message,
        mailbox=mailbox,
        recipient=message.to[0].lower(),
        in_reply_to=earlier[-1] if earlier else "",
        references=" ".join(kept_references(earlier)),
        send_after=message.said_at + pause,
    )
    domain = mailbox.address.rpartition("@")[2]
    message.message_id = f"ansvar.{outbound.pk}.{secrets.token_hex(8)}@{domain}"
    message.save(update_fields=["message_id"])
    send = tasks["conversations.send_mail"]
    if pause:
        send.later_in(pause, outbound_id=outbound.pk)
    else:
        send.later(outbound_id=outbound.pk)
    return outbound


def deliver_mail(outbound_id: int) -> None:
    """Hand a mail to the server. Sent already, taken back or held back: silent.

    The row is locked meanwhile, so that two workers cannot send it. A crash between the server's
    yes and the commit sends it again with the same Message-ID, which mail clients show once.

    Raises: MailRefused; MailNotTaken, to be tried again.
    Records: MessageDelivered; MessageFailed when no further try follows.
    """
    try:
        with transaction.atomic():
            _deliver(outbound_id)
    except MailRefused as refused:
        _note_failure(outbound_id, error=str(refused), is_final=True)
        raise
    except MailNotTaken as not_taken:
        _note_failure(outbound_id, error=str(not_taken), is_final=False)
        raise


def _deliver(outbound_id: int) -> None:
    rows = OutboundMail.objects.select_for_update(of=("self",))
    outbound = rows.select_related("message__ticket__desk", "mailbox").get(pk=outbound_id)
    if outbound.state not in _TO_BE_SENT:
        return
    rest = outbound.send_after - clock.now()
    if rest > timedelta():
        # Clocks of two machines may differ; the author was promised this time.
        tasks["conversations.send_mail"].later_in(rest, outbound_id=outbound.pk)
        return
    message = outbound.message
    raw = as_bytes(_outgoing(outbound))
    refused = _hand_over(outbound.mailbox, [*message.to, *message.cc], raw)
    outbound.state, outbound.sent_at = OutboundMail.State.SENT, clock.now()
    outbound.attempts += 1
    outbound.error = _("Not taken: {addresses}").format(addresses=", ".join(refused)) * bool(
        refused
    )
    outbound.save(update_fields=["state", "sent_at", "attempts", "error"])
    record(
        MessageDelivered(
            subject_id=message.ticket_id,
            message_id=message.pk,
            recipient=outbound.recipient,
            refused=refused,
        ),
        by=_sender(outbound.mailbox),
    )
    tell_pages(message.ticket)


def _outgoing(outbound: OutboundMail) -> Outgoing:
    message, ticket, mailbox = outbound.message, outbound.message.ticket, outbound.mailbox
    answer = "Re: " if outbound.in_reply_to else ""
    subject = f"{answer}[{ticket.reference}] {ticket.subject}"
    with override(ticket.language):
        foot = _("{desk} · your ticket {reference}").format(
            desk=ticket.desk.name, reference=ticket.reference
        )
    return Outgoing(
        sender_name=mailbox.display_name or ticket.desk.name,
        sender=mailbox.address,
        to=message.to,
        cc=message.cc,
        subject=subject,
        text=message.text,
        foot=foot,
        language=ticket.language,
        message_id=message.message_id,
        in_reply_to=outbound.in_reply_to,
        references=outbound.references.split(),
        written_at=message.said_at,
        is_automatic=message.is_automatic,
        files=[
            OutgoingFile(
                name=file.name, media_type=file.media_type, content=store.read(file.sha256)
            )
            for file in message.attachments.all()
        ],
    )


def _outgoing_file(file: Attachment) -> OutgoingFile:
    content = store.read(file.sha256)
    return OutgoingFile(name=file.name, media_type=file.media_type, content=content)


def _hand_over(mailbox: Mailbox, recipients: list[str], raw: bytes) -> list[str]:
    """Give the mail to the server and return the addresses it did not take.

    Raises: MailRefused; MailNotTaken.
    """
    where = f"{mailbox.smtp_host}:{mailbox.smtp_port}"
    plain = all(address.isascii() for address in recipients)
    options = [] if plain else ["SMTPUTF8"]
    try:
        with transport.smtp(mailbox) as server:
            refused = server.sendmail(mailbox.address, recipients, raw, mail_options=options)
    except smtplib.SMTPAuthenticationError as error:
        # An administrator can mend this, so it is worth another try.
        raise MailNotTaken(transport.in_words(error, where)) from error
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _said in error.recipients.values()]
        words = "; ".join(
            f"{address}: {said.decode('utf-8', 'replace')}"
            for address, (_code, said) in error.recipients.items()
        )
        raise (MailRefused if min(codes) >= _PERMANENT else MailNotTaken)(words) from error
    except smtplib.SMTPResponseException as error:
        words = transport.in_words(error, where)
        is_final = error.smtp_code >= _PERMANENT
        raise (MailRefused if is_final else MailNotTaken)(words) from error
    except transport.ERRORS as error:
        raise MailNotTaken(transport.in_words(error, where)) from error
    return sorted(refused)


@transaction.atomic
def _note_failure(outbound_id: int, *, error: str, is_final: bool) -> None:
    rows = OutboundMail.objects.select_for_update(of=("self",))
    outbound = rows.select_related("message__ticket", "mailbox").get(pk=outbound_id)
    if outbound.state not in _TO_BE_SENT:
        return
    was_failed = outbound.state == OutboundMail.State.FAILED
    outbound.attempts += 1
    outbound.error = error[:500]
    if is_final or outbound.attempts >= ATTEMPTS:
        outbound.state = OutboundMail.State.FAILED
    outbound.save(update_fields=["attempts", "error", "state"])
    if outbound.state == OutboundMail.State.FAILED and not was_failed:
        record(
            MessageFailed(
                subject_id=outbound.message.ticket_id,
                message_id=outbound.message_id,
                recipient=outbound.recipient,
                error=outbound.error,
            ),
            by=SYSTEM,
        )
    tell_pages(outbound.message.ticket)


def _ids_of_ticket(message: Message) -> list[str]:
    """Return the ids of the ticket's mails so far, the oldest first."""
    rows = Message.objects.filter(ticket_id=message.ticket_id).exclude(pk=message.pk)
    gone = (OutboundMail.State.RECALLED, OutboundMail.State.STOPPED)
    rows = rows.exclude(message_id="").exclude(outbound__state__in=gone)
    return list(rows.order_by("said_at", "pk").values_list("message_id", flat=True))


def _sender(mailbox: Mailbox) -> Actor:
    return Actor.integration(mailbox.address, mailbox.pk)
