"""Whatever a requester asks: nothing of others' tickets, nothing of the desk's inside."""

import json
import re
from typing import Any

import pytest
from builders import a_person, a_published_script, an_agreed_service
from programs import Program

from ansvar.api.description import BASE, description, example_of
from ansvar.api.interface import interface
from ansvar.tickets.commands import add_note, hand_over_ticket
from ansvar.tickets.models import Ticket
from tickets import Workplace, a_ticket, a_workplace

pytestmark = pytest.mark.django_db

DOCUMENT = description(interface)
OPERATIONS = [
    (method.upper(), path.removeprefix(BASE), operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
SECRETS = ("note-secret", "subject-secret", "team-secret", "reason-secret")


@pytest.fixture
def place() -> Workplace:
    return a_workplace()


def a_ticket_with_secrets(place: Workplace, **wanted: Any) -> Ticket:
    ticket = a_ticket(place, **wanted)
    add_note(ticket.pk, text="note-secret", by=place.by)
    hand_over_ticket(ticket.pk, team=place.second, reason="reason-secret", by=place.by)
    return ticket


def everything(program: Program, ticket: Ticket) -> list[tuple[str, Any]]:
    """Every endpoint, asked about one ticket, with a body that fits it."""
    ids = {
        "ticket_id": ticket.pk,
        "person_id": ticket.requester_id,
        "service_id": ticket.service_id,
        "needed_id": 1,
        "link_id": 1,
        "request_id": 1,
        "task_id": 1,
        "file_id": 1,
        "contact_point_id": 1,
        "level_id": 1,
        "version_id": 1,
        "desk_id": ticket.desk_id,
        "supplier_id": 1,
    }
    answers = []
    for method, path, operation in OPERATIONS:
        address = re.sub(r"{(\w+)}", lambda found: str(ids[found[1]]), path)
        body = None
        if "requestBody" in operation:
            content = operation["requestBody"]["content"]["application/json"]
            body = example_of(content["schema"], DOCUMENT["components"]["schemas"])
            body.pop("version", None)
        answers.append((f"{method} {path}", program.send(method, address, body)))
    return answers


def test_of_others_tickets_a_requester_gets_nothing_from_any_endpoint(place: Workplace):
    service = an_agreed_service(place.desk)
    ticket = a_ticket_with_secrets(place, subject="subject-secret", service=service)
    before = Ticket.objects.filter(pk=ticket.pk).values().get()
    for name, answer in everything(Program(a_person()), ticket):
        text = answer.content.decode() if not answer.streaming else ""
        assert not any(secret in text for secret in SECRETS), name
        if "{ticket_id}" in name:
            assert answer.status_code == 404, (name, answer.content)
    assert Ticket.objects.filter(pk=ticket.pk).values().get() == before


def test_of_his_own_ticket_a_requester_never_gets_the_desks_inside(place: Workplace):
    place.second.name = "team-secret"
    place.second.save()
    person = a_person()
    service = an_agreed_service(place.desk)
    ticket = a_ticket_with_secrets(place, requester=person, service=service)
    inside = {"notes", "links", "timeline", "custody", "tasks", "hand-overs", "supplier-tasks"}
    for name, answer in everything(Program(person), ticket):
        text = answer.content.decode() if not answer.streaming else ""
        shown = {secret for secret in SECRETS if secret in text}
        assert not shown, name
        if answer.status_code < 300 and "desk_side" in text:
            body = json.loads(text)
            for one in body.get("items", [body]):
                assert one["desk_side"] is None, name
        if name.startswith("GET") and name.rsplit("/", 1)[-1] in inside:
            assert answer.status_code == 404, name


def test_without_a_token_nothing_is_answered(place: Workplace):
    ticket = a_ticket(place, service=an_agreed_service(place.desk))
    for name, answer in everything(Program(), ticket):
        assert answer.status_code == 401, name


def test_the_walk_reaches_what_an_agent_may_do(place: Workplace):
    a_published_script(place.desk)
    ticket = a_ticket(place, service=an_agreed_service(place.desk))
    statuses = [answer.status_code for _, answer in everything(Program(place.agent), ticket)]
    # Otherwise the walk above could be refused for its form and prove nothing.
    assert statuses.count(200) + statuses.count(201) > 20
