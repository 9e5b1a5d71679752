"""What every request carries: one request id, remembered roles, the reader's zone and language."""

import uuid
import zoneinfo
from collections.abc import Callable
from contextlib import nullcontext

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme

from ansvar.access.queries import remembering_grants
from ansvar.kernel import journal
from ansvar.kernel.actor import Actor
from ansvar.kernel.refusal import Refusal
from ansvar.kernel.small_tables import at_one_moment
from ansvar.people.models import Person
from ansvar.ui import errors, render

READING = ("GET", "HEAD")


class RequestContext:
    """Opens the context in which views and commands of one request run."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request inside its context."""
        request_id = uuid.uuid4()
        # Who only reads asks once whether small tables have changed.
        moment = at_one_moment() if request.method in READING else nullcontext()
        with journal.request(request_id), remembering_grants(), moment:
            person = request.user
            if isinstance(person, Person):
                translation.activate(person.language)
                timezone.activate(zoneinfo.ZoneInfo(person.zone))
            try:
                response = self.get_response(request)
            finally:
                timezone.deactivate()
                translation.deactivate()
            response["X-Request-Id"] = str(request_id)
            return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Show a refusal where the person is: as a toast on the page, or on the page before.

        A form that can do better, such as show the sentence at its field, catches the refusal.
        """
        if not isinstance(exception, Refusal):
            return None
        words = str(exception)
        if render.wants_fragment(request):
            answer = HttpResponse(status=exception.status, headers={"HX-Reswap": "none"})
            return render.toast(answer, words, tone="red")
        before = request.headers.get("Referer", "")
        if request.method == "POST" and url_has_allowed_host_and_scheme(
            before, {request.get_host()}, require_https=request.is_secure()
        ):
            messages.error(request, words)
            return HttpResponseRedirect(before)
        return errors.refused(request, words, status=exception.status)


def actor_of(request: HttpRequest) -> Actor:
    """Return the logged-in person as the doer of what the request asks for.

    Raises: PermissionError when nobody is logged in: the view forgot to ask for a log-in.
    """
    person = request.user
    if not isinstance(person, Person):
        raise PermissionError("Nobody is logged in.")
    return Actor.person(person.pk, person.name)
