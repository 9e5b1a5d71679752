"""Who works on a ticket in the team that holds it, and who answers for it to the end."""

from datetime import datetime

from django.db.models import Q

from ansvar.kernel import clock, journal
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import may, require
from ansvar.people.models import Desk, Membership, Person, Team
from ansvar.tickets.commands.locking import locked, require_open, save, take_up
from ansvar.tickets.decisions import State, state_in_hands
from ansvar.tickets.facts import OwnerChanged, TicketAssigned
from ansvar.tickets.models import CustodySpell, Ticket

COUNTED_UP_TO = 100
"""Whoever passes over more has passed over many."""


class AssigneeNotInTeam(Refusal):
    """Somebody outside the holding team was to get the ticket: that is a hand-over."""


class EnoughInHand(Refusal):
    """Somebody was to take one more ticket while holding as many as the team lets one person."""

    status = 409


class NotThisDesk(Refusal):
    """A team or person of another desk was to get the ticket."""


@command
def assign_ticket(
    ticket_id: int, *, to: Person | None, version: int | None = None, by: Actor
) -> Ticket:
    """Make *to* the one who works on the ticket, or give it back to the team with nobody.

    Taking a ticket for oneself starts work, as far as the team's limit allows: a P1 and whoever
    leads are exempt. What waits in the team and comes before it is counted. Assigning to the
    present assignee changes and records nothing.

    Raises: NotPermitted; AssigneeNotInTeam; EnoughInHand; MoveNotAllowed when it is resolved;
    StaleTicket.
    Records: TicketAssigned, and OwnerChanged at the first taking up.
    """
    ticket = locked(ticket_id, version)
    require(by, "ticket.assign", ticket)
    to_id = to.pk if to else None
    if ticket.assignee_id == to_id:
        return ticket
    require_open(ticket)
    if to is not None:
        require_member(to, ticket.team_id)
    is_taken = to is not None and to.pk == by.person_id and not journal.is_history()
    passed_over = _passed_over(ticket) if is_taken else 0
    if is_taken:
        _require_room(ticket, by)
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
            passed_over=passed_over,
            for_vip=is_taken and ticket.requester.is_vip,
        ),
        by=by,
    )
    return ticket


def _passed_over(ticket: Ticket) -> int:
    """Count what waits for somebody in the team and comes before *ticket*, up to a bound."""
    waiting = Ticket.objects.filter(
        team=ticket.team_id, assignee=None, state__in=[State.NEW, State.ASSIGNED]
    ).exclude(pk=ticket.pk)
    before = Q(priority__lt=ticket.priority) | Q(
        priority=ticket.priority, due_rank__lt=ticket.due_rank
    )
    return len(waiting.filter(before).values_list("pk")[:COUNTED_UP_TO])


def _require_room(ticket: Ticket, by: Actor) -> None:
    """Refuse somebody whose hands are full, by the limit of the team.

    Raises: EnoughInHand.
    """
    most = ticket.team.most_taken
    if most is None or ticket.priority == 1 or may(by, "ticket.change_owner", ticket):
        return
    held = Ticket.objects.filter(
        team=ticket.team_id, assignee=by.person_id, state=State.IN_WORK
    ).count()
    if held >= most:
        raise EnoughInHand(
            said(
                "You work on %(held)s tickets; in %(team)s one person takes at most %(most)s at a "
                "time. Finish one, let one wait, or ask who leads the team."
            ),
            held=held,
            team=ticket.team,
            most=most,
        )


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


HANDS_FIELDS = ("team", "assignee", "hand_over_count", "bounce_count")


def change_hands(ticket: Ticket, team: Team, *, assignee_id: int | None) -> tuple[int, bool]:
    """Put a locked ticket under another team and count that; the caller saves `HANDS_FIELDS`.

    Returns the team that held it until now, and whether this gives the ticket back.
    """
    previous_id = ticket.team_id
    bounced = ticket.custody.filter(team=team).exists()
    ticket.team, ticket.assignee_id = team, assignee_id
    ticket.hand_over_count += 1
    ticket.bounce_count += bounced
    pass_custody(ticket, at=clock.now(), bounced=bounced)
    return previous_id, bounced


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


def require_member(person: Person, team_id: int) -> None:
    """Refuse somebody who cannot work on what a team holds.

    Raises: AssigneeNotInTeam.
    """
    is_member = Membership.objects.filter(team=team_id, person=person).exists()
    if not person.is_active or not is_member:
        raise AssigneeNotInTeam(
            said(
                "%(person)s is not in %(team)s. Hand the ticket over to a team of theirs instead."
            ),
            person=person,
            team=Team.objects.get(pk=team_id),
        )
