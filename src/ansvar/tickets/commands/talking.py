"""Whose turn it is in the conversation; called by the channels, which record the messages."""

from datetime import datetime

from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.tickets.commands.locking import locked, save, take_up
from ansvar.tickets.commands.working import end_waiting
from ansvar.tickets.decisions import WaitingFor
from ansvar.tickets.models import Ticket


@command
def requester_spoke(
    ticket_id: int, *, at: datetime, by: Actor, why: str = "the requester answered"
) -> Ticket:
    """Note that the requester waits for an answer since *at*; wakes a ticket that waited for it.

    The channel that received the words records them. *why* is for a ticket that is woken.

    Records: WaitingEnded when the ticket waited for the requester.
    """
    ticket = locked(ticket_id)
    if ticket.requester_spoke_at is None:
        ticket.requester_spoke_at = at
    if ticket.waiting_for == WaitingFor.REQUESTER and end_waiting(
        ticket, why=why, by=by, fields=("requester_spoke_at",)
    ):
        return ticket
    save(ticket, "requester_spoke_at")
    return ticket


@command
def desk_answered(ticket_id: int, *, by: Actor) -> Ticket:
    """Note that the desk has answered the requester's last words.

    Records: OwnerChanged at the first taking up.
    """
    ticket = locked(ticket_id)
    ticket.requester_spoke_at = None
    fields = take_up(ticket, owner_id=by.person_id, by=by)
    save(ticket, "requester_spoke_at", *fields)
    return ticket
