"""What is said with a supplier after it was asked: more words, reminders, answers by phone."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from django.db.models import F

from ansvar.conversations.commands.talking import NewFile, stored_files
from ansvar.conversations.parsing.headers import clean
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM, Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.people.decisions import BadHours, normalise_email
from ansvar.people.decisions.calendars import NeverOpen
from ansvar.people.queries import working_calendar
from ansvar.suppliers.commands.asking import WordsMissing, asked
from ansvar.suppliers.commands.holding import (
    TaskNotThere,
    hold_ticket,
    let_ticket_go,
    locked_task,
    move,
)
from ansvar.suppliers.commands.mailing import queue_mail, require_way, words_of
from ansvar.suppliers.decisions import TaskState
from ansvar.suppliers.facts import (
    SupplierReferenceNoted,
    SupplierReminded,
    SupplierTold,
    SupplierWrote,
)
from ansvar.suppliers.models import SupplierFile, SupplierMessage, SupplierTask
from ansvar.suppliers.wording import REMINDER
from ansvar.tickets.commands.locking import require_open, save
from ansvar.tickets.models import Ticket

REMINDED_AGAIN_AFTER = timedelta(hours=1)
LONGEST_REFERENCE = 80
AT_ONCE = 200


class RemindedJustNow(Refusal):
    """The supplier was reminded within the last hour."""

    status = 409


class NotSent(Refusal):
    """The supplier knows nothing of a draft."""

    status = 409


@command
def write_to_supplier(
    task_id: int,
    *,
    words: str,
    files: Sequence[NewFile] = (),
    asks_again: bool = False,
    recipient: str | None = None,
    by: Actor,
) -> SupplierMessage:
    """Say something more about a task; with *asks_again* the supplier has the next word again.

    *recipient* is where its mails go from now on. Without an address nothing is sent: the words
    note what was said elsewhere.

    Raises: NotPermitted; NotSent; WordsMissing; NoWay; BadAddress; MoveNotAllowed when it asks
    again about a ticket that is done; VirusFound.
    Records: SupplierTold, or SupplierAsked and WaitingStarted.
    """
    ticket, task = _task_for(task_id, by)
    text = _words(words)
    if recipient is not None:
        task.recipient = normalise_email(recipient) if recipient.strip() else ""
    message = _said(task, text, purpose=SupplierMessage.Purpose.WORDS, by=by)
    SupplierFile.objects.bulk_create(
        SupplierFile(message=message, **one) for one in stored_files(files, None)
    )
    _mail(message, ticket, task, pause=timedelta(seconds=ticket.desk.undo_seconds))
    if asks_again and not task.is_out:
        require_open(ticket)
        move(task, TaskState.WITH_SUPPLIER)
        task.sent_at, task.answered_at, task.ended_at = message.said_at, None, None
        task.reminded_at, task.reminder_count = None, 0
        record(asked(task, message), by=by)
    else:
        record(
            SupplierTold(
                subject_id=ticket.pk,
                task_id=task.pk,
                supplier_id=task.supplier_id,
                message_id=message.pk,
            ),
            by=by,
        )
    task.save()
    save(ticket)
    if task.is_out:
        hold_ticket(task, by=by)
    return message


@command
def remind_supplier(task_id: int, *, by: Actor) -> SupplierMessage:
    """Remind a supplier by mail of a task that it has not answered.

    Raises: NotPermitted; TaskNotThere when it does not have it; RemindedJustNow; NoWay.
    Records: SupplierReminded.
    """
    ticket, task = _task_for(task_id, by)
    if not task.is_out:
        raise TaskNotThere(task.state, TaskState.WITH_SUPPLIER)
    now = clock.now()
    if task.reminded_at is not None and now - task.reminded_at < REMINDED_AGAIN_AFTER:
        raise RemindedJustNow(
            said("%(supplier)s was reminded less than an hour ago."), supplier=task.supplier
        )
    text = words_of(REMINDER, task, ticket)
    message = _said(task, text, purpose=SupplierMessage.Purpose.REMINDER, by=by)
    _mail(message, ticket, task, pause=timedelta())
    task.reminded_at, task.reminder_count = now, task.reminder_count + 1
    task.save(update_fields=["reminded_at", "reminder_count"])
    record(
        SupplierReminded(
            subject_id=ticket.pk,
            task_id=task.pk,
            supplier_id=task.supplier_id,
            message_id=message.pk,
            count=task.reminder_count,
        ),
        by=by,
    )
    save(ticket)
    return message


def remind_silent_suppliers() -> int:
    """Remind each supplier once of what it has not answered within its time; return how often.

    Those alone whose card says after how many working hours.

    Records: SupplierReminded.
    """
    now = clock.now()
    rows = SupplierTask.objects.filter(
        state=TaskState.WITH_SUPPLIER,
        reminded_at=None,
        supplier__remind_after__isnull=False,
        sent_at__lte=now - timedelta(hours=1),
    ).exclude(recipient="")
    reminded = 0
    for task in rows.select_related("desk__calendar", "supplier").order_by("sent_at")[:AT_ONCE]:
        if now < _remind_at(task):
            continue
        try:
            remind_supplier(task.pk, by=SYSTEM)
        except Refusal:
            # Answered in this moment, or the desk has no mailbox any more, which its page shows.
            continue
        reminded += 1
    return reminded


def remind_by_contract(ticket_id: int) -> int:
    """Remind the supplier that a ticket waits for, because a step of its contract was taken.

    Only where its card says so; within an hour of the last reminder it is silent. Returns how
    many tasks it was reminded of.

    Records: SupplierReminded.
    """
    rows = SupplierTask.objects.filter(
        ticket=ticket_id,
        state=TaskState.WITH_SUPPLIER,
        supplier__is_reminded_by_contract=True,
        supplier__organisation=F("ticket__supplier"),
    ).exclude(recipient="")
    reminded = 0
    for task_id in list(rows.order_by("pk").values_list("pk", flat=True)):
        with suppress(Refusal):
            remind_supplier(task_id, by=SYSTEM)
            reminded += 1
    return reminded


@command
def note_answer(task_id: int, *, words: str, by: Actor) -> SupplierMessage:
    """Write down what a supplier answered otherwise than by mail; its turn ends.

    Raises: NotPermitted; NotSent; WordsMissing.
    Records: SupplierWrote; WaitingEnded.
    """
    ticket, task = _task_for(task_id, by)
    message = SupplierMessage.objects.create(
        task=task,
        direction=SupplierMessage.Direction.IN,
        author_id=by.person_id,
        text=_words(words),
        said_at=clock.now(),
    )
    is_answer = task.is_out
    record(
        SupplierWrote(
            subject_id=ticket.pk,
            task_id=task.pk,
            supplier_id=task.supplier_id,
            message_id=message.pk,
            is_answer=is_answer,
        ),
        by=by,
    )
    save(ticket)
    if is_answer:
        take_answer(task, by=by)
    return message


def take_answer(task: SupplierTask, *, by: Actor) -> None:
    """Note on a locked task that the supplier has answered; the ticket goes on.

    Records: WaitingEnded.
    """
    move(task, TaskState.ANSWERED)
    task.answered_at = clock.now()
    task.save(update_fields=["state", "answered_at"])
    let_ticket_go(task, why="the supplier answered", by=by)


@command
def take_as_answer(task_id: int, *, by: Actor) -> SupplierTask:
    """Say that what has come in is the supplier's answer, such as a mail from another address.

    Raises: NotPermitted; TaskNotThere when it is not with the supplier; WordsMissing when
    nothing has come in.
    Records: SupplierWrote; WaitingEnded.
    """
    ticket, task = _task_for(task_id, by)
    if not task.is_out:
        raise TaskNotThere(task.state, TaskState.ANSWERED)
    came = task.messages.filter(direction=SupplierMessage.Direction.IN).last()
    if came is None:
        raise WordsMissing(said("Nothing has come in yet. Write down what the supplier said."))
    record(
        SupplierWrote(
            subject_id=ticket.pk,
            task_id=task.pk,
            supplier_id=task.supplier_id,
            message_id=came.pk,
            is_answer=True,
        ),
        by=by,
    )
    save(ticket)
    take_answer(task, by=by)
    return task


@command
def note_their_reference(task_id: int, *, theirs: str, by: Actor) -> SupplierTask:
    """Keep under which number a supplier has a task; an empty one takes it back. As before: silent.

    Raises: NotPermitted.
    Records: SupplierReferenceNoted.
    """
    ticket, task = locked_task(task_id)
    require(by, "ticket.work", ticket)
    keep_reference(task, " ".join(theirs.split()), by=by)
    save(ticket)
    return task


def keep_reference(task: SupplierTask, theirs: str, *, by: Actor) -> None:
    """Keep the supplier's number on a locked task.

    Records: SupplierReferenceNoted.
    """
    if task.their_reference == theirs[:LONGEST_REFERENCE]:
        return
    task.their_reference = theirs[:LONGEST_REFERENCE]
    task.save(update_fields=["their_reference"])
    record(
        SupplierReferenceNoted(
            subject_id=task.ticket_id,
            task_id=task.pk,
            supplier_id=task.supplier_id,
            theirs=task.their_reference,
        ),
        by=by,
    )


def _task_for(task_id: int, by: Actor) -> tuple[Ticket, SupplierTask]:
    """Return a task that the supplier knows, and its ticket, locked, for somebody who works on it.

    Raises: NotPermitted; NotSent.
    """
    ticket, task = locked_task(task_id)
    require(by, "ticket.work", ticket)
    if task.sent_at is None:
        raise NotSent(said("The supplier knows nothing of this task yet: send it first."))
    return ticket, task


def _said(
    task: SupplierTask, text: str, *, purpose: SupplierMessage.Purpose, by: Actor
) -> SupplierMessage:
    return SupplierMessage.objects.create(
        task=task,
        direction=SupplierMessage.Direction.OUT,
        purpose=purpose,
        author_id=by.person_id,
        is_automatic=by.person_id is None,
        text=text,
        said_at=clock.now(),
    )


def _mail(
    message: SupplierMessage, ticket: Ticket, task: SupplierTask, *, pause: timedelta
) -> None:
    mailbox = require_way(ticket, task.recipient)
    if mailbox is not None:
        queue_mail(message, mailbox=mailbox, task=task, pause=pause)


def _words(words: str) -> str:
    text = clean(words).strip()
    if not text:
        raise WordsMissing(said("Write a few words."))
    return text


def _remind_at(task: SupplierTask) -> datetime:
    assert task.sent_at is not None  # noqa: S101 - the database holds it so
    amount = timedelta(hours=task.supplier.remind_after or 0)
    try:
        return working_calendar(task.desk.calendar).add_working_time(task.sent_at, amount)
    except (BadHours, NeverOpen):
        return task.sent_at + amount
