"""What the command line says: steps with their time, tables, refusals."""

import contextlib
import time
from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.status import Status

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class Step:
    """One step of a longer undertaking; `outcome` is what its line says in the end."""

    def __init__(self, words: str, status: Status) -> None:
        self.outcome = words
        self._status = status

    def say(self, words: str) -> None:
        """Show how far the step has come."""
        self._status.update(f"{words} ...")


@contextlib.contextmanager
def step(words: str) -> Iterator[Step]:
    """Show *words* while the block runs, then a line with what came of it and how long it took."""
    begun = time.monotonic()
    with out.status(f"{words} ...") as status:
        made = Step(words, status)
        yield made
    seconds = time.monotonic() - begun
    out.print(f"[green]✓[/green] {made.outcome} [dim]{seconds:.1f} s[/dim]")


def refuse(sentence: str) -> None:
    """Say on standard error why the command ends here."""
    err.print(f"[red]✗[/red] {escape(sentence)}")
