"""Who asks: the person of a token, or of the session when the browser's own pages ask."""

import threading
import time
from collections import defaultdict

from django.http import HttpRequest
from django.utils import translation
from ninja.utils import check_csrf

from ansvar.access.backends import person_by_token
from ansvar.api.refusals import NotLoggedIn, TooManyRequests
from ansvar.kernel.refusal import Refusal
from ansvar.people.models import Person

MOST_PER_MINUTE = 12_000
"""For one person and process: stops a loop gone wild, not an integration at work."""
WINDOW_SECONDS = 60


class ForgedRequest(Refusal):
    """A session's request without its CSRF token."""

    status = 403


class Meter:
    """Counts requests by person within a window; each process counts for itself."""

    def __init__(self, most: int, seconds: int) -> None:
        self.most = most
        self.seconds = seconds
        self._lock = threading.Lock()
        self._window = 0
        self._counts: dict[int, int] = defaultdict(int)

    def count(self, person_id: int) -> None:
        """Count one request.

        Raises: TooManyRequests.
        """
        now = time.monotonic()
        window = int(now // self.seconds)
        with self._lock:
            if window != self._window:
                self._window = window
                self._counts.clear()
            self._counts[person_id] += 1
            asked = self._counts[person_id]
        if asked > self.most:
            raise TooManyRequests(max(1, round((window + 1) * self.seconds - now)))


meter = Meter(MOST_PER_MINUTE, WINDOW_SECONDS)


def log_in(request: HttpRequest) -> Person:
    """Return who asks, and let the request act as them.

    A token wins over a session. A session must prove by its CSRF token that our page asks.

    Raises: NotLoggedIn; ForgedRequest; TooManyRequests.
    """
    header = request.headers.get("Authorization", "")
    if header:
        scheme, _, secret = header.partition(" ")
        person = person_by_token(secret.strip()) if scheme.lower() == "bearer" else None
        if person is None:
            raise NotLoggedIn("This token is not in force: unknown, expired or taken away.")
        request.user = person
        translation.activate(person.language)
    else:
        if not isinstance(request.user, Person):
            raise NotLoggedIn("Send a token: `Authorization: Bearer ansvar_...`.")
        if check_csrf(request) is not None:
            raise ForgedRequest("Send the CSRF token of the session, or use an access token.")
        person = request.user
    meter.count(person.pk)
    return person
