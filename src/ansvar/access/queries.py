"""Who may do what: asked by every command, view and endpoint."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from django.db.models import Q

from ansvar.access.decisions import (
    ALLOWED,
    GUESSING_WINDOW,
    TRIES_PER_ADDRESS,
    TRIES_PER_LOGIN,
    Grant,
    Role,
    desks_with,
    is_allowed,
    pause_after,
)
from ansvar.access.models import RefusedTry, RoleGrant
from ansvar.access.relations import relations
from ansvar.access.small_tables import GRANTS
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.rights import NotPermitted, judges, require
from ansvar.people.models import Desk, Person

GRANTING = "role.grant"

_remembered: ContextVar[dict[int, tuple[Grant, ...]] | None] = ContextVar(
    "remembered_grants", default=None
)


@contextmanager
def remembering_grants() -> Iterator[None]:
    """Ask for a person's roles once within a request."""
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def grants_of(person_id: int) -> tuple[Grant, ...]:
    """Return the roles of an active person."""
    memory = _remembered.get()
    if memory is not None and person_id in memory:
        return memory[person_id]
    grants = GRANTS.present().get(person_id, ())
    if memory is not None:
        memory[person_id] = grants
    return grants


@judges.add("may")
def judge(by: Actor, permission: str, subject: Any = None) -> bool:
    """Tell whether *by* has *permission* on *subject*, by role or by relation.

    The product itself and the integrations an administrator has set up are trusted; what they do
    is limited by which commands they call.
    """
    if by.person_id is None:
        return by.is_trusted
    grants = grants_of(by.person_id)
    if permission == GRANTING and isinstance(subject, Person | RoleGrant):
        return _reaches(desks_with(grants, GRANTING), subject)
    if is_allowed(grants, permission, _desk_of(subject)):
        return True
    relation = relations.get(permission)
    return relation is not None and subject is not None and relation(by.person_id, subject)


def require_everywhere(by: Actor, permission: str) -> None:
    """Refuse unless *by* has *permission* on all desks.

    Raises: NotPermitted.
    """
    if by.person_id is None:
        require(by, permission)
    elif desks_where(by.person_id, permission) is not None:
        raise NotPermitted(permission)


def _reaches(own: frozenset[int] | None, subject: Person | RoleGrant) -> bool:
    """Tell whether who gives roles on the desks *own* may touch a role, or somebody with roles.

    Whose right reaches further than one's own is left alone, or a password would be a way up.
    """
    if own is None:
        return True
    if isinstance(subject, RoleGrant):
        return subject.desk_id in own
    theirs = RoleGrant.objects.filter(person=subject.pk).values_list("desk_id", flat=True)
    return bool(own) and all(desk in own for desk in theirs)


def desks_where(person_id: int, permission: str) -> frozenset[int] | None:
    """Return the desks on which a person has *permission* by role; nothing stands for all."""
    return desks_with(grants_of(person_id), permission)


def people_with(permission: str, desk_id: int) -> frozenset[int]:
    """Return the active people who have a right on a desk by role."""
    roles = [role for role, allowed in ALLOWED.items() if permission in allowed]
    rows = RoleGrant.objects.filter(
        Q(desk=desk_id) | Q(desk=None), role__in=roles, person__is_active=True
    )
    return frozenset(rows.values_list("person_id", flat=True))


def works_at_a_desk(person_id: int) -> bool:
    """Tell whether the workbench is for this person, or only the portal."""
    return bool(grants_of(person_id))


def has_administrator() -> bool:
    """Tell whether anybody can set this installation up."""
    return RoleGrant.objects.filter(role=Role.ADMINISTRATOR, person__is_active=True).exists()


def pause_before_log_in(*, login: str, address: str) -> timedelta | None:
    """Return how long this name or this address has to wait before the next try, or nothing."""
    now, name = clock.now(), login.strip().lower()[:254]
    tries = RefusedTry.objects.filter(
        Q(login=name) | Q(address=address), at__gt=now - GUESSING_WINDOW
    ).values_list("login", "address", "at")
    rows = list(tries.order_by("-at")[: TRIES_PER_LOGIN + TRIES_PER_ADDRESS])
    pauses = [
        pause_after([at for login, _, at in rows if login == name], TRIES_PER_LOGIN, now),
        pause_after([at for _, by, at in rows if by == address], TRIES_PER_ADDRESS, now),
    ]
    return max((pause for pause in pauses if pause is not None), default=None)


def _desk_of(subject: Any) -> int | None:
    if isinstance(subject, Desk):
        return subject.pk
    return getattr(subject, "desk_id", None)
