from datetime import UTC, datetime, timedelta

import pytest
from builders import acting
from journal_checks import facts_recorded, records_nothing

from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.rights import NotPermitted
from ansvar.tickets.commands import (
    assign_ticket,
    desk_answered,
    requester_spoke,
    resume_ticket,
    start_work,
    wait_with_ticket,
)
from ansvar.tickets.commands.working import DateMissing
from ansvar.tickets.decisions import State, WaitingFor
from ansvar.tickets.tasks import end_waiting_that_is_due
from tickets import a_ticket, a_workplace

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MAILBOX = Actor.integration("it@example.com")


def test_starting_twice_is_silent():
    place = a_workplace()
    ticket = a_ticket(place)
    assert start_work(ticket.pk, by=place.by).state == State.IN_WORK
    with records_nothing():
        start_work(ticket.pk, by=place.by)


def test_a_requester_does_not_start_work():
    ticket = a_ticket()
    with pytest.raises(NotPermitted):
        start_work(ticket.pk, by=acting(ticket.requester))


def test_waiting_says_for_whom_and_until_when():
    place = a_workplace()
    with clock.at(NOON):
        ticket = wait_with_ticket(
            a_ticket(place).pk,
            waiting_for=WaitingFor.REQUESTER,
            note="Which till?",
            until=NOON + timedelta(days=1),
            by=place.by,
        )
    assert (ticket.state, ticket.waiting_for, ticket.waiting_note) == (
        State.WAITING,
        WaitingFor.REQUESTER,
        "Which till?",
    )


@pytest.mark.parametrize("until", [None, NOON - timedelta(minutes=1)])
def test_waiting_for_a_date_needs_one_ahead(until: datetime | None):
    place = a_workplace()
    with clock.at(NOON), pytest.raises(DateMissing):
        wait_with_ticket(a_ticket(place).pk, waiting_for=WaitingFor.DATE, until=until, by=place.by)


def test_the_requesters_answer_wakes_a_ticket_that_waits_for_it():
    place = a_workplace()
    ticket = assign_ticket(a_ticket(place).pk, to=place.agent, by=place.by)
    wait_with_ticket(ticket.pk, waiting_for=WaitingFor.REQUESTER, by=place.by)
    with facts_recorded() as facts:
        ticket = requester_spoke(ticket.pk, at=NOON, by=MAILBOX)
    assert facts == ["ticket.waiting_ended"]
    assert (ticket.state, ticket.waiting_for) == (State.ASSIGNED, "")
    ticket.refresh_from_db()
    assert ticket.requester_spoke_at is not None


def test_the_requesters_words_do_not_wake_a_ticket_that_waits_for_a_supplier():
    place = a_workplace()
    ticket = a_ticket(place)
    wait_with_ticket(ticket.pk, waiting_for=WaitingFor.SUPPLIER, by=place.by)
    with records_nothing():
        assert requester_spoke(ticket.pk, at=NOON, by=MAILBOX).state == State.WAITING


def test_the_first_unanswered_word_counts_until_the_desk_answers():
    place = a_workplace()
    ticket = desk_answered(a_ticket(place).pk, by=place.by)
    assert ticket.requester_spoke_at is None
    assert ticket.owner == place.agent
    requester_spoke(ticket.pk, at=NOON, by=MAILBOX)
    ticket = requester_spoke(ticket.pk, at=NOON + timedelta(hours=1), by=MAILBOX)
    assert ticket.requester_spoke_at == NOON


def test_a_reminder_wakes_the_ticket_when_it_comes_and_not_before():
    place = a_workplace()
    with clock.at(NOON):
        ticket = wait_with_ticket(
            a_ticket(place).pk,
            waiting_for=WaitingFor.SUPPLIER,
            until=NOON + timedelta(hours=2),
            by=place.by,
        )
    with clock.at(NOON + timedelta(hours=1)):
        end_waiting_that_is_due()
    ticket.refresh_from_db()
    assert ticket.state == State.WAITING
    with clock.at(NOON + timedelta(hours=2)):
        end_waiting_that_is_due()
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waiting_until) == (State.NEW, None)


def test_resuming_what_does_not_wait_is_silent():
    place = a_workplace()
    ticket = a_ticket(place)
    with records_nothing():
        resume_ticket(ticket.pk, why="x", by=place.by)
