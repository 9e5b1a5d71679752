"""Who did it: every command and every journal entry names one."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class ActorKind(StrEnum):
    """What kind of doer signs a journal entry."""

    PERSON = "person"
    RULE = "rule"
    INTEGRATION = "integration"
    SYSTEM = "system"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The doer of a command; *label* is the name as it was at that time."""

    kind: ActorKind
    id: int | None = None
    label: str

    @classmethod
    def person(cls, person_id: int, name: str) -> Self:
        """Return the actor for a person the desk knows."""
        return cls(kind=ActorKind.PERSON, id=person_id, label=name)

    @classmethod
    def integration(cls, label: str, integration_id: int | None = None) -> Self:
        """Return the actor for another program, such as a mailbox or a telephone exchange."""
        return cls(kind=ActorKind.INTEGRATION, id=integration_id, label=label)

    @property
    def person_id(self) -> int | None:
        """The person's id, or nothing when no person acts."""
        return self.id if self.kind is ActorKind.PERSON else None

    @property
    def is_trusted(self) -> bool:
        """Whether the product itself acts, by what an administrator has set up."""
        return self.kind is not ActorKind.PERSON


SYSTEM = Actor(kind=ActorKind.SYSTEM, label="Ansvar")
