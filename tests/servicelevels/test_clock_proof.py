import random
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from clock_histories import YEARS, a_history, history_of
from clock_proof import compared
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wall_minutes import holidays_listed

from ansvar.servicelevels.decisions.clocks import (
    MISSED,
    clocks_of,
    shares_at,
    steps_ahead,
    windows_of,
)
from ansvar.servicelevels.decisions.story import course_of, restored, stored
from ansvar.servicelevels.decisions.terms import Measure

LIST = Path(__file__).parents[3] / "shared/data/calls/public_holidays_30countries_2024-2028.csv.xz"
SOME = range(1000, 1060)

# Feasts that follow the moon are not known for targets that reach into far years.
pytestmark = pytest.mark.filterwarnings("ignore:Requested Holidays are available:UserWarning")


def worked_out(seed: int):
    history = history_of(seed)
    course = course_of(history.story)
    return history, course, clocks_of(course, history.book, desk_id=history.desk_id)


@pytest.mark.parametrize("first", [0, 100, 200, 300])
def test_clocks_show_what_living_through_every_minute_shows(first):
    found = {seed: compared(history_of(seed)) for seed in range(first, first + 100)}
    assert {seed: one.differences for seed, one in found.items() if one.differences} == {}
    assert sum(one.clocks for one in found.values()) > 300


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.randoms(use_true_random=False))
def test_small_stories_show_what_living_through_every_minute_shows(chance: random.Random):
    assert compared(a_history(chance, moments=5)).differences == []


@pytest.mark.shared_data
@pytest.mark.skipif(not LIST.exists(), reason="needs the list of holidays beside the project")
def test_clocks_keep_the_holidays_of_a_list():
    holidays_of = holidays_listed(LIST, YEARS)
    for seed in range(400, 460):
        assert compared(history_of(seed), holidays_of=holidays_of).differences == [], seed


def test_shares_add_up_and_use_grows_as_time_passes():
    for seed in SOME:
        _, course, clocks = worked_out(seed)
        for clock in clocks:
            amounts = [sum((spent for _, spent in clock.shares), timedelta())]
            assert amounts[0] == clock.used, (seed, clock)
            for hours in (1, 30, 200):
                moment = course.last_at + timedelta(hours=hours)
                shares = shares_at(clock, course, moment=moment)
                amounts.append(sum((spent for _, spent in shares), timedelta()))
                missed = amounts[-1] > clock.target
                assert clock.is_missed_at(moment) == missed, (seed, clock)
            assert amounts == sorted(amounts), (seed, clock)


def test_clocks_stop_after_they_start_and_stories_come_back_as_they_were_stored():
    for seed in SOME:
        history, course, clocks = worked_out(seed)
        again = restored(stored(history.story))
        assert again == list(history.story)
        assert clocks_of(course_of(again), history.book, desk_id=1) == clocks
        for clock in clocks:
            assert clock.stopped_at is None or clock.started_at <= clock.stopped_at
            assert clock.due_at is None or clock.started_at < clock.due_at
            assert clock.counting_since is None or clock.stopped_at is None
            assert (clock.measure, clock.number) in {
                (window.measure, window.number)
                for window in windows_of(course, history.book, desk_id=1)
            }


def test_an_open_ticket_has_one_holder_at_a_time():
    for seed in SOME:
        history, course, _ = worked_out(seed)
        held = [
            window
            for window in windows_of(course, history.book, desk_id=1)
            if window.measure is Measure.HOLD
        ]
        now = course.legs[-1]
        is_held = now.is_open and now.team_id is not None
        assert [window.team_id for window in held if window.stop is None] == (
            [now.team_id] if is_held else []
        )
        for one, following in pairwise(held):
            assert one.stop is not None
            assert one.stop <= following.start


def test_a_moment_that_changes_nothing_changes_no_clock():
    for seed in SOME:
        history, course, clocks = worked_out(seed)
        for leg in course.legs[:3]:
            at = leg.start + timedelta(minutes=1)
            if leg.end is not None and at >= leg.end:
                continue
            same = {"state": leg.state, "team": leg.team_id, "person": leg.person_id}
            # The first moment may be later than what was noted after it, with a wrong clock.
            place = next(
                (number for number, (when, _) in enumerate(history.story) if when > at),
                len(history.story),
            )
            longer = [*history.story[:place], (at, same), *history.story[place:]]
            assert clocks_of(course_of(longer), history.book, desk_id=1) == clocks, (seed, at)


def test_steps_come_in_order_and_none_before_the_last_change():
    seen = 0
    for seed in SOME:
        history, course, clocks = worked_out(seed)
        terms = {version.id: version.terms for version in history.book.versions}
        for clock in clocks:
            ahead = steps_ahead(
                clock,
                steps=terms[clock.version_id].steps_of(clock.measure),
                taken=(),
                since=course.last_at,
            )
            assert [step.at for step in ahead] == sorted(step.at for step in ahead)
            assert all(step.at >= course.last_at for step in ahead), (seed, clock)
            assert clock.stopped_at is None or not ahead
            seen += len(ahead)
            for step in ahead:
                if step.key != MISSED:
                    continue
                assert not clock.is_missed_at(step.at) or step.at == course.last_at, (seed, clock)
                assert clock.is_missed_at(step.at + timedelta(minutes=1)), (seed, clock)
    assert seen > 100
