"""Erlang's formula against published figures, exact solutions and a queue that is played."""

import heapq
import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansvar.insight.decisions.staffing import (
    MOST_PEOPLE,
    Load,
    fewest_people,
    load_of,
    outlook,
    people_needed,
    promised,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def of(offered: float, handling: timedelta = HOUR) -> Load:
    """A load that keeps so many people busy."""
    return Load(per_hour=offered / (handling / HOUR), handling=handling)


def lost_share(people: int, offered: float) -> float:
    """Erlang's B from C, as tables of telephone traffic give it."""
    waiting = outlook(of(offered), people).waiting_share
    slack = people - offered
    return waiting * slack / (people - offered * waiting)


@pytest.mark.parametrize(
    ("people", "offered", "waiting"),
    [(1, 0.5, 1 / 2), (2, 1.0, 1 / 3), (3, 2.0, 4 / 9), (2, 0.0, 0.0)],
)
def test_share_that_waits_is_exact_where_it_can_be_done_by_hand(
    people: int, offered: float, waiting: float
):
    assert outlook(of(offered), people).waiting_share == pytest.approx(waiting, abs=1e-12)


@pytest.mark.parametrize(
    ("people", "offered"), [(5, 1.36), (10, 4.46), (20, 12.0), (50, 37.9), (100, 84.1)]
)
def test_tables_of_telephone_traffic_for_one_per_cent_lost_agree(people: int, offered: float):
    assert lost_share(people, offered) == pytest.approx(0.01, abs=3e-4)


@pytest.mark.parametrize(
    ("per_hour", "seconds", "people", "waiting", "within_20_s", "average_seconds"),
    [
        (200, 180, 11, 0.682, 0.390, 122.8),
        (200, 180, 14, 0.174, 0.888, 7.8),
        (1000, 120, 40, 0.1907, 0.9372, 3.43),
    ],
)
def test_published_examples_of_call_centres_agree(
    per_hour: float,
    seconds: int,
    people: int,
    waiting: float,
    within_20_s: float,
    average_seconds: float,
):
    found = outlook(Load(per_hour=per_hour, handling=timedelta(seconds=seconds)), people)
    assert found.waiting_share == pytest.approx(waiting, abs=1e-3)
    assert found.share_within(timedelta(seconds=20)) == pytest.approx(within_20_s, abs=1e-3)
    assert found.average_wait is not None
    assert found.average_wait.total_seconds() == pytest.approx(average_seconds, abs=0.1)


def played_waits(load: Load, people: int, *, tickets: int, seed: int) -> list[float]:
    """Play the queue ticket by ticket; return how many hours each waited."""
    chances = random.Random(seed)
    free_from, now, waits = [0.0] * people, 0.0, []
    for _ in range(tickets):
        now += chances.expovariate(load.per_hour)
        begun = max(now, heapq.heappop(free_from))
        heapq.heappush(free_from, begun + chances.expovariate(1 / (load.handling / HOUR)))
        waits.append(begun - now)
    return waits


@pytest.mark.parametrize(("people", "offered"), [(1, 0.5), (3, 2.1), (8, 6.0)])
def test_a_queue_that_is_played_waits_as_long_as_the_formula_says(people: int, offered: float):
    load = of(offered, 20 * MINUTE)
    waits = sorted(played_waits(load, people, tickets=100_000, seed=7))
    found = outlook(load, people)
    for share in (0.8, 0.9):
        time = found.time_for(share)
        assert time is not None
        assert waits[int(share * len(waits))] == pytest.approx(time / HOUR, rel=0.1)
    assert sum(wait > 0 for wait in waits) / len(waits) == pytest.approx(
        found.waiting_share, abs=0.02
    )


def test_one_person_waits_as_pollaczek_and_khinchine_say():
    alike = Load(per_hour=3, handling=15 * MINUTE, variation=0)
    assert outlook(alike, 1).average_wait == 22.5 * MINUTE
    assert outlook(of(0.75, 15 * MINUTE), 1).average_wait == 45 * MINUTE


def test_the_more_handling_times_scatter_the_longer_tickets_wait():
    times = [
        outlook(Load(per_hour=6, handling=20 * MINUTE, variation=one), 3).time_for(0.9)
        for one in (0.5, 1.0, 1.5)
    ]
    assert times == sorted(times)
    assert times[2] == pytest.approx(times[1] * 1.625, abs=timedelta(milliseconds=1))


def test_the_day_of_a_desk_gives_its_load():
    load = load_of(per_day=54, hours_a_day=9, handling=20 * MINUTE, share_of_time=0.8)
    assert (load.per_hour, load.handling) == (6, 25 * MINUTE)
    assert load.offered == pytest.approx(2.5)
    assert fewest_people(load) == 3


@pytest.mark.parametrize(("hours", "share"), [(0, 1.0), (9, 0.0), (9, 1.1)])
def test_a_day_without_hours_and_people_without_time_are_refused(hours: float, share: float):
    with pytest.raises(ValueError, match="needs hours"):
        load_of(per_day=1, hours_a_day=hours, handling=HOUR, share_of_time=share)


@pytest.mark.parametrize("people", [3, 2, 0])
def test_whom_the_load_overruns_holds_no_time(people: int):
    found = outlook(of(3.0), people)
    assert not found.keeps_up
    assert found.time_for(0.9) is None
    assert found.average_wait is None
    assert found.share_within(100 * HOUR) == 0
    assert found.left_over_per_hour == pytest.approx(3 - people)


def test_people_who_are_full_but_for_rounding_do_not_keep_up():
    assert not outlook(of(0.1 + 0.2 - 1e-17 + 2.7), 3).keeps_up


def test_nothing_to_do_is_done_at_once():
    found = outlook(Load(per_hour=0, handling=HOUR), 1)
    assert found.time_for(0.99) == timedelta()
    assert found.left_over_per_hour == 0


@pytest.mark.parametrize("share", [0, 1, 1.5])
def test_no_time_can_be_held_for_all_or_none(share: float):
    with pytest.raises(ValueError, match="more than none"):
        outlook(of(1.0), 2).time_for(share)


loads = st.builds(
    of,
    st.floats(min_value=0.01, max_value=400),
    st.timedeltas(min_value=MINUTE, max_value=40 * HOUR),
)
shares = st.floats(min_value=0.5, max_value=0.99)


@given(load=loads, more=st.integers(min_value=0, max_value=30), share=shares)
def test_the_time_that_can_be_held_is_the_one_in_which_the_share_is_reached(
    load: Load, more: int, share: float
):
    found = outlook(load, fewest_people(load) + more)
    time = found.time_for(share)
    if time is None:
        assert not found.keeps_up
    elif time:
        assert found.share_within(time) == pytest.approx(share, abs=1e-6)
    else:
        assert found.share_within(time) >= share - 1e-9


@given(load=loads, within=st.timedeltas(min_value=timedelta(), max_value=9 * HOUR), share=shares)
def test_one_person_fewer_than_needed_would_not_do(load: Load, within: timedelta, share: float):
    needed = people_needed(load, within=within, share=share)
    assert needed is not None
    assert outlook(load, needed).share_within(within) >= share
    assert outlook(load, needed - 1).share_within(within) < share


def test_a_desk_beyond_all_bounds_is_not_looked_for():
    assert people_needed(of(MOST_PEOPLE + 1.0), within=HOUR, share=0.9) is None


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, 5), (5, 5), (5.1, 10), (61, 75), (239, 240), (241, 270), (541, 810), (2000, 2160)],
)
def test_a_promise_is_rounded_up_to_a_time_one_can_remember(minutes: float, said: int):
    assert promised(minutes * MINUTE, day=9 * HOUR) == said * MINUTE
