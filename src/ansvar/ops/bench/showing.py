"""What the bench says in the terminal: a table of figures beside their budgets."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ansvar.ops import console
from ansvar.ops.bench.explaining import Plan
from ansvar.ops.bench.figures import (
    MEASURES,
    Budgets,
    Run,
    Scenario,
    growth,
    is_within,
    over_budget,
    ratio,
    speed_of,
)

COLUMNS: Mapping[str, str] = {
    "p50_ms": "p50",
    "p95_ms": "p95",
    "application_ms": "app",
    "database_ms": "db",
    "processor_ms": "app+db",
    "queries": "queries",
    "kilobytes": "kB",
}
_COMPARED = ("processor_ms", "seconds", "per_second", "megabytes", "kilobytes")
_SAME = 0.1
_SMALL = 10
_LARGE = 100
_PART = 0.05
_NARROWEST = 130


def number(value: float) -> str:
    """Return a value with as many digits as matter."""
    has_part = abs(value) < _LARGE and abs(value - round(value)) >= _PART
    return f"{value:,.1f}" if abs(value) < _SMALL or has_part else f"{value:,.0f}"


def in_a_line(scenario: Scenario) -> str:
    """Return what a scenario came to, as a line of a log."""
    figures = [
        f"{COLUMNS.get(name, '')} {number(value)} {MEASURES[name]}".strip()
        for name, value in scenario.values.items()
    ]
    return f"{scenario.words}: {', '.join([*figures, *scenario.failures])}"


def table_of(run: Run, budgets: Budgets, before: Run | None) -> Table:
    """Make the table of a run: figures, budgets where there are any, and the change."""
    table = Table(title=f"{run.tickets:,} tickets", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("", no_wrap=True)
    table.add_column("times", justify="right", style="dim", no_wrap=True)
    for title in COLUMNS.values():
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("was ×", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for scenario in run.scenarios.values():
        table.add_row(*_row(scenario, budgets.get(scenario.name, {}), run=run, before=before))
    return table


def _row(
    scenario: Scenario, budget: Mapping[str, float], *, run: Run, before: Run | None
) -> list[str]:
    values = scenario.values
    others = [
        f"{_marked(measure, value, budget)} {unit}".rstrip()
        for measure, unit in MEASURES.items()
        if measure not in COLUMNS and (value := values.get(measure)) is not None
    ]
    mark = "[red]✗[/red] " if scenario.failures else ""
    return [
        f"{mark}{escape(scenario.words)}",
        f"{scenario.times:,}" if scenario.times else "",
        *(_marked(name, values[name], budget) if name in values else "" for name in COLUMNS),
        _change(scenario, run=run, before=before),
        " · ".join(others),
    ]


def _marked(measure: str, value: float, budget: Mapping[str, float]) -> str:
    if measure not in budget:
        return number(value)
    if is_within(measure, value, budget[measure]):
        return f"[green]{number(value)}[/green]"
    return f"[red]{number(value)} > {number(budget[measure])}[/red]"


def _change(scenario: Scenario, *, run: Run, before: Run | None) -> str:
    """Return how many times as much it is as before, the machine's part taken out."""
    old = before.scenarios.get(scenario.name) if before else None
    if before is None or old is None:
        return ""
    speed = speed_of(run.machine, before.machine)
    for measure in _COMPARED:
        if measure in scenario.values and measure in old.values:
            now, then = scenario.values[measure], old.values[measure]
            times = ratio(measure, now, then, speed=speed)
            if times is None:
                return ""
            tone = "dim" if abs(times - 1) < _SAME else "yellow" if times > 1 else "green"
            return f"[{tone}]{times:.2f}[/{tone}]"
    return ""


def say_machine(run: Run) -> None:
    """Say on what it was measured."""
    facts = run.machine
    speed = facts.get("calibration", {})
    console.out.print(
        f"{facts.get('processor')}, {facts.get('cores')} cores, {facts.get('memory_gb')} GB,"
        f" PostgreSQL {facts.get('postgresql')}, Python {facts.get('python')};"
        f" fixed work takes {speed.get('python_ms')} ms in Python,"
        f" {speed.get('database_ms')} ms in the database;"
        f" load {facts.get('load_before', ['?'])[0]} → {facts.get('load_after', ['?'])[0]}"
    )


def say_table(run: Run, budgets: Budgets, before: Run | None) -> None:
    """Print the table; where the terminal is narrow its lines are broken, none is cut."""
    wide = Console(width=max(console.out.width, _NARROWEST), highlight=False)
    wide.print(table_of(run, budgets, before))


def say_notes(run: Run) -> None:
    """Print what figures alone do not say."""
    for scenario in run.scenarios.values():
        if scenario.notes:
            console.out.print(f"{escape(scenario.words)}: {escape('; '.join(scenario.notes))}")


def say_plans(run: Run, plans: Mapping[str, Sequence[Plan]]) -> None:
    """Print how the database carried out the dearest statements."""
    for name, dearest in plans.items():
        console.out.print(f"\n[bold]{escape(run.scenarios[name].words)}[/bold]")
        for plan in dearest:
            console.out.print(f"{plan.milliseconds:8.2f} ms  [dim]{escape(plan.text[:600])}[/dim]")
            for line in plan.lines:
                console.out.print(f"             {escape(line)}")


def say_growth(smaller: Run, larger: Run, *, most: float | None) -> None:
    """Print how many times as much each scenario costs with more tickets."""
    table = Table(
        title=f"From {smaller.size:,} to {larger.size:,} tickets",
        title_justify="left",
        box=box.SIMPLE_HEAD,
    )
    for title in ("", "app+db", "db"):
        table.add_column(title, justify="right" if title else "left", no_wrap=True)
    whole = growth(smaller, larger)
    database = growth(smaller, larger, measure="database_ms")
    for name, times in whole.items():
        tone = "red" if most is not None and times > most else "green"
        share = f"{database[name]:.2f}" if name in database else ""
        table.add_row(escape(larger.scenarios[name].words), f"[{tone}]{times:.2f}[/{tone}]", share)
    console.out.print(table)


def say_statements(scenarios: Sequence[Scenario]) -> None:
    """Print the dearest statements of each scenario."""
    for scenario in scenarios:
        if not scenario.statements:
            continue
        console.out.print(f"\n[bold]{escape(scenario.words)}[/bold]")
        for one in scenario.statements:
            console.out.print(_statement(one))


def _statement(one: Mapping[str, Any]) -> str:
    figures = (
        f"{one['milliseconds']:8.2f} ms {one['calls']:6.1f} × {one['rows']:7.1f} rows"
        f" {one['blocks']:8.0f} pages"
    )
    return f"{figures}  [dim]{escape(str(one['text'])[:240])}[/dim]"


def say_verdict(run: Run, budgets: Budgets) -> None:
    """Say in a sentence which budgets are not kept, and what went wrong."""
    over = over_budget(run, budgets)
    kept = sum(1 for name in run.scenarios if name in budgets and name not in over)
    if budgets:
        named = ", ".join(
            f"{run.scenarios[name].words} ({', '.join(measures)})"
            for name, measures in over.items()
        )
        words = f"{len(over)} fall short: {named}." if over else "none falls short."
        console.out.print(f"{kept} scenarios keep their budgets, {words}")
    for scenario in run.scenarios.values():
        for failure in scenario.failures:
            console.out.print(f"[red]✗[/red] {escape(scenario.words)}: {escape(failure)}")
