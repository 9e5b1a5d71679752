"""A service with everybody who has a say in its hand-overs, for tests."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from builders import acting, an_agent, an_agreed_service, somebody_with

from ansvar.access.decisions import Role
from ansvar.catalogue.models import Service
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.people.models import Person
from ansvar.rota.commands import announce_absence
from ansvar.tickets.commands import hand_over_ticket, set_hand_over_rule
from ansvar.tickets.decisions import RuleMode
from ansvar.tickets.models import HandOverRequest, Ticket
from tickets import Workplace, a_ticket, a_workplace

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def at(day: int, hour: float) -> clock.at:
    """Set the clock to an hour of a day, counted from a Monday; desks work from 8 to 17."""
    return clock.at(MONDAY + timedelta(days=day, hours=hour))


@dataclass(kw_only=True)
class Owned:
    """A desk with a service whose owner decides every hand-over, and who else there is."""

    place: Workplace
    service: Service
    owner: Person
    deputy: Person
    supervisor: Person
    second: Person
    """Works in the second team."""

    def asked(self, ticket: Ticket | None = None) -> HandOverRequest:
        """Let the agent ask for a hand-over to the second team."""
        ticket = ticket or self.ticket()
        request = hand_over_ticket(
            ticket.pk,
            team=self.place.second,
            reason="The fault is theirs.",
            tried="Restarted it.",
            by=self.place.by,
        ).request
        assert request is not None
        return request

    def ticket(self, **wanted: Any) -> Ticket:
        """Open a ticket of the service."""
        return a_ticket(self.place, service=self.service, **wanted)


def an_owned_service(place: Workplace | None = None) -> Owned:
    place = place or a_workplace()
    owner = somebody_with(Role.SERVICE_OWNER, place.desk, name="Olga Owner")
    deputy = somebody_with(Role.SERVICE_OWNER, place.desk, name="Dora Deputy")
    service = an_agreed_service(place.desk, owner=owner, deputy=deputy, team=place.first)
    set_hand_over_rule(service.pk, mode=RuleMode.ALWAYS, wait_minutes=120, by=acting(owner))
    return Owned(
        place=place,
        service=service,
        owner=owner,
        deputy=deputy,
        supervisor=somebody_with(Role.SUPERVISOR, place.desk, name="Sven Supervisor"),
        second=an_agent(team=place.second),
    )


def away(person: Person, *, hours: int = 3) -> None:
    """Let somebody be away from now on."""
    now = clock.now()
    announce_absence(person.pk, starts_at=now, ends_at=now + timedelta(hours=hours), by=SYSTEM)
