import pytest
from builders import a_person, acting, an_agent

from ansvar.demo.commands import DemoInUse, is_loaded
from ansvar.demo.company import ORGANISATION
from ansvar.demo.load import remove
from ansvar.kernel.actor import SYSTEM
from ansvar.people.commands import edit_organisation
from ansvar.people.models import Desk, Organisation, Person
from ansvar.tickets.commands import add_note, link_tickets, open_ticket
from ansvar.tickets.models import Link, Ticket
from tickets import a_ticket

pytestmark = pytest.mark.django_db


def test_a_renamed_demo_is_found_again(small_demo):
    edit_organisation(
        Organisation.objects.get(name=ORGANISATION).pk, name="Another name", by=SYSTEM
    )
    remove()
    assert not Organisation.objects.exists()
    assert not Ticket.objects.exists()


def test_what_people_did_on_the_demo_goes_with_it(small_demo):
    person = Person.objects.get(name="Amina Warsame")
    open_ticket(
        desk=Desk.objects.get(prefix="IT"), requester=person, subject="New", by=acting(person)
    )
    remove()
    assert not Ticket.objects.exists()


def test_a_real_persons_ticket_on_a_demo_desk_keeps_the_demo(small_demo):
    person = a_person(name="Real Person")
    desk = Desk.objects.get(prefix="IT")
    ticket = open_ticket(desk=desk, requester=person, subject="Real", by=acting(person))
    with pytest.raises(DemoInUse, match="Real Person") as refused:
        remove()
    assert ticket.reference in str(refused.value)
    assert is_loaded()


def test_a_real_desks_ticket_of_a_demo_person_keeps_the_demo(small_demo):
    person = Person.objects.get(name="Amina Warsame")
    ticket = a_ticket(requester=person)
    with pytest.raises(DemoInUse, match=ticket.reference):
        remove()


def test_a_link_from_a_real_ticket_keeps_the_demo(small_demo):
    real = a_ticket()
    link_tickets(
        real.pk, other_id=Ticket.objects.filter(desk__prefix="IT").first().pk,
        relation=Link.Relation.RELATED, by=SYSTEM,
    )  # fmt: skip
    with pytest.raises(DemoInUse, match=real.reference):
        remove()


def test_a_real_agent_who_holds_a_demo_ticket_does_not_keep_the_demo(small_demo):
    agent = an_agent(Desk.objects.get(prefix="IT"))
    ticket = Ticket.objects.filter(desk__prefix="IT").first()
    add_note(ticket.pk, text="Trying it out.", by=acting(agent))
    remove()
    assert Person.objects.get() == agent
