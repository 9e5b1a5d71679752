from datetime import timedelta

import pytest
from builders import (
    a_desk,
    a_person,
    a_service,
    a_team,
    acting,
    an_administrator,
    an_agent,
)
from journal_checks import records_nothing
from verified import differences

from ansvar.access.commands import grant_role, take_role
from ansvar.access.decisions import Role
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.people.commands import add_member, deactivate_person, remove_member
from ansvar.people.leaving import SomethingLeft, matters, what_is_left
from ansvar.rota.commands import ChoiceMissing, announce_absence, plan_turns
from ansvar.rota.decisions import Duty, PlannedTurn
from ansvar.rota.models import Turn
from ansvar.tickets.commands import assign_ticket
from tickets import a_ticket, a_workplace

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def place():
    return a_workplace()


@pytest.fixture
def administrator():
    return an_administrator()


def busy(place):
    """Let the place's agent answer for one of everything, and return those things."""
    ticket = a_ticket(place)
    assign_ticket(ticket.pk, to=place.agent, by=place.by)
    service = a_service(place.desk, owner=place.agent)
    other = a_service(place.desk, deputy=place.agent)
    now = clock.now()
    turn = PlannedTurn(person_id=place.agent.pk, starts_at=now + DAY, ends_at=now + 2 * DAY)
    [turn] = plan_turns(place.desk.pk, Duty.QUEUE, [turn], by=SYSTEM)
    return ticket, service, other, turn


def test_nobody_leaves_before_everything_they_answer_for_has_an_heir(place, administrator):
    busy(place)
    by = acting(administrator)
    with records_nothing(), pytest.raises(SomethingLeft) as refused:
        deactivate_person(place.agent.pk, by=by)
    assert set(refused.value.left) == set(matters)
    assert "open tickets they answer for (1)" in str(refused.value)
    half = {"owned-tickets": an_agent(place.desk), "services": None}
    with records_nothing(), pytest.raises(SomethingLeft) as refused:
        deactivate_person(place.agent.pk, heirs=half, by=by)
    assert "services" in refused.value.left
    assert "owned-tickets" not in refused.value.left
    place.agent.refresh_from_db()
    assert place.agent.is_active


def test_heirs_get_what_somebody_leaves_behind(place, administrator):
    things = busy(place)
    heir, colleague = an_agent(place.desk), an_agent(team=place.first)
    heirs = dict.fromkeys(matters, heir) | {"assigned-tickets": colleague}
    deactivate_person(place.agent.pk, heirs=heirs, by=acting(administrator))
    for thing in things:
        thing.refresh_from_db()
    ticket, service, other, turn = things
    assert (ticket.owner, ticket.assignee) == (heir, colleague)
    assert (service.owner, other.deputy, turn.person) == (heir, heir, heir)
    assert what_is_left(place.agent.pk) == {}
    assert differences() == []


def test_work_goes_back_to_the_team_and_turns_away_when_nobody_in_person_gets_them(
    place, administrator
):
    ticket, _service, other, _turn = busy(place)
    heir = an_agent(place.desk)
    heirs = {**dict.fromkeys(matters), "owned-tickets": heir, "services": heir}
    deactivate_person(place.agent.pk, heirs=heirs, by=acting(administrator))
    ticket.refresh_from_db()
    other.refresh_from_db()
    assert (ticket.assignee, ticket.team, other.deputy) == (None, place.first, None)
    assert not Turn.objects.exists()


def test_who_answers_for_nothing_leaves_without_being_asked(place):
    deactivate_person(place.agent.pk, by=SYSTEM)
    deactivate_person(a_person().pk, by=SYSTEM)
    place.agent.refresh_from_db()
    assert not place.agent.is_active


def test_the_last_role_goes_only_with_heirs_and_an_earlier_one_without(place):
    busy(place)
    first = place.agent.role_grants.get()
    second = grant_role(place.agent.pk, Role.AGENT, desk=a_desk(), by=SYSTEM)
    take_role(second.pk, by=SYSTEM)
    with pytest.raises(SomethingLeft):
        take_role(first.pk, by=SYSTEM)
    take_role(first.pk, heirs=dict.fromkeys(matters, an_agent(team=place.first)), by=SYSTEM)
    assert what_is_left(place.agent.pk) == {}


def test_who_leaves_a_team_leaves_its_tickets_with_it(place, administrator):
    ticket, elsewhere = a_ticket(place), a_ticket(place)
    second = a_team(place.desk)
    add_member(second.pk, place.agent.pk, by=SYSTEM)
    assign_ticket(ticket.pk, to=place.agent, by=place.by)
    assign_ticket(elsewhere.pk, to=place.agent, by=place.by)
    remove_member(place.first.pk, place.agent.pk, by=acting(administrator))
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.team, ticket.owner) == (None, place.first, place.agent)
    assert differences() == []


def test_a_long_absence_asks_what_becomes_of_tickets_and_services(place):
    ticket, service, _other, _turn = busy(place)
    now = clock.now()
    times = {"starts_at": now, "ends_at": now + 3 * DAY, "by": place.by}
    with records_nothing(), pytest.raises(ChoiceMissing) as refused:
        announce_absence(place.agent.pk, **times)
    assert set(refused.value.left) == {"owned-tickets", "services"}
    heir = an_agent(place.desk)
    with records_nothing(), pytest.raises(ChoiceMissing):
        announce_absence(place.agent.pk, heirs={"owned-tickets": heir}, **times)
    stand_in = an_agent(place.desk)
    announce_absence(place.agent.pk, heirs={"owned-tickets": heir}, stand_in=stand_in, **times)
    ticket.refresh_from_db()
    service.refresh_from_db()
    assert ticket.owner == heir
    assert (service.owner, service.deputy) == (place.agent, stand_in)


def test_an_absence_of_a_shift_asks_nothing(place):
    busy(place)
    now = clock.now()
    announce_absence(place.agent.pk, starts_at=now, ends_at=now + timedelta(hours=8), by=place.by)
