"""`ansvar bench chaos` and `ansvar bench soak`, from their options to their last line."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from ansvar.ops import console, startup
from ansvar.ops.bench.directing import loaded_for, own_folder
from ansvar.ops.config import Config
from ansvar.ops.serve import sole_server


def run_chaos(
    data: Path | None, *, seconds: float, rate: float, seed: str, out: Path | None
) -> bool:
    """Kill parts under load; True when nothing promised was lost or done twice.

    Raises: Trouble.
    """
    with _folder(data, "chaos") as loaded:
        from ansvar.ops.bench import chaos  # noqa: PLC0415  # needs Django set up

        with console.out.status("Starting the parts ...") as status:
            outcome = chaos.chaos(
                loaded.data,
                seconds=seconds,
                rate=rate,
                seed=seed,
                say=lambda words: status.update(f"{words} ..."),
            )
    _write(out, outcome.as_json())
    table = Table("what", "promised", "found", title=f"Chaos, seed {seed}")
    for kind, count in sorted(outcome.found.items()):
        table.add_row(kind, str(outcome.promised.get(kind, 0)), str(count))
    console.out.print(table)
    kills = ", ".join(f"{name} {count}" for name, count in sorted(outcome.kills.items()))
    console.out.print(f"Killed in {outcome.seconds:.0f} s: {kills}.")
    console.out.print(
        f"{outcome.done} things were done, {outcome.interrupted} of them interrupted, "
        f"{outcome.repeated} repeats. {outcome.answers_sent} answers were sent, "
        f"{outcome.answers_sent_again} of them twice under the same Message-ID."
    )
    return _told(outcome.failures, "Everything promised is there, once.")


def run_soak(data: Path | None, *, minutes: int, share: float, out: Path | None) -> bool:
    """Put steady load on the product; True when nothing went wrong and nothing grew.

    Raises: Trouble.
    """
    with _folder(data, "soak") as loaded:
        from ansvar.ops.bench import soaking  # noqa: PLC0415  # needs Django set up

        with console.out.status("Starting the parts ...") as status:
            outcome = soaking.soak(
                loaded.data,
                minutes=minutes,
                share=share,
                say=lambda words: status.update(f"{words} ..."),
            )
    _write(out, outcome.as_json())
    table = Table(
        "minute", "done", "errors", "p50 ms", "p95 ms", "memory MB", "lag s", title="Soak"
    )
    for number, one in enumerate(outcome.minutes, start=1):
        memory = ", ".join(f"{part} {size:.0f}" for part, size in one.memory.items())
        lag = f"{max(one.lag_seconds.values()):.1f}"
        row = (number, one.done, one.errors, f"{one.p50_ms:.0f}", f"{one.p95_ms:.0f}", memory, lag)
        table.add_row(*map(str, row))
    console.out.print(table)
    for kind, figures in outcome.kinds.items():
        console.out.print(
            f"{kind}: {figures['times']:.0f} times, p50 {figures['p50_ms']:.0f} ms, "
            f"p95 {figures['p95_ms']:.0f} ms"
        )
    console.out.print(
        f"The product kept up with {outcome.ceiling:.1f} things a second; "
        f"{outcome.rate:.1f} a second were asked for {len(outcome.minutes)} minutes."
    )
    for words in outcome.wrong:
        console.out.print(f"[yellow]![/yellow] {escape(words)}")
    return _told(outcome.failures, "No error, flat memory, no growing lag; nothing lost.")


def _told(failures: list[str], words: str) -> bool:
    for failure in failures:
        console.out.print(f"[red]✗[/red] {escape(failure)}")
    if not failures:
        console.out.print(f"[green]✓[/green] {words}")
    return not failures


def _write(out: Path | None, values: dict[str, Any]) -> None:
    if out is not None:
        out.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


@contextlib.contextmanager
def _folder(data: Path | None, name: str) -> Iterator[Config]:
    """Give a data folder with a running database, kept from others; a new one if none is named."""
    with contextlib.ExitStack() as stack:
        if data is None:
            data = stack.enter_context(own_folder(name, keep=False))
        loaded = loaded_for(data)
        stack.enter_context(sole_server(loaded.data, f"the bench ({name})"))
        stack.enter_context(startup.database_running(loaded))
        startup.migrate_with_words()
        yield loaded
