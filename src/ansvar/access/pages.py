"""How a view says who may open it: every URL has one of these, a test walks them all."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

from ansvar.access.middleware import actor_of
from ansvar.kernel.rights import require
from ansvar.people.models import Person

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

ANYBODY = "anybody"
"""Open without a log-in: log-in itself, signed links, health."""
LOGGED_IN = "logged in"
"""Open to every person; the view shows only what is theirs."""


class Guarded(Protocol):
    """A view that has said who may open it."""

    requires: str
    methods: tuple[str, ...]


def page(*methods: str, requires: str) -> Callable[[View[P]], View[P]]:
    """Let a view be opened by whoever has the right *requires* on any desk.

    Without *methods* it is GET. The right on the very thing is asked by the query that finds it or
    by the command that changes it; this is the outer door.

    Raises: NotPermitted.
    """
    allowed = methods or ("GET",)

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method not in allowed and request.method != "HEAD":
                return HttpResponseNotAllowed(allowed)
            if requires == ANYBODY:
                return view(request, *args, **kwargs)
            if not isinstance(request.user, Person):
                return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
            if requires != LOGGED_IN:
                require(actor_of(request), requires)
            return view(request, *args, **kwargs)

        made = cast("Guarded", guarded)
        made.requires = requires
        made.methods = allowed
        return guarded

    return guard
