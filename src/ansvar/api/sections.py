"""How an endpoint is declared: who may knock, what it answers, which refusals it can give."""

import hashlib
import re
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Final, Protocol, TypeVar, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Router
from ninja.operation import Operation
from pydantic import TypeAdapter

from ansvar.access.middleware import actor_of
from ansvar.access.pages import ANYBODY, LOGGED_IN
from ansvar.api.refusals import UnknownParameter
from ansvar.api.shapes import Problem
from ansvar.kernel.given_answers import answer_once
from ansvar.kernel.refusal import Refusal
from ansvar.kernel.rights import require

KEY: Final = re.compile(r"[\x21-\x7e]{1,200}\Z")
KEY_PARAMETER: Final = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": (
        "Your own name for this request, 1 to 200 visible ASCII characters. The same request sent "
        "again with the same key gives the first answer again and does nothing twice."
    ),
    "schema": {"type": "string", "maxLength": 200},
    "example": "order-4711",
}
REFUSALS: Final = {
    "GET": (401, 404, 422, 429),
    "POST": (400, 401, 403, 404, 409, 422, 429),
    "PATCH": (400, 401, 403, 404, 409, 422, 429),
    "DELETE": (401, 403, 404, 409, 422, 429),
}
View = TypeVar("View", bound=Callable[..., Any])


class BadKey(Refusal):
    """An idempotency key that cannot be one."""


class Endpoint(Protocol):
    """A view that has said who may open it."""

    requires: str
    _ninja_operation: Operation


class Section:
    """The endpoints of one context."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.router = Router(tags=[title])

    def get(self, path: str, answer: Any, *, requires: str = LOGGED_IN) -> Callable[[View], View]:
        """Declare an endpoint that shows something."""
        return self._endpoint("GET", path, answer, requires=requires, status=200)

    def post(
        self, path: str, answer: Any, *, requires: str = LOGGED_IN, status: int = 200
    ) -> Callable[[View], View]:
        """Declare an endpoint that does something; it honours `Idempotency-Key`."""
        return self._endpoint("POST", path, answer, requires=requires, status=status)

    def patch(self, path: str, answer: Any, *, requires: str = LOGGED_IN) -> Callable[[View], View]:
        """Declare an endpoint that changes the fields it is sent."""
        return self._endpoint("PATCH", path, answer, requires=requires, status=200)

    def delete(self, path: str, *, requires: str = LOGGED_IN) -> Callable[[View], View]:
        """Declare an endpoint that takes something away and answers with nothing."""
        return self._endpoint("DELETE", path, None, requires=requires, status=204)

    def _endpoint(
        self, method: str, path: str, answer: Any, *, requires: str, status: int
    ) -> Callable[[View], View]:
        def declare(view: View) -> View:
            guarded = _guarded(view, answer, requires=requires, status=status)
            first, _, rest = (view.__doc__ or "").strip().partition("\n")
            self.router.add_api_operation(
                path,
                [method],
                guarded,
                response={status: answer} | dict.fromkeys(_refusals(method, requires), Problem),
                operation_id=view.__name__,
                summary=first.rstrip("."),
                description=_said(rest, requires),
                url_name=view.__name__,
                openapi_extra={"parameters": [KEY_PARAMETER]} if method == "POST" else None,
            )
            return view

        return declare


def _refusals(method: str, requires: str) -> Sequence[int]:
    needs_right = requires not in {LOGGED_IN, ANYBODY}
    return sorted({*REFUSALS[method], *([403] if needs_right else [])})


def _said(rest: str, requires: str) -> str:
    words = "\n".join(line.strip() for line in rest.strip().splitlines())
    right = "" if requires in {LOGGED_IN, ANYBODY} else f"Needs the right `{requires}`."
    return "\n\n".join(part for part in (words, right) if part)


def _guarded(
    view: Callable[..., Any], answer: Any, *, requires: str, status: int
) -> Callable[..., HttpResponseBase]:
    adapter: TypeAdapter[Any] | None = None if answer is None else TypeAdapter(answer)

    @wraps(view)
    def guarded(request: HttpRequest, **values: Any) -> HttpResponseBase:
        refuse_unknown_parameters(request, cast("Endpoint", guarded)._ninja_operation)  # noqa: SLF001  # ninja's own mark
        if requires not in {LOGGED_IN, ANYBODY}:
            require(actor_of(request), requires)

        def make() -> tuple[int, Any]:
            made = view(request, **values)
            return status, made if adapter is None else adapter.dump_python(made, mode="json")

        key = request.headers.get("Idempotency-Key")
        if request.method == "POST" and key is not None:
            return _answered_once(request, key, make)
        made = view(request, **values)
        if isinstance(made, HttpResponseBase):
            return made
        if adapter is None:
            return HttpResponse(status=status)
        return _with_version(json_answer(adapter.dump_json(made), status=status), made)

    cast("Endpoint", guarded).requires = requires
    return guarded


def _with_version(answer: HttpResponse, made: Any) -> HttpResponse:
    version = getattr(made, "version", None)
    if isinstance(version, int):
        answer["ETag"] = f'"{version}"'
    return answer


def _answered_once(
    request: HttpRequest, key: str, make: Callable[[], tuple[int, Any]]
) -> HttpResponse:
    if not KEY.match(key):
        raise BadKey("An Idempotency-Key has 1 to 200 visible ASCII characters.")
    asked = b"\n".join(
        (str(request.method).encode(), request.get_full_path().encode(), request.body)
    )
    (status, body), is_repeat = answer_once(
        actor_id=actor_of(request).id or 0,
        key=key,
        fingerprint=hashlib.sha256(asked).hexdigest(),
        make=make,
    )
    answer = json_answer(TypeAdapter(Any).dump_json(body), status=status)
    if is_repeat:
        answer["Idempotency-Replayed"] = "true"
    return answer


def json_answer(content: bytes, *, status: int = 200) -> HttpResponse:
    """Answer with JSON that nobody keeps a copy of."""
    answer = HttpResponse(content, status=status, content_type="application/json")
    answer["Cache-Control"] = "private, no-store"
    return answer


def refuse_unknown_parameters(request: HttpRequest, operation: Operation) -> None:
    """Refuse a query that asks for more than the endpoint knows: a typing error would else hide.

    Raises: UnknownParameter.
    """
    known: set[str] = set()
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            known |= set(model.__ninja_flatten_map__)
    for name in request.GET:
        if name not in known:
            raise UnknownParameter(name)


def requirement_of(operations: Sequence[Operation]) -> str:
    """Return who may knock at an address: the weakest of what its methods require."""
    needs = [cast("Endpoint", operation.view_func).requires for operation in operations]
    for open_to_more in (ANYBODY, LOGGED_IN):
        if open_to_more in needs:
            return open_to_more
    return needs[0]
