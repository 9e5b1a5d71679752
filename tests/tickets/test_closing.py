from datetime import UTC, datetime, timedelta

import pytest
from builders import a_person, acting, somebody_with
from journal_checks import facts_recorded, records_nothing

from ansvar.access.decisions import Role
from ansvar.kernel import clock
from ansvar.kernel.rights import NotPermitted
from ansvar.tickets.commands import (
    MoveNotAllowed,
    close_ticket,
    confirm_resolution,
    refuse_resolution,
    reopen_ticket,
    resolve_ticket,
)
from ansvar.tickets.commands.closing import ReasonMissing, ResolutionMissing
from ansvar.tickets.decisions import State
from ansvar.tickets.tasks import close_quiet_tickets
from tickets import a_resolved_ticket, a_ticket, a_workplace

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_resolving_needs_words():
    place = a_workplace()
    ticket = a_ticket(place)
    with records_nothing(), pytest.raises(ResolutionMissing):
        resolve_ticket(ticket.pk, resolution="  ", by=place.by)


def test_resolving_ends_custody_and_closes_nothing():
    place = a_workplace()
    with clock.at(NOON):
        ticket = a_resolved_ticket(place)
    assert (ticket.state, ticket.resolved_at, ticket.closed_at) == (State.RESOLVED, NOON, None)
    assert ticket.custody.get().ended_at == NOON
    assert ticket.owner == place.agent


def test_the_requester_confirms_and_it_is_closed():
    ticket = a_resolved_ticket()
    with facts_recorded() as facts:
        ticket = confirm_resolution(ticket.pk, by=acting(ticket.requester))
    assert ticket.state == State.CLOSED
    assert facts == ["ticket.closed"]


def test_confirming_twice_is_silent():
    ticket = a_resolved_ticket()
    confirm_resolution(ticket.pk, by=acting(ticket.requester))
    with records_nothing():
        confirm_resolution(ticket.pk, by=acting(ticket.requester))


def test_what_nobody_has_resolved_cannot_be_confirmed():
    ticket = a_ticket()
    with pytest.raises(MoveNotAllowed):
        confirm_resolution(ticket.pk, by=acting(ticket.requester))


def test_a_stranger_cannot_confirm():
    ticket = a_resolved_ticket()
    with pytest.raises(NotPermitted):
        confirm_resolution(ticket.pk, by=acting(a_person()))


def test_not_solved_takes_it_up_again_where_it_was_and_counts():
    place = a_workplace()
    ticket = a_resolved_ticket(place)
    with clock.at(ticket.resolved_at + timedelta(hours=1)):
        ticket = refuse_resolution(ticket.pk, reason="Still dark.", by=acting(ticket.requester))
    assert (ticket.state, ticket.reopen_count, ticket.resolved_at) == (State.NEW, 1, None)
    assert ticket.requester_spoke_at is not None
    assert [spell.ended_at is None for spell in ticket.custody.all()] == [False, True]


def test_not_solved_needs_a_reason():
    ticket = a_resolved_ticket()
    with pytest.raises(ReasonMissing):
        refuse_resolution(ticket.pk, reason="", by=acting(ticket.requester))


def test_an_open_ticket_cannot_be_refused():
    ticket = a_ticket()
    with pytest.raises(MoveNotAllowed):
        refuse_resolution(ticket.pk, reason="x", by=acting(ticket.requester))


def test_an_agent_reopens_a_closed_ticket_and_keeps_the_resolution_readable():
    place = a_workplace()
    ticket = a_resolved_ticket(place)
    confirm_resolution(ticket.pk, by=acting(ticket.requester))
    ticket = reopen_ticket(ticket.pk, reason="Came back.", by=place.by)
    assert (ticket.state, ticket.reopen_count) == (State.NEW, 1)
    assert ticket.resolution == "Restarted it."


def test_reopening_an_open_ticket_is_silent():
    place = a_workplace()
    ticket = a_ticket(place)
    with records_nothing():
        reopen_ticket(ticket.pk, reason="x", by=place.by)


def test_a_lead_closes_without_the_requesters_word_and_an_agent_does_not():
    place = a_workplace()
    ticket = a_resolved_ticket(place)
    with pytest.raises(NotPermitted):
        close_ticket(ticket.pk, by=place.by)
    lead = somebody_with(Role.TEAM_LEAD, place.desk)
    assert close_ticket(ticket.pk, by=acting(lead)).state == State.CLOSED


def test_a_quiet_ticket_closes_itself_after_the_desks_days_and_not_before():
    place = a_workplace()
    with clock.at(NOON):
        ticket = a_resolved_ticket(place)
    with clock.at(NOON + timedelta(days=place.desk.quiet_days, minutes=-1)):
        close_quiet_tickets()
    ticket.refresh_from_db()
    assert ticket.state == State.RESOLVED
    with clock.at(NOON + timedelta(days=place.desk.quiet_days)):
        close_quiet_tickets()
    ticket.refresh_from_db()
    assert ticket.state == State.CLOSED
