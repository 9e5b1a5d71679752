"""How a task holds its ticket: while a supplier has the next word, the ticket waits for it."""

from ansvar.kernel.actor import Actor
from ansvar.kernel.refusal import Refusal, said
from ansvar.suppliers.decisions import TaskState, can_move
from ansvar.suppliers.models import STATE_NAMES, SupplierTask
from ansvar.tickets.commands import wait_with_ticket
from ansvar.tickets.commands.locking import locked
from ansvar.tickets.commands.working import end_waiting
from ansvar.tickets.decisions import State, WaitingFor
from ansvar.tickets.models import Ticket

LONGEST_NOTE = 250


class TaskNotThere(Refusal):
    """The task is not where it would have to be for this."""

    status = 409

    def __init__(self, present: str, wanted: str) -> None:
        names = {str(state): str(name) for state, name in STATE_NAMES.items()}
        super().__init__(
            said("A task that is %(present)s cannot become %(wanted)s."),
            present=names.get(present, present),
            wanted=names.get(wanted, wanted),
        )


def locked_task(task_id: int) -> tuple[Ticket, SupplierTask]:
    """Return a task and its ticket, both locked: the ticket first, as everywhere."""
    ticket_id = SupplierTask.objects.values_list("ticket_id", flat=True).get(pk=task_id)
    ticket = locked(ticket_id)
    rows = SupplierTask.objects.select_for_update(of=("self",))
    return ticket, rows.select_related("supplier__organisation").get(pk=task_id)


def move(task: SupplierTask, wanted: TaskState) -> None:
    """Set the state; the caller saves.

    Raises: TaskNotThere.
    """
    if not can_move(TaskState(task.state), wanted):
        raise TaskNotThere(task.state, wanted)
    task.state = wanted


def hold_ticket(task: SupplierTask, *, by: Actor) -> None:
    """Let the ticket wait for the supplier, if the task says so and it waits for nothing yet.

    Records: WaitingStarted.
    """
    ticket = locked(task.ticket_id)
    if task.holds_ticket and ticket.is_open and ticket.state != State.WAITING:
        _wait(task, by=by)


def let_ticket_go(task: SupplierTask, *, why: str, by: Actor) -> None:
    """End the waiting for the supplier of a task, unless another one still is with somebody.

    Records: WaitingEnded, or WaitingStarted for the next supplier.
    """
    ticket = locked(task.ticket_id)
    is_for_it = (
        ticket.state == State.WAITING
        and ticket.waiting_for == WaitingFor.SUPPLIER
        and ticket.supplier_id == task.supplier.organisation_id
    )
    if not is_for_it:
        return
    out = SupplierTask.objects.filter(
        ticket=ticket, state=TaskState.WITH_SUPPLIER, holds_ticket=True
    ).exclude(pk=task.pk)
    others = list(out.select_related("supplier__organisation").order_by("sent_at", "pk"))
    if not others:
        end_waiting(ticket, why=why, by=by)
        return
    if all(one.supplier.organisation_id != ticket.supplier_id for one in others):
        _wait(others[0], by=by)


def _wait(task: SupplierTask, *, by: Actor) -> None:
    wait_with_ticket(
        task.ticket_id,
        waiting_for=WaitingFor.SUPPLIER,
        supplier=task.supplier.organisation,
        note=f"{task.reference}: {task.subject}"[:LONGEST_NOTE],
        by=by,
    )
