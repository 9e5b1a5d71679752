"""What `ansvar bench` does, from its options to its last line."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from ansvar.ops import console, database, place, startup
from ansvar.ops.bench import results, running, showing
from ansvar.ops.bench.explaining import Plan
from ansvar.ops.bench.figures import Run, Targets, growth, over_budget, targets_in
from ansvar.ops.bench.measuring import Effort
from ansvar.ops.bench.pages import PAGES
from ansvar.ops.config import Config
from ansvar.ops.trouble import Trouble

USUAL = "100k"


class Interrupted(Trouble):
    """Somebody ended the run; its figures are not all there."""

    exit_code = 130


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options of the command line."""

    sizes: Sequence[str]
    data: Path | None
    only: Sequence[str]
    json: Path | None
    against: Path | None
    times: int
    statements: bool
    explain: bool
    save: bool
    keep: bool


def bench(asked: Asked) -> bool:
    """Fill and measure what is asked for; tell whether every budget is kept.

    Raises: Trouble, also when something did not work as it should.
    """
    running.named(asked.only)
    sizes = [
        results.size_in(part.strip())
        for one in asked.sizes
        for part in one.split(",")
        if part.strip()
    ]
    if len(sizes) > 1:
        if asked.data or asked.json:
            raise Trouble("Several sizes have a folder each; leave --data and --json out.")
        runs = [_in_own_process(asked, size) for size in sorted(sizes)]
        _tell_growth(runs)
    else:
        runs = [_in_folder(asked, sizes[0] if sizes else 0)]
    failed = [name for run in runs for name, one in run.scenarios.items() if one.failures]
    if failed:
        raise Trouble(f"Not as it should be: {', '.join(dict.fromkeys(failed))}.")
    if any(run.machine.get("is_interrupted") for run in runs):
        raise Interrupted("Interrupted before everything was measured.")
    targets = _targets()
    return not any(
        over_budget(run, _budgets(run, targets)) or _has_grown_too_much(run, targets)
        for run in runs
    )


def fill(tickets: str, data: Path | None) -> None:
    """Fill a data folder, by default that of the configuration.

    Raises: Trouble.
    """
    loaded = loaded_for(data)
    with running.opened(loaded, tickets=results.size_in(tickets), names=(), effort=Effort()):
        console.out.print(f"Measure it by `ansvar bench --data {loaded.data}`.")


def loaded_for(data: Path | None) -> Config:
    """Set up the program on a data folder, by default that of the configuration.

    Raises: Trouble.
    """
    if os.environ.pop("DATABASE_URL", ""):
        console.out.print("[dim]The bench brings its own database; DATABASE_URL is left alone.[/]")
    if data is not None:
        os.environ["ANSVAR_DATA"] = str(data)
    loaded = startup.load_django()
    if not database.is_embedded(loaded):
        raise Trouble("The bench brings its own database: take database_url out of the settings.")
    return loaded


def _in_folder(asked: Asked, size: int) -> Run:
    with contextlib.ExitStack() as stack:
        if asked.data is None:
            size = size or results.size_in(USUAL)
            data = stack.enter_context(own_folder(results.named(size), keep=asked.keep))
        else:
            data = asked.data
        return _measured(asked, data, size)


def _measured(asked: Asked, data: Path, size: int) -> Run:
    loaded = loaded_for(data)
    effort = Effort(times=asked.times)
    names = running.named(asked.only)
    with running.opened(loaded, tickets=size, names=names, effort=effort) as opened:
        # Whoever ends it by a supervisor or a time limit gets what there is, as by Ctrl-C.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
        try:
            running.measure(opened, explain=asked.explain)
        except KeyboardInterrupt:
            console.out.print("Interrupted; what was measured so far:")
            opened.machine["is_interrupted"] = True
        run = opened.result()
        plans = opened.plans
    _keep(asked, run)
    _tell(asked, run, plans)
    return run


def _in_own_process(asked: Asked, size: int) -> Run:
    """Measure one size of several by a process of its own: it has a data folder of its own."""
    with tempfile.TemporaryDirectory(prefix="ansvar-bench-") as scratch:
        written = Path(scratch) / "run.json"
        options = [f"--tickets={size}", f"--json={written}", f"--times={asked.times}"]
        options += [f"--only={one}" for one in asked.only]
        options += [f"--against={asked.against}"] if asked.against else []
        flags = ("statements", "explain", "save", "keep")
        options += [f"--{flag}" for flag in flags if getattr(asked, flag)]
        subprocess.run(  # noqa: S603  # our own program
            [sys.executable, "-m", "ansvar", "bench", *options], check=False
        )
        if not written.exists():
            raise Trouble(f"{size:,} tickets could not be measured.")
        return results.read(written)


@contextlib.contextmanager
def own_folder(name: str, *, keep: bool) -> Iterator[Path]:
    """Give a data folder that the database's user can reach."""
    parent = Path(tempfile.mkdtemp(prefix=f"ansvar-bench-{name}-"))
    parent.chmod(0o711)
    data = parent / "data"
    try:
        yield data
    finally:
        if keep:
            console.out.print(f"The folder is {data}: `ansvar bench --data {data}`.")
        else:
            shutil.rmtree(place.locate(data).root, ignore_errors=True)
            shutil.rmtree(parent, ignore_errors=True)


def _keep(asked: Asked, run: Run) -> None:
    if asked.json is not None:
        results.write(run, asked.json)
    if asked.save:
        results.save(run)


def _tell(asked: Asked, run: Run, plans: dict[str, list[Plan]]) -> None:
    before = results.read(asked.against) if asked.against else results.committed(run.size)
    targets = _targets()
    showing.say_machine(run)
    showing.say_table(run, _budgets(run, targets), before)
    if asked.statements:
        showing.say_statements(list(run.scenarios.values()))
    showing.say_plans(run, plans)
    showing.say_notes(run)
    smaller = results.committed(run.size // 10)
    if smaller is not None and run.size % 10 == 0:
        _tell_growth([smaller, run])
    showing.say_verdict(run, _budgets(run, targets))


def _tell_growth(runs: Sequence[Run]) -> None:
    targets = _targets()
    for smaller, larger in pairwise(runs):
        showing.say_growth(smaller, larger, most=targets.most_growth if targets else None)


def _has_grown_too_much(run: Run, targets: Targets | None) -> bool:
    """Tell whether a page costs too many times what it did with a tenth of the tickets."""
    smaller = results.committed(run.size // 10)
    if smaller is None or targets is None:
        return False
    pages = [page.name for page in PAGES]
    return any(
        times > targets.most_growth for name, times in growth(smaller, run).items() if name in pages
    )


def _targets() -> Targets | None:
    return targets_in(results.BUDGETS) if results.BUDGETS.exists() else None


def _budgets(run: Run, targets: Targets | None) -> dict[str, dict[str, float]]:
    """Return the budgets that a run must keep: those of the full size hold for smaller ones too."""
    if targets is None or run.size > targets.at:
        return {}
    return {name: dict(wanted) for name, wanted in targets.budgets.items()}
