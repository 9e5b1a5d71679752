import io

import pytest
from rich.console import Console

from ansvar.ops.bench import showing
from ansvar.ops.bench.figures import Run, Scenario

MACHINE = {"calibration": {"python_ms": 20.0, "database_ms": 50.0}}


def a_run(*scenarios: Scenario) -> Run:
    return Run(
        size=1000, tickets=1007, machine=MACHINE, scenarios={one.name: one for one in scenarios}
    )


def drawn(run: Run, budgets, before: Run | None = None) -> list[str]:
    console = Console(file=io.StringIO(), width=140, no_color=True)
    console.print(showing.table_of(run, budgets, before))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def a_scenario(name: str = "queue", *, failures=(), **values: float) -> Scenario:
    return Scenario(name=name, words=name.title(), times=3, values=values, failures=failures)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.0"), (4.26, "4.3"), (16.0, "16"), (16.1, "16.1"), (114.4, "114"), (9876.5, "9,876")],
)
def test_a_number_has_as_many_digits_as_matter(value, text):
    assert showing.number(value) == text


def test_a_budget_stands_behind_a_figure_that_is_over_it_only():
    run = a_run(a_scenario(processor_ms=31.0, p50_ms=12.0))
    line = next(
        one for one in drawn(run, {"queue": {"processor_ms": 25, "p50_ms": 40}}) if "Q" in one
    )
    assert "31 > 25" in line
    assert "12 >" not in line


def test_the_change_is_told_by_what_the_processor_had_to_do():
    before = a_run(a_scenario(processor_ms=20.0))
    run = a_run(a_scenario(processor_ms=30.0), a_scenario("new", processor_ms=1.0))
    lines = drawn(run, {}, before)
    assert any("Queue" in one and "1.50" in one for one in lines)
    assert next(one for one in lines if "New" in one).count("1.0") == 1


def test_measures_of_their_own_come_last_and_what_failed_is_marked():
    run = a_run(a_scenario("mail", per_second=55.0, later_ms=4.0, failures=["2 mails are lost"]))
    (line,) = [one for one in drawn(run, {"mail": {"per_second": 60}}) if "Mail" in one]
    assert "✗ Mail" in line
    assert line.rstrip().endswith("4.0 ms · 55 > 60 /s")
    assert showing.in_a_line(run.scenarios["mail"]).endswith("2 mails are lost")
