"""What follows from a fact: at once or at the end of the command, or later from the queue."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

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
    when: "Callable[[Any], bool] | None" = None
    """Of which facts it wants to hear; nothing for all of them."""

    @property
    def sentence(self) -> str:
        """The first line of the function's docstring."""
        return (self.function.__doc__ or "").strip().partition("\n")[0]


Happened: TypeAlias = "list[tuple[Fact, Entry]]"
"""What one command has let happen to one subject, in order."""
AtEnd: TypeAlias = Callable[[int, Happened], None]

reactions: Registry[Reaction] = Registry("reactions")
_at_once: dict[type[Fact], list[Reaction]] = defaultdict(list)
_at_end: dict[type[Fact], list[Reaction]] = defaultdict(list)
_later: dict[type[Fact], list[Reaction]] = defaultdict(list)


@dataclass
class _Pending:
    """What the reactions at the end of the running command will hear of."""

    facts: Happened


_pending: ContextVar[_Pending | None] = ContextVar("pending", default=None)


def react(
    *fact_types: type[F], later: bool = False, when: "Callable[[F], bool] | None" = None
) -> "Callable[[Callable[[F, Entry], None]], Callable[[F, Entry], None]]":
    """Let a function hear of facts.

    At once: database work that must be true whenever the fact is; a failure fails the command.
    Later: everything slow, external or allowed to fail; it is retried, so it may run twice. *when*
    keeps facts out that nothing follows from: they cost no job.
    """

    def register(function: "Callable[[F, Entry], None]") -> "Callable[[F, Entry], None]":
        _file(function, fact_types, into=_later if later else _at_once, later=later, when=when)
        return function

    return register


def react_at_end(*fact_types: type[Fact]) -> Callable[[AtEnd], AtEnd]:
    """Let a function hear once, at the end of a command, of all that happened to one subject.

    For database work that must be true whenever the facts are, like that of `react`, and that would
    be done over and over while one command records several facts. It gets the subject's id and what
    happened to it, in order; its own transaction is that of the command, so a failure fails it.
    """

    def register(function: AtEnd) -> AtEnd:
        _file(function, fact_types, into=_at_end)
        return function

    return register


def _file(
    function: "Callable[..., None]",
    fact_types: Sequence[type[Fact]],
    *,
    into: dict[type[Fact], list[Reaction]],
    later: bool = False,
    when: "Callable[[Any], bool] | None" = None,
) -> None:
    """File a function under each kind of fact that it hears of."""
    for fact_type in fact_types:
        name = f"{function.__module__.removeprefix('ansvar.')}.{function.__name__}"
        reaction = Reaction(
            name=name if len(fact_types) == 1 else f"{name}[{fact_type.name}]",
            fact=fact_type,
            later=later,
            function=function,
            when=when,
        )
        reactions.add(reaction.name)(reaction)
        into[fact_type].append(reaction)


def run(fact: Fact, entry: "Entry") -> None:
    """Run the at-once reactions to *fact*; its entry may not be written yet."""
    for reaction in _at_once[type(fact)]:
        if reaction.when is None or reaction.when(fact):
            reaction.function(fact, entry)
    if type(fact) in _at_end:
        pending = _pending.get()
        if pending is None:
            _settle([(fact, entry)])
        else:
            pending.facts.append((fact, entry))


@contextmanager
def settled_at_end() -> Iterator[None]:
    """Keep what reactions at the end wait for until here; what fails inside leaves nothing.

    Inside another one it only forgets what failed.
    """
    pending = _pending.get()
    if pending is not None:
        before = len(pending.facts)
        try:
            yield
        except BaseException:
            del pending.facts[before:]
            raise
        return
    pending = _Pending(facts=[])
    token = _pending.set(pending)
    try:
        yield
        # What a reaction records is settled with the rest: it may touch further subjects.
        while pending.facts:
            facts, pending.facts = pending.facts, []
            _settle(facts)
    finally:
        _pending.reset(token)


def _settle(facts: Happened) -> None:
    heard: dict[tuple[AtEnd, int], Happened] = defaultdict(list)
    for fact, entry in facts:
        for reaction in _at_end[type(fact)]:
            heard[reaction.function, fact.subject_id].append((fact, entry))
    for (function, subject_id), happened in heard.items():
        function(subject_id, happened)


def settle(fact: Fact) -> None:
    """Run now what waits for the end of the command about the subject of *fact*.

    For who writes a row only once what follows from its beginning is known.
    """
    pending = _pending.get()
    if pending is None:
        return
    subject = fact.subject_type, fact.subject_id
    now: Happened = []
    others: Happened = []
    for one in pending.facts:
        is_its = (one[0].subject_type, one[0].subject_id) == subject
        (now if is_its else others).append(one)
    pending.facts = others
    _settle(now)


def queue(happened: Happened) -> None:
    """Queue the later reactions to facts whose entries are written, with one statement."""
    # Imported here because the queue's tasks run reactions.
    from ansvar.kernel.tasks import run_reaction  # noqa: PLC0415

    run_reaction.later_each(
        {"reaction": reaction.name, "entry_id": entry.pk}
        for fact, entry in happened
        for reaction in _later[type(fact)]
        if reaction.when is None or reaction.when(fact)
    )


def reactions_to(fact_type: type[Fact]) -> list[Reaction]:
    """Return the reactions to a kind of fact, those at once first."""
    return [*_at_once[fact_type], *_at_end.get(fact_type, ()), *_later[fact_type]]
