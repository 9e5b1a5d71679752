"""The demo organisation, as the command line makes and removes it."""

import importlib
from typing import Any

from ansvar.ops import console
from ansvar.people.models import Person


def load_at_first_start() -> None:
    """Make the demo when nobody has used this installation yet; otherwise leave it alone."""
    if not Person.objects.exists():
        load()


def load() -> None:
    """Make the demo organisation, saying how far it has come."""
    with console.step("Making the demo organisation") as doing:
        _demo().load(doing.say)
        doing.outcome = "Demo organisation made"


def remove() -> None:
    """Remove everything the demo brought."""
    with console.step("Removing the demo organisation") as doing:
        _demo().remove()
        doing.outcome = "Demo organisation removed"


def print_login_links() -> None:
    """Print an address per role that logs one of the demo's people in."""
    for link in _demo().login_links():
        console.out.print(str(link))


def _demo() -> Any:
    # Loaded only here: it holds the texts of four hundred tickets.
    return importlib.import_module("ansvar.demo.load")
