"""How a ticket stands, in words without a database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from markupsafe import Markup

from ansvar.kernel import clock
from ansvar.people.models import Desk, Person
from ansvar.portal.reading import marked, words_of
from ansvar.portal.standing import how_pressing, standing_of, steps_of
from ansvar.tickets.models import Ticket

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def stands(**fields: Any) -> Ticket:
    desk = Desk(name="IT", quiet_days=5)
    usual = {"desk": desk, "kind": "incident", "opened_at": NOW, "changed_at": NOW, "priority": 3}
    return Ticket(**usual | fields)


OWNER = Person(name="Sara Nyberg")
CASES: list[tuple[dict[str, Any], str, int]] = [
    ({"state": "new"}, "We have it", 1),
    ({"state": "new", "owner": OWNER}, "In work", 2),
    ({"state": "assigned", "owner": OWNER}, "In work", 2),
    ({"state": "in_work", "owner": OWNER}, "In work", 2),
    ({"state": "waiting", "waiting_for": "requester"}, "Waiting for you", 2),
    ({"state": "waiting", "waiting_for": "supplier"}, "Waiting", 2),
    ({"state": "resolved", "resolved_at": NOW}, "Mended, please check", 3),
    ({"state": "resolved", "resolved_at": NOW, "kind": "request"}, "Done, please check", 3),
    ({"state": "closed", "resolved_at": NOW, "closed_at": NOW}, "Closed", 4),
]


@pytest.mark.parametrize(("fields", "label", "step"), CASES)
def test_every_state_has_words_and_a_step(fields: dict[str, Any], label: str, step: int):
    with clock.at(NOW):
        standing = standing_of(stands(**fields))
    assert (standing.label, standing.step) == (label, step)
    assert standing.headline.endswith(".")
    assert standing.next_text


@pytest.mark.parametrize(("fields", "label", "step"), CASES)
def test_only_a_resolved_one_asks_and_only_a_waiting_one_calls(
    fields: dict[str, Any], label: str, step: int
):
    with clock.at(NOW):
        standing = standing_of(stands(**fields))
    assert standing.may_answer == (fields["state"] == "resolved")
    assert standing.waits_for_you == (fields.get("waiting_for") == "requester")


def test_a_closed_one_comes_back_as_long_as_the_desk_allows():
    ticket = stands(state="closed", closed_at=NOW)
    for days, may_return in ((0, True), (14, True), (14.1, False)):
        with clock.at(NOW + timedelta(days=days)):
            assert standing_of(ticket).may_return is may_return


def test_waiting_says_until_when():
    ticket = stands(state="waiting", waiting_for="date", waiting_until=NOW + timedelta(days=3))
    assert "27 Nov" in standing_of(ticket).next_when


def test_the_steps_ahead_have_no_time_but_the_last_says_when_it_will_be():
    ticket = stands(state="resolved", resolved_at=NOW, owner=OWNER)
    steps = steps_of(ticket, taken_up_at=NOW)
    assert [label for label, _ in steps] == ["We have it", "In work", "Mended, you check", "Closed"]
    assert "Sara Nyberg" in steps[1][1]
    assert steps[3][1] == "Sun 29 Nov, if all is quiet"
    assert steps_of(stands(state="new"), taken_up_at=None)[1][1] == ""


def test_a_step_ahead_forgets_the_time_of_an_earlier_round():
    ticket = stands(state="in_work", owner=OWNER, resolved_at=NOW)
    assert steps_of(ticket, taken_up_at=NOW)[2][1] == ""


@pytest.mark.parametrize("priority", [1, 2, 3, 4, 5])
def test_every_priority_has_words(priority: int):
    assert how_pressing(stands(state="new", priority=priority)).endswith(".")


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Cashier slow", ["cash"], "<mark>Cash</mark>ier slow"),
        ("a<b>", ["b"], "a&lt;<mark>b</mark>&gt;"),
        ("aa", ["aa", "a"], "<mark>aa</mark>"),
        ("İstanbul", ["stan"], "İstanbul"),
        ("nothing", ["zzz"], "nothing"),
    ],
)
def test_found_words_are_marked_and_html_stays_text(text: str, words: list[str], expected: str):
    assert marked(text, words) == Markup(expected)


def test_single_letters_are_not_looked_for():
    assert words_of("a Till 2 is Dark") == ["till", "is", "dark"]
