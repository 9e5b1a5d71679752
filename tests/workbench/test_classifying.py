import pytest
from desktops import FRAGMENT, Desktop
from django.test import Client

from ansvar.tickets.models import Ticket
from tickets import a_ticket


@pytest.fixture
def ticket(desk: Desktop) -> Ticket:
    return a_ticket(desk, service=desk.service, site=desk.site)


def at(client: Client, ticket: Ticket, path: str = "") -> str:
    return client.get(f"/tickets/{ticket.reference}/classify/?path={path}").content.decode()


def test_one_question_at_a_time_with_what_each_answer_means(client: Client, ticket: Ticket):
    page = at(client, ticket)
    assert "Who cannot work?" in page
    assert "Nobody at the site can" in page
    assert "one more question" in page
    assert "If you answer “One person”" in page
    assert "Impact 4 with urgency 2 makes P4" in page


def test_answers_lead_on_and_steps_are_taken_back(client: Client, ticket: Ticket):
    page = at(client, ticket, "1")
    assert "Can they work in another way?" in page
    assert "Some people" in page
    assert f"/tickets/{ticket.reference}/classify/?path=" in page
    assert 'data-key="Backspace"' in page


def test_the_outcome_is_a_sentence_and_nothing_is_kept_yet(client: Client, ticket: Ticket):
    page = at(client, ticket, "1-0")
    assert "Impact 2 with urgency 2 makes P2" in page
    assert "Take it" in page
    ticket.refresh_from_db()
    assert ticket.impact is None


def test_taking_it_keeps_the_priority_with_its_reason(
    desk: Desktop, client: Client, ticket: Ticket
):
    answer = client.post(
        f"/tickets/{ticket.reference}/classify/",
        {"path": "1-0", "script_version": desk.script.pk},
    )
    assert answer["Location"] == f"/tickets/{ticket.reference}/"
    ticket.refresh_from_db()
    assert (ticket.impact, ticket.priority) == (2, 2)
    page = client.get(f"/tickets/{ticket.reference}/").content.decode()
    assert "Can they work in another way? – No" in page


@pytest.mark.parametrize("path", ["7", "0-0", "1-9", "1-0-0"])
def test_a_path_that_the_script_does_not_have_begins_anew(
    client: Client, ticket: Ticket, path: str
):
    answer = client.get(f"/tickets/{ticket.reference}/classify/?path={path}")
    assert answer["Location"] == f"/tickets/{ticket.reference}/classify/"


def test_unfinished_answers_are_not_taken(client: Client, ticket: Ticket):
    client.post(f"/tickets/{ticket.reference}/classify/", {"path": "1"})
    ticket.refresh_from_db()
    assert ticket.impact is None


def test_without_a_script_there_is_a_next_step(desk: Desktop, client: Client):
    page = at(client, a_ticket(desk))
    assert "There is no impact script yet" in page
    assert "Set the priority by hand" in page


def test_the_runner_is_answered_alone_for_htmx(client: Client, ticket: Ticket):
    answer = client.get(f"/tickets/{ticket.reference}/classify/", headers=FRAGMENT)
    assert answer.content.decode().lstrip().startswith('<div class="two lean" id="runner"')


def test_overriding_needs_a_reason_and_can_be_taken_back(client: Client, ticket: Ticket):
    url = f"/tickets/{ticket.reference}/override/"
    assert client.post(url, {"priority": "1", "reason": " "}).status_code == 422
    client.post(url, {"priority": "1", "reason": "The minister calls"})
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.is_overridden) == (1, True)
    assert "The minister calls" in client.get(f"/tickets/{ticket.reference}/").content.decode()
    client.post(f"{url}drop/")
    ticket.refresh_from_db()
    assert ticket.is_overridden is False


def test_another_desk_classifies_nothing(stranger: Client, ticket: Ticket):
    url = f"/tickets/{ticket.reference}/classify/"
    assert stranger.get(url).status_code == 404
    assert stranger.post(url, {"path": "0"}).status_code == 404
