from datetime import datetime, timedelta
from typing import Any

import pytest
from builders import a_person, a_published_script, a_service, an_agent
from journal_checks import facts_recorded
from programs import Program

from ansvar.kernel import clock
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


def test_a_hand_over_that_is_asked_says_who_decides_and_is_decided_once():
    place = a_workplace()
    owner = a_person()
    service = a_service(place.desk, owner=owner)
    ticket = a_ticket(place, service=service)
    body = {"team": place.second.pk, "reason": "The network.", "tried": "Another socket."}
    given = act(place, ticket, "hand-over", body).json()
    assert (given["given"], given["request"]) == (True, None)
    asked = act(place, ticket, "hand-over", {"team": place.first.pk, "reason": "No."}).json()
    request = asked["request"]
    assert (asked["given"], asked["desk_side"]["team"]["id"]) == (False, place.second.pk)
    assert (request["because"], [one["id"] for one in request["deciders"]]) == ("back", [owner.pk])
    path = f"/tickets/{ticket.pk}/hand-overs"
    body = {"answer": "keep", "words": "You have the key."}
    refused = Program(place.agent).post(f"{path}/{request['id']}/decide", body)
    assert refused.status_code == 403
    decided = Program(owner).post(f"{path}/{request['id']}/decide", body, Idempotency_Key="d")
    again = Program(owner).post(f"{path}/{request['id']}/decide", body, Idempotency_Key="d")
    assert (decided.status_code, again["Idempotency-Replayed"]) == (200, "true")
    settled = Program(place.agent).post(f"{path}/{request['id']}/withdraw", {})
    assert (settled.status_code, settled.json()["type"]) == (
        409,
        "urn:ansvar:refusal:hand-over-settled",
    )
    (told,) = Program(place.agent).get(path).json()["items"]
    assert (told["answer"], told["words"], told["deciders"]) == ("keep", "You have the key.", [])


def test_others_are_asked_answer_and_get_the_credit():
    place = a_workplace()
    ticket, expert = a_ticket(place), an_agent(team=place.second)
    body = {"kind": "question", "team": place.second.pk, "words": "What does the log say?"}
    task = act(place, ticket, "tasks", body)
    assert task.status_code == 201, task.content
    path = f"/tickets/{ticket.pk}/tasks/{task.json()['id']}"
    assert Program(place.agent).post(f"{path}/take").status_code == 403
    assert Program(expert).post(f"{path}/take").json()["person"]["id"] == expert.pk
    answered = Program(expert).post(f"{path}/answer", {"words": "Port 7 flaps."})
    assert (answered.json()["is_open"], answered.json()["answer"]) == (False, "Port 7 flaps.")
    credited = Program(place.agent).post(f"{path}/credit", {"has_helped": True})
    assert credited.json()["has_helped"] is True
    other = act(place, ticket, "tasks", body).json()["id"]
    withdrawn = Program(place.agent).post(f"/tickets/{ticket.pk}/tasks/{other}/withdraw", {})
    assert withdrawn.json()["is_open"] is False
    listed = Program(place.agent).get(f"/tickets/{ticket.pk}/tasks").json()["items"]
    assert [one["id"] for one in listed] == [task.json()["id"], other]


def test_the_expected_time_is_said_and_taken_back():
    place = a_workplace()
    ticket = a_ticket(place)
    at = (clock.now() + timedelta(hours=3)).replace(microsecond=0)
    told = act(place, ticket, "expected", {"at": at.isoformat(), "why": "A part comes."})
    assert datetime.fromisoformat(told.json()["expected_at"]) == at
    past = act(place, ticket, "expected", {"at": "2020-01-01T00:00:00Z"})
    assert past.status_code == 422
    assert act(place, ticket, "expected", {"at": None}).json()["expected_at"] is None


def test_what_was_worked_on_first_is_registered_afterwards():
    place = a_workplace()
    began = (clock.now() - timedelta(hours=2)).replace(microsecond=0)
    body = {
        "desk": place.desk.pk,
        "subject": "All tills",
        "requester": a_person().pk,
        "assignee": place.agent.pk,
        "began_at": began.isoformat(),
        "why": "Nobody could sell.",
    }
    answer = Program(place.agent).post("/tickets/register-afterwards", body)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert datetime.fromisoformat(told["opened_at"]) == began
    assert told["registered_at"]
    assert told["desk_side"]["assignee"]["id"] == place.agent.pk
    custody = Program(place.agent).get(f"/tickets/{told['id']}/custody").json()
    assert custody["spells"][-1]["person"]["id"] == place.agent.pk
    assert Program(a_person()).post("/tickets/register-afterwards", body).status_code == 403


def test_a_note_can_say_that_something_was_tried():
    place = a_workplace()
    ticket = a_ticket(place)
    note = act(place, ticket, "notes", {"text": "A new cable.", "is_attempt": True}).json()
    assert note["is_attempt"] is True


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
