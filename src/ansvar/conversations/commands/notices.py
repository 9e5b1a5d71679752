"""Telling somebody that his mail could not be taken: civil, and never to a program."""

import re
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from ansvar.conversations import store
from ansvar.conversations.commands.handing_over import (
    MailNotTaken,
    MailRefused,
    hand_over,
    pause_before_sending,
)
from ansvar.conversations.commands.holding_back import reason_to_hold_back
from ansvar.conversations.composing import Outgoing, as_bytes
from ansvar.conversations.considering import author_of, is_answerable
from ansvar.conversations.facts import SenderTold
from ansvar.conversations.models import InboundMail, Mailbox, SenderNotice
from ansvar.conversations.parsing import Incoming, Unreadable, read_mail
from ansvar.conversations.templates import as_words, filled, template_for
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.work import tasks
from ansvar.people.decisions import BadAddress, normalise_email
from ansvar.people.queries import person_by_email

TOLD_AGAIN_AFTER = timedelta(hours=1)
ATTEMPTS = 6
"""Fewer than of an answer: after an hour the sender has found another way."""
_LARGEST_HEADER = 256 * 1024
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")


@command
def tell_not_taken(inbound: InboundMail, *, kind: str) -> SenderNotice | None:
    """Tell the sender of a mail in quarantine why, and what to do; *kind* is that of the template.

    Lists, programs, bounces, senders that nobody can answer and desks are not told, nobody twice
    within an hour, and of one mail nobody twice.

    Records: SenderTold.
    """
    heading = _heading(inbound)
    mailbox = inbound.mailbox
    if heading is None or not _is_welcome(heading):
        return None
    address = _address_of(heading)
    if not address or not _may_be_told(inbound, address):
        return None
    person = person_by_email(address)
    template = template_for(mailbox.desk, kind, person.language if person else "")
    with override(template.language):
        values = {
            "subject": as_words(heading.subject) or _("(no subject)"),
            "desk": mailbox.desk.name,
            "reason": as_words(inbound.reason),
            "size": _("{count} MB").format(count=mailbox.largest_mb),
        }
        subject = _("Not taken: {subject}").format(subject=values["subject"])
        text = filled(template.text, values)
    domain = mailbox.address.rpartition("@")[2]
    notice = SenderNotice.objects.create(
        inbound=inbound,
        mailbox=mailbox,
        recipient=address,
        subject=subject[:500],
        text=text,
        language=template.language,
        message_id=f"ansvar.notice.{inbound.pk}.{secrets.token_hex(8)}@{domain}",
        in_reply_to=heading.message_id,
        written_at=clock.now(),
    )
    tasks["conversations.send_notice"].later(notice_id=notice.pk)
    record(SenderTold(subject_id=inbound.pk, mailbox_id=mailbox.pk, recipient=address), by=SYSTEM)
    return notice


def deliver_notice(notice_id: int) -> None:
    """Hand a notice to the server. Sent already, or given up: silent.

    Raises: MailNotTaken, to be tried again.
    """
    try:
        with transaction.atomic():
            _deliver(notice_id)
    except MailRefused as refused:
        # Who cannot be told cannot be told: the mail still waits in quarantine.
        _note_failure(notice_id, error=str(refused), is_final=True)
    except MailNotTaken as not_taken:
        _note_failure(notice_id, error=str(not_taken), is_final=False)
        raise


def _heading(inbound: InboundMail) -> Incoming | None:
    """Return what the header alone says; the rest may be what could not be read."""
    raw = store.read(inbound.sha256)[:_LARGEST_HEADER]
    end = _END_OF_HEADER.search(raw)
    try:
        return read_mail((raw[: end.start()] if end else raw) + b"\r\n\r\n")
    except Unreadable:
        return None


def _is_welcome(heading: Incoming) -> bool:
    return is_answerable(heading) and not heading.nature.is_list


def _address_of(heading: Incoming) -> str:
    author = author_of(heading)
    try:
        return normalise_email(author.address) if author else ""
    except BadAddress:
        return ""


def _may_be_told(inbound: InboundMail, address: str) -> bool:
    if Mailbox.objects.filter(address__iexact=address).exists():
        return False
    if SenderNotice.objects.filter(inbound=inbound).exists():
        return False
    since = clock.now() - TOLD_AGAIN_AFTER
    if SenderNotice.objects.filter(recipient=address, written_at__gt=since).exists():
        return False
    return not reason_to_hold_back(address)


def _deliver(notice_id: int) -> None:
    rows = SenderNotice.objects.select_for_update(of=("self",))
    notice = rows.select_related("mailbox__desk").get(pk=notice_id)
    if notice.state != SenderNotice.State.QUEUED:
        return
    mailbox = notice.mailbox
    pause = pause_before_sending(mailbox, ahead=0)
    if pause > timedelta():
        tasks["conversations.send_notice"].later_in(pause, notice_id=notice.pk)
        return
    with override(notice.language):
        mail = Outgoing(
            sender_name=mailbox.display_name or mailbox.desk.name,
            sender=mailbox.address,
            to=[notice.recipient],
            subject=notice.subject,
            text=notice.text,
            foot=mailbox.desk.name,
            language=notice.language,
            message_id=notice.message_id,
            in_reply_to=notice.in_reply_to,
            references=[notice.in_reply_to] if notice.in_reply_to else (),
            written_at=notice.written_at,
            is_automatic=True,
        )
        raw = as_bytes(mail)
    hand_over(mailbox, [notice.recipient], raw, needs_utf8=mail.needs_utf8)
    notice.state, notice.sent_at = SenderNotice.State.SENT, clock.now()
    notice.attempts += 1
    notice.error = ""
    notice.save(update_fields=["state", "sent_at", "attempts", "error"])


@transaction.atomic
def _note_failure(notice_id: int, *, error: str, is_final: bool) -> None:
    notice = SenderNotice.objects.select_for_update().get(pk=notice_id)
    notice.attempts += 1
    notice.error = error[:500]
    if is_final or notice.attempts >= ATTEMPTS:
        notice.state = SenderNotice.State.FAILED
    notice.save(update_fields=["attempts", "error", "state"])
