"""Proof that stored figures agree with the journal; each context files how it checks its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from typing_extensions import override

from ansvar.kernel.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A stored value that is not what the journal says."""

    subject: str
    what: str
    stored: Any
    journal: Any

    @override
    def __str__(self) -> str:
        return f"{self.subject}: {self.what} is {self.stored!r}, the journal says {self.journal!r}"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a verifier has come: rows looked at so far, and what it found in the last of them."""

    checked: int
    differences: list[Difference]


class Verifier(Protocol):
    """Compares what is stored with what the journal says, step by step."""

    def __call__(self, sample: int | None = None) -> Iterator[Progress]:
        """Yield what was found, of everything or of at most so many that are drawn by lot."""


verifiers: Registry[Verifier] = Registry("verifiers")
