"""What requesters' pages may cost, whatever there is to show."""

from collections.abc import Iterable

import pytest
from budgets import Budget, budget  # noqa: F401 - a fixture
from builders import a_person, acting, an_agreed_service
from desktops import client_of

from ansvar.conversations.commands import post_message, write_reply
from ansvar.people.models import Person
from ansvar.tickets.commands import add_participant
from ansvar.tickets.models import Ticket
from tickets import Workplace, a_resolved_ticket, a_ticket, a_workplace

pytestmark = pytest.mark.django_db


def more_of(place: Workplace, person: Person, count: int) -> Ticket:
    for _ in range(count):
        an_agreed_service(place.desk)
        a_resolved_ticket(place, requester=person)
    ticket = a_ticket(place, requester=person, description="Words.")
    for _ in range(count):
        post_message(ticket.pk, text="More words.", by=acting(person))
        write_reply(ticket.pk, text="An answer.", by=place.by)
        add_participant(ticket.pk, person=a_person(), by=acting(person))
    return ticket


def addresses(ticket: Ticket) -> Iterable[tuple[str, str]]:
    yield "home", "/portal/"
    yield "search", "/portal/?q=matter"
    yield "list", "/portal/tickets/"
    yield "ticket", f"/portal/tickets/{ticket.reference}/"
    yield "report", "/portal/report/"
    yield "services", "/portal/services/"
    yield "informed", "/portal/informed/"


def test_pages_cost_the_same_for_few_and_many(budget: Budget):  # noqa: F811
    place, person = a_workplace(), a_person(login="anna")
    client = client_of(person)
    for count in (1, 6):
        for name, address in addresses(more_of(place, person, count)):
            with budget(name):
                assert client.get(address).status_code == 200
