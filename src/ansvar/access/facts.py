"""What can happen to rights and log-ins."""

from dataclasses import dataclass
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from ansvar.kernel.facts import Fact, Ref


@dataclass(frozen=True, kw_only=True)
class RoleGranted(
    Fact, name="role.granted", wording=_("got the role {role} on {desk}"), subject="person"
):
    """A person got a role on a desk or on all desks."""

    role: str
    desk_id: Annotated[int | None, Ref("desk")] = None


@dataclass(frozen=True, kw_only=True)
class RoleTaken(
    Fact, name="role.taken", wording=_("lost the role {role} on {desk}"), subject="person"
):
    """A person lost a role on a desk or on all desks."""

    role: str
    desk_id: Annotated[int | None, Ref("desk")] = None


@dataclass(frozen=True, kw_only=True)
class PasswordSet(Fact, name="password.set", wording=_("got a new password"), subject="person"):
    """A person's password was set; the password itself is never recorded."""


@dataclass(frozen=True, kw_only=True)
class LoggedIn(Fact, name="login.succeeded", wording=_("logged in"), subject="person"):
    """A person logged in."""

    by_means_of: str = "password"


@dataclass(frozen=True, kw_only=True)
class TokenMade(Fact, name="token.made", wording=_("made the token {title}"), subject="person"):
    """A person made a token for a program."""

    token_id: int
    title: str


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(
    Fact, name="token.revoked", wording=_("took away the token {title}"), subject="person"
):
    """A token was taken away and works no more."""

    token_id: int
    title: str


@dataclass(frozen=True, kw_only=True)
class LogInRefused(
    Fact, name="login.refused", wording=_("was refused at log-in"), subject="person"
):
    """A known person's log-in was refused, for a wrong password or too many tries."""

    reason: str
    address: str = ""
