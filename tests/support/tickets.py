"""Tickets for tests, made through the commands."""

from dataclasses import dataclass
from typing import Any

from builders import a_desk, a_number, a_person, a_team, acting, an_agent, somebody_with

from ansvar.access.decisions import Role
from ansvar.kernel.actor import Actor
from ansvar.people.models import Desk, Person, Team
from ansvar.tickets.commands import (
    decide_hand_over,
    hand_over_ticket,
    open_ticket,
    resolve_ticket,
)
from ansvar.tickets.decisions import Answer
from ansvar.tickets.models import Ticket


@dataclass(kw_only=True)
class Workplace:
    """A desk with two teams and an agent in the first."""

    desk: Desk
    first: Team
    second: Team
    agent: Person
    by: Actor


def a_workplace() -> Workplace:
    desk = a_desk()
    first, second = a_team(desk), a_team(desk, line=2)
    agent = an_agent(team=first)
    return Workplace(desk=desk, first=first, second=second, agent=agent, by=acting(agent))


def a_ticket(place: Workplace | None = None, **wanted: Any) -> Ticket:
    """Return a new ticket that its requester has opened on the portal."""
    place = place or a_workplace()
    requester = wanted.pop("requester", None) or a_person()
    by = wanted.pop("by", None) or acting(requester)
    fields = {"subject": f"Matter {a_number()}", "channel": "portal", **wanted}
    return open_ticket(desk=place.desk, requester=requester, by=by, **fields)


def a_resolved_ticket(place: Workplace | None = None, **wanted: Any) -> Ticket:
    place = place or a_workplace()
    ticket = a_ticket(place, **wanted)
    return resolve_ticket(ticket.pk, resolution="Restarted it.", by=place.by)


def handed_back(ticket: Ticket, team: Team, *, reason: str = "Not ours.", by: Actor) -> Ticket:
    """Return a ticket that whoever decides has let go back to a team that has held it before.

    The desk's supervisor decides, once it falls to one.
    """
    request = hand_over_ticket(ticket.pk, team=team, reason=reason, by=by).request
    assert request is not None
    decider = ticket.service.owner if ticket.service else _supervisor_of(ticket.desk)
    return decide_hand_over(request.pk, answer=Answer.GIVE, by=acting(decider))


def _supervisor_of(desk: Desk) -> Person:
    found = Person.objects.filter(role_grants__role=Role.SUPERVISOR, role_grants__desk=desk)
    return found.first() or somebody_with(Role.SUPERVISOR, desk)
