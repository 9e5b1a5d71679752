"""How hand-overs are counted: by hand, and against a count made in another way."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansvar.insight.decisions.losing import Rates, loss_of
from ansvar.insight.decisions.passing_on import (
    Held,
    Walks,
    handings_of,
    pattern_count,
    turns_of,
)

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
NAMES = "ABCDE"
sequences = st.lists(st.sampled_from(NAMES), min_size=1, max_size=12).map("".join)


def held(teams: str) -> list[Held]:
    """Return what a ticket went through when each letter held it for an hour."""
    return [
        Held(NAMES.index(name), START + number * HOUR, START + (number + 1) * HOUR)
        for number, name in enumerate(teams)
    ]


def walked(teams: str) -> str:
    return "".join(NAMES[turn.team] for turn in turns_of(held(teams)))


def counted(*tickets: str) -> Walks:
    walks = Walks()
    for teams in tickets:
        turns = turns_of(held(teams))
        walks.add([turn.team for turn in turns], first_line={0, 1})
    return walks


def lost_by(teams: str) -> list[tuple[str, str]]:
    """Return each bounce with the letters whose hours were lost by it."""
    return [
        (
            f"{NAMES[one.giver]}{NAMES[one.team]}",
            "".join(teams[(stretch.start - START) // HOUR] for stretch in one.lost),
        )
        for one in handings_of(turns_of(held(teams)))
        if one.is_bounce
    ]


@pytest.mark.parametrize(
    ("teams", "turns"), [("A", "A"), ("AAB", "AB"), ("ABBA", "ABA"), ("AABBAAC", "ABAC")]
)
def test_neighbouring_stretches_of_a_team_are_one_turn(teams: str, turns: str):
    assert walked(teams) == turns


@pytest.mark.parametrize(
    ("teams", "patterns"),
    [("A", 0), ("AB", 0), ("ABA", 1), ("ABAB", 2), ("ABCA", 0), ("ABACA", 2), ("ABCBA", 1)],
)
def test_overlapping_patterns_count_each(teams: str, patterns: int):
    assert pattern_count(teams) == patterns  # type: ignore[arg-type]  # letters stand for teams


@pytest.mark.parametrize(
    ("teams", "lost"),
    [
        ("ABC", []),
        ("ABA", [("BA", "B")]),
        ("ABBA", [("BA", "BB")]),
        ("ABCA", [("CA", "BC")]),
        ("ABAB", [("BA", "B"), ("AB", "A")]),
        # What came back to B is lost once, and not again when it comes back to A.
        ("ABCBA", [("CB", "C"), ("BA", "BB")]),
        ("ABACA", [("BA", "B"), ("CA", "C")]),
    ],
)
def test_no_moment_of_a_ticket_is_lost_twice(teams: str, lost: list[tuple[str, str]]):
    assert lost_by(teams) == lost


def test_figures_are_added_up_over_tickets():
    walks = counted("A", "AB", "ABA", "ABAB", "ACA", "CC", "ABCA")
    assert (walks.cases, walks.with_pattern, walks.with_two, walks.patterns) == (7, 3, 1, 4)
    assert walks.histogram == {0: 2, 1: 1, 2: 2, 3: 2}
    assert (walks.handovers, walks.bounces, walks.with_bounce) == (11, 5, 4)
    assert (walks.never_left, walks.share_never_left) == (4, 4 / 7)


@given(st.lists(sequences, max_size=6))
def test_counting_agrees_with_a_count_by_hand(tickets: list[str]):
    walks = counted(*tickets)
    told = [walked(teams) for teams in tickets]
    patterns = [sum(one[at] == one[at + 2] for at in range(len(one) - 2)) for one in told]
    assert walks.cases == len(tickets)
    assert walks.patterns == sum(patterns)
    assert walks.with_pattern == len([count for count in patterns if count >= 1])
    assert walks.with_two == len([count for count in patterns if count >= 2])
    assert walks.bounces == sum(one[at] in one[:at] for one in told for at in range(1, len(one)))
    for number in range(12):
        assert walks.histogram[number] == [len(one) - 1 for one in told].count(number)
    assert walks.never_left == sum(set(one) <= {"A", "B"} for one in told)


@given(sequences)
def test_lost_is_what_others_held_between_two_turns_of_a_team(teams: str):
    lost = "".join(letters for _pair, letters in lost_by(teams))
    told = walked(teams)
    between = {
        middle
        for first, last in combinations(range(len(told)), 2)
        if told[first] == told[last] not in told[first + 1 : last]
        for middle in range(first + 1, last)
    }
    starts = [at for at in range(len(teams)) if at == 0 or teams[at] != teams[at - 1]]
    lengths = [end - start for start, end in zip(starts, [*starts[1:], len(teams)], strict=True)]
    assert len(lost) == sum(lengths[middle] for middle in between)


def test_a_loss_says_what_is_known_and_what_is_not():
    def half(start: datetime, end: datetime) -> timedelta:
        return (end - start) / 2

    rates = Rates(teams={0: Decimal(60)}, services={7: Decimal(1000)})
    known = loss_of(held("AAB"), service=7, rates=rates, working=half)
    assert (known.elapsed, known.working) == (3 * HOUR, 1.5 * HOUR)
    assert (known.work, known.business, known.cost) == (60, 1500, 1560)
    assert (known.without_rate, known.without_service_cost) == (0.5 * HOUR, timedelta())
    unknown = loss_of(held("B"), service=None, rates=rates, working=half)
    assert unknown.cost == 0
    assert not unknown.is_priced
    assert known.is_priced
