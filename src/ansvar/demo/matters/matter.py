"""What a family of like tickets is made of."""

from dataclasses import dataclass
from typing import Final

from ansvar.tickets.decisions import Kind, WaitingFor

SHOPS: Final = "shops"
OFFICES: Final = "offices"
ANYBODY: Final = "anybody"


@dataclass(frozen=True, kw_only=True)
class Matter:
    """A family of like tickets: the words of everybody who takes part in one.

    Texts may hold {till}, {site}, {first}, {colleague}, {article}, {amount}, {count}, {clock}
    and {weekday}.
    """

    service: str
    desk: str = "IT"
    kind: Kind = Kind.INCIDENT
    weight: int = 3
    """How often it comes, beside the others."""
    asked_by: str = SHOPS
    subjects: tuple[str, ...]
    texts: tuple[str, ...]
    walks: tuple[tuple[int, ...], ...]
    """Answers to the impact script that fit."""
    question: str = ""
    answer: str = ""
    notes: tuple[str, ...] = ()
    mended: tuple[str, ...]
    refused: str = ""
    """What a requester says for whom it was not solved."""
    team: str = ""
    """Who ends what the first line cannot."""
    needs_team: float = 0.3
    because: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    """Why the second team gives it back."""
    waits: tuple[tuple[WaitingFor, str], ...] = ()
