"""The demo organisation, as the command line makes and removes it."""

import contextlib
import importlib
from collections.abc import Iterator
from typing import Any

from ansvar.kernel.refusal import Refusal
from ansvar.ops import console
from ansvar.ops.trouble import Trouble
from ansvar.people.models import Person


def load_at_first_start() -> None:
    """Make the demo when nobody has used this installation yet; otherwise leave it alone."""
    if not Person.objects.exists():
        load()


def load(tickets: int = 400) -> None:
    """Make the demo organisation with so many tickets, saying how far it has come."""
    with console.step("Making the demo organisation") as doing, _refusals_as_trouble():
        _demo().load(doing.say, tickets=tickets)
        doing.outcome = "Demo organisation made"


def remove() -> None:
    """Remove everything the demo brought."""
    with console.step("Removing the demo organisation") as doing, _refusals_as_trouble():
        _demo().remove()
        doing.outcome = "Demo organisation removed"


def print_login_links() -> None:
    """Print an address per role that logs one of the demo's people in."""
    for link in _demo().login_links():
        console.out.print(str(link))


@contextlib.contextmanager
def _refusals_as_trouble() -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        raise Trouble(str(refusal)) from None


def _demo() -> Any:
    # Loaded only here: it holds the texts of four hundred tickets.
    return importlib.import_module("ansvar.demo.load")
