import json
from typing import Any

import pytest
from builders import a_person
from django.test import Client
from django.urls import get_resolver
from programs import Program

from ansvar.access.decisions import PERMISSIONS
from ansvar.access.pages import ANYBODY, LOGGED_IN
from ansvar.api.description import description, example_of
from ansvar.api.interface import interface, urls

DOCUMENT = json.loads(json.dumps(description(interface)))
SCHEMAS = DOCUMENT["components"]["schemas"]
OPERATIONS = [
    (f"{method} {path}", operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [one for value in part.values() for one in references(value)]
    if isinstance(part, list):
        return [one for value in part for one in references(value)]
    return []


def fits(  # noqa: PLR0911 - one way out per kind of schema
    value: Any, schema: dict[str, Any]
) -> bool:
    """A small reading of JSON schema: enough to see that an example is no nonsense."""
    if "$ref" in schema:
        return fits(value, SCHEMAS[schema["$ref"].rsplit("/", 1)[-1]])
    if "anyOf" in schema:
        return any(fits(value, one) for one in schema["anyOf"])
    if "enum" in schema:
        return value in schema["enum"]
    if "const" in schema:
        return value == schema["const"]
    kinds = {"string": str, "boolean": bool, "null": type(None), "number": (int, float)}
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            return (
                isinstance(value, dict)
                and set(schema.get("required", [])) <= set(value)
                and all(fits(value[name], field) for name, field in fields.items() if name in value)
            )
        case "array":
            return isinstance(value, list) and all(fits(one, schema["items"]) for one in value)
        case "integer":
            return type(value) is int and schema.get("minimum", value) <= value
        case None:
            return True
        case kind:
            return isinstance(value, kinds[kind])


def test_the_document_is_openapi_3_1_and_all_its_references_lead_somewhere():
    assert DOCUMENT["openapi"].startswith("3.1")
    assert len(OPERATIONS) > 40
    found = references(DOCUMENT)
    assert found
    assert [one for one in found if one.rsplit("/", 1)[-1] not in SCHEMAS] == []


def test_operation_ids_are_unique():
    ids = [operation["operationId"] for _, operation in OPERATIONS]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=[name for name, _ in OPERATIONS])
def test_an_operation_says_what_it_does_takes_gives_and_refuses(
    name: str, operation: dict[str, Any]
):
    assert operation["summary"]
    assert operation["tags"]
    refusals = {status for status in operation["responses"] if int(status) >= 400}
    assert {"401", "422"} <= refusals
    for status in refusals:
        answer = operation["responses"][status]
        assert set(answer["content"]) == {"application/problem+json"}
        assert answer["description"].endswith(".")
    parameters = {(one["in"], one["name"]) for one in operation["parameters"]}
    for placeholder in [part[1:-1] for part in name.split("/") if part.startswith("{")]:
        assert ("path", placeholder) in parameters
    if name.startswith("post"):
        assert ("header", "Idempotency-Key") in parameters


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=[name for name, _ in OPERATIONS])
def test_examples_fit_what_they_are_examples_of(name: str, operation: dict[str, Any]):
    parts = [operation.get("requestBody", {})]
    parts += [answer for status, answer in operation["responses"].items() if int(status) < 300]
    for part in parts:
        for content in part.get("content", {}).values():
            assert fits(content["example"], content["schema"]), content["example"]


def test_an_example_that_does_not_fit_is_found():
    schema = {"$ref": "#/components/schemas/TicketGiven"}
    assert fits(example_of(schema, SCHEMAS), schema)
    assert not fits({"subject": 5}, schema)
    assert not fits({}, schema)


def test_every_address_says_who_may_knock():
    known = set(PERMISSIONS) | {ANYBODY, LOGGED_IN}
    for pattern in urls():
        assert pattern.callback.requires in known, pattern
    assert get_resolver().resolve("/api/v1/people").func.requires == "person.read"


@pytest.mark.django_db
def test_anybody_may_read_the_document_and_the_page():
    client = Client()
    assert client.get("/api/v1/openapi.json").json()["info"]["title"] == "Ansvar"
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "/api/v1/tickets/{ticket_id}/hand-over" in text
    assert "https://" not in text


@pytest.mark.django_db
def test_answers_fit_the_document():
    answer = Program(a_person()).get("/me").json()
    assert fits(answer, {"$ref": "#/components/schemas/Me"})
