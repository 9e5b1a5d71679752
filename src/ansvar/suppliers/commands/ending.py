"""How a task ends: done, withdrawn, or with its ticket."""

from datetime import timedelta

from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.rights import require
from ansvar.suppliers.commands.holding import let_ticket_go, locked_task, move
from ansvar.suppliers.commands.mailing import NoWay, queue_mail, require_way, words_of
from ansvar.suppliers.decisions import OPEN, TaskState
from ansvar.suppliers.facts import SupplierTaskEnded, SupplierTaskMoved
from ansvar.suppliers.models import SupplierMessage, SupplierTask
from ansvar.suppliers.wording import UNNEEDED
from ansvar.tickets.commands.locking import locked, save
from ansvar.tickets.models import Link, Ticket


@command
def finish_supplier_task(task_id: int, *, by: Actor) -> SupplierTask:
    """Say that nothing more is needed of the supplier: it has done its part. Done already: silent.

    Raises: NotPermitted; TaskNotThere for a draft.
    Records: SupplierTaskEnded; WaitingEnded.
    """
    ticket, task = locked_task(task_id)
    require(by, "ticket.work", ticket)
    if task.state == TaskState.DONE:
        return task
    save(ticket)
    _end(task, TaskState.DONE, why="", by=by)
    return task


@command
def withdraw_supplier_task(
    task_id: int, *, why: str = "", tells: bool = True, by: Actor
) -> SupplierTask:
    """Say that the supplier's help is not needed; with *tells* it is told so by mail.

    *why* goes to the supplier, too. Withdrawn already: silent.

    Raises: NotPermitted; TaskNotThere when it is done.
    Records: SupplierTaskEnded; WaitingEnded.
    """
    ticket, task = locked_task(task_id)
    require(by, "ticket.work", ticket)
    if task.state == TaskState.WITHDRAWN:
        return task
    if tells and task.sent_at is not None:
        _tell_unneeded(ticket, task, why=why, by=by)
    save(ticket)
    _end(task, TaskState.WITHDRAWN, why=why, by=by)
    return task


def end_tasks_of(ticket_id: int, *, by: Actor) -> None:
    """End what suppliers were asked about a ticket that is done; those who still have it are told.

    Records: SupplierTaskEnded.
    """
    rows = SupplierTask.objects.filter(ticket=ticket_id, state__in=OPEN)
    for task_id in list(rows.order_by("pk").values_list("pk", flat=True)):
        ticket, task = locked_task(task_id)
        if task.state == TaskState.ANSWERED:
            _end(task, TaskState.DONE, why="", by=by)
            continue
        if task.is_out:
            _tell_unneeded(ticket, task, why="", by=by)
        _end(task, TaskState.WITHDRAWN, why="the ticket is done", by=by)


def move_tasks_of(ticket_id: int, *, by: Actor) -> None:
    """Let what suppliers were asked about a duplicate go on with the ticket it was merged into.

    Records: SupplierTaskMoved.
    """
    link = Link.objects.filter(ticket=ticket_id, relation=Link.Relation.DUPLICATE).last()
    if link is None:
        return
    rows = SupplierTask.objects.select_for_update().filter(ticket=ticket_id, state__in=OPEN)
    moved = list(rows.order_by("pk"))
    for task in moved:
        task.ticket_id = link.other_id
        task.save(update_fields=["ticket"])
        record(
            SupplierTaskMoved(
                subject_id=link.other_id,
                task_id=task.pk,
                supplier_id=task.supplier_id,
                previous_id=ticket_id,
            ),
            by=by,
        )
    if moved:
        save(locked(link.other_id))


def _end(task: SupplierTask, wanted: TaskState, *, why: str, by: Actor) -> None:
    move(task, wanted)
    task.ended_at = clock.now()
    task.save(update_fields=["state", "ended_at"])
    record(
        SupplierTaskEnded(
            subject_id=task.ticket_id,
            task_id=task.pk,
            supplier_id=task.supplier_id,
            state=wanted,
            why=why.strip(),
        ),
        by=by,
    )
    let_ticket_go(task, why="nothing more is asked of the supplier", by=by)


def _tell_unneeded(ticket: Ticket, task: SupplierTask, *, why: str, by: Actor) -> None:
    """Write to the supplier that it need not go on; without a way to it the task ends all the same.

    A mail that has not left yet is not sent at all.
    """
    try:
        mailbox = require_way(ticket, task.recipient)
    except NoWay:
        return
    if mailbox is None or _unsent(task):
        return
    message = SupplierMessage.objects.create(
        task=task,
        direction=SupplierMessage.Direction.OUT,
        purpose=SupplierMessage.Purpose.UNNEEDED,
        author_id=by.person_id,
        is_automatic=True,
        text=words_of(UNNEEDED, task, ticket, reason=why),
        said_at=clock.now(),
    )
    queue_mail(message, mailbox=mailbox, task=task, pause=timedelta())


def _unsent(task: SupplierTask) -> bool:
    """Tell whether the supplier has not got the task yet, and see to it that it never does."""
    rows = task.messages.filter(purpose=SupplierMessage.Purpose.TASK).select_related("mail")
    message = rows.first()
    mail = getattr(message, "mail", None)
    if mail is None or not mail.may_be_recalled(clock.now()):
        return False
    mail.delete()
    return True
