"""Pages for what went wrong, each with the next useful step."""

import contextlib
from collections.abc import Sequence
from http import HTTPStatus

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext as _

from ansvar.ui import render

_WORTH_KEEPING = 20
"""Characters from which on a text is shown again when it could not be saved."""


def _answer(request: HttpRequest, number: int, *, headline: str, explanation: str) -> HttpResponse:
    context = {"number": number, "headline": headline, "explanation": explanation}
    return render.page(request, "ui/error.html", context, status=number)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # Django's
    """Answer 400."""
    return _answer(
        request,
        400,
        headline=_("We could not read that"),
        explanation=_("The address or the form is not what this page expects. Go back, try again."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # Django's
    """Answer 403."""
    return _answer(
        request,
        403,
        headline=_("This is not yours to open"),
        explanation=_("Your roles do not allow it. Whoever leads your team can change that."),
    )


def refused(request: HttpRequest, words: str, *, status: int) -> HttpResponse:
    """Answer with the sentence of a refusal."""
    if status == HTTPStatus.FORBIDDEN:
        return forbidden(request)
    return _answer(request, status, headline=_("That did not work"), explanation=words)


def stale_token(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django's
    """Answer 403 when the form is too old to be trusted (`CSRF_FAILURE_VIEW`)."""
    return _answer(
        request,
        403,
        headline=_("This form has been open too long"),
        explanation=_("Go back, copy what you wrote, load the page again and send it once more."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # Django's
    """Answer 404."""
    return _answer(
        request,
        404,
        headline=_("There is nothing here"),
        explanation=_("The address is wrong, or it leads to something that you may not see."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500."""
    return _answer(
        request,
        500,
        headline=_("Something broke on our side"),
        explanation=_("It is written down for whoever looks after Ansvar. Try again in a moment."),
    )


def database_away(request: HttpRequest, *, retry_after: int) -> HttpResponse:
    """Answer 503 while no database answers, with what was typed and without asking for anything."""
    context = {
        "number": 503,
        "headline": _("The database is being switched"),
        "explanation": _(
            "Nothing that was saved is lost. It usually takes less than half a minute; then load "
            "this page again."
        ),
        "typed": _longest_text(request),
    }
    if request.method in {"GET", "HEAD"}:
        context |= {"retry": request.get_full_path(), "retry_label": _("Load this page again")}
    answer = render.lone_page("ui/error.html", context, status=503)
    answer["Retry-After"] = str(retry_after)
    answer["Cache-Control"] = "no-store"
    return answer


def _longest_text(request: HttpRequest) -> str:
    """Return the longest text of a sent form: what somebody would not like to write again."""
    secret = ("password", "token", "code")
    texts: list[str] = []
    with contextlib.suppress(UnreadablePostError, SuspiciousOperation):
        texts = [
            text
            for name, sent in request.POST.lists()
            if not any(part in name.lower() for part in secret)
            for text in map(str, sent)
        ]
    longest = max(texts, key=len, default="")
    return longest if len(longest) > _WORTH_KEEPING else ""


def stale_form(
    request: HttpRequest, *, changes: Sequence[str], retry: str, typed: str = ""
) -> HttpResponse:
    """Answer 409: somebody was faster; say what has changed and keep what was typed."""
    context = {
        "number": 409,
        "headline": _("Somebody changed this meanwhile"),
        "explanation": _("Your change was not made, so that nothing of theirs is lost."),
        "details": changes,
        "retry": retry,
        "typed": typed,
    }
    return render.page(request, "ui/error.html", context, status=409)
