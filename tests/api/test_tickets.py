from datetime import datetime
from typing import Any

import pytest
from budgets import Budget
from builders import a_person, a_site, an_agent, an_agreed_service
from programs import Program
from queued_work import queued

from ansvar.tickets.models import Ticket
from tickets import a_resolved_ticket, a_ticket, a_workplace

pytestmark = pytest.mark.django_db


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [item["id"] for item in answer.json()["items"]]


def test_a_requester_opens_a_ticket_for_himself():
    place = a_workplace()
    person = a_person()
    answer = Program(person).post(
        "/tickets", {"desk": place.desk.pk, "subject": "Printer prints half", "kind": "incident"}
    )
    assert answer.status_code == 201
    body = answer.json()
    assert body["requester"] == {"id": person.pk, "name": person.name}
    assert body["channel"] == "api"
    assert body["desk_side"] is None
    assert answer["ETag"] == '"1"'
    assert Ticket.objects.get(pk=body["id"]).subject == "Printer prints half"


def test_opening_a_ticket_takes_few_statements(budget: Budget):
    place = a_workplace()
    service, requester = an_agreed_service(place.desk), a_person()
    program = Program(place.agent)
    body = {"service": service.pk, "requester": requester.pk, "subject": "Slow"}
    with budget("opening a ticket"):
        answer = program.post("/tickets", body)
    assert answer.status_code == 201
    ticket = Ticket.objects.get(pk=answer.json()["id"])
    # Told at once, and written with the ticket itself.
    assert datetime.fromisoformat(answer.json()["update_due_at"]) == ticket.update_due_at
    assert not queued("kernel.run_reaction")


def test_a_requester_cannot_open_one_in_another_name():
    place = a_workplace()
    answer = Program(a_person()).post(
        "/tickets", {"desk": place.desk.pk, "subject": "x", "requester": a_person().pk}
    )
    assert answer.status_code == 403
    assert Ticket.objects.count() == 0


def test_the_desk_follows_from_the_service():
    place = a_workplace()
    service = an_agreed_service(place.desk)
    answer = Program(place.agent).post("/tickets", {"service": service.pk, "subject": "Slow"})
    assert answer.json()["desk"]["id"] == place.desk.pk
    assert answer.json()["service"] == {"id": service.pk, "name": service.name}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"desk": 1}, "#/subject"),
        ({"desk": "1", "subject": "x"}, "#/desk"),
        ({"desk": True, "subject": "x"}, "#/desk"),
        ({"desk": 1.0, "subject": "x"}, "#/desk"),
        ({"desk": 1, "subject": ""}, "#/subject"),
        ({"desk": 1, "subject": 5}, "#/subject"),
        ({"desk": 1, "subject": "x", "kind": "fault"}, "#/kind"),
        ({"desk": 1, "subject": "x", "subjct": "y"}, "#/subjct"),
        ({"desk": 1, "subject": "a\u0000b"}, "#/subject"),
        ({"desk": 2**70, "subject": "x"}, "#/desk"),
    ],
)
def test_a_body_that_does_not_fit_is_refused_at_its_field(body: dict[str, Any], pointer: str):
    answer = Program(a_person()).post("/tickets", body)
    assert answer.status_code == 422, answer.content
    assert pointer in [fault["pointer"] for fault in answer.json()["errors"]]


@pytest.mark.parametrize(
    "content", ["{", "[]", '"x"', '{"a": NaN}', '{"a": 1, "a": 2}', "\xff", "[" * 100_000]
)
def test_what_is_no_json_object_is_refused(content: str):
    program = Program(a_person())
    answer = program.client.generic(
        "POST",
        "/api/v1/tickets",
        content.encode("latin-1"),
        content_type="application/json",
        headers=program.headers,
    )
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_a_form_is_refused_because_foreign_pages_can_send_forms():
    program = Program(a_person())
    answer = program.client.post("/api/v1/tickets", {"subject": "x"}, headers=program.headers)
    assert answer.status_code == 415


def test_an_unknown_desk_or_service_is_named():
    program = Program(a_person())
    answer = program.post("/tickets", {"desk": 999_999, "subject": "x"})
    assert answer.status_code == 422
    assert "999999" in answer.json()["detail"]
    assert program.post("/tickets", {"subject": "x"}).status_code == 422


def test_an_agent_lists_what_the_desk_has_and_a_requester_his_own():
    place = a_workplace()
    requester = a_person()
    mine, other = a_ticket(place, requester=requester), a_ticket(place)
    elsewhere = a_ticket()
    assert ids(Program(place.agent).get("/tickets")) == [other.pk, mine.pk]
    assert ids(Program(requester).get("/tickets")) == [mine.pk]
    assert elsewhere.pk not in ids(Program(place.agent).get("/tickets"))


def test_owners_of_a_service_see_its_tickets_inside():
    place = a_workplace()
    service = an_agreed_service(place.desk)
    ticket = a_ticket(place, service=service)
    answer = Program(service.owner).get(f"/tickets/{ticket.pk}")
    assert answer.json()["desk_side"]["team"]["name"] == place.first.name


def test_lists_are_filtered():
    place = a_workplace()
    requester, site = a_person(), a_site()
    one = a_ticket(place, requester=requester, subject="Cash drawer stuck", site=site)
    done = a_resolved_ticket(place)
    program = Program(place.agent)
    assert ids(program.get("/tickets", state="open")) == [one.pk]
    assert ids(program.get("/tickets", state="resolved")) == [done.pk]
    assert ids(program.get("/tickets", requester=requester.pk)) == [one.pk]
    assert ids(program.get("/tickets", site=site.pk)) == [one.pk]
    assert ids(program.get("/tickets", q="drawer")) == [one.pk]
    assert ids(program.get("/tickets", reference=one.reference.lower())) == [one.pk]
    assert ids(program.get("/tickets", team=place.second.pk)) == []
    assert ids(program.get("/tickets", owner=place.agent.pk)) == [done.pk]
    since = done.changed_at.isoformat()
    assert ids(program.get("/tickets", changed_since=since)) == [done.pk]


def test_a_requester_learns_nothing_by_filtering_for_what_only_the_desk_sees():
    place = a_workplace()
    requester = a_person()
    ticket = a_ticket(place, requester=requester)
    program = Program(requester)
    assert ids(program.get("/tickets", team=ticket.team_id)) == []
    assert ids(program.get("/tickets", priority=ticket.priority)) == []


def test_cursors_walk_through_all_tickets_in_both_orders():
    place = a_workplace()
    tickets = [a_ticket(place).pk for _ in range(7)]
    program = Program(place.agent)
    for order, expected in (("changed_at", tickets), ("-changed_at", tickets[::-1])):
        seen, cursor = [], None
        while True:
            query = {"order": order, "limit": 3, **({"cursor": cursor} if cursor else {})}
            answer = program.get("/tickets", **query)
            seen += ids(answer)
            cursor = answer.json()["next"]
            if cursor is None:
                break
        assert seen == expected


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": 201}, "query/limit"),
        ({"limit": "many"}, "query/limit"),
        ({"stat": "open"}, "query/stat"),
        ({"state": "gone"}, "query/state"),
        ({"desk": 2**70}, "query/desk"),
    ],
)
def test_a_query_that_does_not_fit_is_refused(query: dict[str, Any], pointer: str):
    answer = Program(a_person()).get("/tickets", **query)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("cursor", ["x", "!!!", "W10", "WyJ4IiwxXQ", "é", "a" * 300, "bnVsbA"])
def test_a_made_up_cursor_is_refused(cursor: str):
    assert Program(a_person()).get("/tickets", cursor=cursor).status_code == 422


def test_a_time_without_a_zone_is_refused():
    answer = Program(a_person()).get("/tickets", changed_since="2026-11-24T09:00:00")
    assert answer.status_code == 422


def test_what_one_may_not_see_looks_like_what_does_not_exist():
    ticket = a_ticket()
    program = Program(a_person())
    unseen, missing = program.get(f"/tickets/{ticket.pk}"), program.get("/tickets/999999")
    assert unseen.status_code == missing.status_code == 404
    assert unseen.json() == missing.json()


def test_a_patch_changes_what_it_names_and_counts_the_version():
    place = a_workplace()
    ticket = a_ticket(place, description="Since lunch.")
    answer = Program(place.agent).patch(
        f"/tickets/{ticket.pk}", {"subject": "Till 2 is dark", "kind": "incident", "version": 1}
    )
    assert answer.status_code == 200, answer.content
    ticket.refresh_from_db()
    assert (ticket.subject, ticket.description) == ("Till 2 is dark", "Since lunch.")
    assert answer["ETag"] == f'"{ticket.version}"' == '"2"'


@pytest.mark.parametrize("how", ["body", "header"])
def test_a_stale_version_is_refused_with_the_present_one(how: str):
    place = a_workplace()
    ticket = a_ticket(place)
    program = Program(place.agent)
    program.patch(f"/tickets/{ticket.pk}", {"subject": "First"})
    body = {"subject": "Second", **({"version": 1} if how == "body" else {})}
    headers = {"If_Match": '"1"'} if how == "header" else {}
    answer = program.patch(f"/tickets/{ticket.pk}", body, **headers)
    assert answer.status_code == 409
    assert answer.json()["version"] == 2
    ticket.refresh_from_db()
    assert ticket.subject == "First"


def test_a_patch_of_nothing_is_refused():
    place = a_workplace()
    ticket = a_ticket(place)
    assert Program(place.agent).patch(f"/tickets/{ticket.pk}", {}).status_code == 422


def test_a_requester_cannot_patch_his_ticket():
    requester = a_person()
    ticket = a_ticket(requester=requester)
    answer = Program(requester).patch(f"/tickets/{ticket.pk}", {"subject": "x"})
    assert answer.status_code == 403


def test_agents_of_other_desks_find_nothing_to_change():
    ticket = a_ticket()
    answer = Program(an_agent()).patch(f"/tickets/{ticket.pk}", {"subject": "x"})
    assert answer.status_code == 404


def test_an_unknown_address_and_method_answer_in_the_same_form():
    program = Program(a_person())
    assert program.get("/tickts").json()["status"] == 404
    answer = program.delete("/tickets")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, POST"
