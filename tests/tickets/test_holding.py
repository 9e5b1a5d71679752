from datetime import UTC, datetime, timedelta

import pytest
from builders import a_person, a_team, acting, an_agent, somebody_with
from journal_checks import facts_recorded, records_nothing

from ansvar.access.decisions import Role
from ansvar.kernel import clock
from ansvar.kernel.rights import NotPermitted
from ansvar.tickets.commands import (
    AssigneeNotInTeam,
    MoveNotAllowed,
    StaleTicket,
    assign_ticket,
    change_owner,
    hand_over_ticket,
    wait_with_ticket,
)
from ansvar.tickets.commands.holding import NotThisDesk
from ansvar.tickets.commands.locking import ReasonMissing
from ansvar.tickets.decisions import State, WaitingFor
from ansvar.tickets.queries import custody_of
from tickets import a_resolved_ticket, a_ticket, a_workplace, handed_back

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_taking_a_ticket_starts_work_and_makes_the_taker_its_owner():
    place = a_workplace()
    ticket = a_ticket(place)
    with facts_recorded() as facts:
        ticket = assign_ticket(ticket.pk, to=place.agent, by=place.by)
    assert (ticket.state, ticket.assignee, ticket.owner) == (
        State.IN_WORK,
        place.agent,
        place.agent,
    )
    assert facts == ["ticket.owner_changed", "ticket.assigned"]


def test_giving_a_ticket_to_a_colleague_waits_for_them_to_begin():
    place = a_workplace()
    colleague = an_agent(team=place.first)
    ticket = assign_ticket(a_ticket(place).pk, to=colleague, by=place.by)
    assert (ticket.state, ticket.owner) == (State.ASSIGNED, place.agent)


def test_assigning_again_is_silent():
    place = a_workplace()
    ticket = assign_ticket(a_ticket(place).pk, to=place.agent, by=place.by)
    with records_nothing():
        again = assign_ticket(ticket.pk, to=place.agent, by=place.by)
    assert again.version == ticket.version


def test_giving_it_back_to_the_team_leaves_it_new_with_its_owner():
    place = a_workplace()
    ticket = assign_ticket(a_ticket(place).pk, to=place.agent, by=place.by)
    ticket = assign_ticket(ticket.pk, to=None, by=place.by)
    assert (ticket.state, ticket.assignee, ticket.owner) == (State.NEW, None, place.agent)


def test_assigning_outside_the_team_is_refused():
    place = a_workplace()
    ticket, other = a_ticket(place), an_agent(team=place.second)
    with records_nothing(), pytest.raises(AssigneeNotInTeam, match="Hand the ticket over"):
        assign_ticket(ticket.pk, to=other, by=place.by)


def test_a_resolved_ticket_cannot_be_assigned():
    place = a_workplace()
    ticket = a_resolved_ticket(place)
    with pytest.raises(MoveNotAllowed):
        assign_ticket(ticket.pk, to=place.agent, by=place.by)


def test_a_requester_may_not_assign():
    ticket = a_ticket()
    with pytest.raises(NotPermitted):
        assign_ticket(ticket.pk, to=None, by=acting(ticket.requester))


def test_handing_over_counts_and_the_owner_stays():
    place = a_workplace()
    ticket = assign_ticket(a_ticket(place).pk, to=place.agent, by=place.by)
    given = hand_over_ticket(ticket.pk, team=place.second, reason="Needs a server.", by=place.by)
    ticket = given.ticket
    assert (ticket.team, ticket.assignee, ticket.owner) == (place.second, None, place.agent)
    assert (ticket.state, ticket.hand_over_count, ticket.bounce_count) == (State.NEW, 1, 0)


def test_giving_back_is_counted_as_a_bounce_and_shown_on_the_custody():
    place = a_workplace()
    with clock.at(NOON):
        ticket = a_ticket(place)
    with clock.at(NOON + timedelta(minutes=10)):
        hand_over_ticket(ticket.pk, team=place.second, reason="Yours.", by=place.by)
    with clock.at(NOON + timedelta(minutes=45)):
        ticket = handed_back(ticket, place.first, by=place.by)
    assert (ticket.hand_over_count, ticket.bounce_count) == (2, 1)
    custody = custody_of(ticket, at=NOON + timedelta(hours=1))
    assert [(h.team, h.held, h.is_bounce, h.is_now) for h in custody.holdings] == [
        (place.first.name, timedelta(minutes=10), False, False),
        (place.second.name, timedelta(minutes=35), False, False),
        (place.first.name, timedelta(minutes=15), True, True),
    ]
    assert (custody.bounces, custody.lost) == (1, timedelta(minutes=35))
    assert custody.total == timedelta(hours=1)


def test_persons_of_one_team_make_one_stretch_of_custody():
    place = a_workplace()
    with clock.at(NOON):
        ticket = a_ticket(place)
    with clock.at(NOON + timedelta(minutes=5)):
        assign_ticket(ticket.pk, to=place.agent, by=place.by)
    custody = custody_of(ticket, at=NOON + timedelta(minutes=20))
    assert [(h.team, h.person, h.held) for h in custody.holdings] == [
        (place.first.name, place.agent.name, timedelta(minutes=20))
    ]


def test_a_hand_over_needs_a_reason():
    place = a_workplace()
    with pytest.raises(ReasonMissing):
        hand_over_ticket(a_ticket(place).pk, team=place.second, reason=" ", by=place.by)


def test_handing_over_to_the_present_team_is_silent():
    place = a_workplace()
    ticket = a_ticket(place)
    with records_nothing():
        hand_over_ticket(ticket.pk, team=place.first, reason="", by=place.by)


def test_another_desks_team_cannot_get_it():
    place = a_workplace()
    with pytest.raises(NotThisDesk):
        hand_over_ticket(a_ticket(place).pk, team=a_team(), reason="x", by=place.by)


def test_a_waiting_ticket_stays_waiting_through_a_hand_over():
    place = a_workplace()
    ticket = a_ticket(place)
    wait_with_ticket(ticket.pk, waiting_for=WaitingFor.SUPPLIER, by=place.by)
    given = hand_over_ticket(ticket.pk, team=place.second, reason="x", by=place.by)
    assert given.ticket.state == State.WAITING


def test_a_stale_form_writes_nothing():
    place = a_workplace()
    ticket = a_ticket(place)
    seen = ticket.version
    assign_ticket(ticket.pk, to=place.agent, by=place.by)
    with records_nothing(), pytest.raises(StaleTicket) as refusal:
        hand_over_ticket(ticket.pk, team=place.second, reason="x", version=seen, by=place.by)
    assert refusal.value.ticket.version == seen + 1
    assert refusal.value.status == 409


def test_the_owner_passes_the_answering_on_and_others_need_the_right():
    place = a_workplace()
    colleague = an_agent(team=place.first)
    ticket = assign_ticket(a_ticket(place).pk, to=place.agent, by=place.by)
    ticket = change_owner(ticket.pk, to=colleague, by=place.by)
    assert ticket.owner == colleague
    with pytest.raises(NotPermitted):
        change_owner(ticket.pk, to=place.agent, by=place.by)
    lead = somebody_with(Role.TEAM_LEAD, place.desk)
    assert change_owner(ticket.pk, to=place.agent, by=acting(lead)).owner == place.agent


def test_a_requester_cannot_become_the_owner():
    place = a_workplace()
    ticket = assign_ticket(a_ticket(place).pk, to=place.agent, by=place.by)
    with pytest.raises(NotPermitted):
        change_owner(ticket.pk, to=a_person(), by=place.by)
