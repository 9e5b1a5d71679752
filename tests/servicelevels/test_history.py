"""Clocks of what is told as history, beside those of the same steps as they happen."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from levels import a_level, a_row
from verified import differences

from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM, Actor
from ansvar.kernel.journal import as_history, undone_on_failure
from ansvar.kernel.models import Entry
from ansvar.servicelevels.commands import choose_level
from ansvar.servicelevels.commands.choosing import NO_LEVEL
from ansvar.servicelevels.decisions.terms import LevelKind, Measure, Step
from ansvar.servicelevels.facts import LevelChosen, TargetMissed
from ansvar.servicelevels.models import Clock, LevelVersion, Timing
from ansvar.tickets.commands import (
    MoveNotAllowed,
    assign_ticket,
    close_ticket,
    hand_over_ticket,
    override_priority,
    reopen_ticket,
    resolve_ticket,
)
from ansvar.tickets.models import Ticket
from tickets import Workplace, a_ticket, a_workplace

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
COLUMNS = (
    "measure", "number", "version_id", "row", "target", "started_at", "used", "counting_since",
    "due_at", "stopped_at", "team_id", "shares", "taken", "steps", "next_step_at",
)  # fmt: skip


def at(hour: int, *, day: int = 0) -> clock.at:
    return clock.at(MONDAY + timedelta(days=day, hours=hour))


@pytest.fixture
def place() -> Workplace:
    with at(6):
        place = a_workplace()
        late = Step(key="late", measures=frozenset({Measure.RESOLUTION}), percent=150)
        # For the first priority alone a first reaction is promised.
        a_level(
            place.desk,
            a_row((1,), reaction=30, resolution=60),
            a_row(resolution=120),
            steps=(late,),
        )
        a_level(place.desk, a_row(hold=60), kind=LevelKind.OLA)
    return place


def steps(place: Workplace, ticket: Ticket) -> Iterator[None]:
    """Go through a story in which clocks start, miss their targets, go, and come back."""
    with at(9):
        override_priority(ticket.pk, priority=1, reason="All stands still", by=place.by)
    yield
    with at(11):
        assign_ticket(ticket.pk, to=place.agent, by=place.by)
    yield
    with at(12):
        override_priority(ticket.pk, priority=4, reason="It does not", by=place.by)
    with at(13):
        hand_over_ticket(ticket.pk, team=place.second, reason="Yours", by=place.by)
    yield
    with at(14):
        resolve_ticket(ticket.pk, resolution="Restarted it.", by=SYSTEM)
        close_ticket(ticket.pk, by=SYSTEM)
    yield
    with at(9, day=1):
        reopen_ticket(ticket.pk, reason="Broken again", by=SYSTEM)
    with at(10, day=1):
        override_priority(ticket.pk, priority=1, reason="All stands still", by=place.by)
    yield


def kept_of(ticket: Ticket) -> list[Any]:
    timing = Timing.objects.get(ticket=ticket)
    due = Ticket.objects.values_list("due_at", "answer_due_at", "update_due_at").get(pk=ticket.pk)
    missed = Entry.objects.filter(subject_id=ticket.pk, fact=TargetMissed.name)
    return [
        list(Clock.objects.filter(ticket=ticket).values_list(*COLUMNS)),
        (timing.story, timing.taken, timing.edition, timing.is_running),
        due,
        list(missed.order_by("pk").values_list("at", "payload")),
    ]


def told(
    place: Workplace, telling: AbstractContextManager[None], *, begun: bool = False
) -> list[Any]:
    """Tell the story of a ticket; *begun* when its first half is no history."""
    with at(8):
        ticket = a_ticket(place) if begun else None
    story = steps(place, ticket) if ticket else None
    if story:
        next(story)
        next(story)
    with telling:
        if ticket is None:
            with at(8):
                ticket = a_ticket(place)
            story = steps(place, ticket)
        assert story is not None
        for _ in story:
            pass
    found = kept_of(ticket)
    assert differences() == []
    return found


@pytest.mark.parametrize("begun", [False, True])
def test_history_leaves_the_clocks_that_commands_leave_one_by_one(place: Workplace, *, begun: bool):
    now = told(place, nullcontext(), begun=begun)
    history = told(place, as_history(), begun=begun)
    assert history[0]
    assert history[3]
    assert history == now


def test_clocks_are_not_written_before_a_history_ends(place: Workplace):
    def writes_on_clocks(queries: CaptureQueriesContext) -> int:
        return sum('INSERT INTO "servicelevels_clock"' in one["sql"] for one in queries)

    with CaptureQueriesContext(connection) as queries:
        told(place, as_history())
    assert writes_on_clocks(queries) == 1


def solve_twice(ticket: Ticket, *, by: Actor) -> None:
    with at(10), undone_on_failure(), transaction.atomic():
        resolve_ticket(ticket.pk, resolution="Restarted it.", by=by)
        resolve_ticket(ticket.pk, resolution="Restarted it again.", by=by)


def test_a_case_that_fails_in_history_leaves_the_clocks_as_they_were(place: Workplace):
    with at(8):
        ticket = a_ticket(place)
    with as_history():
        with at(9):
            override_priority(ticket.pk, priority=1, reason="All stands still", by=place.by)
        with pytest.raises(MoveNotAllowed):
            solve_twice(ticket, by=place.by)
        with at(11):
            assign_ticket(ticket.pk, to=place.agent, by=place.by)
    assert Clock.objects.get(ticket=ticket, measure="resolution").stopped_at is None
    assert Clock.objects.get(ticket=ticket, measure="reaction").target == timedelta(minutes=30)
    assert differences() == []


def test_a_level_chosen_in_history_is_known_to_the_next_choice(place: Workplace):
    version = LevelVersion.objects.filter(level__kind=LevelKind.SLA).latest("pk")
    with as_history(), at(8):
        ticket = a_ticket(place)
        for wanted in (NO_LEVEL, NO_LEVEL, version.pk):
            choose_level(ticket.pk, version_id=wanted, reason="As agreed", by=SYSTEM)
    chosen = Entry.objects.filter(subject_id=ticket.pk, fact=LevelChosen.name)
    assert chosen.count() == 2
    assert Clock.objects.get(ticket=ticket, measure="resolution").version_id == version.pk
    assert differences() == []
