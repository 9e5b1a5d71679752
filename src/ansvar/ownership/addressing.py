"""Who is told: of a team those who are here, of the owners those who are not away."""

from collections.abc import Collection
from datetime import datetime

from ansvar.people.models import Membership
from ansvar.rota.queries import away_among, present_among
from ansvar.tickets.models import Task, Ticket


def told_of_team(team_id: int, now: datetime) -> frozenset[int]:
    """Return who of a team is told: those who are here, else all who are not away, else all."""
    rows = Membership.objects.filter(team=team_id, team__is_active=True, person__is_active=True)
    members = frozenset(rows.values_list("person_id", flat=True))
    return present_among(members, now) or here_among(members, now)


def here_among(people: Collection[int], now: datetime) -> frozenset[int]:
    """Return those of *people* who are not away; all of them when everybody is."""
    everybody = frozenset(people)
    return everybody - away_among(everybody, now) or everybody


def told_of_holder(ticket: Ticket, now: datetime) -> frozenset[int]:
    """Return who is told of a ticket that lies in its holder's hands: the person, else the team."""
    if ticket.assignee_id is not None:
        return frozenset({ticket.assignee_id})
    return told_of_team(ticket.team_id, now)


def told_of_task(task: Task, now: datetime) -> frozenset[int]:
    """Return who is asked: the named expert or who took it, else those of the team."""
    if task.person_id is not None:
        return frozenset({task.person_id})
    return told_of_team(task.team_id, now) if task.team_id is not None else frozenset()
