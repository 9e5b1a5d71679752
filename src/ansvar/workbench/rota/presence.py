"""Noting, while pages are asked for, that somebody is at work."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from ansvar.access.queries import works_at_a_desk
from ansvar.people.models import Person
from ansvar.rota.commands import note_presence
from ansvar.ui import render

PAGES = "ansvar.workbench"


class PresenceNoting:
    """Notes whoever opens a page of the workbench or does something there.

    What open pages ask for by themselves, to stay fresh, says nothing about who sits before them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, and note who has asked."""
        response = self.get_response(request)
        person, match = request.user, request.resolver_match
        if (
            isinstance(person, Person)
            and match is not None
            and match.func.__module__.startswith(PAGES)
            and (request.method == "POST" or not render.wants_fragment(request))
            and person.is_active
            and works_at_a_desk(person.pk)
        ):
            note_presence(person.pk)
        return response
