"""Search, people and services, as agents look things up."""

import pytest
from builders import a_person, a_service, somebody_with
from desktops import Desktop, client_of
from django.test import Client

from ansvar.access.decisions import Role
from ansvar.people.models import Person
from tickets import a_ticket


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_a_person_is_found_with_what_is_open_for_them(desk: Desktop, client: Client):
    person = a_person(name="Ylva Test")
    a_ticket(desk, requester=person, subject="The open matter")
    page = text_of(client, "/search/?q=ylva")
    assert "Ylva Test" in page
    assert "The open matter" in page


def test_words_find_tickets_of_own_desks_only(desk: Desktop, client: Client, stranger: Client):
    a_ticket(desk, subject="Quixotic windmill")
    assert "Quixotic windmill" in text_of(client, "/search/?q=windmills")
    assert "Quixotic windmill" not in text_of(stranger, "/search/?q=windmills")


def test_a_whole_reference_opens_the_ticket(desk: Desktop, client: Client, stranger: Client):
    ticket = a_ticket(desk)
    answer = client.get(f"/search/?q={ticket.reference.lower()}")
    assert answer["Location"] == f"/tickets/{ticket.reference}/"
    assert stranger.get(f"/search/?q={ticket.reference}").status_code == 200


def test_a_number_alone_finds_the_ticket(desk: Desktop, client: Client):
    ticket = a_ticket(desk, subject="By number")
    assert "By number" in text_of(client, f"/search/?q={ticket.reference.split('-')[1]}")


@pytest.mark.parametrize(
    ("query", "words"), [("", "at least two letters"), ("zzzz", "Nothing found")]
)
def test_search_without_result_has_a_next_step(client: Client, query: str, words: str):
    assert words in text_of(client, f"/search/?q={query}")


def test_palette_finds_people_tickets_and_services(desk: Desktop, client: Client):
    person = a_person(name="Ylva Test")
    ticket = a_ticket(desk, requester=person, subject="Ylva waits")
    found = client.get("/search/palette/?q=ylva").json()
    assert [entry["href"] for entry in found] == [
        f"/people/{person.pk}/",
        f"/tickets/{ticket.reference}/",
    ]
    services = client.get(f"/search/palette/?q={desk.service.name}").json()
    assert f"/services/{desk.service.pk}/" in [entry["href"] for entry in services]
    assert client.get("/search/palette/?q=y").json() == []


def test_people_are_listed_page_by_page(
    desk: Desktop, client: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ansvar.workbench.people.PAGE_SIZE", 1)
    a_person(name="Ada Test"), a_person(name="Bo & Test~1")
    first = text_of(client, "/people/?q=test")
    assert "Ada Test" in first
    assert "Bo &amp; Test~1" not in first
    after = first.split("&amp;after=")[1].split('"')[0]
    assert "Bo &amp; Test~1" in text_of(client, f"/people/?q=test&after={after}")


def test_nobody_found_has_a_next_step(client: Client):
    assert "Nobody found" in text_of(client, "/people/?q=zzzz")


def test_a_person_shows_own_desks_tickets_only(desk: Desktop, client: Client, stranger: Client):
    person = a_person()
    a_ticket(desk, requester=person, subject="Secret of the desk")
    assert "Secret of the desk" in text_of(client, f"/people/{person.pk}/")
    assert "Secret of the desk" not in text_of(stranger, f"/people/{person.pk}/")


def test_changing_a_person(desk: Desktop, client: Client):
    person = a_person()
    answer = client.post(
        f"/people/{person.pk}/edit/", {"name": "New Name", "title": "", "site": desk.site.pk}
    )
    assert answer.status_code == 302
    person.refresh_from_db()
    assert (person.name, person.site) == ("New Name", desk.site)
    assert client.post(f"/people/{person.pk}/edit/", {"name": ""}).status_code == 422


def test_addresses_come_are_preferred_and_go(client: Client):
    person = a_person(email="one@example.com")
    url = f"/people/{person.pk}/addresses/"
    client.post(url, {"channel": "email", "address": "two@example.com"})
    two = person.contact_points.get(normalised="two@example.com")
    client.post(f"{url}{two.pk}/", {"do": "prefer"})
    two.refresh_from_db()
    assert two.is_preferred
    client.post(f"{url}{two.pk}/", {"do": "remove"})
    assert [point.address for point in person.contact_points.all()] == ["one@example.com"]


@pytest.mark.parametrize("address", ["no address", "taken@example.com"])
def test_an_address_that_cannot_be_is_refused(client: Client, address: str):
    a_person(email="taken@example.com")
    person = a_person()
    answer = client.post(
        f"/people/{person.pk}/addresses/", {"channel": "email", "address": address}
    )
    assert answer.status_code == 422
    assert person.contact_points.count() == 1


def test_who_only_reads_changes_nobody(desk: Desktop):
    client = client_of(somebody_with(Role.AUDITOR, desk.desk))
    person = a_person()
    assert "New ticket" not in text_of(client, f"/people/{person.pk}/")
    assert client.post(f"/people/{person.pk}/edit/", {"name": "X"}).status_code == 403
    assert not Person.objects.filter(name="X").exists()


def test_a_service_shows_its_card_and_what_is_open(desk: Desktop, client: Client):
    a_ticket(desk, service=desk.service, subject="About the service")
    page = text_of(client, f"/services/{desk.service.pk}/")
    assert "What quality do we promise?" in page
    assert "About the service" in page
    assert desk.service.owner.name in page


def test_services_of_other_desks_are_not_shown(desk: Desktop, client: Client, stranger: Client):
    hidden = a_service(name="Hidden service")
    assert desk.service.name in text_of(client, "/services/")
    assert "Hidden service" not in text_of(client, "/services/")
    assert client.get(f"/services/{hidden.pk}/").status_code == 404
    assert stranger.get(f"/services/{desk.service.pk}/").status_code == 404
