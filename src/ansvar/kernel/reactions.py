"""What follows from a fact: at once in the same transaction, or later from the queue."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from ansvar.kernel.facts import Fact
from ansvar.kernel.registry import Registry

if TYPE_CHECKING:
    from ansvar.kernel.models import Entry

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """A function that hears of one kind of fact."""

    name: str
    fact: type[Fact]
    later: bool
    function: "Callable[..., None]"

    @property
    def sentence(self) -> str:
        """The first line of the function's docstring."""
        return (self.function.__doc__ or "").strip().partition("\n")[0]


reactions: Registry[Reaction] = Registry("reactions")
_at_once: dict[type[Fact], list[Reaction]] = defaultdict(list)
_later: dict[type[Fact], list[Reaction]] = defaultdict(list)


def react(
    *fact_types: type[F], later: bool = False
) -> "Callable[[Callable[[F, Entry], None]], Callable[[F, Entry], None]]":
    """Let a function hear of facts.

    At once: database work that must be true whenever the fact is; a failure fails the command.
    Later: everything slow, external or allowed to fail; it is retried, so it may run twice.
    """

    def register(function: "Callable[[F, Entry], None]") -> "Callable[[F, Entry], None]":
        for fact_type in fact_types:
            name = f"{function.__module__.removeprefix('ansvar.')}.{function.__name__}"
            reaction = Reaction(
                name=name if len(fact_types) == 1 else f"{name}[{fact_type.name}]",
                fact=fact_type,
                later=later,
                function=function,
            )
            reactions.add(reaction.name)(reaction)
            (_later if later else _at_once)[fact_type].append(reaction)
        return function

    return register


def run(fact: Fact, entry: "Entry") -> None:
    """Run the at-once reactions to *fact*; its entry may not be written yet."""
    for reaction in _at_once[type(fact)]:
        reaction.function(fact, entry)


def queue(fact: Fact, entry: "Entry") -> None:
    """Queue the later reactions to *fact*, whose entry is written."""
    # Imported here because the queue's tasks run reactions.
    from ansvar.kernel.tasks import run_reaction  # noqa: PLC0415

    for reaction in _later[type(fact)]:
        run_reaction.later(reaction=reaction.name, entry_id=entry.pk)


def reactions_to(fact_type: type[Fact]) -> list[Reaction]:
    """Return the reactions to a kind of fact, those at once first."""
    return [*_at_once[fact_type], *_later[fact_type]]
