"""A hand-over rule held against what has happened."""

from datetime import UTC, datetime, timedelta

import pytest
from histories import HOUR, MONDAY, a_crew, walked
from hypothesis import given
from hypothesis import strategies as st

from ansvar.insight.decisions.passing_on import Held, turns_of
from ansvar.insight.decisions.periods import Period
from ansvar.insight.decisions.what_if import Retold, retold
from ansvar.insight.handovers import asked_of
from ansvar.insight.queries import Scope
from ansvar.insight.what_if import what_if
from ansvar.kernel import clock
from ansvar.tickets.decisions import FREE, Rule, RuleMode

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
ALWAYS = Rule(mode=RuleMode.ALWAYS)
AFTER_ONE = Rule(mode=RuleMode.AFTER, after=1)
AFTER_TWO = Rule(mode=RuleMode.AFTER, after=2)


def told(rule: Rule, teams: str) -> Retold:
    held = [
        Held(ord(name), START + number * HOUR, START + (number + 1) * HOUR)
        for number, name in enumerate(teams)
    ]
    return retold(rule, turns_of(held))


def in_short(rule: Rule, teams: str) -> tuple[int, int, int, int, str, str]:
    """Return asked, bounces, left if sent and if refused, and whose hours each would save."""
    one = told(rule, teams)
    sent, refused = (
        "".join(chr(held.team) for held in saved)
        for saved in (one.saved_if_sent, one.saved_if_refused)
    )
    return one.asked, one.bounces, one.left_if_sent, one.left_if_refused, sent, refused


@pytest.mark.parametrize(
    ("rule", "teams", "expected"),
    [
        (FREE, "AB", (0, 0, 0, 0, "", "")),
        # Given back to where it ended: the owner can but agree, and refusing ends nothing.
        (FREE, "ABA", (1, 1, 1, 1, "", "")),
        # It came back for nothing: staying with B stops both.
        (FREE, "ABAB", (2, 2, 0, 0, "BA", "BA")),
        (FREE, "ABAC", (1, 1, 0, 0, "B", "B")),
        # At the first question it goes to A at once; what B and C had until then is lost as it was.
        (FREE, "ABCBA", (2, 2, 1, 2, "B", "")),
        (ALWAYS, "ABA", (2, 1, 0, 1, "B", "")),
        (ALWAYS, "AB", (1, 0, 0, 0, "", "")),
        (AFTER_ONE, "ABCA", (2, 1, 1, 1, "C", "")),
        (AFTER_TWO, "ABC", (0, 0, 0, 0, "", "")),
        (AFTER_TWO, "ABCD", (1, 0, 0, 0, "", "")),
    ],
)
def test_a_rule_is_held_against_one_ticket(
    rule: Rule, teams: str, expected: tuple[int, int, int, int, str, str]
):
    assert in_short(rule, teams) == expected


@given(
    st.lists(st.sampled_from("ABCD"), min_size=1, max_size=12).map("".join),
    st.sampled_from([FREE, AFTER_ONE, AFTER_TWO, ALWAYS]),
)
def test_no_rule_makes_bounces_and_a_stricter_one_stops_no_fewer(teams: str, rule: Rule):
    one, free = told(rule, teams), told(FREE, teams)
    assert 0 <= one.left_if_sent <= free.left_if_sent <= one.bounces
    assert one.asked >= free.asked == one.bounces
    assert one.left_if_refused in {0, one.bounces}
    assert set(free.saved_if_sent) <= set(one.saved_if_sent)


@pytest.mark.django_db
def test_what_would_have_been_asked_is_told_for_the_tickets_of_a_period():
    crew = a_crew()
    for path in ("A", "AB", "ABA", "ABAB"):
        walked(crew, path)
    period = Period(start=MONDAY, end=MONDAY + timedelta(days=14))
    asked = asked_of(Scope(desk=crew.desk), period)
    with clock.at(period.end + timedelta(days=30)):
        free, always = what_if(asked, FREE), what_if(asked, ALWAYS)
    assert (free.cases, free.never_asked, free.tickets_asked, free.asked) == (4, 2, 2, 3)
    # A week and more after the last ticket does not count.
    assert (free.handovers, free.bounces, free.asked_a_week) == (6, 3, 3)
    assert (free.sent.stopped, free.sent.left, free.sent.saved.working) == (2, 1, 2 * HOUR)
    assert (free.refused.stopped, free.refused.left) == (2, 1)
    assert free.lost.working == 3 * HOUR
    assert (always.asked, always.never_asked, always.sent.stopped) == (6, 1, 3)
