"""What history keeps in mind until it ends."""

from collections.abc import Sequence

import pytest
from django.db import transaction

from ansvar.kernel.command import command
from ansvar.kernel.journal import as_history, backlog, undone_on_failure

pytestmark = pytest.mark.django_db

written: list[list[str]] = []


@pytest.fixture(autouse=True)
def nothing_written() -> None:
    written.clear()


def write(values: Sequence[str]) -> None:
    written.append(list(values))


@command
def keep(key: int, value: str, *, refuse: bool = False) -> None:
    kept = backlog(write)
    if kept is None:
        write([value])
    else:
        kept.put(key, value)
    if refuse:
        raise ValueError(value)


def test_what_happens_now_is_written_at_once():
    keep(1, "one")
    keep(1, "another")
    assert written == [["one"], ["another"]]


def test_of_history_only_the_last_value_is_written_when_it_ends():
    with as_history():
        keep(1, "one")
        keep(2, "two")
        keep(1, "another")
        assert written == []
    assert written == [["another", "two"]]


def test_what_is_kept_can_be_read_before_it_is_written():
    with as_history():
        keep(1, "one")
        kept = backlog(write)
        assert kept is not None
        assert (kept.get(1), kept.get(2)) == ("one", None)


def test_a_refused_command_leaves_what_was_kept_before_it():
    with as_history():
        keep(1, "one")
        for key in (1, 2):
            with pytest.raises(ValueError, match="refused"), transaction.atomic():
                keep(key, "refused", refuse=True)
    assert written == [["one"]]


def test_steps_that_fail_together_leave_nothing():
    def take_steps() -> None:
        with undone_on_failure(), transaction.atomic():
            keep(1, "first")
            keep(2, "second")
            keep(2, "third", refuse=True)

    with as_history():
        keep(1, "one")
        with pytest.raises(ValueError, match="third"):
            take_steps()
    assert written == [["one"]]


def test_history_within_history_is_written_with_it():
    with as_history():
        keep(1, "one")
        with as_history():
            keep(1, "another")
        assert written == []
    assert written == [["another"]]


def test_a_history_that_fails_writes_nothing():
    def fail() -> None:
        with as_history():
            keep(1, "one")
            keep(2, "two", refuse=True)

    with pytest.raises(ValueError, match="two"):
        fail()
    assert written == []
    keep(1, "after")
    assert written == [["after"]]
