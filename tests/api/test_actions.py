from typing import Any

import pytest
from builders import a_person, a_published_script, an_agent
from journal_checks import facts_recorded
from programs import Program

from ansvar.tickets.models import Ticket
from tickets import Workplace, a_resolved_ticket, a_ticket, a_workplace

pytestmark = pytest.mark.django_db


def act(place: Workplace, ticket: Ticket, action: str, body: Any = None, **headers: str) -> Any:
    return Program(place.agent).post(f"/tickets/{ticket.pk}/{action}", body, **headers)


def test_classifying_finds_the_priority_with_its_reasons():
    place = a_workplace()
    ticket = a_ticket(place)
    version = a_published_script(place.desk)
    body = {"script_version": version.pk, "answers": [1, 0]}
    answer = act(place, ticket, "classify", body)
    assert answer.status_code == 200, answer.content
    assert answer.json()["desk_side"]["impact"] == 2
    assert any("Some people" in sentence for sentence in answer.json()["desk_side"]["why"])


def test_unfinished_answers_are_refused():
    place = a_workplace()
    version = a_published_script(place.desk)
    answer = act(place, a_ticket(place), "classify", {"script_version": version.pk, "answers": [1]})
    assert answer.status_code == 422


def test_a_priority_is_set_by_hand_and_given_back():
    place = a_workplace()
    ticket = a_ticket(place)
    answer = act(place, ticket, "override-priority", {"priority": 1, "reason": "Auditors wait."})
    assert answer.json()["desk_side"]["priority"] == 1
    answer = act(place, ticket, "drop-override")
    assert answer.json()["desk_side"]["is_overridden"] is False


def test_a_ticket_is_assigned_and_given_back_to_the_team():
    place = a_workplace()
    ticket = a_ticket(place)
    answer = act(place, ticket, "assign", {"assignee": place.agent.pk})
    assert answer.json()["desk_side"]["assignee"]["id"] == place.agent.pk
    assert answer.json()["state"] == "in_work"
    assert act(place, ticket, "assign", {"assignee": None}).json()["state"] == "new"


def test_somebody_outside_the_team_is_not_assigned():
    place = a_workplace()
    answer = act(place, a_ticket(place), "assign", {"assignee": an_agent(place.desk).pk})
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:ansvar:refusal:assignee-not-in-team"


def test_a_ticket_is_handed_over_with_a_reason():
    place = a_workplace()
    ticket = a_ticket(place)
    body = {"team": place.second.pk, "reason": "The network behind it."}
    assert (
        act(place, ticket, "hand-over", body).json()["desk_side"]["team"]["id"] == place.second.pk
    )
    assert act(place, ticket, "hand-over", {"team": place.first.pk}).status_code == 422


def test_the_owner_passes_the_ticket_on():
    place = a_workplace()
    ticket = a_ticket(place)
    act(place, ticket, "start")
    colleague = an_agent(place.desk)
    answer = act(place, ticket, "owner", {"owner": colleague.pk})
    assert answer.json()["owner"]["id"] == colleague.pk


def test_work_starts_waits_and_goes_on():
    place = a_workplace()
    ticket = a_ticket(place)
    assert act(place, ticket, "start").json()["state"] == "in_work"
    answer = act(place, ticket, "wait", {"waiting_for": "requester", "note": "A photo"})
    assert answer.json()["waits_for_requester"] is True
    answer = act(place, ticket, "wait", {"waiting_for": "date", "until": "2099-01-01T08:00:00Z"})
    assert answer.json()["desk_side"]["waiting"]["until"] == "2099-01-01T08:00:00Z"
    assert act(place, ticket, "wait", {"waiting_for": "date"}).status_code == 422
    assert act(place, ticket, "resume", {"reason": "It came."}).json()["state"] == "new"


def test_a_start_on_a_stale_version_is_refused():
    place = a_workplace()
    ticket = a_ticket(place)
    act(place, ticket, "start")
    answer = act(place, ticket, "resolve", {"resolution": "x"}, If_Match='"1"')
    assert answer.status_code == 409
    assert answer.json()["version"] == 2


def test_a_ticket_is_resolved_refused_resolved_again_and_confirmed():
    place = a_workplace()
    requester = a_person()
    ticket = a_ticket(place, requester=requester)
    theirs = Program(requester)
    with facts_recorded() as facts:
        act(place, ticket, "resolve", {"resolution": "New print head."})
        theirs.post(f"/tickets/{ticket.pk}/refuse", {"reason": "Still half."})
        act(place, ticket, "resolve", {"resolution": "New cable too."})
        answer = theirs.post(f"/tickets/{ticket.pk}/confirm")
    assert answer.json()["state"] == "closed"
    kept = [f for f in facts if f in {"ticket.resolved", "ticket.reopened", "ticket.closed"}]
    assert kept == ["ticket.resolved", "ticket.reopened", "ticket.resolved", "ticket.closed"]


def test_a_lead_closes_and_an_agent_reopens():
    place = a_workplace()
    ticket = a_resolved_ticket(place)
    assert act(place, ticket, "close").status_code == 403
    assert act(place, ticket, "reopen", {"reason": "It is back."}).json()["reopen_count"] == 1


def test_a_move_that_the_state_forbids_is_a_conflict():
    place = a_workplace()
    answer = act(place, a_resolved_ticket(place), "start")
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:ansvar:refusal:move-not-allowed"


def test_notes_are_written_and_read_by_agents():
    place = a_workplace()
    ticket = a_ticket(place)
    made = act(place, ticket, "notes", {"text": "Switch replaced in May."})
    assert made.status_code == 201
    listed = Program(place.agent).get(f"/tickets/{ticket.pk}/notes")
    assert [note["text"] for note in listed.json()["items"]] == ["Switch replaced in May."]


def test_an_agent_answers_and_the_requester_replies():
    place = a_workplace()
    requester = a_person()
    ticket = a_ticket(place, requester=requester)
    act(place, ticket, "messages", {"text": "Is it better?"})
    answer = Program(requester).post(f"/tickets/{ticket.pk}/messages", {"text": "No."})
    assert answer.status_code == 201, answer.content
    said = Program(requester).get(f"/tickets/{ticket.pk}/messages").json()["items"]
    assert [(one["direction"], one["text"]) for one in said] == [
        ("out", "Is it better?"),
        ("in", "No."),
    ]


def test_participants_come_and_go():
    place = a_workplace()
    requester, colleague = a_person(), a_person()
    ticket = a_ticket(place, requester=requester)
    theirs = Program(requester)
    made = theirs.post(f"/tickets/{ticket.pk}/participants", {"person": colleague.pk})
    assert made.status_code == 201, made.content
    assert Program(colleague).get(f"/tickets/{ticket.pk}").status_code == 200
    assert theirs.delete(f"/tickets/{ticket.pk}/participants/{colleague.pk}").status_code == 204
    assert Program(colleague).get(f"/tickets/{ticket.pk}").status_code == 404


def test_a_participant_invites_nobody():
    place = a_workplace()
    requester, colleague = a_person(), a_person()
    ticket = a_ticket(place, requester=requester)
    path = f"/tickets/{ticket.pk}/participants"
    Program(requester).post(path, {"person": colleague.pk})
    assert Program(colleague).post(path, {"person": a_person().pk}).status_code == 403


def test_links_show_both_ends_and_only_what_one_may_see():
    place = a_workplace()
    one, other = a_ticket(place), a_ticket(place)
    made = act(place, one, "links", {"other": other.pk, "relation": "duplicate"})
    assert made.status_code == 201
    back = Program(place.agent).get(f"/tickets/{other.pk}/links").json()["items"]
    assert [(link["direction"], link["other"]["id"]) for link in back] == [("to_here", one.pk)]
    unseen = act(place, one, "links", {"other": a_ticket().pk, "relation": "related"})
    assert unseen.status_code == 422
    gone = Program(place.agent).delete(f"/tickets/{one.pk}/links/{made.json()['id']}")
    assert gone.status_code == 204
    assert Program(place.agent).get(f"/tickets/{one.pk}/links").json()["items"] == []


def test_the_timeline_tells_what_happened_page_by_page():
    place = a_workplace()
    ticket = a_ticket(place)
    act(place, ticket, "start")
    program = Program(place.agent)
    first = program.get(f"/tickets/{ticket.pk}/timeline", limit=1).json()
    assert [entry["fact"] for entry in first["items"]] == ["ticket.opened"]
    rest = program.get(f"/tickets/{ticket.pk}/timeline", cursor=first["next"]).json()
    assert [entry["fact"] for entry in rest["items"]] == [
        "ticket.owner_changed",
        "ticket.work_started",
    ]
    assert (rest["items"][1]["actor"], rest["items"][1]["words"]) == (
        place.agent.name,
        "started work",
    )


def test_custody_says_who_held_it():
    place = a_workplace()
    ticket = a_ticket(place)
    act(place, ticket, "hand-over", {"team": place.second.pk, "reason": "Network."})
    body = Program(place.agent).get(f"/tickets/{ticket.pk}/custody").json()
    assert [holding["team"] for holding in body["items"]] == [place.first.name, place.second.name]
    assert body["items"][1]["is_now"] is True
