"""Who holds a ticket: assigning, handing over, and who answers for it to the end."""

from datetime import datetime

from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.people.models import Desk, Membership, Person, Team
from ansvar.tickets.commands.locking import ReasonMissing, locked, require_open, save, take_up
from ansvar.tickets.decisions import State, is_bounce, state_in_hands
from ansvar.tickets.facts import OwnerChanged, TicketAssigned, TicketHandedOver
from ansvar.tickets.models import CustodySpell, Ticket


class AssigneeNotInTeam(Refusal):
    """Somebody outside the holding team was to get the ticket: that is a hand-over."""


class NotThisDesk(Refusal):
    """A team or person of another desk was to get the ticket."""


@command
def assign_ticket(
    ticket_id: int, *, to: Person | None, version: int | None = None, by: Actor
) -> Ticket:
    """Make *to* the one who works on the ticket, or give it back to the team with nobody.

    Taking a ticket for oneself starts work. Assigning to the present assignee changes and records
    nothing.

    Raises: NotPermitted; AssigneeNotInTeam; MoveNotAllowed when it is resolved; StaleTicket.
    Records: TicketAssigned, and OwnerChanged at the first taking up.
    """
    ticket = locked(ticket_id, version)
    require(by, "ticket.assign", ticket)
    to_id = to.pk if to else None
    if ticket.assignee_id == to_id:
        return ticket
    require_open(ticket)
    if to is not None:
        _require_member(to, ticket.team_id)
    previous_id, ticket.assignee = ticket.assignee_id, to
    if ticket.state != State.WAITING:
        ticket.state = state_in_hands(to_id, by_id=by.person_id)
    fields = take_up(ticket, owner_id=by.person_id or to_id, by=by)
    pass_custody(ticket, at=clock.now())
    save(ticket, "assignee", "state", *fields)
    record(
        TicketAssigned(
            subject_id=ticket.pk,
            assignee_id=to_id,
            previous_id=previous_id,
            team_id=ticket.team_id,
            state=ticket.state,
        ),
        by=by,
    )
    return ticket


@command
def hand_over_ticket(
    ticket_id: int,
    *,
    team: Team,
    reason: str,
    assignee: Person | None = None,
    version: int | None = None,
    by: Actor,
) -> Ticket:
    """Give the ticket to another team, with the reason; who answers for it stays the same.

    To the present team it changes and records nothing.

    Raises: NotPermitted; ReasonMissing; NotThisDesk; AssigneeNotInTeam; MoveNotAllowed;
    StaleTicket.
    Records: TicketHandedOver, and OwnerChanged at the first taking up.
    """
    ticket = locked(ticket_id, version)
    require(by, "ticket.hand_over", ticket)
    if team.pk == ticket.team_id:
        return ticket
    require_open(ticket)
    require_team_of(ticket.desk_id, team)
    if not reason.strip():
        raise ReasonMissing(said("Say why, and what was tried: the next team reads it first."))
    if assignee is not None:
        _require_member(assignee, team.pk)
    held = ticket.custody.values_list("team_id", flat=True)
    bounced = is_bounce(team.pk, list(held))
    previous_id, ticket.team, ticket.assignee = ticket.team_id, team, assignee
    ticket.hand_over_count += 1
    ticket.bounce_count += bounced
    assignee_id = assignee.pk if assignee else None
    if ticket.state != State.WAITING:
        ticket.state = state_in_hands(assignee_id, by_id=by.person_id)
    fields = take_up(ticket, owner_id=by.person_id, by=by)
    pass_custody(ticket, at=clock.now(), bounced=bounced)
    save(ticket, "team", "assignee", "state", "hand_over_count", "bounce_count", *fields)
    record(
        TicketHandedOver(
            subject_id=ticket.pk,
            team_id=team.pk,
            previous_id=previous_id,
            assignee_id=assignee_id,
            reason=reason.strip(),
            is_bounce=bounced,
            state=ticket.state,
        ),
        by=by,
    )
    return ticket


@command
def change_owner(ticket_id: int, *, to: Person, version: int | None = None, by: Actor) -> Ticket:
    """Make *to* answer for the ticket until it is closed. The present owner may pass it on.

    To the present owner it changes and records nothing.

    Raises: NotPermitted; NotThisDesk; StaleTicket.
    Records: OwnerChanged.
    """
    ticket = locked(ticket_id, version)
    if by.person_id is None or by.person_id != ticket.owner_id:
        require(by, "ticket.change_owner", ticket)
    if ticket.owner_id == to.pk:
        return ticket
    require(Actor.person(to.pk, to.name), "ticket.reply", ticket)
    previous_id, ticket.owner = ticket.owner_id, to
    save(ticket, "owner")
    record(OwnerChanged(subject_id=ticket.pk, owner_id=to.pk, previous_id=previous_id), by=by)
    return ticket


def require_team_of(desk_id: int, team: Team) -> None:
    """Refuse a team that cannot hold tickets of a desk.

    Raises: NotThisDesk.
    """
    if team.desk_id != desk_id or not team.is_active:
        desk = Desk.objects.get(pk=desk_id)
        raise NotThisDesk(said("%(team)s is not an active team of %(desk)s."), team=team, desk=desk)


def pass_custody(ticket: Ticket, *, at: datetime, bounced: bool = False) -> None:
    """End the present spell, if there is one, and begin that of the ticket's new holder."""
    end_custody(ticket, at=at)
    CustodySpell.objects.create(
        ticket=ticket,
        team_id=ticket.team_id,
        person_id=ticket.assignee_id,
        started_at=at,
        is_bounce=bounced,
    )


def end_custody(ticket: Ticket, *, at: datetime) -> None:
    """End the present spell: nobody holds a resolved ticket."""
    ticket.custody.filter(ended_at=None).update(ended_at=at)


def _require_member(person: Person, team_id: int) -> None:
    is_member = Membership.objects.filter(team=team_id, person=person).exists()
    if not person.is_active or not is_member:
        raise AssigneeNotInTeam(
            said(
                "%(person)s is not in %(team)s. Hand the ticket over to a team of theirs instead."
            ),
            person=person,
            team=Team.objects.get(pk=team_id),
        )
