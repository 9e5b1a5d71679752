"""Mails to suppliers: made up with what they say, sent by a task, taken back, sent again."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils.translation import override

from ansvar.conversations.commands.handing_over import MailNotTaken, MailRefused
from ansvar.conversations.commands.lone_mails import deliver_lone
from ansvar.conversations.composing import kept_references
from ansvar.conversations.models import OUR_IDS, Mailbox
from ansvar.conversations.queries import mailbox_for
from ansvar.conversations.templates import as_words, filled, template_for
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM, Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.kernel.work import run_failed_again, tasks
from ansvar.suppliers.commands.holding import let_ticket_go, locked_task, move
from ansvar.suppliers.decisions import TaskState
from ansvar.suppliers.facts import (
    SupplierMailFailed,
    SupplierMailRecalled,
    SupplierMailSentAgain,
)
from ansvar.suppliers.models import SupplierMail, SupplierMessage, SupplierTask
from ansvar.tickets.commands.locking import save, tell_pages
from ansvar.tickets.models import Ticket

ATTEMPTS = 14
"""With doubling pauses about nine hours, as for mails to requesters."""
SEND = "suppliers.send_mail"


class NoWay(Refusal):
    """There is no mailbox, or no address, through which a supplier could be written to."""

    status = 409


class TooLate(Refusal):
    """The mail is on its way: it cannot be taken back any more."""

    status = 409


class NothingToSend(Refusal):
    """The mail did not fail, so there is nothing to try again."""

    status = 409


def require_way(ticket: Ticket, recipient: str) -> Mailbox | None:
    """Return the mailbox for mails to *recipient*; nothing when there is nobody to write to.

    Raises: NoWay when there is an address, but no mailbox.
    """
    if not recipient:
        return None
    mailbox = mailbox_for(ticket)
    if mailbox is None:
        raise NoWay(
            said("This desk has no mailbox, so no mail can go to %(address)s."), address=recipient
        )
    return mailbox


def queue_mail(
    message: SupplierMessage, *, mailbox: Mailbox, task: SupplierTask, pause: timedelta
) -> SupplierMail:
    """Queue the mail of a message, to leave after *pause*; it says what the message says."""
    earlier = _ids_before(message)
    domain = mailbox.address.rpartition("@")[2]
    message.message_id = f"{OUR_IDS}supplier.{message.pk}.{secrets.token_hex(8)}@{domain}"
    message.subject = subject_of(task, is_answer=bool(earlier))
    message.save(update_fields=["message_id", "subject"])
    mail = SupplierMail.objects.create(
        said=message,
        mailbox=mailbox,
        recipient=task.recipient,
        subject=message.subject,
        text=message.text,
        language=task.supplier.language,
        message_id=message.message_id,
        in_reply_to=earlier[-1] if earlier else "",
        references=" ".join(kept_references(earlier)),
        written_at=message.said_at,
        send_after=message.said_at + pause,
    )
    if pause:
        tasks[SEND].later_in(pause, mail_id=mail.pk)
    else:
        tasks[SEND].later(mail_id=mail.pk)
    return mail


def subject_of(task: SupplierTask, *, is_answer: bool) -> str:
    """Return the subject of a mail on a task: with our reference, and theirs once it is known."""
    theirs = f" ({task.their_reference})" if task.their_reference else ""
    return f"{'Re: ' * is_answer}[{task.reference}] {task.subject}{theirs}"


def words_of(kind: str, task: SupplierTask, ticket: Ticket, *, reason: str = "") -> str:
    """Return the desk's words of one kind for a task, in the supplier's language."""
    template = template_for(ticket.desk, kind, task.supplier.language)
    with override(template.language):
        return filled(
            template.text,
            {
                "name": as_words(task.supplier.organisation.name),
                "reference": task.reference,
                "subject": as_words(task.subject),
                "desk": ticket.desk.name,
                "reason": as_words(reason),
            },
        )


@command
def recall_supplier_mail(message_id: int, *, by: Actor) -> SupplierTask:
    """Take a mail back before it leaves: a task becomes a draft again, other words are gone.

    Raises: NotPermitted; TooLate.
    Records: SupplierMailRecalled.
    """
    task_id = SupplierMessage.objects.values_list("task_id", flat=True).get(pk=message_id)
    ticket, task = locked_task(task_id)
    require(by, "ticket.work", ticket)
    mail = SupplierMail.objects.select_for_update(of=("self",)).filter(said=message_id).first()
    if mail is None or not mail.may_be_recalled(clock.now()):
        raise TooLate(said("This mail is on its way already: it cannot be taken back any more."))
    message, is_task = mail.said, mail.said.purpose == SupplierMessage.Purpose.TASK
    mail.delete()
    if is_task:
        move(task, TaskState.DRAFT)
        task.sent_at = None
        task.save(update_fields=["state", "sent_at"])
        message.message_id = ""
        message.save(update_fields=["message_id"])
        let_ticket_go(task, why="the supplier was not asked after all", by=by)
    else:
        message.delete()
    record(
        SupplierMailRecalled(subject_id=ticket.pk, task_id=task.pk, supplier_id=task.supplier_id),
        by=by,
    )
    ticket.refresh_from_db()
    save(ticket)
    return task


@command
def send_supplier_mail_again(message_id: int, *, by: Actor) -> SupplierMail:
    """Try once more to send a mail that did not reach a supplier.

    It goes to the address that the task has now.

    Raises: NotPermitted; NothingToSend.
    Records: SupplierMailSentAgain.
    """
    task_id = SupplierMessage.objects.values_list("task_id", flat=True).get(pk=message_id)
    ticket, task = locked_task(task_id)
    require(by, "ticket.work", ticket)
    mail = SupplierMail.objects.select_for_update(of=("self",)).filter(said=message_id).first()
    if mail is None or mail.state != SupplierMail.State.FAILED:
        raise NothingToSend(said("This mail was sent, or is on its way: look again in a moment."))
    mail.state, mail.attempts, mail.sent_at, mail.error = SupplierMail.State.QUEUED, 0, None, ""
    mail.recipient = task.recipient or mail.recipient
    mail.save(update_fields=["state", "attempts", "sent_at", "error", "recipient"])
    if not run_failed_again(SEND, {"mail_id": mail.pk}):
        tasks[SEND].later(mail_id=mail.pk)
    record(
        SupplierMailSentAgain(
            subject_id=ticket.pk,
            task_id=task.pk,
            supplier_id=task.supplier_id,
            message_id=message_id,
        ),
        by=by,
    )
    tell_pages(ticket)
    return mail


def deliver_supplier_mail(mail_id: int) -> None:
    """Hand a mail to the server. Sent already, or taken back: silent.

    Raises: MailRefused; MailNotTaken, to be tried again.
    Records: SupplierMailFailed when no further try follows.
    """
    mail = SupplierMail.objects.filter(pk=mail_id, state=SupplierMail.State.QUEUED).first()
    if mail is None:
        return
    pause = mail.send_after - clock.now()
    if pause > timedelta():
        tasks[SEND].later_in(pause, mail_id=mail_id)
        return
    try:
        deliver_lone(SupplierMail, mail_id, attempts=ATTEMPTS, again=tasks[SEND])
    except (MailRefused, MailNotTaken):
        _tell_failure(mail_id)
        raise
    tell_pages(Ticket.objects.get(supplier_tasks__messages__mail=mail_id))


@transaction.atomic
def _tell_failure(mail_id: int) -> None:
    mail = SupplierMail.objects.select_related("said__task__ticket").get(pk=mail_id)
    if mail.state == SupplierMail.State.FAILED:
        note_failure(mail, by=SYSTEM)


def note_failure(mail: SupplierMail, *, by: Actor) -> None:
    """Record that a mail did not reach the supplier; its row says so already.

    Records: SupplierMailFailed.
    """
    task = mail.said.task
    record(
        SupplierMailFailed(
            subject_id=task.ticket_id,
            task_id=task.pk,
            supplier_id=task.supplier_id,
            message_id=mail.said_id,
            recipient=mail.recipient,
            error=mail.error,
        ),
        by=by,
    )
    tell_pages(task.ticket)


def _ids_before(message: SupplierMessage) -> list[str]:
    rows = SupplierMessage.objects.filter(task=message.task_id).exclude(pk=message.pk)
    rows = rows.exclude(message_id="").order_by("said_at", "pk")
    return list(rows.values_list("message_id", flat=True))
