"""Log-in by name or e-mail address, and the person behind a token."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.db.models import DateTimeField, QuerySet
from django.db.models.expressions import BaseExpression
from django.http import HttpRequest
from typing_extensions import override

from ansvar.access.commands import digest_of
from ansvar.kernel import clock, prepared
from ansvar.kernel.composed import Given, composed
from ansvar.kernel.registry import Registry
from ansvar.people.models import ContactPoint, Person

read_along: Registry[Callable[[Given], BaseExpression]] = Registry("things read with a person")
"""What every page shows of its reader, filed by the context that knows it under the name that the
person then carries: it costs no query of its own. Each gets the place of the present moment.
"""


def person_by_login(login: str) -> Person | None:
    """Return the one active person with this log-in name or e-mail address."""
    person = Person.objects.filter(login__iexact=login, is_active=True).first()
    if person is None:
        point = ContactPoint.objects.filter(
            channel=ContactPoint.Channel.EMAIL,
            normalised=login.strip().lower(),
            is_shared=False,
            person__is_active=True,
            person__login__isnull=False,
        )
        found = point.select_related("person").first()
        person = found.person if found else None
    return person


def person_by_token(secret: str) -> Person | None:
    """Return the active person for whom a token that is in force acts."""
    # Of every request of every program: composed once.
    return prepared.first(
        Person,
        "is_active AND id = (SELECT person_id FROM access_token WHERE digest = %s"
        " AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > %s))",
        digest_of(secret),
        clock.now(),
    )


class PersonBackend(BaseBackend):
    """Checks passwords; the rights themselves are asked through `access.queries`."""

    @override
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> Person | None:
        if not username or password is None:
            return None
        person = person_by_login(username)
        if person is None:
            # Costs as much as a real check, so that time does not tell who exists.
            Person().set_password(password)
            return None
        return person if person.check_password(password) else None

    @override
    def get_user(self, user_id: int) -> Person | None:
        return _reader().first(person=user_id, now=clock.now())


@composed
def _reader() -> QuerySet[Person]:
    """Ask for an active person with all that every page needs to know of them."""
    now = Given("now", DateTimeField())
    # With the calendar of the site, in whose time zone the person reads.
    people = Person.objects.select_related("site__calendar").defer("search")
    return people.filter(pk=Given("person"), is_active=True).annotate(
        **{name: make(now) for name, make in read_along.items()}
    )
