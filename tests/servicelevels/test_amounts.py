import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansvar.people.decisions import calendar_from
from ansvar.servicelevels.decisions.amounts import BadAmount, day_of, read_amount, typed_amount


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("30 min", 30),
        ("30m", 30),
        ("4 h", 240),
        ("2 d", 1080),
        ("1 d 4 h 30 min", 810),
        ("1,5 h", 90),
        ("1.5 tim", 90),
        ("2 dagar", 1080),
        ("3 ч", 180),
        ("1:15", 75),
        ("1 H.", 60),
    ],
)
def test_amounts_are_read_as_people_write_them_and_a_day_is_a_working_day(text, minutes):
    assert read_amount(text, day=540) == minutes


@pytest.mark.parametrize(
    "text", ["", "soon", "4", "4 weeks", "h 4", "4 h or so", "-4 h", "9" * 50 + " h", "1:75"]
)
def test_what_is_no_amount_is_refused_with_how_to_write_one(text):
    with pytest.raises(BadAmount, match="30 min, 4 h"):
        read_amount(text, day=540)


@given(st.integers(min_value=0, max_value=10**7), st.integers(min_value=1, max_value=1440))
def test_what_is_written_reads_the_same_whatever_a_day_has(minutes, day):
    assert read_amount(typed_amount(minutes), day=day) == minutes


@pytest.mark.parametrize(
    ("hours", "day"),
    [
        ({str(n): [["08:00", "17:00"]] for n in range(5)} | {"5": [["10:00", "14:00"]]}, 540),
        ({"0": [["08:00", "12:00"], ["13:00", "17:00"]]}, 480),
        ({"0": [["08:00", "12:00"]], "1": [["08:00", "18:00"]]}, 600),
        ({str(n): [["00:00", "24:00"]] for n in range(7)}, 1440),
        ({}, 480),
    ],
)
def test_a_day_is_as_long_as_most_working_days_of_the_calendar(hours, day):
    assert day_of(calendar_from(name="", timezone="UTC", hours=hours)) == day
