from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansvar.tickets.decisions import (
    OPEN,
    Basis,
    State,
    can_move,
    next_close,
    state_in_hands,
)


@pytest.mark.parametrize("state", sorted(OPEN))
def test_every_open_ticket_can_be_resolved(state: State):
    assert can_move(state, State.RESOLVED)


@pytest.mark.parametrize("state", sorted(OPEN))
def test_no_open_ticket_can_be_closed_unresolved(state: State):
    assert not can_move(state, State.CLOSED)


@given(st.sampled_from(State))
def test_no_state_leads_to_itself(state: State):
    assert not can_move(state, state)


def test_a_closed_ticket_comes_back_only_into_work():
    assert not can_move(State.CLOSED, State.RESOLVED)
    assert not can_move(State.CLOSED, State.WAITING)
    assert can_move(State.CLOSED, State.ASSIGNED)


def test_who_takes_a_ticket_works_on_it_and_who_is_given_one_has_not_begun():
    assert state_in_hands(3, by_id=3) == State.IN_WORK
    assert state_in_hands(3, by_id=4) == State.ASSIGNED
    assert state_in_hands(None) == State.NEW


def test_the_quiet_period_is_counted_from_the_resolution():
    resolved = datetime(2026, 3, 27, 12, tzinfo=UTC)
    assert next_close(resolved, 5) == datetime(2026, 4, 1, 12, tzinfo=UTC)


@given(st.integers(1, 5), st.integers(1, 4), st.lists(st.tuples(st.text(), st.text())))
def test_a_basis_comes_back_as_it_was_stored(priority: int, impact: int, answers: list):
    basis = Basis(priority=priority, impact=impact, urgency=2, answers=tuple(answers))
    assert Basis.restore(basis.stored()) == basis


def test_a_basis_of_a_later_version_can_still_be_read():
    stored = Basis(priority=2, impact=2, urgency=2).stored() | {"mood": "calm"}
    assert Basis.restore(stored).priority == 2
