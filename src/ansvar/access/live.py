"""Which live news the person behind a session may hear of."""

from collections.abc import Iterable

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

from ansvar.access.queries import desks_where
from ansvar.kernel.live import audiences
from ansvar.people.models import Desk, Person


@audiences.add("session")
def audiences_of_session(session_key: str) -> Iterable[str] | None:
    """Return `person:<id>` and `desk:<id>` of every desk whose tickets the person may read."""
    request = HttpRequest()
    request.session = SessionStore(session_key)
    person = get_user(request)
    if not isinstance(person, Person):
        return None
    desks = desks_where(person.pk, "ticket.read")
    ids = Desk.objects.values_list("pk", flat=True) if desks is None else desks
    return [f"person:{person.pk}", *(f"desk:{pk}" for pk in ids)]
