"""Tickets that went from team to team long ago, told through the commands as they were."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from builders import a_calendar, a_desk, a_person, a_team
from django.db import transaction

from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.journal import as_history
from ansvar.people.models import Desk, Person, Team
from ansvar.tickets.commands import hand_over_ticket, open_ticket, resolve_ticket
from ansvar.tickets.models import Ticket

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""When the desk of a crew opens."""
HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Crew:
    """A desk with the teams A and B in the first line, C in the second and D in the third."""

    desk: Desk
    teams: Mapping[str, Team]
    requester: Person


def a_crew() -> Crew:
    with clock.at(MONDAY - timedelta(days=1)):
        desk = a_desk(calendar=a_calendar())
        lines = {"A": 1, "B": 1, "C": 2, "D": 3}
        teams = {name: a_team(desk, name=name, line=line) for name, line in lines.items()}
        return Crew(desk=desk, teams=teams, requester=a_person())


def walked(crew: Crew, path: str, *, start: datetime = MONDAY, **wanted: Any) -> Ticket:
    """Return a ticket that each team of *path* held for an hour; it is solved at the end."""
    fields = {"subject": path, "requester": crew.requester, "channel": "phone", **wanted}
    with transaction.atomic(), as_history():
        with clock.at(start):
            ticket = open_ticket(desk=crew.desk, team=crew.teams[path[0]], by=SYSTEM, **fields)
        for number, name in enumerate(path[1:], start=1):
            with clock.at(start + number * HOUR):
                hand_over_ticket(
                    ticket.pk, team=crew.teams[name], reason="Not on our side.", by=SYSTEM
                )
        with clock.at(start + len(path) * HOUR):
            resolve_ticket(ticket.pk, resolution="Mended.", by=SYSTEM)
    return ticket
