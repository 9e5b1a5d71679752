"""What makes a function a command: one transaction and one moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

from ansvar.kernel import clock, journal, reactions

P = ParamSpec("P")
R = TypeVar("R")

_all_or_nothing: ContextVar[bool] = ContextVar("all_or_nothing", default=False)


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Run *function* in one transaction during which the clock stands still.

    Rows and journal entries of one command carry the same moment, so that what is computed from
    either agrees to the microsecond. The entries are written together at its end; until then they
    have no id.

    Within a larger transaction a refused command leaves nothing behind, at the price of a
    savepoint. History is told by the thousand and does without, and so do `all_or_nothing` and
    `without_savepoints`: who goes on after a refusal there opens a transaction around the command.
    """

    @wraps(function)
    def commanded(*args: P.args, **kwargs: P.kwargs) -> R:
        with (
            journal.undone_on_failure(),
            transaction.atomic(savepoint=not (journal.is_history() or _all_or_nothing.get())),
            journal.together(),
            clock.at(clock.now()),
            reactions.settled_at_end(),
        ):
            return function(*args, **kwargs)

    return commanded


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """Open a transaction in which a refusal of any command undoes them all.

    For work of many commands that is done by the hundred in a second: the commands inside do
    without a savepoint each, and their entries are written together.
    """
    with (
        transaction.atomic(),
        journal.together(),
        reactions.settled_at_end(),
        without_savepoints(),
    ):
        yield


@contextmanager
def without_savepoints() -> Iterator[None]:
    """Let a refusal of any command inside undo all that the command around it has done, too.

    For a command that lets the refusal through to its caller.
    """
    token = _all_or_nothing.set(True)
    try:
        yield
    finally:
        _all_or_nothing.reset(token)
