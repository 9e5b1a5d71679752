"""What a desk's past knows and its present does not: a resolved ticket that changes hands."""

from ansvar.kernel import clock, journal
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.people.models import Team
from ansvar.tickets.commands.holding import (
    HANDS_FIELDS,
    change_hands,
    end_custody,
    require_team_of,
)
from ansvar.tickets.commands.locking import ReasonMissing, locked, save
from ansvar.tickets.facts import TicketHandedOver
from ansvar.tickets.models import Ticket


class OnlyAsHistory(Refusal):
    """Something was to be done now that can only have happened long ago."""

    status = 409


class StillOpen(Refusal):
    """An open ticket was to be handed over as if it were resolved."""

    status = 409


@command
def hand_over_done_ticket(ticket_id: int, *, team: Team, reason: str, by: Actor) -> Ticket:
    """Put a resolved or closed ticket under another team, as other desks' histories do.

    It stays resolved: it is not taken up again, no clock runs, and the new team holds it for no
    time. Counted like every hand-over. To the present team it changes and records nothing.

    Raises: NotPermitted; OnlyAsHistory; StillOpen; ReasonMissing; NotThisDesk.
    Records: TicketHandedOver.
    """
    ticket = locked(ticket_id)
    require(by, "ticket.hand_over", ticket)
    if team.pk == ticket.team_id:
        return ticket
    if not journal.is_history():
        raise OnlyAsHistory(
            said("Take %(reference)s up again first: nobody holds a resolved ticket."),
            reference=ticket.reference,
        )
    if ticket.is_open:
        raise StillOpen(said("%(reference)s is not resolved."), reference=ticket.reference)
    require_team_of(ticket.desk_id, team)
    if not reason.strip():
        raise ReasonMissing(said("Say why, and what was tried: the next team reads it first."))
    previous_id, bounced = change_hands(ticket, team, assignee_id=None)
    # A spell without time: the chain of teams is whole, and nobody's time grows.
    end_custody(ticket, at=clock.now())
    save(ticket, *HANDS_FIELDS)
    record(
        TicketHandedOver(
            subject_id=ticket.pk,
            team_id=team.pk,
            previous_id=previous_id,
            reason=reason.strip(),
            is_bounce=bounced,
            state=ticket.state,
        ),
        by=by,
    )
    return ticket
