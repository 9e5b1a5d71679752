"""The end of a ticket: resolved by the desk, confirmed or refused by the requester, closed."""

from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.tickets.commands.holding import end_custody, pass_custody
from ansvar.tickets.commands.locking import (
    MoveNotAllowed,
    ReasonMissing,
    locked,
    move,
    require_open,
    save,
    take_up,
)
from ansvar.tickets.commands.working import WAITING_FIELDS, forget_waiting
from ansvar.tickets.decisions import OPEN, State
from ansvar.tickets.facts import TicketClosed, TicketReopened, TicketResolved
from ansvar.tickets.models import Ticket


class ResolutionMissing(Refusal):
    """A resolution needs words: what was learned must not be lost."""


class QuietPeriodOver(Refusal):
    """A ticket was closed too long ago for its requester to take it up again."""

    status = 409


@command
def resolve_ticket(
    ticket_id: int, *, resolution: str, version: int | None = None, by: Actor
) -> Ticket:
    """Say that the matter is mended, and how; the requester confirms or refuses.

    Raises: NotPermitted; ResolutionMissing; MoveNotAllowed; StaleTicket.
    Records: TicketResolved.
    """
    ticket = locked(ticket_id, version)
    require(by, "ticket.work", ticket)
    require_open(ticket)
    words = resolution.strip()
    if not words:
        raise ResolutionMissing(
            said("Say in a sentence what helped; the requester and the next agent read it.")
        )
    move(ticket, State.RESOLVED)
    ticket.resolution = words
    ticket.resolved_at = clock.now()
    forget_waiting(ticket)
    ticket.requester_spoke_at = None
    end_custody(ticket, at=ticket.resolved_at)
    fields = take_up(ticket, owner_id=by.person_id, by=by)
    save(
        ticket,
        "state", "resolution", "resolved_at", "requester_spoke_at", *WAITING_FIELDS, *fields,
    )  # fmt: skip
    record(TicketResolved(subject_id=ticket.pk, resolution=words), by=by)
    return ticket


@command
def confirm_resolution(ticket_id: int, *, by: Actor) -> Ticket:
    """Close the ticket because the requester says that it works. Once closed: silent.

    Raises: NotPermitted; MoveNotAllowed when nobody has resolved it.
    Records: TicketClosed.
    """
    ticket = locked(ticket_id)
    require(by, "ticket.confirm", ticket)
    return _close(ticket, how="confirmed", by=by)


@command
def refuse_resolution(ticket_id: int, *, reason: str, by: Actor) -> Ticket:
    """Take the ticket up again because the requester says that it does not work.

    A closed one only as long as the desk allows; later it is a new matter.

    Raises: NotPermitted; ReasonMissing; QuietPeriodOver; MoveNotAllowed while it is open.
    Records: TicketReopened.
    """
    ticket = locked(ticket_id)
    require(by, "ticket.confirm", ticket)
    if not ticket.may_be_taken_up(clock.now()):
        raise QuietPeriodOver(
            said(
                "%(reference)s was closed too long ago to be taken up again. Report it as a new "
                "matter; the old one stays readable."
            ),
            reference=ticket.reference,
        )
    return _reopen(ticket, reason=reason, by_requester=True, by=by)


@command
def close_ticket(ticket_id: int, *, how: str = "agent", by: Actor) -> Ticket:
    """Close a resolved ticket without the requester's word. Once closed: silent.

    Raises: NotPermitted; MoveNotAllowed when nobody has resolved it.
    Records: TicketClosed.
    """
    ticket = locked(ticket_id)
    require(by, "ticket.close", ticket)
    return _close(ticket, how=how, by=by)


@command
def reopen_ticket(ticket_id: int, *, reason: str, version: int | None = None, by: Actor) -> Ticket:
    """Take a resolved or closed ticket up again; counted. While it is open: silent.

    Raises: NotPermitted; ReasonMissing; StaleTicket.
    Records: TicketReopened.
    """
    ticket = locked(ticket_id, version)
    require(by, "ticket.reopen", ticket)
    return _reopen(ticket, reason=reason, by_requester=False, by=by)


def _close(ticket: Ticket, *, how: str, by: Actor) -> Ticket:
    if ticket.state == State.CLOSED:
        return ticket
    move(ticket, State.CLOSED)
    ticket.closed_at = clock.now()
    ticket.requester_spoke_at = None
    save(ticket, "state", "closed_at", "requester_spoke_at")
    record(TicketClosed(subject_id=ticket.pk, how=how), by=by)
    return ticket


def _reopen(ticket: Ticket, *, reason: str, by_requester: bool, by: Actor) -> Ticket:
    if State(ticket.state) in OPEN:
        if by_requester:
            raise MoveNotAllowed(ticket.state, State.IN_WORK)
        return ticket
    words = reason.strip()
    if not words:
        raise ReasonMissing(said("Say what does not work, so that nobody has to ask again."))
    now = clock.now()
    move(ticket, State.ASSIGNED if ticket.assignee_id else State.NEW)
    ticket.reopen_count += 1
    ticket.resolved_at = ticket.closed_at = None
    ticket.requester_spoke_at = now if by_requester else ticket.requester_spoke_at
    pass_custody(ticket, at=now)
    save(ticket, "state", "reopen_count", "resolved_at", "closed_at", "requester_spoke_at")
    record(
        TicketReopened(
            subject_id=ticket.pk,
            reason=words,
            count=ticket.reopen_count,
            state=ticket.state,
            by_requester=by_requester,
        ),
        by=by,
    )
    return ticket
