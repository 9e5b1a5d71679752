from datetime import UTC, datetime

import pytest

from ansvar.kernel import clock
from ansvar.kernel.command import command
from ansvar.kernel.registry import NameTaken, Registry


def test_a_name_is_given_once():
    things: Registry[int] = Registry("things")
    things.add("one")(1)
    with pytest.raises(NameTaken, match="two things called 'one'"):
        things.add("one")(2)
    assert list(things.items()) == [("one", 1)]


def test_the_clock_can_be_set_and_goes_on_afterwards():
    then = datetime(2020, 1, 1, tzinfo=UTC)
    with clock.at(then):
        assert clock.now() == then
    assert clock.now() > then


def test_the_clock_wants_a_time_zone():
    naive = datetime(2020, 1, 1)  # noqa: DTZ001 - what must be refused
    with pytest.raises(ValueError, match="time zone"), clock.at(naive):
        pass


@pytest.mark.django_db
def test_time_stands_still_during_a_command():
    @command
    def look_twice() -> tuple[datetime, datetime]:
        return clock.now(), clock.now()

    first, second = look_twice()
    assert first == second
