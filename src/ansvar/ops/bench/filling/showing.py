"""`ansvar bench fill` on the terminal: a bar for each phase, and the size in the end."""

from django.db import connection
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from ansvar.kernel.refusal import Refusal
from ansvar.ops import console
from ansvar.ops.bench.filling import fill
from ansvar.ops.trouble import Trouble


def fill_with_words(tickets: int) -> None:
    """Fill the database, showing for each phase how far it has come, how fast and what is left.

    Raises: Trouble.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[rate]}"),
    )
    try:
        with Progress(*columns, console=console.out) as bars:
            fill(tickets, _Bars(bars).show)
    except Refusal as refusal:
        raise Trouble(str(refusal)) from None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        row = cursor.fetchone()
    size = int(row[0]) / 1024**3 if row else 0.0
    console.out.print(f"[green]✓[/green] {tickets} tickets, {size:.2f} GB")


class _Bars:
    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def show(self, words: str, done: int, of: int) -> None:
        """Show how far a phase has come."""
        if words not in self._tasks:
            self._tasks[words] = self._bars.add_task(words, total=of, rate="")
        task = self._bars.tasks[self._tasks[words]]
        rate = f"{task.speed:,.0f}/s" if task.speed else ""
        self._bars.update(task.id, completed=done, total=of, rate=rate)
