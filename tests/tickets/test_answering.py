from dataclasses import replace
from datetime import timedelta

import pytest
from builders import an_agent, somebody_with

from ansvar.access.decisions import Role
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.people.commands import add_member
from ansvar.rota.commands import announce_absence, note_presence, plan_turns
from ansvar.rota.decisions import Duty, PlannedTurn
from ansvar.tickets.answering import AnswersAs, accountable_for
from ansvar.tickets.commands import assign_ticket
from ansvar.tickets.models import Ticket
from ansvar.tickets.queries import viewer_of
from ansvar.tickets.queue import tickets_in, views
from tickets import a_ticket, a_workplace

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def away(person, **wanted):
    now = clock.now()
    announce_absence(person.pk, starts_at=now, ends_at=now + 8 * HOUR, by=SYSTEM, **wanted)


def test_a_ticket_that_nobody_took_is_answered_for_by_whoever_is_next_in_line():
    place = a_workplace()
    ticket = a_ticket(place)

    def answering() -> tuple[AnswersAs, int | None]:
        found = accountable_for(ticket, at=clock.now())
        assert found.why
        return found.answers_as, found.person_id

    assert answering() == (AnswersAs.NOBODY, None)
    administrator = somebody_with(Role.ADMINISTRATOR)
    assert answering() == (AnswersAs.ADMINISTRATOR, administrator.pk)
    supervisor = somebody_with(Role.SUPERVISOR, place.desk)
    assert answering() == (AnswersAs.SUPERVISOR, supervisor.pk)
    lead = an_agent(place.desk)
    add_member(place.first.pk, lead.pk, is_lead=True, by=SYSTEM)
    assert answering() == (AnswersAs.LEAD, lead.pk)
    manager, now = an_agent(place.desk), clock.now()
    turn = PlannedTurn(person_id=manager.pk, starts_at=now - HOUR, ends_at=now + HOUR)
    plan_turns(place.desk.pk, Duty.QUEUE, [turn], by=SYSTEM)
    assert answering() == (AnswersAs.QUEUE_MANAGER, manager.pk)
    away(manager)
    assert answering() == (AnswersAs.LEAD, lead.pk)
    away(lead)
    assert answering() == (AnswersAs.SUPERVISOR, supervisor.pk)
    here = somebody_with(Role.SUPERVISOR, place.desk, name="Zoe")
    note_presence(here.pk)
    assert answering() == (AnswersAs.SUPERVISOR, here.pk)


def test_an_owner_who_is_away_is_told_with_the_stand_in():
    place = a_workplace()
    ticket = a_ticket(place)
    assign_ticket(ticket.pk, to=place.agent, by=place.by)
    ticket.refresh_from_db()
    found = accountable_for(ticket, at=clock.now())
    assert (found.is_owner, found.name, found.away_until) == (True, place.agent.name, None)
    stand_in = an_agent(place.desk)
    away(place.agent, stand_in=stand_in)
    found = accountable_for(ticket, at=clock.now())
    assert (found.person_id, found.stand_in) == (place.agent.pk, stand_in.name)


def test_what_nobody_took_needs_todays_queue_manager_and_a_stand_in_has_what_needs_the_absent():
    place = a_workplace()
    new, owed = a_ticket(place), a_ticket(place)
    assign_ticket(owed.pk, to=place.agent, by=place.by)
    outsider = viewer_of(an_agent(place.desk).pk)

    def needed(**more: frozenset[int]) -> set[Ticket]:
        viewer = replace(outsider, **more)
        return set(tickets_in(views["needs-you"], viewer, place.desk.pk))

    assert needed() == set()
    assert needed(queues=frozenset({place.desk.pk})) == {new}
    assert needed(stands_for=frozenset({place.agent.pk})) == {owed}
