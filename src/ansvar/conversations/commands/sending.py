"""The way out: each mail is handed to the server once, as far as SMTP can promise it."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from ansvar.conversations import store
from ansvar.conversations.commands.handing_over import (
    MailNotTaken,
    MailRefused,
    RefusedAddress,
    hand_over,
    pause_before_sending,
)
from ansvar.conversations.commands.unreached import (
    note_refused_addresses,
    owe_again,
    watch_arrival,
)
from ansvar.conversations.composing import Outgoing, OutgoingFile, Said, as_bytes, kept_references
from ansvar.conversations.facts import MessageDelivered, MessageFailed
from ansvar.conversations.models import OUR_IDS, Mailbox, Message, OutboundMail
from ansvar.conversations.promising import zone_of_reader
from ansvar.conversations.queries import messages_for_requester
from ansvar.conversations.tokens import answer_address
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM, Actor
from ansvar.kernel.journal import record
from ansvar.kernel.work import tasks
from ansvar.people.models import Person
from ansvar.tickets.commands.locking import tell_pages
from ansvar.tickets.models import Ticket
from ansvar.tickets.relations import is_party

ATTEMPTS = 14
"""With doubling pauses: about nine hours, longer than a mail server's bad night."""
REPEATED = 5
"""Earlier messages under a mail with a reply line."""
LONGEST_REPEATED = 3_000
"""Characters of each of them."""
_TO_BE_SENT = (OutboundMail.State.QUEUED, OutboundMail.State.FAILED)

__all__ = ["MailNotTaken", "MailRefused", "deliver_mail", "queue_mail"]


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
    message.message_id = f"{OUR_IDS}{outbound.pk}.{secrets.token_hex(8)}@{domain}"
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

    Raises: MailRefused; MailNotTaken or ContentAway, to be tried again.
    Records: MessageDelivered; MessageFailed when no further try follows.
    """
    try:
        with transaction.atomic():
            _deliver(outbound_id)
    except MailRefused as refused:
        _note_failure(outbound_id, error=str(refused), is_final=True, refused=refused.refused)
        raise
    except (MailNotTaken, store.ContentAway) as not_taken:
        _note_failure(outbound_id, error=str(not_taken), is_final=False)
        raise


def _deliver(outbound_id: int) -> None:
    rows = OutboundMail.objects.select_for_update(of=("self",))
    outbound = rows.select_related(
        "message__ticket__desk__calendar", "message__ticket__requester__site__calendar", "mailbox"
    ).get(pk=outbound_id)
    if outbound.state not in _TO_BE_SENT:
        return
    pause = outbound.send_after - clock.now()
    if pause <= timedelta():
        # The author was promised the first time; clocks of two machines may differ.
        pause = pause_before_sending(outbound.mailbox, ahead=_ahead_of(outbound))
    if pause > timedelta():
        tasks["conversations.send_mail"].later_in(pause, outbound_id=outbound.pk)
        return
    message = outbound.message
    mail = _outgoing(outbound)
    refused = hand_over(
        outbound.mailbox,
        [*message.to, *message.cc],
        as_bytes(mail),
        needs_utf8=mail.needs_utf8,
    )
    _note_sent(outbound, refused)


def _note_sent(outbound: OutboundMail, refused: list[RefusedAddress]) -> None:
    message, by = outbound.message, _sender(outbound.mailbox)
    outbound.state, outbound.sent_at = OutboundMail.State.SENT, clock.now()
    outbound.attempts += 1
    outbound.error = ""
    if refused:
        words = "; ".join(f"{one.address}: {one.words}" for one in refused)
        outbound.error = _("Not taken: {addresses}").format(addresses=words)[:500]
    outbound.save(update_fields=["state", "sent_at", "attempts", "error"])
    record(
        MessageDelivered(
            subject_id=message.ticket_id,
            message_id=message.pk,
            recipient=outbound.recipient,
            refused=[one.address for one in refused],
        ),
        by=by,
    )
    note_refused_addresses(refused, by=by)
    watch_arrival(outbound)
    tell_pages(message.ticket)


def _ahead_of(outbound: OutboundMail) -> int:
    """Return how many mails of the mailbox have waited longer; asked only where it counts."""
    if not outbound.mailbox.sends_per_minute:
        return 0
    waiting = OutboundMail.objects.filter(
        state=OutboundMail.State.QUEUED, send_after__lte=clock.now(), mailbox=outbound.mailbox_id
    )
    return waiting.filter(pk__lt=outbound.pk).count()


def _outgoing(outbound: OutboundMail) -> Outgoing:
    message, ticket, mailbox = outbound.message, outbound.message.ticket, outbound.mailbox
    answer = "Re: " if outbound.in_reply_to else ""
    with override(ticket.language):
        foot = _("{desk} · your ticket {reference}").format(
            desk=ticket.desk.name, reference=ticket.reference
        )
        return Outgoing(
            sender_name=mailbox.display_name or ticket.desk.name,
            sender=mailbox.address,
            reply_to=_reply_to(mailbox, ticket),
            to=message.to,
            cc=message.cc,
            subject=f"{answer}[{ticket.reference}] {ticket.subject}",
            text=message.text,
            foot=foot,
            language=ticket.language,
            message_id=message.message_id,
            in_reply_to=outbound.in_reply_to,
            references=outbound.references.split(),
            written_at=message.said_at,
            is_automatic=message.is_automatic,
            has_reply_line=mailbox.has_reply_line,
            earlier=_said_before(message, ticket) if mailbox.has_reply_line else (),
            files=[
                OutgoingFile(
                    name=file.name, media_type=file.media_type, content=store.read(file.sha256)
                )
                for file in message.attachments.all()
                if not file.is_blocked
            ],
        )


def _reply_to(mailbox: Mailbox, ticket: Ticket) -> str:
    if mailbox.answer_address != Mailbox.AnswerAddress.PLUS:
        return ""
    return answer_address(mailbox.address, ticket)


def _said_before(message: Message, ticket: Ticket) -> list[Said]:
    """Return the conversation so far for people who have seen it anyhow, the latest first.

    An automatic mail repeats nothing: who writes in another's name could send him what he likes.
    """
    if message.is_automatic or not _all_take_part(ticket, [*message.to, *message.cc]):
        return []
    before = messages_for_requester(ticket).filter(is_automatic=False, pk__lt=message.pk)
    said = []
    for one in before.order_by("-said_at", "-pk")[:REPEATED]:
        name = one.author.name if one.author else ticket.desk.name
        at = one.said_at.astimezone(zone_of_reader(ticket))
        head = f"{name}, {date_format(at, 'DATE_FORMAT')} {at:%H:%M}"
        text = one.text[:LONGEST_REPEATED]
        said.append(Said(head=head, text=text + " …" * (len(one.text) > LONGEST_REPEATED)))
    return said


def _all_take_part(ticket: Ticket, addresses: Iterable[str]) -> bool:
    wanted = set(addresses)
    people = Person.objects.filter(
        contact_points__channel="email", contact_points__normalised__in=wanted
    ).prefetch_related("contact_points")
    reached = {
        point.normalised
        for person in people.distinct()
        if is_party(person.pk, ticket)
        for point in person.contact_points.all()
    }
    return wanted <= reached


@transaction.atomic
def _note_failure(
    outbound_id: int, *, error: str, is_final: bool, refused: Iterable[RefusedAddress] = ()
) -> None:
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
        note_refused_addresses(refused, by=_sender(outbound.mailbox))
        owe_again(outbound.message, by=SYSTEM)
    tell_pages(outbound.message.ticket)


def _ids_of_ticket(message: Message) -> list[str]:
    """Return the ids of the ticket's mails so far, the oldest first."""
    rows = Message.objects.filter(ticket_id=message.ticket_id).exclude(pk=message.pk)
    gone = (OutboundMail.State.RECALLED, OutboundMail.State.STOPPED)
    rows = rows.exclude(message_id="").exclude(outbound__state__in=gone)
    return list(rows.order_by("said_at", "pk").values_list("message_id", flat=True))


def _sender(mailbox: Mailbox) -> Actor:
    return Actor.integration(mailbox.address, mailbox.pk)
