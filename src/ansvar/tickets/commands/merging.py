"""Two tickets that are one matter: one of them goes on."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.tickets.commands.editing import add_participant, link_tickets
from ansvar.tickets.commands.holding import end_custody
from ansvar.tickets.commands.locking import locked, require_open, save
from ansvar.tickets.commands.working import WAITING_FIELDS, forget_waiting
from ansvar.tickets.decisions import State
from ansvar.tickets.facts import TicketClosed
from ansvar.tickets.models import Link, Ticket


class CannotMerge(Refusal):
    """The tickets are not two open matters of one desk."""

    status = 409


@command
def merge_ticket(ticket_id: int, *, into_id: int, by: Actor) -> Ticket:
    """Close a ticket because another one is the same matter; nobody is asked whether it works.

    Its requester takes part in the other one from then on. The words on it are the channels' to
    move.

    Raises: NotPermitted on either; CannotMerge; MoveNotAllowed when one of them is done.
    Records: TicketLinked, ParticipantAdded on the other one, TicketClosed.
    """
    first, second = sorted((ticket_id, into_id))
    # In one order, so that two merges the opposite ways round cannot wait for each other.
    tickets = {one.pk: one for one in (locked(first), locked(second))}
    ticket, into = tickets[ticket_id], tickets[into_id]
    require(by, "ticket.work", ticket)
    require(by, "ticket.work", into)
    if ticket.pk == into.pk or ticket.desk_id != into.desk_id:
        raise CannotMerge(said("Only two tickets of one desk can become one."))
    require_open(ticket)
    require_open(into)
    link_tickets(ticket.pk, other_id=into.pk, relation=Link.Relation.DUPLICATE, by=by)
    if ticket.requester_id not in {into.requester_id, into.reporter_id}:
        add_participant(into.pk, person=ticket.requester, by=by)
    ticket.refresh_from_db(fields=["version"])
    with override(ticket.language):
        ticket.resolution = _("It is the same matter as {reference} and goes on there.").format(
            reference=into.reference
        )
    ticket.state = State.CLOSED
    ticket.resolved_at = ticket.closed_at = clock.now()
    ticket.requester_spoke_at = None
    forget_waiting(ticket)
    end_custody(ticket, at=ticket.closed_at)
    save(
        ticket,
        "state", "resolution", "resolved_at", "closed_at", "requester_spoke_at", *WAITING_FIELDS,
    )  # fmt: skip
    record(TicketClosed(subject_id=ticket.pk, how="merged"), by=by)
    return into
