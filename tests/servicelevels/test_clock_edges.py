"""What the proof meets seldom: the very moment, and what nothing is promised for."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ansvar.people.decisions import WorkingCalendar
from ansvar.servicelevels.decisions.choosing import Book, Version
from ansvar.servicelevels.decisions.clocks import MISSED, Clock, clocks_of, steps_ahead
from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.story import course_of
from ansvar.servicelevels.decisions.terms import LevelKind, Measure, Row, Step, Target, Terms

OPEN_ALL_DAY = (((0, 1440),),) * 7
NINE_TO_FIVE = (((540, 1020),),) * 5 + ((),) * 2


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


def a_book(kind: LevelKind, minutes: int, *, week: Any = NINE_TO_FIVE, **terms: Any) -> Book:
    targets = {measure: Target(minutes=minutes) for measure in Measure}
    version = Version(
        id=1,
        level_id=1,
        level="Standard",
        kind=kind,
        desk_id=1,
        position=1,
        number=1,
        valid_from=at("01-01T00:00"),
        terms=Terms(rows=(Row(targets=targets),), **terms),
    )
    hours = Hours(((None, WorkingCalendar(zone=ZoneInfo("UTC"), week=week)),))
    return Book(versions=(version,), calendars={1: hours}, desk_calendars={1: ((None, 1),)})


def clocks(book: Book, *moments: tuple[str, dict[str, Any]]) -> list[Clock]:
    first, *others = moments
    story = [
        (at(first[0]), {"opened": True} | first[1]),
        *((at(when), what) for when, what in others),
    ]
    return clocks_of(course_of(story), book, desk_id=1)


def one(found: list[Clock], measure: Measure) -> Clock:
    (clock,) = (clock for clock in found if clock.measure is measure)
    return clock


def ahead(clock: Clock, *steps: Step, since: str, taken: tuple[str, ...] = ()) -> list[tuple]:
    found = steps_ahead(clock, steps=steps, taken=taken, since=at(since))
    return [(step.at, step.key) for step in found]


def test_due_as_the_desk_closes_it_can_be_done_in_time_until_the_desk_opens():
    book = a_book(LevelKind.SLA, 480)
    opened = ("11-20T07:00", {"state": "in_work"})
    running = one(clocks(book, opened), Measure.RESOLUTION)
    assert running.due_at == at("11-20T17:00")
    assert not running.is_missed_at(at("11-23T09:00"))
    assert running.is_missed_at(at("11-23T09:01"))
    assert ahead(running, since="11-20T07:00") == [(at("11-23T09:00"), MISSED)]
    before = one(clocks(book, opened, ("11-23T08:59", {"state": "resolved"})), Measure.RESOLUTION)
    assert (before.used, before.is_late) == (timedelta(hours=8), False)
    after = one(clocks(book, opened, ("11-23T09:01", {"state": "resolved"})), Measure.RESOLUTION)
    assert after.is_late
    assert after.due_at == at("11-20T17:00")


def test_steps_come_once_and_what_a_shorter_target_passed_by_comes_at_once():
    half, sooner = Step(key="half", percent=50), Step(key="sooner", minutes=-60)
    book = a_book(LevelKind.SLA, 240, week=OPEN_ALL_DAY, pauses=frozenset({"waiting:requester"}))
    opened = ("11-23T08:00", {"state": "in_work"})
    running = one(clocks(book, opened), Measure.RESOLUTION)
    in_order = [
        (at("11-23T10:00"), "half"),
        (at("11-23T11:00"), "sooner"),
        (at("11-23T12:00"), MISSED),
    ]
    assert ahead(running, half, sooner, since="11-23T08:00") == in_order
    assert ahead(running, half, sooner, since="11-23T08:00", taken=("half",)) == in_order[1:]
    assert ahead(running, half, sooner, since="11-23T10:30") == [
        (at("11-23T10:30"), "half"),
        *in_order[1:],
    ]
    paused = one(
        clocks(book, opened, ("11-23T10:30", {"state": "waiting", "waiting": "requester"})),
        Measure.RESOLUTION,
    )
    assert (paused.due_at, paused.counting_since) == (None, None)
    assert ahead(paused, half, sooner, since="11-23T10:30") == [(at("11-23T10:30"), "half")]
    done = one(clocks(book, opened, ("11-23T10:30", {"state": "resolved"})), Measure.RESOLUTION)
    assert ahead(done, half, sooner, since="11-23T10:30") == []
    assert done.due_at == at("11-23T12:00")


def test_solved_as_it_was_written_down_the_promise_is_kept():
    book = a_book(LevelKind.SLA, 60)
    found = clocks(
        book, ("11-23T10:00", {"state": "resolved", "team": 1}), ("11-24T10:00", {"team": 2})
    )
    clock = one(found, Measure.RESOLUTION)
    assert (clock.used, clock.stopped_at, clock.team_id) == (timedelta(), at("11-23T10:00"), 1)
    assert not any(clock.measure is Measure.UPDATE for clock in found)


def test_who_is_merged_into_another_ticket_is_owed_no_closing_message():
    book = a_book(LevelKind.CARE, 60)
    opened = ("11-23T10:00", {"state": "new", "by_desk": True})
    assert not any(
        clock.measure is Measure.CLOSING
        for clock in clocks(book, opened, ("11-23T11:00", {"state": "closed"}))
    )
    solved = one(clocks(book, opened, ("11-23T11:00", {"state": "resolved"})), Measure.CLOSING)
    assert solved.due_at == at("11-23T12:00")


@pytest.mark.parametrize("week", [((),) * 7, OPEN_ALL_DAY])
def test_a_calendar_that_never_opens_makes_no_promise_and_no_trouble(week):
    clock = one(clocks(a_book(LevelKind.SLA, 60, week=week), ("11-23T10:00", {})), Measure.REACTION)
    assert clock.counting_since == at("11-23T10:00")
    if week == OPEN_ALL_DAY:
        assert clock.due_at == at("11-23T11:00")
    else:
        assert clock.due_at is None
        assert not clock.is_missed_at(at("12-31T10:00"))
        assert ahead(clock, Step(key="half", percent=50), since="11-23T10:00") == []


def test_what_is_changed_there_and_back_in_one_moment_was_not_changed():
    book = a_book(LevelKind.SLA, 60)
    opened = ("11-23T10:00", {"team": 1})
    plain = clocks(book, opened)
    assert clocks(book, opened, ("11-23T10:20", {"team": 2}), ("11-23T10:20", {"team": 1})) == plain


def test_a_story_begins_with_the_opening_of_the_ticket():
    with pytest.raises(ValueError, match="opening"):
        course_of([])
