import pytest
from builders import an_agent, somebody_with
from desktops import FRAGMENT, Desktop, client_of
from django.test import Client
from programs import Program

from ansvar.access.decisions import Role
from ansvar.catalogue.commands import add_needed_fact
from ansvar.catalogue.models import NeededFact
from ansvar.kernel.actor import SYSTEM
from ansvar.tickets.commands import note_detail
from ansvar.tickets.models import Ticket
from ansvar.tickets.queries import missing_on, needed_on
from tickets import a_ticket


@pytest.fixture
def needed(desk: Desktop) -> tuple[NeededFact, NeededFact]:
    """What the desk's service needs to know: a number, and which printer."""
    number = add_needed_fact(
        desk.service.pk, name="Cash desk", question="Which one?", kind="number", by=SYSTEM
    )
    printer = add_needed_fact(
        desk.service.pk, name="Printer", question="Which?", kind="choice",
        choices=["Label", "Receipt"], by=SYSTEM,
    )  # fmt: skip
    return number, printer


@pytest.fixture
def ticket(desk: Desktop, needed: tuple[NeededFact, NeededFact]) -> Ticket:
    """A ticket on which nothing is known yet."""
    return a_ticket(desk, service=desk.service)


def page_of(client: Client, ticket: Ticket) -> str:
    return client.get(f"/tickets/{ticket.reference}/").content.decode()


def test_the_ticket_shows_what_is_known_and_what_is_missing(
    desk: Desktop, client: Client, ticket: Ticket, needed: tuple[NeededFact, NeededFact]
):
    note_detail(ticket.pk, needed[0].pk, value="3", message_id=17, by=SYSTEM)
    page = page_of(client, ticket)
    assert "1 missing" in page
    assert "read from the reply" in page
    assert f"/tickets/{ticket.reference}/ask/" in page
    note_detail(ticket.pk, needed[1].pk, value="Label", by=desk.by)
    page = page_of(client, ticket)
    assert "Nothing is missing." in page
    assert f"/tickets/{ticket.reference}/ask/" not in page
    assert "Needed to begin" not in page_of(client, a_ticket(desk))


def test_an_agent_fills_in_puts_right_and_empties(
    desk: Desktop, client: Client, ticket: Ticket, needed: tuple[NeededFact, NeededFact]
):
    number, printer = (f"needed-{one.pk}" for one in needed)
    address = f"/tickets/{ticket.reference}/details/"
    assert f'name="{printer}"' in client.get(address).content.decode()
    wrong = client.post(address, {number: "the left one", printer: "Label"}, headers=FRAGMENT)
    assert wrong.status_code == 422
    assert "is no number" in wrong.content.decode()
    assert len(missing_on(ticket)) == 2
    client.post(address, {number: "3", printer: "Label"})
    assert [one.value for one in needed_on(ticket)] == ["3", "Label"]
    client.post(address, {number: "4", printer: ""}, headers=FRAGMENT)
    assert [one.value for one in needed_on(ticket)] == ["4", ""]
    stale = client.post(address, {number: "5", "version": "1"}, headers=FRAGMENT)
    assert stale.status_code == 409
    assert "somebody was faster" in stale.content.decode()


def test_asking_is_one_click_and_refused_in_words(
    client: Client, ticket: Ticket, needed: tuple[NeededFact, NeededFact]
):
    address = f"/tickets/{ticket.reference}/ask/"
    assert "Asked." in client.post(address, headers=FRAGMENT).headers["HX-Trigger"]
    ticket.refresh_from_db()
    assert (ticket.state, ticket.messages.count()) == ("waiting", 1)
    for one, value in zip(needed, ("3", "Label"), strict=True):
        note_detail(ticket.pk, one.pk, value=value, by=SYSTEM)
    refused = client.post(address, headers=FRAGMENT)
    assert refused.status_code == 409
    assert "is known" in refused.headers["HX-Trigger"]
    assert client.post(address).status_code == 409


def test_who_only_reads_neither_fills_in_nor_asks(desk: Desktop, ticket: Ticket):
    reader = client_of(somebody_with(Role.AUDITOR, desk.desk))
    page = page_of(reader, ticket)
    assert "2 missing" in page
    assert f"/tickets/{ticket.reference}/details/" not in page
    for what in ("details", "ask"):
        assert reader.post(f"/tickets/{ticket.reference}/{what}/").status_code == 403


def test_programs_read_and_write_what_is_known(
    desk: Desktop, ticket: Ticket, needed: tuple[NeededFact, NeededFact]
):
    program, number = Program(desk.agent), needed[0]
    listed = program.get(f"/services/{desk.service.pk}/needed-facts").json()["items"]
    assert [one["name"] for one in listed] == ["Cash desk", "Printer"]
    address = f"/tickets/{ticket.pk}/details"
    answer = program.patch(f"{address}/{number.pk}", {"value": " 3 "}).json()["items"][0]
    assert (answer["value"], answer["is_missing"]) == ("3", False)
    refused = program.patch(f"{address}/{number.pk}", {"value": "left"})
    assert (refused.status_code, "is no number" in refused.json()["detail"]) == (422, True)
    assert program.post(f"/tickets/{ticket.pk}/ask-missing").json()["direction"] == "out"
    assert program.delete(f"{address}/{number.pk}").status_code == 204
    assert len(missing_on(ticket)) == 2
    stranger = Program(an_agent())
    assert stranger.get(address).status_code == 404
    assert stranger.patch(f"{address}/{number.pk}", {"value": "1"}).status_code == 404
