"""The pages around who holds a ticket: handing over, deciding, asking, foreseeing, custody."""

import csv
import io
from datetime import timedelta

import pytest
from browser import Opened
from builders import a_person, a_service, acting, an_agent, somebody_with
from desktops import FRAGMENT, Desktop, a_desktop, client_of
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from ansvar.access.decisions import Role
from ansvar.kernel import clock
from ansvar.people.models import Person
from ansvar.tickets.commands import (
    add_note,
    answer_task,
    ask_others,
    credit_help,
    expect_solution,
    hand_over_ticket,
)
from ansvar.tickets.decisions import TaskKind
from ansvar.tickets.models import HandOverReason, HandOverRequest, Ticket
from tickets import a_ticket


@pytest.fixture
def owner(desk: Desktop) -> Person:
    return somebody_with(Role.SERVICE_OWNER, desk.desk)


@pytest.fixture
def ticket(desk: Desktop, owner: Person) -> Ticket:
    """Return a ticket that has gone from the first team to the second."""
    ticket = a_ticket(desk, subject="No sound", service=a_service(desk.desk, owner=owner))
    hand_over_ticket(ticket.pk, team=desk.second, reason="Yours.", tried="Reboot.", by=desk.by)
    ticket.refresh_from_db()
    return ticket


def asked_back(desk: Desktop, ticket: Ticket) -> HandOverRequest:
    given = hand_over_ticket(ticket.pk, team=desk.first, reason="Not ours.", by=desk.by)
    assert given.request is not None
    return given.request


def at(ticket: Ticket, place: str = "") -> str:
    return f"/tickets/{ticket.reference}/{place}"


def shown(client: Client, ticket: Ticket, place: str = "") -> str:
    answer = client.get(at(ticket, place))
    assert answer.status_code == 200
    return answer.content.decode()


def test_before_sending_each_team_says_what_will_come_of_it(
    desk: Desktop, client: Client, ticket: Ticket, owner: Person
):
    hand_over_ticket(ticket.pk, team=desk.first, reason="x", by=acting(owner_as_agent(owner)))
    page = shown(client, ticket, "hand-over/")
    assert f"{owner.name} decides; until then it stays with {desk.first.name}." in page
    assert f"{desk.second.name} has held it before" in page
    theirs = shown(client_of(owner_as_agent(owner)), ticket, "hand-over/")
    assert "You decide that: it goes there at once." in theirs


def owner_as_agent(owner: Person) -> Person:
    """Return the owner, who works on tickets, too, from now on."""
    desk = owner.role_grants.get(role=Role.SERVICE_OWNER).desk
    owner.role_grants.get_or_create(role=Role.AGENT, desk=desk)
    return owner


def test_handing_over_asks_for_a_reason_and_for_what_was_tried(
    desk: Desktop, client: Client, ticket: Ticket
):
    for wanted in ({"reason": "Not ours."}, {"tried": "Nothing yet"}):
        answer = client.post(at(ticket, "hand-over/"), {"team": desk.first.pk, **wanted})
        assert answer.status_code == 422
    listed = HandOverReason.objects.filter(desk=desk.desk).first()
    assert listed is not None
    wanted = {"team": desk.first.pk, "listed": listed.pk, "tried": "Nothing yet"}
    answer = client.post(at(ticket, "hand-over/"), wanted, headers=FRAGMENT)
    assert f"it is decided the ticket stays with {desk.second.name}" in answer["HX-Trigger"]
    assert ticket.hand_over_requests.get().reason == listed.text


def test_what_was_noted_as_tried_is_filled_in_for_the_next_team(
    desk: Desktop, client: Client, ticket: Ticket
):
    client.post(at(ticket, "note/"), {"text": "A new  cable.", "is_attempt": "yes"})
    add_note(ticket.pk, text="Ask Per.", by=desk.by)
    assert ">A new cable.</textarea>" in shown(client, ticket, "hand-over/").replace("\n", "")
    page = shown(client, ticket)
    assert "What was tried" in page
    assert page.count("tried, did not help") == 1
    # Of the hand-over as well as of the note.
    assert "Tried: Reboot." in page


def test_what_waits_is_shown_to_all_and_decided_by_those_who_may(
    desk: Desktop, client: Client, ticket: Ticket, owner: Person
):
    request = asked_back(desk, ticket)
    page = shown(client, ticket)
    assert f"{owner.name} decides whether {desk.first.name} gets it" in page
    assert "Take back" in page
    assert 'value="keep"' not in page
    theirs = shown(client_of(owner), ticket)
    assert f"You decide whether {desk.first.name} gets it" in theirs
    assert 'value="keep"' in theirs
    decide = at(ticket, f"hand-over/{request.pk}/decide/")
    assert client.post(decide, {"answer": "give"}).status_code == 403
    assert client_of(owner).post(decide, {"answer": "steal"}).status_code == 422
    assert "There is no third team" in client_of(owner).get(decide).content.decode()
    client_of(owner).post(decide, {"answer": "split", "words": "Look at the plug."})
    page = shown(client, ticket)
    assert f"Decided: {desk.first.name} has a task, the ticket stays" in page
    assert f"{desk.first.name} has a piece of the work" in page


def test_the_supervisor_decides_once_the_owner_has_let_it_pass(
    desk: Desktop, ticket: Ticket, owner: Person
):
    request = asked_back(desk, ticket)
    supervisor = client_of(somebody_with(Role.SUPERVISOR, desk.desk))
    assert 'value="keep"' not in shown(supervisor, ticket)
    HandOverRequest.objects.filter(pk=request.pk).update(opens_at=clock.now())
    page = shown(supervisor, ticket)
    assert "The supervisors of the desk may decide now, too." in page
    assert 'value="keep"' in page


def test_while_a_wish_waits_the_dialog_says_so_and_it_can_be_taken_back(
    desk: Desktop, client: Client, ticket: Ticket
):
    request = asked_back(desk, ticket)
    page = shown(client, ticket, "hand-over/")
    assert "nobody can hand the ticket to another team" in page
    assert 'name="team"' not in page
    client.post(at(ticket, f"hand-over/{request.pk}/take-back/"))
    assert 'name="team"' in shown(client, ticket, "hand-over/")


def test_another_tickets_question_is_not_found(
    desk: Desktop, client: Client, stranger: Client, ticket: Ticket
):
    request = asked_back(desk, ticket)
    task = ask_others(
        ticket.pk, kind=TaskKind.WORK, team=desk.second, words="The plug.", by=desk.by
    )
    other = a_ticket(desk)
    for path in (f"hand-over/{request.pk}/take-back/", f"tasks/{task.pk}/withdraw/"):
        assert client.post(at(other, path)).status_code == 404
        assert stranger.post(at(ticket, path)).status_code == 404


def test_what_is_asked_of_somebody_needs_them_until_it_is_answered(
    desk: Desktop, client: Client, ticket: Ticket
):
    expert = an_agent(team=desk.first)
    theirs = client_of(expert)
    wanted = {"kind": "question", "person": "", "team": "", "words": "Which port?"}
    assert client.post(at(ticket, "ask-others/"), wanted).status_code == 422
    client.post(at(ticket, "ask-others/"), {**wanted, "person": expert.pk})
    task = ticket.tasks.get()
    assert "You are asked" in shown(theirs, ticket)
    for view in ("asked", "needs-you"):
        assert ticket.reference in theirs.get(f"/queue/{view}/").content.decode()
    answer = at(ticket, f"tasks/{task.pk}/answer/")
    assert theirs.post(answer, {"words": " "}).status_code == 422
    theirs.post(answer, {"words": "Port 7."})
    assert ticket.reference not in theirs.get("/queue/asked/").content.decode()
    page = shown(client, ticket)
    assert "Port 7." in page
    assert "It helped" in page
    client.post(at(ticket, f"tasks/{task.pk}/credit/"), {"helped": "yes"})
    assert "It helped." in shown(client, ticket)
    assert "1 time it helped" in client.get(f"/people/{expert.pk}/").content.decode()
    suggested = shown(client, ticket, "ask-others/")
    assert f"Helped with {ticket.service.name if ticket.service else ''} before" in suggested


def test_somebody_takes_what_the_team_is_asked_and_it_can_be_withdrawn(
    desk: Desktop, client: Client, ticket: Ticket
):
    for _ in range(2):
        ask_others(ticket.pk, kind=TaskKind.WORK, team=desk.first, words="Plug.", by=desk.by)
    first, second = ticket.tasks.all()
    client.post(at(ticket, f"tasks/{first.pk}/take/"))
    client.post(at(ticket, f"tasks/{second.pk}/withdraw/"))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.person, second.is_open) == (desk.agent, False)


def test_the_expected_time_is_one_click_and_told_to_the_requester_without_the_holder(
    desk: Desktop, client: Client, ticket: Ticket
):
    wanted = timezone.localtime(clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert 'name="quick"' in shown(client, ticket, "expected/")
    assert client.post(at(ticket, "expected/"), {}).status_code == 422
    client.post(at(ticket, "expected/"), {"quick": wanted, "why": "A part comes."})
    assert "Expected to be solved" in shown(client, ticket)
    requester = client_of(ticket.requester)
    theirs = requester.get(f"/portal/tickets/{ticket.reference}/").content.decode()
    assert "We expect it to be solved by" in theirs
    assert "A part comes." not in theirs
    Ticket.objects.filter(pk=ticket.pk).update(expected_at=clock.now() - timedelta(hours=1))
    theirs = requester.get(f"/portal/tickets/{ticket.reference}/").content.decode()
    assert "It takes longer than we thought" in theirs
    client.post(at(ticket, "expected/"), {"nobody_knows": "on"})
    ticket.refresh_from_db()
    assert ticket.expected_at is None


def test_custody_is_told_in_full_and_as_a_table(
    desk: Desktop, client: Client, ticket: Ticket, owner: Person
):
    hand_over_ticket(ticket.pk, team=desk.first, reason="Back.", by=acting(owner_as_agent(owner)))
    page = shown(client, ticket, "custody/")
    for words in ("Every holder", "By team", "Bounces", "bounced back", desk.first.name):
        assert words in page, words
    answer = client.get(at(ticket, "custody.csv"))
    text = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["team"] for row in rows] == [desk.first.name, desk.second.name, desk.first.name]
    assert [row["bounce"] for row in rows] == ["no", "no", "yes"]
    assert [row["lost"] for row in rows] == ["no", "yes", "no"]


def test_what_could_not_wait_is_registered_afterwards_and_found_again(
    desk: Desktop, client: Client
):
    began = clock.now() - timedelta(hours=2, minutes=10)
    wanted = {
        "desk": desk.desk.pk,
        "requester": a_person().pk,
        "subject": "All tills",
        "kind": "project_work",
        "began_at": timezone.localtime(began).strftime("%Y-%m-%dT%H:%M"),
        "worked": desk.agent.pk,
        "why": "Nobody could sell.",
    }
    assert client.post("/tickets/afterwards/", {**wanted, "why": ""}).status_code == 422
    assert "Register it afterwards" in client.get("/tickets/new/").content.decode()
    client.post("/tickets/afterwards/", wanted)
    ticket = Ticket.objects.get(subject="All tills")
    assert (ticket.kind, ticket.assignee) == ("project_work", desk.agent)
    assert abs(ticket.opened_at - began) < timedelta(minutes=1)
    assert "after work began" in shown(client, ticket)
    a_ticket(desk, subject="At once")
    found = client.get("/queue/open/?afterwards=on").content.decode()
    assert "All tills" in found
    assert "At once" not in found


def test_the_page_costs_the_same_however_much_is_asked(
    desk: Desktop, client: Client, ticket: Ticket, django_assert_max_num_queries
):
    asked_back(desk, ticket)
    expect_solution(ticket.pk, at=clock.now() + timedelta(hours=1), by=desk.by)
    for _ in range(4):
        expert = an_agent(team=desk.first)
        task = ask_others(
            ticket.pk, kind=TaskKind.QUESTION, person=expert, words="Which?", by=desk.by
        )
        answer_task(task.pk, words="Seven.", by=acting(expert))
        credit_help(task.pk, has_helped=True, by=desk.by)
    with django_assert_max_num_queries(16):
        shown(client, ticket)


@pytest.mark.browser
def test_one_key_decides_a_hand_over_and_those_who_look_see_each_other(opened: Opened):
    desk = a_desktop()
    owner = owner_as_agent(somebody_with(Role.SERVICE_OWNER, desk.desk))
    ticket = a_ticket(desk, service=a_service(desk.desk, owner=owner))
    hand_over_ticket(ticket.pk, team=desk.second, reason="Yours.", by=desk.by)
    asked_back(desk, ticket)
    theirs = opened(at(ticket), as_=desk.agent)
    expect(theirs.locator("html[data-live=on]")).to_have_count(1)
    page = opened(at(ticket), as_=owner)
    expect(theirs.locator("[data-looking] [data-names]")).to_have_text(owner.name)
    expect(page.locator("[data-looking] [data-names]")).to_have_text(desk.agent.name)
    page.keyboard.press("2")
    expect(page.locator("#pending-title")).to_have_count(0)
    expect(theirs.locator("#story")).to_contain_text("Decided: it stays where it is")
    page.close()
    expect(theirs.locator("[data-looking]")).to_be_hidden()
