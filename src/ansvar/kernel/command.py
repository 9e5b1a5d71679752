"""What makes a function a command: one transaction and one moment."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

from ansvar.kernel import clock, journal

P = ParamSpec("P")
R = TypeVar("R")


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Run *function* in one transaction during which the clock stands still.

    Rows and journal entries of one command carry the same moment, so that what is computed from
    either agrees to the microsecond.

    Within a larger transaction a refused command leaves nothing behind, at the price of a
    savepoint. History is told by the thousand and does without: who goes on after a refusal there
    opens a transaction around the command.
    """

    @wraps(function)
    def commanded(*args: P.args, **kwargs: P.kwargs) -> R:
        with (
            journal.undone_on_failure(),
            transaction.atomic(savepoint=not journal.is_history()),
            clock.at(clock.now()),
        ):
            return function(*args, **kwargs)

    return commanded
