from datetime import UTC, datetime, timedelta

import pytest
from levels import a_level, a_row, the_clock
from verified import differences

from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.servicelevels.decisions.terms import LevelKind
from ansvar.servicelevels.models import Clock
from ansvar.tickets.commands import (
    assign_ticket,
    close_ticket,
    hand_over_ticket,
    override_priority,
    reopen_ticket,
    resolve_ticket,
    resume_ticket,
    wait_with_ticket,
)
from ansvar.tickets.decisions import WaitingFor
from tickets import Workplace, a_ticket, a_workplace

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
REQUESTER_PAUSES = frozenset({"waiting:requester"})


def at(hour: int, minute: int = 0, *, day: int = 0) -> clock.at:
    return clock.at(MONDAY + timedelta(days=day, hours=hour, minutes=minute))


@pytest.fixture
def place() -> Workplace:
    """A desk that is open from eight to five."""
    with at(6):
        return a_workplace()


def test_a_clock_starts_pauses_and_stops_by_what_happens(place):
    with at(7):
        a_level(place.desk, a_row(reaction=30, resolution=240), pauses=REQUESTER_PAUSES)
    with at(9):
        ticket = a_ticket(place)
    assert the_clock(ticket.pk, "reaction").due_at == MONDAY + timedelta(hours=9, minutes=30)
    with at(9, 20):
        assign_ticket(ticket.pk, to=place.agent, by=place.by)
    with at(10):
        wait_with_ticket(ticket.pk, waiting_for=WaitingFor.REQUESTER, note="When?", by=place.by)
    paused = the_clock(ticket.pk, "resolution")
    assert (paused.used, paused.due_at) == (timedelta(hours=1), None)
    with at(13):
        resume_ticket(ticket.pk, why="answered", by=place.by)
    assert the_clock(ticket.pk, "resolution").due_at == MONDAY + timedelta(hours=16)
    with at(15):
        resolve_ticket(ticket.pk, resolution="Restarted it.", by=place.by)
    stopped = the_clock(ticket.pk, "resolution")
    assert (stopped.used, stopped.stopped_at) == (timedelta(hours=3), MONDAY + timedelta(hours=15))
    assert stopped.shares == [
        ["team", place.first.pk, 1200.0],
        ["person", place.agent.pk, 9600.0],
    ]
    assert differences() == []


def test_a_new_priority_counts_from_the_beginning(place):
    with at(7):
        a_level(place.desk, a_row((1,), resolution=60), a_row(resolution=480))
    with at(9):
        ticket = a_ticket(place)
    with at(9, 30):
        override_priority(ticket.pk, priority=1, reason="The shop stands still", by=place.by)
    ticket.refresh_from_db()
    assert ticket.due_at == MONDAY + timedelta(hours=10)
    assert differences() == []


def test_reopening_goes_on_with_the_time_that_was_used(place):
    with at(7):
        a_level(place.desk, a_row(resolution=240))
    with at(9):
        ticket = a_ticket(place)
    with at(10):
        resolve_ticket(ticket.pk, resolution="Restarted it.", by=place.by)
        close_ticket(ticket.pk, by=SYSTEM)
    with at(15):
        reopen_ticket(ticket.pk, reason="Broken again", by=place.by)
    again = the_clock(ticket.pk, "resolution")
    assert (again.used, again.due_at) == (
        timedelta(hours=1),
        MONDAY + timedelta(days=1, hours=9),
    )
    assert differences() == []


def test_each_team_has_its_own_clock_from_zero(place):
    with at(7):
        a_level(place.desk, a_row(hold=60), kind=LevelKind.OLA)
    with at(9):
        ticket = a_ticket(place)
    with at(11):
        hand_over_ticket(ticket.pk, team=place.second, reason="Yours", by=place.by)
    held = Clock.objects.filter(ticket=ticket, measure="hold").order_by("number")
    assert [(row.team, row.used, row.stopped_at is None) for row in held] == [
        (place.first, timedelta(hours=2), False),
        (place.second, timedelta(), True),
    ]
    assert differences() == []
