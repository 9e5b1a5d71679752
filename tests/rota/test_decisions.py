from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansvar.rota.decisions import (
    A_SHIFT,
    Pattern,
    Standing,
    Step,
    asks_what_is_left,
    turns_by,
    who_stands,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY = date(2026, 10, 19)


def a_pattern(**wanted):
    fields = {
        "people": (1, 2, 3),
        "step": Step.WEEK,
        "first": MONDAY,
        "last": MONDAY + timedelta(days=20),
        "change_at": time(8),
        "zone": STOCKHOLM,
    }
    return Pattern(**{**fields, **wanted})


def test_people_take_weeks_in_turn_and_the_clock_change_moves_nobody_from_eight_o_clock():
    turns = turns_by(a_pattern())
    assert [turn.person_id for turn in turns] == [1, 2, 3]
    # Summer time ends on 25 October: eight o'clock is an hour later in UTC.
    assert [turn.starts_at for turn in turns] == [
        datetime(2026, 10, 19, 6, tzinfo=UTC),
        datetime(2026, 10, 26, 7, tzinfo=UTC),
        datetime(2026, 11, 2, 7, tzinfo=UTC),
    ]


def test_a_closed_day_makes_no_turn_and_costs_nobody_theirs():
    closed = {MONDAY + timedelta(days=5), MONDAY + timedelta(days=6)}
    last = MONDAY + timedelta(days=7)
    turns = turns_by(a_pattern(step=Step.DAY, last=last, closed=closed))
    assert [turn.person_id for turn in turns] == [1, 2, 3, 1, 2, 3]
    assert turns[-1].starts_at.astimezone(STOCKHOLM).date() == last


def test_a_week_that_is_cut_ends_with_the_pattern():
    [turn] = turns_by(a_pattern(last=MONDAY + timedelta(days=2)))
    assert turn.ends_at.astimezone(STOCKHOLM) == datetime(2026, 10, 22, 8, tzinfo=STOCKHOLM)


@pytest.mark.parametrize(("until", "hours"), [(time(22), 5), (time(6), 13), (time(17), 24)])
def test_shifts_of_a_day_end_at_their_hour_the_day_after_if_need_be(until, hours):
    pattern = a_pattern(step=Step.DAY, last=MONDAY, change_at=time(17), until=until)
    [turn] = turns_by(pattern)
    assert turn.ends_at - turn.starts_at == timedelta(hours=hours)


@given(
    people=st.lists(st.integers(1, 5), max_size=4),
    step=st.sampled_from(Step),
    days=st.integers(-3, 60),
    closed=st.sets(st.integers(0, 60)),
)
def test_turns_of_a_pattern_follow_each_other_and_never_meet(people, step, days, closed):
    pattern = a_pattern(
        people=people,
        step=step,
        last=MONDAY + timedelta(days=days),
        closed={MONDAY + timedelta(days=day) for day in closed},
    )
    turns = turns_by(pattern)
    assert all(turn.starts_at < turn.ends_at for turn in turns)
    for one, following in pairwise(turns):
        assert one.ends_at <= following.starts_at
        assert not one.meets(following.starts_at, following.ends_at)


@pytest.mark.parametrize(
    ("deputy", "stand_in", "away", "expected"),
    [
        (2, 3, (), (1, Standing.TURN)),
        (2, 3, (1,), (2, Standing.DEPUTY)),
        (2, 3, (1, 2), (3, Standing.STAND_IN)),
        (None, 3, (1,), (3, Standing.STAND_IN)),
        (2, 3, (1, 2, 3), (1, Standing.AWAY)),
        (None, None, (1,), (1, Standing.AWAY)),
    ],
)
def test_the_deputy_of_a_turn_goes_before_the_stand_in(deputy, stand_in, away, expected):
    assert who_stands(1, deputy=deputy, stand_in=stand_in, away=away) == expected


def test_only_an_absence_longer_than_a_shift_asks():
    begin = datetime(2026, 10, 19, 6, tzinfo=UTC)
    assert not asks_what_is_left(begin, begin + A_SHIFT)
    assert asks_what_is_left(begin, begin + A_SHIFT + timedelta(minutes=1))
