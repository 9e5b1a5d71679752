"""Which live news the person behind a session may hear of."""

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

from ansvar.access.queries import desks_where
from ansvar.kernel.live import Listener, listeners
from ansvar.people.models import Desk, Person


@listeners.add("session")
def listener_of_session(session_key: str) -> Listener | None:
    """Return who it is: of `person:<id>` and `desk:<id>` of each desk whose tickets they read."""
    request = HttpRequest()
    request.session = SessionStore(session_key)
    person = get_user(request)
    if not isinstance(person, Person):
        return None
    desks = desks_where(person.pk, "ticket.read")
    ids = Desk.objects.values_list("pk", flat=True) if desks is None else desks
    audiences = frozenset({f"person:{person.pk}", *(f"desk:{pk}" for pk in ids)})
    return Listener(name=person.name, audiences=audiences)
