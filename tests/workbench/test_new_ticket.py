from builders import a_person
from desktops import Desktop, client_of
from django.test import Client

from ansvar.people.models import Person
from ansvar.tickets.models import Ticket


def fields(desk: Desktop, **more: object) -> dict[str, object]:
    return {"desk": desk.desk.pk, "kind": "incident", "subject": "No sound", **more}


def test_opening_for_somebody_known(desk: Desktop, client: Client):
    person = a_person(site=desk.site)
    answer = client.post(
        "/tickets/new/", fields(desk, requester=person.pk, service=desk.service.pk)
    )
    ticket = Ticket.objects.get()
    assert answer["Location"] == f"/tickets/{ticket.reference}/"
    assert (ticket.requester, ticket.site, ticket.owner) == (person, desk.site, desk.agent)
    assert ticket.service == desk.service


def test_going_on_with_the_script(desk: Desktop, client: Client):
    answer = client.post("/tickets/new/", fields(desk, requester=a_person().pk, classify="yes"))
    assert answer["Location"].endswith("/classify/")


def test_adding_a_person_in_two_fields(desk: Desktop, client: Client):
    client.post("/tickets/new/", fields(desk, new_name="Ylva Ny", new_address="070 174 06 05"))
    person = Person.objects.get(name="Ylva Ny")
    assert person.contact_points.get().normalised == "+46701740605"
    assert Ticket.objects.get().requester == person


def test_an_address_of_somebody_else_is_refused_and_nothing_is_lost(desk: Desktop, client: Client):
    a_person(email="taken@example.com")
    answer = client.post(
        "/tickets/new/", fields(desk, new_name="Ylva Ny", new_address="taken@example.com")
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "already belongs to" in page
    assert 'value="No sound"' in page
    assert not Ticket.objects.exists()
    assert not Person.objects.filter(name="Ylva Ny").exists()


def test_a_ticket_needs_a_person_and_a_subject(desk: Desktop, client: Client):
    answer = client.post("/tickets/new/", fields(desk, subject=" "))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose the person" in page
    assert "Write a few words" in page


def test_people_are_found_while_typing(desk: Desktop, client: Client):
    person = a_person(name="Ylva Test", phone="+46701740605")
    page = client.get("/people/found/?field=requester&requester-search=0701740").content.decode()
    assert f'name="requester" value="{person.pk}"' in page


def test_a_requester_opens_nothing_here(desk: Desktop):
    client = client_of(a_person())
    assert client.get("/tickets/new/").status_code == 403
    assert client.post("/tickets/new/", fields(desk)).status_code == 403


def test_no_ticket_for_a_desk_of_others(desk: Desktop, stranger: Client):
    answer = stranger.post("/tickets/new/", fields(desk, requester=a_person().pk))
    assert answer.status_code == 422
    assert not Ticket.objects.exists()
