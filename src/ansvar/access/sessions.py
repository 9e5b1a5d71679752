"""Sessions in the database, read with each page: Django's own, asked for by a kept statement."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.db.models import DateTimeField, QuerySet
from django.utils import timezone
from typing_extensions import override

from ansvar.kernel.composed import Given, composed


class SessionStore(DatabaseSessions):
    """What somebody who is logged in carries from page to page."""

    # Django's own is so called; its stubs do not know it.
    def _get_session_from_db(self) -> Session | None:
        found = _in_force().first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found

    @classmethod
    @override
    def get_model_class(cls) -> type[Session]:
        return Session


@composed
def _in_force() -> QuerySet[Session]:
    return Session.objects.filter(
        session_key=Given("key"), expire_date__gt=Given("now", DateTimeField())
    )
