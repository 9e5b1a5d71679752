"""What the interface says of itself: an OpenAPI document, and the same as an outline for a page."""

import json
from functools import cache
from typing import Any, Final

from ninja import NinjaAPI

from ansvar.api.refusals import MEDIA_TYPE

BASE: Final = "/api/v1"
INTRODUCTION: Final = """\
The same commands and rights as on the pages, as JSON over HTTP.

**Log-in.** Make an access token under your preferences and send it as `Authorization: Bearer
ansvar_...`. A token acts as the person who made it. What you may not see is answered like what
does not exist, with 404.

**Pages of lists.** `limit` items (at most 200) come at a time; `next` is the cursor of the
following page, or null.

**Refusals** are `application/problem+json` (RFC 9457): `detail` is a sentence for people, `type`
is for programs, `errors` points at the wrong fields. Unknown fields and parameters are refused,
and a number in quotation marks is no number.

**Safe repeats.** With `Idempotency-Key` on a POST, the same request sent again gives the first
answer (marked `Idempotency-Replayed: true`) for seven days and does nothing twice. The same key
with another request is refused with 422, and with 409 while the first one is still being worked
on. A refused request leaves the key free.

**Versions.** A ticket's `version`, also its `ETag`, counts every change. Send it back in the body
or as `If-Match`: if the ticket has changed meanwhile, nothing is written and the answer is 409
with the present version.

**Speed.** Up to 12,000 requests a minute for each person and server process; beyond it 429 with
`Retry-After`.
"""
WHEN: Final = {
    400: "The body is not JSON that can be read.",
    401: "No token, or one that is not in force.",
    403: "You may see it, and may not do this.",
    404: "It does not exist, or you may not see it.",
    409: "Not in this state, or it has changed meanwhile.",
    415: "The body is not declared as JSON.",
    422: "Fields or parameters are not fit; `errors` says which.",
    429: "Too many requests; `Retry-After` says when to go on.",
}


@cache
def document(interface: NinjaAPI) -> bytes:
    """Return the OpenAPI 3.1 document as JSON."""
    return json.dumps(description(interface), indent=1, ensure_ascii=False).encode()


def description(interface: NinjaAPI) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document."""
    made: dict[str, Any] = dict(interface.get_openapi_schema(path_prefix=f"{BASE[1:]}/"))
    made["info"]["description"] = INTRODUCTION
    made["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    made["servers"] = [{"url": "/"}]
    made["security"] = [{"token": []}, {"session": []}]
    made["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "bearerFormat": "ansvar_..."},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "The browser's log-in; what changes something needs X-CSRFToken too.",
        },
    }
    schemas = made["components"]["schemas"]
    for operations in made["paths"].values():
        for operation in operations.values():
            _complete(operation, schemas)
    return made


def _complete(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    for status, answer in operation["responses"].items():
        if int(status) in WHEN:
            answer["description"] = WHEN[int(status)]
            answer["content"] = {MEDIA_TYPE: answer["content"].pop("application/json")}
        for content in answer.get("content", {}).values():
            if int(status) not in WHEN:
                content["example"] = example_of(content["schema"], schemas)
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content["example"] = example_of(content["schema"], schemas)


def example_of(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> Any:
    """Return a value that fits *schema*, made of the examples that its fields name."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas, depth + 1)
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    if schema.get("default") is not None:
        return schema["default"]
    for key in ("anyOf", "allOf", "oneOf"):
        if key in schema:
            return example_of(schema[key][0], schemas, depth + 1)
    return _by_type(schema, schemas, depth)


def _by_type(schema: dict[str, Any], schemas: dict[str, Any], depth: int) -> Any:
    kind = schema.get("type")
    if kind == "object":
        fields = schema.get("properties", {})
        return {name: example_of(field, schemas, depth + 1) for name, field in fields.items()}
    if kind == "array":
        return [example_of(schema.get("items", {}), schemas, depth + 1)]
    if schema.get("format") == "date-time":
        return "2026-11-24T09:00:00Z"
    plain = {"integer": max(1, int(schema.get("minimum", 1))), "number": 60.0, "boolean": False}
    return plain.get(str(kind), "")


def examples_of(operation: dict[str, Any]) -> tuple[str, str]:
    """Return request and answer of an operation as JSON texts; empty when there is none."""

    def shown(part: dict[str, Any]) -> str:
        for content in part.get("content", {}).values():
            if "example" in content:
                return json.dumps(content["example"], indent=2, ensure_ascii=False)
        return ""

    answers = [part for status, part in operation["responses"].items() if int(status) not in WHEN]
    return shown(operation.get("requestBody", {})), shown(answers[0]) if answers else ""


@cache
def outline(interface: NinjaAPI) -> dict[str, Any]:
    """Return the document arranged for reading: sections of operations."""
    made = description(interface)
    sections: dict[str, list[dict[str, Any]]] = {}
    for place, operations in made["paths"].items():
        for method, operation in operations.items():
            asked, answered = examples_of(operation)
            sections.setdefault(operation["tags"][0], []).append(
                {
                    "id": operation["operationId"],
                    "method": method.upper(),
                    "path": place,
                    "summary": operation["summary"].replace("`", ""),
                    "text": operation.get("description", ""),
                    "parameters": operation.get("parameters", []),
                    "request": asked,
                    "answer": answered,
                    "refusals": [int(s) for s in operation["responses"] if int(s) in WHEN],
                }
            )
    return {
        "version": made["info"]["version"],
        "introduction": [_part(part) for part in INTRODUCTION.strip().split("\n\n")],
        "sections": sections,
    }


def _part(text: str) -> tuple[str, str]:
    """Return a paragraph's bold beginning and its rest, without marks."""
    first, _, rest = text.removeprefix("**").partition("**")
    bold, words = (first, rest) if text.startswith("**") else ("", text)
    return bold, " ".join(words.replace("`", "").split())
