"""What every request carries: one request id, remembered roles, the reader's zone and language."""

import uuid
import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from ansvar.access.queries import remembering_grants
from ansvar.kernel import journal
from ansvar.kernel.actor import Actor
from ansvar.people.models import Person


class RequestContext:
    """Opens the context in which views and commands of one request run."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request inside its context."""
        request_id = uuid.uuid4()
        with journal.request(request_id), remembering_grants():
            person = request.user
            if isinstance(person, Person):
                translation.activate(person.language)
                if person.timezone:
                    timezone.activate(zoneinfo.ZoneInfo(person.timezone))
            try:
                response = self.get_response(request)
            finally:
                timezone.deactivate()
                translation.deactivate()
            response["X-Request-Id"] = str(request_id)
            return response


def actor_of(request: HttpRequest) -> Actor:
    """Return the logged-in person as the doer of what the request asks for.

    Raises: PermissionError when nobody is logged in: the view forgot to ask for a log-in.
    """
    person = request.user
    if not isinstance(person, Person):
        raise PermissionError("Nobody is logged in.")
    return Actor.person(person.pk, person.name)
