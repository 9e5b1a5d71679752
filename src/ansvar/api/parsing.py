"""Reading the body of a request: JSON as its standard says, nothing more."""

import json
from typing import Any

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.parser import Parser
from typing_extensions import override


class StrictParser(Parser):
    """Refuses what readers of JSON understand differently: a name given twice, NaN, broken text."""

    @override
    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        if request.content_type != "application/json":
            # A form of a foreign page can send other types without asking first.
            raise HttpError(415, "Send JSON, with `Content-Type: application/json`.")
        try:
            text = request.body.decode("utf-8")
            body = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_doubles)
        except (ValueError, RecursionError) as error:
            raise HttpError(400, f"This is not JSON that can be read: {error}") from error
        if not isinstance(body, dict):
            raise HttpError(400, "Send a JSON object.")
        return body


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice in one object")
    return found
