"""What `ansvar bench` does from its options to its last line."""

from collections.abc import Sequence
from pathlib import Path

from ansvar.ops import config
from ansvar.ops.bench import results, running, showing
from ansvar.ops.bench.figures import Run, Targets, targets_in


def run(*, only: Sequence[str], json: Path | None, against: Path | None, statements: bool) -> None:
    """Measure the data folder of the configuration, and tell what came out.

    Raises: Trouble.
    """
    names = running.known(only)
    data = config.load().data
    with running.opened(data) as bench:
        measured = running.measure(bench, names)
    if json is not None:
        results.write(measured, json)
    before = results.read(against) if against else results.committed(measured.size)
    targets = targets_in(results.BUDGETS) if results.BUDGETS.exists() else None
    _tell(measured, targets, before, statements=statements)


def _tell(run: Run, targets: Targets | None, before: Run | None, *, statements: bool) -> None:
    showing.say_table(run, targets, before)
    if statements:
        showing.say_statements(list(run.scenarios.values()))
    showing.say_verdict(run, targets.budgets if targets and targets.at == run.size else {})
