"""When half an hour of load counts as steady."""

import pytest

from ansvar.ops.bench.steadiness import Minute, rise, slope, unsteady


def a_minute(**seen: object) -> Minute:
    fields: dict[str, object] = {
        "done": 100, "errors": 0, "p50_ms": 10, "p95_ms": 30, "memory": {"web": 120.0},
    }  # fmt: skip
    return Minute(**{**fields, **seen})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], 0), ([5], 0), ([1, 2, 3], 1), ([3, 3, 3], 0), ([0, 4, 0, 4], 0.8)],
)
def test_a_slope_is_that_of_the_straight_line(values: list[float], expected: float):
    assert slope(values) == pytest.approx(expected)


def test_only_the_second_half_counts_for_a_rise():
    assert rise([100, 150, 200, 210, 210, 210]) == 0
    assert rise([100, 100, 100, 100, 110, 120]) == pytest.approx(20)


@pytest.mark.parametrize(
    ("memory", "words"),
    [
        ([100, 160, 180, 181, 180, 182], []),
        ([100, 100, 100, 112, 125, 140], ["the memory of the web has grown by 28 MB"]),
        # A twentieth of much is more than ten.
        ([1000, 1000, 1000, 1010, 1020, 1040], []),
    ],
)
def test_memory_may_settle_but_not_grow(memory: list[float], words: list[str]):
    assert unsteady([a_minute(memory={"web": one}) for one in memory]) == words


def test_an_error_or_work_that_waits_too_long_is_told():
    minutes = [a_minute(), a_minute(errors=2, lag_seconds={"jobs": 45.0}), a_minute()]
    minutes.append(a_minute(lag_seconds={"jobs": 1.0}))
    assert unsteady(minutes) == [
        "2 things went wrong",
        "jobs have waited 45 s beyond their time",
    ]
