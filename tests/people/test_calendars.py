from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansvar.people.decisions import BadHours, NeverOpen, WorkingCalendar, calendar_from

STOCKHOLM = ZoneInfo("Europe/Stockholm")
OFFICE = {str(day): [["08:00", "12:00"], ["13:00", "17:00"]] for day in range(5)}


def a_calendar(hours=OFFICE, *, timezone: str = "Europe/Stockholm", **more: Any) -> WorkingCalendar:
    return calendar_from(name="Office", timezone=timezone, hours=hours, **more)


def local(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM, fold=fold)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-23T08:00", True),
        ("2026-11-23T07:59:59", False),
        ("2026-11-23T12:00", False),
        ("2026-11-23T13:00", True),
        ("2026-11-23T17:00", False),
        ("2026-11-22T10:00", False),
    ],
)
def test_it_is_open_from_the_first_moment_to_before_the_last(at, expected):
    assert a_calendar().is_open(local(at)) is expected


def test_the_next_opening_is_now_or_the_next_beginning():
    calendar = a_calendar()
    assert calendar.next_opening(local("2026-11-23T09:30")) == local("2026-11-23T09:30")
    assert calendar.next_opening(local("2026-11-23T12:30")) == local("2026-11-23T13:00")
    assert calendar.next_opening(local("2026-11-20T17:00")) == local("2026-11-23T08:00")


def test_working_time_leaves_out_lunch_night_and_weekend():
    calendar = a_calendar()
    friday, monday = local("2026-11-20T11:00"), local("2026-11-23T09:00")
    assert calendar.working_time_between(friday, monday) == timedelta(hours=6)
    assert calendar.working_time_between(monday, friday) == timedelta()
    assert calendar.add_working_time(friday, timedelta(hours=6)) == monday


def test_openings_between_two_moments_are_cut_there():
    calendar = a_calendar(special_days={"2026-11-24": []})
    found = list(calendar.openings(local("2026-11-23T09:00"), local("2026-11-25T13:30")))
    assert found == [
        (local("2026-11-23T09:00"), local("2026-11-23T12:00")),
        (local("2026-11-23T13:00"), local("2026-11-23T17:00")),
        (local("2026-11-25T08:00"), local("2026-11-25T12:00")),
        (local("2026-11-25T13:00"), local("2026-11-25T13:30")),
    ]
    assert list(calendar.openings(local("2026-11-23T12:00"), local("2026-11-23T13:00"))) == []


def test_adding_nothing_changes_nothing_and_time_is_not_taken_away():
    calendar, night = a_calendar(), local("2026-11-20T23:00")
    assert calendar.add_working_time(night, timedelta()) == night
    with pytest.raises(ValueError, match="not taken away"):
        calendar.add_working_time(night, timedelta(hours=-1))


def test_public_holidays_and_days_of_its_own_are_kept():
    calendar = a_calendar(country="SE", special_days={"2026-12-24": [["09:00", "12:00"]]})
    assert not calendar.is_open(local("2026-12-25T10:00"))
    assert calendar.plan(date(2026, 12, 25)).holiday != ""
    assert calendar.is_open(local("2026-12-24T11:00"))
    assert not calendar.is_open(local("2026-12-24T14:00"))
    assert calendar.next_opening(local("2026-12-24T12:00")) == local("2026-12-28T08:00")


def test_a_region_has_holidays_of_its_own():
    epiphany = date(2026, 1, 6)
    assert a_calendar(country="DE").plan(epiphany).spans
    assert not a_calendar(country="DE", subdivision="BY").plan(epiphany).spans


def test_a_day_of_its_own_opens_on_a_holiday():
    calendar = a_calendar(country="SE", special_days={"2026-12-25": [["10:00", "12:00"]]})
    plan = calendar.plan(date(2026, 12, 25))
    assert plan.is_special
    assert plan.holiday
    assert calendar.is_open(local("2026-12-25T10:00"))


NIGHT = {str(day): [["00:00", "24:00"]] for day in range(7)}


def test_the_day_the_clock_goes_forward_is_an_hour_shorter():
    start, end = local("2026-03-29T00:00"), local("2026-03-30T00:00")
    assert a_calendar(NIGHT).working_time_between(start, end) == timedelta(hours=23)


def test_the_day_the_clock_goes_back_is_an_hour_longer():
    start, end = local("2026-10-25T00:00"), local("2026-10-26T00:00")
    assert a_calendar(NIGHT).working_time_between(start, end) == timedelta(hours=25)


def test_hours_across_the_clock_change_count_what_really_passes():
    calendar = a_calendar({"6": [["01:00", "04:00"]]})
    spring, autumn = local("2026-03-29T00:00"), local("2026-10-25T00:00")
    day = timedelta(hours=23)
    assert calendar.working_time_between(spring, spring + day) == timedelta(hours=2)
    assert calendar.working_time_between(autumn, autumn + day) == timedelta(hours=4)


def test_hours_that_begin_in_the_hour_left_out_begin_at_the_jump():
    calendar = a_calendar({"6": [["02:30", "04:00"]]})
    opening = calendar.next_opening(local("2026-03-29T00:00"))
    assert opening == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_hours_wholly_in_the_hour_left_out_do_not_happen():
    calendar = a_calendar({"6": [["02:10", "02:50"]]})
    assert calendar.next_opening(local("2026-03-29T00:00")) == local("2026-04-05T02:10")


def test_a_calendar_without_hours_refuses_to_promise():
    calendar = a_calendar({})
    for asked in (
        lambda: calendar.next_opening(local("2026-11-23T08:00")),
        lambda: calendar.add_working_time(local("2026-11-23T08:00"), timedelta(minutes=1)),
    ):
        with pytest.raises(NeverOpen, match="Office"):
            asked()
    week = timedelta(days=7)
    start = local("2026-11-23T08:00")
    assert calendar.working_time_between(start, start + week) == timedelta()


def test_a_long_promise_on_few_hours_is_computed():
    calendar = a_calendar({"0": [["08:00", "09:00"]]})
    due = calendar.add_working_time(local("2026-01-05T08:00"), timedelta(hours=600))
    assert due.astimezone(STOCKHOLM).year == 2037


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ({"7": []}, "weekday"),
        ({"0": "08-17"}, "Monday"),
        ({"0": [["08:00"]]}, "beginning or end"),
        ({"0": [["8", "17:00"]]}, "time of day"),
        ({"0": [["08:00", "24:30"]]}, "time of day"),
        ({"0": [["22:00", "06:00"]]}, "two spans"),
        ({"0": [["08:00", "12:00"], ["11:00", "17:00"]]}, "overlap"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_what_to_do(hours, words):
    with pytest.raises(BadHours, match=words):
        a_calendar(hours)


@pytest.mark.parametrize(
    "wrong",
    [
        {"timezone": "Mars/Olympus"},
        {"timezone": "../etc/passwd"},
        {"country": "XX"},
        {"country": "DE", "subdivision": "XX"},
        {"subdivision": "BY"},
        {"special_days": {"24 Dec": []}},
    ],
)
def test_a_calendar_of_nowhere_is_refused(wrong):
    with pytest.raises(BadHours):
        a_calendar(**wrong)


MINUTES = st.integers(0, 1440)


@st.composite
def spans(draw: st.DrawFn) -> list[list[str]]:
    marks = sorted(draw(st.sets(MINUTES, max_size=6)))
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return [[f"{a // 60:02}:{a % 60:02}", f"{b // 60:02}:{b % 60:02}"] for a, b in pairs]


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    hours = {str(day): draw(spans()) for day in range(7)}
    hours["2"] = [["09:00", "15:00"]]
    zones = ["Europe/Stockholm", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]
    return a_calendar(
        hours, timezone=draw(st.sampled_from(zones)), country=draw(st.sampled_from(["", "SE"]))
    )


# Around both changes of the clock, where mistakes hide, and over a new year.
MOMENTS = st.one_of(
    st.datetimes(datetime(2026, 3, 1), datetime(2026, 4, 10), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants naive bounds
    st.datetimes(datetime(2026, 10, 1), datetime(2027, 1, 10), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants naive bounds
)
AMOUNTS = st.timedeltas(timedelta(), timedelta(hours=80))


@given(calendars(), MOMENTS, AMOUNTS)
def test_added_working_time_is_the_working_time_between(calendar, start, amount):
    due = calendar.add_working_time(start, amount)
    assert calendar.working_time_between(start, due) == amount
    assert due >= start


@given(calendars(), MOMENTS, AMOUNTS, AMOUNTS)
def test_adding_in_two_steps_is_adding_at_once(calendar, start, first, second):
    at_once = calendar.add_working_time(start, first + second)
    stepwise = calendar.add_working_time(calendar.add_working_time(start, first), second)
    assert stepwise == at_once


@given(calendars(), MOMENTS, MOMENTS, MOMENTS)
def test_working_time_adds_up_over_parts(calendar, one, two, three):
    first, middle, last = sorted((one, two, three))
    whole = calendar.working_time_between(first, last)
    parts = (first, middle), (middle, last)
    assert sum((calendar.working_time_between(*part) for part in parts), timedelta()) == whole
    assert timedelta() <= whole <= last - first


@given(calendars(), MOMENTS)
def test_the_next_opening_is_open_and_nothing_is_open_before_it(calendar, at):
    opening = calendar.next_opening(at)
    assert opening >= at
    assert calendar.is_open(opening)
    assert calendar.working_time_between(at, opening) == timedelta()
