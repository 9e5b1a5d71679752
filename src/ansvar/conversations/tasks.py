"""Queued work on conversations; each task may run twice and then does no harm."""

import time
from datetime import timedelta
from typing import Any

import structlog
from django.db import connection

from ansvar.conversations.commands import (
    MailRefused,
    ask_at_once,
    deliver_mail,
    read_inbound,
    scan_again,
    set_apart,
    take_answers,
    watch_mailboxes,
)
from ansvar.conversations.commands.lone_mails import deliver_lone
from ansvar.conversations.commands.mailing_notices import ATTEMPTS as URGENT_ATTEMPTS
from ansvar.conversations.commands.mailing_notices import mail_notices
from ansvar.conversations.commands.notices import ATTEMPTS as NOTICE_ATTEMPTS
from ansvar.conversations.commands.notices import deliver_notice
from ansvar.conversations.commands.receiving import mailbox_to_read
from ansvar.conversations.commands.sending import ATTEMPTS
from ansvar.conversations.commands.unreached import note_arrival
from ansvar.conversations.models import (
    InboundMail,
    Mailbox,
    NoticeMail,
    OutboundMail,
    SenderNotice,
)
from ansvar.conversations.scanning import has_scanner
from ansvar.conversations.store import ContentAway
from ansvar.kernel import clock, journal
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.work import keep_failure, no_sooner_than, schedule, task, tasks
from ansvar.notices.models import Notice
from ansvar.tickets.models import Ticket


class CannotMail(Exception):
    """A notice has nobody to go to, or no way to go."""


log = structlog.get_logger(__name__)

SLICE_SECONDS = 5.0
"""So long a mailbox is read without a break; then another one that waits has its turn."""
_AT_ONCE = 100
FLOOD = 50
"""More mails than this waiting are a flood: reading them comes before answering them."""
FLOOD_PAUSE = timedelta(seconds=60)
_FORGOTTEN_AFTER = timedelta(seconds=30)


def _about_inbound(inbound_id: int, **_more: Any) -> str:
    inbound = InboundMail.objects.select_related("mailbox").filter(pk=inbound_id).first()
    return f"{inbound.mailbox.address}: {inbound}" if inbound else f"mail {inbound_id}"


def _about_outbound(outbound_id: int) -> str:
    rows = OutboundMail.objects.select_related("message__ticket")
    outbound = rows.filter(pk=outbound_id).first()
    return f"{outbound.message.ticket.reference} {outbound}" if outbound else f"mail {outbound_id}"


def _about_notice(notice_id: int) -> str:
    notice = SenderNotice.objects.filter(pk=notice_id).first()
    return str(notice) if notice else f"notice {notice_id}"


def _about_notices(notice_ids: list[int]) -> str:
    rows = Notice.objects.filter(pk__in=notice_ids).select_related("person", "ticket")
    return ", ".join(f"{one.person} ({one.ticket or one.kind})" for one in rows[:3])


def _about_notice_mail(mail_id: int) -> str:
    mail = NoticeMail.objects.filter(pk=mail_id).first()
    return f"{mail}: {mail.subject}" if mail else f"mail {mail_id}"


def _about_mailbox(mailbox_id: int) -> str:
    address = Mailbox.objects.filter(pk=mailbox_id).values_list("address", flat=True).first()
    return address or f"mailbox {mailbox_id}"


def _about_ticket(ticket_id: int) -> str:
    return str(Ticket.objects.filter(pk=ticket_id).first() or f"ticket {ticket_id}")


@task("conversations.read_stored", about=_about_mailbox)
def read_stored(*, mailbox_id: int) -> None:
    """Read what is stored of a mailbox, in the order in which it came.

    A mail whose reading fails in a way nobody foresaw goes on in a job of its own, so that it
    holds up no other.
    """
    give_way_at = time.monotonic() + SLICE_SECONDS
    last = 0
    # Asked for only when something waits: a mailbox may be gone by then, its mail never is.
    mailbox = mailbox_to_read(mailbox_id) if _in_turn(mailbox_id, last) else None
    while mailbox and (ids := _in_turn(mailbox_id, last)):
        pause = FLOOD_PAUSE if len(ids) > FLOOD else timedelta()
        for inbound_id in ids:
            try:
                with no_sooner_than(pause):
                    _read_one(inbound_id, mailbox)
            except ContentAway:
                # The next sweep goes on here, in the same order, as often as it takes.
                return
            last = inbound_id
            if time.monotonic() > give_way_at:
                if tasks["conversations.read_stored"].waits_for_others(str(mailbox_id)):
                    tasks["conversations.read_stored"].later_once(
                        str(mailbox_id), mailbox_id=mailbox_id
                    )
                    return
                give_way_at = time.monotonic() + SLICE_SECONDS


def _in_turn(mailbox_id: int, after: int) -> list[int]:
    waiting = InboundMail.objects.filter(
        mailbox=mailbox_id, state=InboundMail.State.STORED, apart_since=None, pk__gt=after
    )
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])


def _read_one(inbound_id: int, mailbox: Mailbox) -> None:
    try:
        with journal.request():
            read_inbound(inbound_id, mailbox=mailbox)
    except ContentAway:
        raise
    except Exception as error:
        log.exception("mail_set_apart", inbound=inbound_id, error=str(error))
        # A connection that broke is made anew; if the database is away, the whole task fails
        # here and is tried again.
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        set_apart(inbound_id)


@task("conversations.read_mail", about=_about_inbound)
def read_mail(*, inbound_id: int, is_released: bool = False) -> None:
    """Read one stored mail that is not read in turn, and let it become words on a ticket."""
    read_inbound(inbound_id, is_released=is_released)


@schedule("conversations.sweep", cron="* * * * *")
def sweep() -> None:
    """Go on reading where a crash has left stored mail that no job will read."""
    forgotten = InboundMail.objects.filter(
        state=InboundMail.State.STORED,
        apart_since=None,
        received_at__lt=clock.now() - _FORGOTTEN_AFTER,
    ).order_by()
    for mailbox_id in forgotten.values_list("mailbox_id", flat=True).distinct():
        tasks["conversations.read_stored"].later_once(str(mailbox_id), mailbox_id=mailbox_id)


@schedule("conversations.scan_again", cron="*/5 * * * *")
def look_at_files_again() -> None:
    """Show the scanner the files that it has not seen because it was away."""
    if has_scanner():
        scan_again()


@schedule("conversations.watch_mailboxes", cron="* * * * *")
def watch() -> None:
    """Give the alarm when the mail of a mailbox does not come in."""
    watch_mailboxes()


@task("conversations.send_mail", attempts=ATTEMPTS, about=_about_outbound)
def send_mail(*, outbound_id: int) -> None:
    """Hand a mail to the desk's mail server."""
    try:
        deliver_mail(outbound_id)
    except MailRefused as refused:
        # Trying again would be refused again; an administrator sees it at once instead.
        keep_failure(send_mail, {"outbound_id": outbound_id}, error=refused, attempts=1)


@task("conversations.send_notice", attempts=NOTICE_ATTEMPTS, about=_about_notice)
def send_notice(*, notice_id: int) -> None:
    """Tell somebody that his mail could not be taken."""
    deliver_notice(notice_id)


@task("conversations.mail_notices", about=_about_notices)
def write_notice_mails(*, notice_ids: list[int]) -> None:
    """Let notices leave by mail; those that cannot are shown as failed work."""
    for one in mail_notices(notice_ids):
        arguments = {"notice_ids": [one.notice_id]}
        keep_failure(write_notice_mails, arguments, error=CannotMail(one.why), attempts=1)


@task("conversations.send_notice_mail", attempts=URGENT_ATTEMPTS, about=_about_notice_mail)
def send_notice_mail(*, mail_id: int) -> None:
    """Hand a notice to the desk's mail server."""
    try:
        deliver_lone(NoticeMail, mail_id, attempts=URGENT_ATTEMPTS, again=send_notice_mail)
    except MailRefused as refused:
        keep_failure(send_notice_mail, {"mail_id": mail_id}, error=refused, attempts=1)


@task("conversations.look_for_arrival", about=_about_outbound)
def look_for_arrival(*, outbound_id: int) -> None:
    """See whether a mail to an address that failed has come back; if not, it arrived."""
    note_arrival(outbound_id, by=SYSTEM)


@task("conversations.read_answers", about=_about_ticket)
def read_answers(*, ticket_id: int) -> None:
    """Read what people have answered on a ticket, and ask for the rest if the service wants it."""
    take_answers(ticket_id)
    ask_at_once(ticket_id)
