"""People made from the command line, such as the first administrator."""

from django.core.exceptions import ValidationError
from django.db import transaction

from ansvar.access.commands import grant_role, set_password
from ansvar.access.decisions import Role
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.refusal import Refusal
from ansvar.ops import console
from ansvar.ops.trouble import Trouble
from ansvar.people.commands import create_person
from ansvar.people.models import Desk

_REQUESTER = "requester"


def create_user(name: str, email: str, *, role: str, desk: str, password: str) -> None:
    """Make a person who logs in with *email*; *desk* is the prefix of the role's desk, or empty.

    Raises: Trouble; nothing is made then.
    """
    if role not in {_REQUESTER, *Role}:
        known = ", ".join([_REQUESTER, *Role])
        raise Trouble(f"There is no role {role!r}; there are {known}.")
    where = _desk(desk) if desk else None
    try:
        with transaction.atomic():
            person = create_person(name=name, login=email, email=email, by=SYSTEM)
            set_password(person.pk, password, by=SYSTEM)
            if role != _REQUESTER:
                grant_role(person.pk, Role(role), desk=where, by=SYSTEM)
    except ValidationError as error:
        raise Trouble(" ".join(error.messages)) from error
    except Refusal as refusal:
        raise Trouble(str(refusal)) from refusal
    place = f"on the desk {where}" if where else "on all desks"
    console.out.print(f"[green]✓[/green] {name} can log in with {email}: {role} {place}")


def _desk(prefix: str) -> Desk:
    desk = Desk.objects.filter(prefix=prefix.upper()).first()
    if desk is None:
        known = ", ".join(Desk.objects.values_list("prefix", flat=True)) or "none yet"
        raise Trouble(f"There is no desk with the prefix {prefix!r}; there are: {known}.")
    return desk
