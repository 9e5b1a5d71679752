"""Work on a ticket: starting, waiting, going on."""

from datetime import datetime

from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.people.models import Organisation
from ansvar.tickets.commands.locking import locked, move, require_open, save, take_up
from ansvar.tickets.decisions import State, WaitingFor, state_in_hands
from ansvar.tickets.facts import SolutionExpected, WaitingEnded, WaitingStarted, WorkStarted
from ansvar.tickets.models import Ticket

WAITING_FIELDS = ("waiting_for", "waiting_note", "waiting_until", "supplier")


class DateMissing(Refusal):
    """Waiting for a date needs one, and it must lie ahead."""


@command
def start_work(ticket_id: int, *, version: int | None = None, by: Actor) -> Ticket:
    """Note that work has begun. While it is in work: silent.

    Raises: NotPermitted; MoveNotAllowed; StaleTicket.
    Records: WorkStarted.
    """
    ticket = locked(ticket_id, version)
    require(by, "ticket.work", ticket)
    if ticket.state == State.IN_WORK:
        return ticket
    require_open(ticket)
    move(ticket, State.IN_WORK)
    forget_waiting(ticket)
    fields = take_up(ticket, owner_id=by.person_id, by=by)
    save(ticket, "state", *WAITING_FIELDS, *fields)
    record(WorkStarted(subject_id=ticket.pk), by=by)
    return ticket


@command
def wait_with_ticket(
    ticket_id: int,
    *,
    waiting_for: WaitingFor,
    supplier: Organisation | None = None,
    note: str = "",
    until: datetime | None = None,
    version: int | None = None,
    by: Actor,
) -> Ticket:
    """Let the ticket wait for somebody or something, with a reminder at *until*.

    A *supplier* is kept only of a ticket that waits for one.

    Raises: NotPermitted; DateMissing; MoveNotAllowed; StaleTicket.
    Records: WaitingStarted.
    """
    ticket = locked(ticket_id, version)
    require(by, "ticket.work", ticket)
    require_open(ticket)
    if until is not None and until <= clock.now():
        raise DateMissing(said("The reminder lies in the past; choose a later moment."))
    if waiting_for == WaitingFor.DATE and until is None:
        raise DateMissing(said("Choose the date the ticket waits for."))
    if ticket.state != State.WAITING:
        move(ticket, State.WAITING)
    ticket.waiting_for, ticket.waiting_note, ticket.waiting_until = waiting_for, note[:250], until
    ticket.supplier = supplier if waiting_for == WaitingFor.SUPPLIER else None
    fields = take_up(ticket, owner_id=by.person_id, by=by)
    save(ticket, "state", *WAITING_FIELDS, *fields)
    record(
        WaitingStarted(
            subject_id=ticket.pk,
            waiting_for=waiting_for,
            note=note[:250],
            until=until,
            supplier_id=ticket.supplier_id,
        ),
        by=by,
    )
    return ticket


@command
def resume_ticket(ticket_id: int, *, why: str, version: int | None = None, by: Actor) -> Ticket:
    """End the waiting; the ticket is again where it was. While it does not wait: silent.

    Raises: NotPermitted; StaleTicket.
    Records: WaitingEnded.
    """
    ticket = locked(ticket_id, version)
    require(by, "ticket.work", ticket)
    end_waiting(ticket, why=why, by=by)
    return ticket


@command
def expect_solution(
    ticket_id: int,
    *,
    at: datetime | None,
    why: str = "",
    version: int | None = None,
    by: Actor,
) -> Ticket:
    """Say when it is expected to be solved, for the requester to see; nothing takes that back.

    As before: silent.

    Raises: NotPermitted; DateMissing for a moment that has passed; MoveNotAllowed; StaleTicket.
    Records: SolutionExpected.
    """
    ticket = locked(ticket_id, version)
    require(by, "ticket.work", ticket)
    require_open(ticket)
    if at is not None and at <= clock.now():
        raise DateMissing(said("That moment has passed; choose a later one."))
    if ticket.expected_at == at:
        return ticket
    previous_at, ticket.expected_at = ticket.expected_at, at
    save(ticket, "expected_at")
    record(
        SolutionExpected(
            subject_id=ticket.pk, expected_at=at, previous_at=previous_at, why=why.strip()
        ),
        by=by,
    )
    return ticket


def end_waiting(ticket: Ticket, *, why: str, by: Actor, fields: tuple[str, ...] = ()) -> bool:
    """Wake a waiting ticket that the caller has locked, and tell whether it waited.

    *fields* are saved with it.

    Records: WaitingEnded.
    """
    if ticket.state != State.WAITING:
        return False
    ticket.state = State.ASSIGNED if ticket.assignee_id else state_in_hands(None)
    forget_waiting(ticket)
    save(ticket, "state", *WAITING_FIELDS, *fields)
    record(WaitingEnded(subject_id=ticket.pk, why=why, state=ticket.state), by=by)
    return True


def forget_waiting(ticket: Ticket) -> None:
    """Empty what the waiting was about; the caller saves `WAITING_FIELDS`."""
    ticket.waiting_for, ticket.waiting_note, ticket.waiting_until = "", "", None
    ticket.supplier = None
