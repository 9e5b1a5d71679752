"""Runs as files: one JSON object for each, readable years later."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ansvar.ops.bench.figures import Run, Scenario
from ansvar.ops.bench.machine import SOURCE
from ansvar.ops.trouble import Trouble

FORMAT = 1
_DIGITS = 3
BENCH = SOURCE / "bench"
BUDGETS = BENCH / "budgets.toml"
RESULTS = BENCH / "results"


def named(tickets: int) -> str:
    """Return the short name of a size: 10k, 100k, 1m."""
    for unit, letter in ((1_000_000, "m"), (1_000, "k")):
        if tickets >= unit and tickets % unit == 0:
            return f"{tickets // unit}{letter}"
    return str(tickets)


def size_in(text: str) -> int:
    """Read a size such as 300, 10k or 1m.

    Raises: Trouble.
    """
    units = {"k": 1_000, "m": 1_000_000}
    digits, unit = (text[:-1], units[text[-1].lower()]) if text[-1:].lower() in units else (text, 1)
    if not digits.isdecimal() or not int(digits):
        raise Trouble(f"A size is a number of tickets such as 300, 10k or 1m, not {text!r}.")
    return int(digits) * unit


def write(run: Run, path: Path) -> None:
    """Write a run to a file."""
    said = {
        "format": FORMAT,
        "tickets": run.tickets,
        "size": run.size,
        "machine": run.machine,
        "scenarios": {name: _rounded(asdict(one)) for name, one in run.scenarios.items()},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(path: Path) -> Run:
    """Read a run from a file.

    Raises: Trouble.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        if said["format"] != FORMAT:
            raise Trouble(f"{path} was written by another version of the bench.")
        return Run(
            tickets=said["tickets"],
            size=said["size"],
            machine=said["machine"],
            scenarios={name: _scenario(one) for name, one in said["scenarios"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Trouble(f"{path} is no result of the bench: {error}.") from None


def committed(size: int) -> Run | None:
    """Return the last result that the project keeps for a size, if there is one."""
    path = RESULTS / f"{named(size)}.json"
    return read(path) if path.exists() else None


def save(run: Run) -> None:
    """Keep a run as the project's result for its size.

    Raises: Trouble when the program does not run from its source.
    """
    if not BENCH.is_dir():
        raise Trouble("Only the project's source keeps results; use --json.")
    known = committed(run.size)
    # A run of some scenarios leaves the figures of the others as they are.
    scenarios = {**(known.scenarios if known else {}), **run.scenarios}
    write(replace(run, scenarios=scenarios), RESULTS / f"{named(run.size)}.json")


def _scenario(said: Mapping[str, Any]) -> Scenario:
    parts: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in said.items()
    }
    return Scenario(**parts)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, Mapping):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value
