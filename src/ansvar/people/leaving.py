"""What must not be left with nobody when somebody leaves, and to whom it goes.

People know nothing of tickets and services: each context above files what somebody may answer for
there, and how it is handed on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.functional import Promise
from typing_extensions import override

from ansvar.kernel.actor import Actor
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.registry import Registry
from ansvar.people.models import Person

NAMED = 5
"""Of many things, so many are named."""
Heirs = Mapping[str, Person | None]
"""By name of the matter, who gets it; nobody for what may lie with nobody in person."""


@dataclass(frozen=True, kw_only=True)
class Left:
    """What somebody still answers for, of one kind."""

    count: int = 0
    names: list[str] = field(default_factory=list)
    """The first few of them."""


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One kind of thing that somebody answers for."""

    label: str | Promise
    why: str | Promise
    """What becomes of it, for whoever chooses the heir."""
    icon: str
    left: Callable[[int], Left]
    hand_on: Callable[[int, Person | None, Actor], None]
    """Gives all of it from a person to an heir, in the caller's transaction."""
    heirs: Callable[[int], QuerySet[Person]]
    """Who may get it from this person."""
    without_heir: str | Promise = ""
    """What becomes of it when nobody in person gets it; empty when somebody has to."""
    asks_at_absence: bool = False
    """Whether a long absence asks about it too."""
    lend: Callable[[int, Person, Actor], None] | None = None
    """Lets a stand-in look after it during an absence, where that needs more than being named."""


matters: Registry[Matter] = Registry("matters that somebody answers for")


class SomethingLeft(Refusal):
    """Somebody was to leave, and something would be left with nobody."""

    status = 409

    def __init__(self, person: Person, left: Mapping[str, Left]) -> None:
        self.person = person
        self.left = left
        super().__init__(
            said(
                "%(person)s still answers for something: %(things)s. Say who takes it over, then "
                "try again."
            ),
            person=person.name,
            things=_Listed(left),
        )


class _Listed:
    """What is left in words, made when they are read: in the reader's language."""

    def __init__(self, left: Mapping[str, Left]) -> None:
        self.left = left

    @override
    def __str__(self) -> str:
        parts = [f"{matters[name].label} ({one.count})" for name, one in self.left.items()]
        return ", ".join(parts)


def what_is_left(person_id: int, *, at_absence: bool = False) -> dict[str, Left]:
    """Return what somebody answers for by name of the matter; empty when there is nothing."""
    found = {
        name: matter.left(person_id)
        for name, matter in matters.items()
        if matter.asks_at_absence or not at_absence
    }
    return {name: left for name, left in found.items() if left.count}


def hand_everything_on(person: Person, heirs: Heirs, *, by: Actor) -> None:
    """Give what somebody answers for to the *heirs*, all or nothing.

    Called by the commands by which somebody leaves, inside their transaction.

    Raises: SomethingLeft when an heir is missing; what the commands of each matter raise.
    """
    left = what_is_left(person.pk)
    missing = {name: one for name, one in left.items() if not _is_settled(name, heirs)}
    if missing:
        raise SomethingLeft(person, missing)
    for name in left:
        matters[name].hand_on(person.pk, heirs[name], by)


def _is_settled(name: str, heirs: Heirs) -> bool:
    return name in heirs and (heirs[name] is not None or bool(matters[name].without_heir))
