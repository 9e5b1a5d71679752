"""Figures of a run: percentiles, budgets, ratios between runs and growth between sizes."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Any

from ansvar.ops.trouble import Trouble

MEASURES: Mapping[str, str] = {
    "p50_ms": "ms",
    "p95_ms": "ms",
    "processor_ms": "ms",
    "application_ms": "ms",
    "database_ms": "ms",
    "later_ms": "ms",
    "queries": "",
    "kilobytes": "kB",
    "megabytes": "MB",
    "seconds": "s",
    "per_second": "/s",
    "news_ms": "ms",
}
"""What can be measured of a scenario, and its unit."""
AT_LEAST = frozenset({"per_second"})
"""Measures of which more is better."""
ON_PROCESSOR = frozenset(
    {"processor_ms", "application_ms", "database_ms", "later_ms", "seconds", "p50_ms", "p95_ms"}
)
"""Measures that are smaller on a faster machine."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What one scenario came to."""

    name: str
    words: str
    times: int = 0
    """How often it was done."""
    values: Mapping[str, float] = field(default_factory=dict)
    """By the names of MEASURES."""
    statements: Sequence[Mapping[str, Any]] = ()
    """The dearest, for one time."""
    notes: Sequence[str] = ()
    failures: Sequence[str] = ()
    """What was not as it should be: an error, a wrong count."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """Everything that was measured on one database."""

    size: int
    """How many tickets the database was filled with."""
    tickets: int
    """How many there were when it was measured: earlier runs have opened some."""
    machine: Mapping[str, Any]
    scenarios: Mapping[str, Scenario]


Budgets = Mapping[str, Mapping[str, float]]


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest of *values* that so many per cent of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]


def typical(milliseconds: Sequence[float]) -> dict[str, float]:
    """Return how long half of some answers took at most, and 95 of a hundred: as measures."""
    return {"p50_ms": percentile(milliseconds, 50), "p95_ms": percentile(milliseconds, 95)}


def is_within(measure: str, value: float, budget: float) -> bool:
    """Tell whether a value keeps its budget."""
    return value >= budget if measure in AT_LEAST else value <= budget


def over_budget(run: Run, budgets: Budgets) -> dict[str, list[str]]:
    """Name by scenario the measures that do not keep their budget."""
    found = {
        name: [
            measure
            for measure, budget in budgets.get(name, {}).items()
            if measure in scenario.values
            and not is_within(measure, scenario.values[measure], budget)
        ]
        for name, scenario in run.scenarios.items()
    }
    return {name: measures for name, measures in found.items() if measures}


def speed_of(machine: Mapping[str, Any], than: Mapping[str, Any]) -> float:
    """Return how many times as long the same work takes on *machine* as on another one."""
    here, there = machine.get("calibration", {}), than.get("calibration", {})
    ratios = [here[key] / there[key] for key in here if here[key] and there.get(key)]
    product = 1.0
    for ratio in ratios:
        product *= ratio
    return float(product ** (1 / len(ratios))) if ratios else 1.0


def ratio(measure: str, now: float, before: float, *, speed: float = 1.0) -> float | None:
    """Return how many times as much is measured now; *speed* takes the machine's part out."""
    if not before:
        return None
    return now / before / (speed if measure in ON_PROCESSOR else 1.0)


def growth(smaller: Run, larger: Run, *, measure: str = "processor_ms") -> dict[str, float]:
    """Return by scenario how many times as much it takes on the larger database."""
    speed = speed_of(larger.machine, smaller.machine)
    found = {
        name: ratio(
            measure,
            scenario.values[measure],
            smaller.scenarios[name].values[measure],
            speed=speed,
        )
        for name, scenario in larger.scenarios.items()
        if measure in scenario.values
        and name in smaller.scenarios
        and measure in smaller.scenarios[name].values
    }
    return {name: grown for name, grown in found.items() if grown is not None}


@dataclass(frozen=True, kw_only=True)
class Targets:
    """What is kept in `bench/budgets.toml`."""

    at: int
    """For a database of so many tickets."""
    most_growth: float
    """Of pages, when there are ten times the tickets."""
    budgets: Budgets


def targets_in(path: Path) -> Targets:
    """Read budgets.

    Raises: Trouble for a file that says something else than budgets.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise Trouble(f"The budgets in {path} cannot be read: {error}.") from None
    budgets = said.get("scenario", {})
    unknown = {measure for wanted in budgets.values() for measure in wanted} - set(MEASURES)
    if unknown:
        raise Trouble(f"{path} has budgets for what is not measured: {', '.join(sorted(unknown))}.")
    return Targets(at=said["tickets"], most_growth=said["most_growth"], budgets=budgets)
