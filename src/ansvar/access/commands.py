"""Giving and taking roles, passwords and tokens."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password

from ansvar.access.decisions import Role
from ansvar.access.facts import (
    LoggedIn,
    LogInRefused,
    PasswordSet,
    RoleGranted,
    RoleTaken,
    TokenMade,
    TokenRevoked,
)
from ansvar.access.models import RefusedTry, RoleGrant, Token
from ansvar.access.queries import require_everywhere
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import NotPermitted, require
from ansvar.people.leaving import Heirs, hand_everything_on
from ansvar.people.models import Desk, Person

TOKEN_PREFIX = "ansvar_"  # noqa: S105 - not a password: it lets scanners recognise a leaked token


class LastAdministrator(Refusal):
    """The only administrator would lose the role, and nobody could give it back."""


@command
def grant_role(person_id: int, role: Role, *, desk: Desk | None, by: Actor) -> RoleGrant:
    """Give a person a role on a desk, or on all desks. Giving it twice is silent.

    Raises: NotPermitted; a role on all desks is given only by who gives roles on all.
    Records: RoleGranted.
    """
    if desk is None:
        require_everywhere(by, "role.grant")
    else:
        require(by, "role.grant", desk)
    person = Person.objects.select_for_update().get(pk=person_id)
    grant, is_new = RoleGrant.objects.get_or_create(person=person, role=role, desk=desk)
    if is_new:
        record(
            RoleGranted(subject_id=person.pk, role=role, desk_id=desk.pk if desk else None), by=by
        )
    return grant


@command
def take_role(grant_id: int, *, heirs: Heirs | None = None, by: Actor) -> None:
    """Take a role away. With the last one what the person answers for goes to the *heirs*.

    Raises: NotPermitted; LastAdministrator; SomethingLeft when something has no heir.
    Records: RoleTaken, and what handing on records.
    """
    grant = RoleGrant.objects.select_for_update().get(pk=grant_id)
    require(by, "role.grant", grant)
    others = RoleGrant.objects.filter(
        role=Role.ADMINISTRATOR, desk=None, person__is_active=True
    ).exclude(pk=grant.pk)
    if grant.role == Role.ADMINISTRATOR and grant.desk_id is None and not others.exists():
        raise LastAdministrator(
            said("This is the last administrator. Give somebody else the role first.")
        )
    if not RoleGrant.objects.filter(person=grant.person_id).exclude(pk=grant.pk).exists():
        hand_everything_on(grant.person, heirs or {}, by=by)
    grant.delete()
    record(RoleTaken(subject_id=grant.person_id, role=grant.role, desk_id=grant.desk_id), by=by)


@command
def set_password(person_id: int, password: str, *, by: Actor) -> None:
    """Set a person's password; all their sessions end, but the one that does it.

    Raises: NotPermitted; ValidationError for a weak password.
    Records: PasswordSet.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    if by.person_id != person.pk:
        require(by, "role.grant", person)
    validate_password(password, user=person)
    person.set_password(password)
    person.save(update_fields=["password"])
    record(PasswordSet(subject_id=person.pk), by=by)


@command
def note_log_in(person_id: int, *, by_means_of: str = "password") -> None:
    """Note that a person logged in.

    Records: LoggedIn.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    person.last_login = clock.now()
    person.save(update_fields=["last_login"])
    actor = Actor.person(person.pk, person.name)
    record(LoggedIn(subject_id=person.pk, by_means_of=by_means_of), by=actor)


@command
def note_refused_log_in(person_id: int, *, reason: str, address: str, by: Actor) -> None:
    """Note that a known person's log-in was refused.

    Records: LogInRefused.
    """
    record(LogInRefused(subject_id=person_id, reason=reason, address=address), by=by)


@command
def count_refused_try(*, login: str, address: str) -> None:
    """Count a refused log-in, so that `queries.pause_before_log_in` can slow guessing down."""
    now = clock.now()
    RefusedTry.objects.filter(at__lt=now - timedelta(hours=1)).delete()
    RefusedTry.objects.create(login=login.strip().lower()[:254], address=address[:45], at=now)


@command
def forget_refused_tries(*, login: str) -> None:
    """Forget the refused log-ins of a name, because its person has logged in."""
    RefusedTry.objects.filter(login=login.strip().lower()[:254]).delete()


@command
def make_token(
    person_id: int, *, title: str, expires_at: datetime | None = None, by: Actor
) -> tuple[Token, str]:
    """Make a token for a program and return it with its secret, which is shown only now.

    Raises: NotPermitted when it is for somebody else.
    Records: TokenMade.
    """
    if by.person_id != person_id and by.person_id is not None:
        raise NotPermitted(said("token.manage"))
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        person_id=person_id,
        name=title,
        digest=digest_of(secret),
        start=secret[:12],
        made_at=clock.now(),
        expires_at=expires_at,
    )
    record(TokenMade(subject_id=person_id, token_id=token.pk, title=title), by=by)
    return token, secret


@command
def revoke_token(token_id: int, *, by: Actor) -> None:
    """Take a token away at once. Doing it twice is silent.

    Raises: NotPermitted.
    Records: TokenRevoked.
    """
    token = Token.objects.select_for_update().get(pk=token_id)
    if by.person_id != token.person_id:
        require(by, "token.manage")
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])
        record(TokenRevoked(subject_id=token.person_id, token_id=token.pk, title=token.name), by=by)


def digest_of(secret: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()
