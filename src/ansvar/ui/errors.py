"""Pages for what went wrong, each with the next useful step."""

from collections.abc import Sequence
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ansvar.ui import render


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
