"""Telling somebody that his mail could not be taken: civil, and never to a program."""

import contextlib
import re
import secrets
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import override

from ansvar.conversations import store
from ansvar.conversations.commands.handing_over import MailRefused
from ansvar.conversations.commands.holding_back import reason_to_hold_back
from ansvar.conversations.commands.lone_mails import deliver_lone
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
    if not SenderNotice.objects.filter(pk=notice_id, state=SenderNotice.State.QUEUED).exists():
        return
    # Who cannot be told cannot be told: the mail still waits in quarantine.
    with contextlib.suppress(MailRefused):
        deliver_lone(
            SenderNotice, notice_id, attempts=ATTEMPTS, again=tasks["conversations.send_notice"]
        )


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
