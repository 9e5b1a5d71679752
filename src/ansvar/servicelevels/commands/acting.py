"""What a step does to a ticket itself: a higher priority, or other hands."""

from contextlib import suppress

from django.utils.translation import gettext as _
from django.utils.translation import override

from ansvar.kernel.actor import Actor, ActorKind
from ansvar.kernel.command import command
from ansvar.people.models import Membership, Person, Team
from ansvar.servicelevels.addressing import Addresses
from ansvar.servicelevels.decisions.terms import Action, Step
from ansvar.servicelevels.models import LevelVersion
from ansvar.tickets.commands import (
    HandOverWaits,
    assign_ticket,
    hand_over_ticket,
    override_priority,
)
from ansvar.tickets.models import Ticket


@command
def act(ticket_id: int, *, version_id: int, key: str) -> None:
    """Do what a step foresees, signed by its service level; a ticket that is done is left alone.

    Where the service owner decides hand-overs, the owner is asked; where somebody has asked
    already, the answer is waited for.

    Records: PriorityOverridden; TicketAssigned; TicketHandedOver or HandOverAsked.
    """
    version = LevelVersion.objects.select_related("level").get(pk=version_id)
    step = next((one for one in version.agreed.steps if one.key == key), None)
    ticket = Ticket.objects.select_for_update(of=("self",)).select_related("desk").get(pk=ticket_id)
    if step is None or not ticket.is_open:
        return
    by = Actor(kind=ActorKind.RULE, id=version.pk, label=str(version))
    with override(ticket.desk.language):
        why = _("The service level foresees it when the time runs out: {level}.").format(
            level=version
        )
    if step.action is Action.RAISE:
        _raise(ticket, why=why, by=by)
    elif step.action is Action.ASSIGN:
        with suppress(HandOverWaits):
            _give(ticket, step, why=why, by=by)


def _raise(ticket: Ticket, *, why: str, by: Actor) -> None:
    if ticket.priority > 1:
        override_priority(ticket.pk, priority=ticket.priority - 1, reason=why, by=by)


def _give(ticket: Ticket, step: Step, *, why: str, by: Actor) -> None:
    """Give the ticket to the team of the step, or to the person it names."""
    if step.team_id is not None and step.team_id != ticket.team_id:
        team = Team.objects.get(pk=step.team_id)
        hand_over_ticket(ticket.pk, team=team, reason=why, by=by)
        return
    wanted = Addresses([ticket]).of(step, ticket)
    to = Person.objects.filter(pk__in=wanted, is_active=True).order_by("pk").first()
    if to is None:
        return
    if Membership.objects.filter(team=ticket.team_id, person=to).exists():
        assign_ticket(ticket.pk, to=to, by=by)
        return
    own = Team.objects.filter(desk=ticket.desk_id, is_active=True, memberships__person=to)
    for theirs in own.order_by("pk")[:1]:
        hand_over_ticket(ticket.pk, team=theirs, reason=why, assignee=to, by=by)
