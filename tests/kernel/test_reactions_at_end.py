from dataclasses import dataclass

import pytest

from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.command import all_or_nothing, command
from ansvar.kernel.facts import Fact
from ansvar.kernel.journal import as_history, record
from ansvar.kernel.models import Entry
from ansvar.kernel.reactions import react_at_end
from ansvar.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db

heard: list[tuple[int, list[int]]] = []


@dataclass(frozen=True, kw_only=True)
class CupFilled(Fact, name="cup.filled", wording="filled with {millilitres}"):
    """A cup was filled."""

    millilitres: int


@react_at_end(CupFilled)
def hear_at_end(cup: int, happened: list[tuple[Fact, Entry]]) -> None:
    """Note what was heard, and refuse what runs over."""
    filled = [fact.millilitres for fact, _ in happened if isinstance(fact, CupFilled)]
    if sum(filled) > 300:
        raise Refusal("It runs over.")
    heard.append((cup, filled))


@pytest.fixture(autouse=True)
def silence() -> None:
    heard.clear()


@command
def fill(cup: int, *millilitres: int) -> None:
    for amount in millilitres:
        record(CupFilled(subject_id=cup, millilitres=amount), by=SYSTEM)
    assert heard == [] or heard[-1][0] != cup


@command
def fill_both(*, refuse: bool = False) -> None:
    fill(1, 100)
    if refuse:
        try:
            fill_and_refuse()
        except Refusal:
            fill(2, 20)
    fill(1, 50)


@command
def fill_and_refuse() -> None:
    record(CupFilled(subject_id=1, millilitres=7), by=SYSTEM)
    raise Refusal("No.")


def test_a_reaction_at_the_end_hears_once_of_all_that_a_command_did_to_a_subject():
    fill(1, 100, 50)
    assert heard == [(1, [100, 50])]


def test_commands_within_a_command_are_heard_of_at_the_end_of_the_outer_one():
    fill_both()
    assert heard == [(1, [100, 50])]


def test_of_a_refused_command_nothing_is_heard():
    fill_both(refuse=True)
    assert heard == [(1, [100, 50]), (2, [20])]


def test_many_commands_that_stand_or_fall_together_are_heard_of_once():
    with all_or_nothing():
        fill(1, 100)
        fill(2, 10)
        fill(1, 50)
    assert heard == [(1, [100, 50]), (2, [10])]


def test_history_is_heard_of_command_by_command():
    with as_history():
        fill(1, 100)
        fill(2, 10)
    assert heard == [(1, [100]), (2, [10])]


def test_a_failing_reaction_at_the_end_fails_the_command():
    with pytest.raises(Refusal):
        fill(1, 200, 200)
    assert not Entry.objects.filter(fact="cup.filled").exists()


def test_what_is_recorded_outside_a_command_is_heard_of_at_once():
    record(CupFilled(subject_id=1, millilitres=100), by=SYSTEM)
    assert heard == [(1, [100])]
