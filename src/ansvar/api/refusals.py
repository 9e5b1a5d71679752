"""Every way in which a request can fail, as `application/problem+json`; said once, here."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.exceptions import ValidationError as InvalidRow
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from ansvar.api.shapes import FieldFault, Problem
from ansvar.kernel.reaching import RETRY_AFTER_SECONDS, is_away
from ansvar.kernel.refusal import Refusal
from ansvar.tickets.commands import StaleTicket

MEDIA_TYPE = "application/problem+json"


class NotLoggedIn(Refusal):
    """No token and no session, or one that is not in force."""

    status = 401


class UnknownParameter(Refusal):
    """A query has a parameter that the endpoint does not know."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"There is no parameter {name!r} here.")


class TooManyRequests(Refusal):
    """A token asks faster than is good for the others."""

    status = 429

    def __init__(self, wait: int) -> None:
        self.wait = wait
        super().__init__(f"Too many requests. Go on in {wait} seconds.")


def problem(
    status: int,
    *,
    kind: str,
    detail: str,
    errors: list[FieldFault] | None = None,
    version: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return an answer that says what is wrong and what to do."""
    words = re.sub(r"(?<!^)(?=[A-Z])", "-", kind).lower()
    body = Problem(
        type=f"urn:ansvar:refusal:{words}",
        title=words.replace("-", " ").capitalize(),
        status=status,
        detail=detail,
        errors=errors or [],
        version=version,
    )
    left_out = {name for name in ("errors", "version") if not getattr(body, name)}
    answer = HttpResponse(
        body.model_dump_json(exclude=left_out), status=status, content_type=MEDIA_TYPE
    )
    for name, value in (headers or {}).items():
        answer[name] = value
    return answer


def from_refusal(refusal: Refusal) -> HttpResponse:
    """Return the answer for a refusal of a command."""
    headers: dict[str, str] = {}
    errors: list[FieldFault] = []
    if isinstance(refusal, NotLoggedIn):
        headers["WWW-Authenticate"] = 'Bearer realm="Ansvar"'
    if isinstance(refusal, TooManyRequests):
        headers["Retry-After"] = str(refusal.wait)
    if isinstance(refusal, UnknownParameter):
        errors = [FieldFault(pointer=f"query/{refusal.name}", detail=str(refusal))]
    return problem(
        refusal.status,
        kind=type(refusal).__name__,
        detail=str(refusal),
        errors=errors,
        version=refusal.ticket.version if isinstance(refusal, StaleTicket) else None,
        headers=headers,
    )


def from_invalid_row(invalid: InvalidRow) -> HttpResponse:
    """Return the answer for fields that a command has checked and found unfit."""
    if hasattr(invalid, "error_dict"):
        errors = [
            FieldFault(pointer="#" if field == "__all__" else f"#/{field}", detail=" ".join(words))
            for field, words in invalid.message_dict.items()
        ]
    else:
        errors = [FieldFault(pointer="#", detail=words) for words in invalid.messages]
    detail = " ".join(fault.detail for fault in errors)
    return problem(422, kind="InvalidFields", detail=detail, errors=errors)


def from_validation(invalid: ValidationError) -> HttpResponse:
    """Return the answer for a request whose fields have the wrong type or name."""
    errors = [
        FieldFault(pointer=_pointer(fault["loc"]), detail=fault["msg"]) for fault in invalid.errors
    ]
    detail = "The request does not fit; `errors` says where."
    return problem(422, kind="InvalidFields", detail=detail, errors=errors)


def _pointer(place: tuple[Any, ...]) -> str:
    source, *rest = place
    if source == "body":
        # The first part is the name of our own parameter, not of a field of the program's.
        return "#" + "".join(f"/{part}" for part in rest[1:])
    return f"{source}/{rest[0]}" if rest else str(source)


def install(interface: NinjaAPI) -> None:
    """Answer every failure in this one form."""
    handlers: dict[type[Exception], Any] = {
        Refusal: lambda _request, error: from_refusal(error),
        ValidationError: lambda _request, error: from_validation(error),
        InvalidRow: lambda _request, error: from_invalid_row(error),
        ObjectDoesNotExist: _not_found,
        Http404: _not_found,
        HttpError: _http_error,
        Exception: _fault,
    }
    for kind, handler in handlers.items():
        interface.add_exception_handler(kind, handler)


def not_found() -> HttpResponse:
    """Return the answer for what does not exist or may not be seen; nobody can tell which."""
    return problem(404, kind="NotFound", detail="There is nothing here that you may see.")


def method_not_allowed(allowed: str) -> HttpResponse:
    """Return the answer for a method that an address does not have."""
    return problem(
        405,
        kind="MethodNotAllowed",
        detail=f"This address answers to {allowed}.",
        headers={"Allow": allowed},
    )


def _not_found(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return not_found()


def _http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, HttpError):
        # ninja puts its own general words around what the parser has said.
        error = error.__cause__
    status = HTTPStatus(error.status_code)
    kind = "".join(word.capitalize() for word in status.phrase.split())
    return problem(error.status_code, kind=kind, detail=str(error))


def database_away() -> HttpResponse:
    """Return the answer while no database answers; to ask again with its key is safe."""
    return problem(
        503,
        kind="DatabaseAway",
        detail="The database is being switched. Send the same again, with its Idempotency-Key.",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )


def _fault(_request: HttpRequest, error: Exception) -> HttpResponse:
    if is_away(error):
        return database_away()
    # A fault of ours: Django logs it and answers 500.
    raise error
