from datetime import timedelta

import pytest
from builders import a_service, acting, an_agent
from django.db import connection
from django.test.utils import CaptureQueriesContext
from journal_checks import records_nothing

from ansvar.catalogue.commands import declare_skill
from ansvar.catalogue.decisions import Skill, fitness
from ansvar.kernel import clock
from ansvar.kernel.rights import NotPermitted
from ansvar.people.models import Person
from ansvar.rota.models import Absence, Presence
from ansvar.tickets.commands import EnoughInHand, assign_ticket, resolve_ticket
from ansvar.tickets.decisions.suggesting import Candidate, suggestions
from ansvar.tickets.models import Ticket
from ansvar.tickets.suggesting import colleagues_for
from tickets import Workplace, a_ticket, a_workplace


def order(*candidates: Candidate) -> list[int]:
    return [one.candidate.person_id for one in suggestions(candidates)]


def test_what_is_said_and_what_is_shown_count_alike():
    assert fitness(None, 0) == 0
    assert fitness(Skill.EXPERT, 0) == fitness(None, 15) == 3
    assert fitness(Skill.EXPERT, 400) == 6


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (Candidate(person_id=2, skill=Skill.EXPERT), Candidate(person_id=1, skill=Skill.LEARNING)),
        (Candidate(person_id=2, solved=10), Candidate(person_id=1)),
        (Candidate(person_id=2), Candidate(person_id=1, held=3)),
        (Candidate(person_id=2, is_here=True), Candidate(person_id=1, skill=Skill.LEARNING)),
        (Candidate(person_id=2), Candidate(person_id=1, skill=Skill.EXPERT, is_away=True)),
        (Candidate(person_id=2), Candidate(person_id=1, skill=Skill.EXPERT, is_full=True)),
        # An expert with a full table gives way to a colleague who is free.
        (
            Candidate(person_id=2, skill=Skill.ABLE),
            Candidate(person_id=1, skill=Skill.EXPERT, held=3),
        ),
    ],
)
def test_who_is_better_suited_comes_first(better: Candidate, worse: Candidate):
    assert order(worse, better) == [better.person_id, worse.person_id]


def test_who_cannot_be_chosen_is_worth_nothing():
    (first, second) = suggestions([Candidate(person_id=1, is_away=True), Candidate(person_id=2)])
    assert first.worth is not None
    assert second.worth is None


def colleague(place: Workplace) -> Person:
    return an_agent(team=place.first)


@pytest.mark.django_db
def test_who_knows_the_service_is_suggested_with_the_reason():
    place = a_workplace()
    service, knower, away = a_service(place.desk), colleague(place), colleague(place)
    declare_skill(service.pk, person=knower, level=Skill.ABLE, by=acting(knower))
    solved = assign_ticket(a_ticket(place, service=service).pk, to=knower, by=acting(knower))
    resolve_ticket(solved.pk, resolution="Turned it.", by=acting(knower))
    now = clock.now()
    Presence.objects.create(person=knower, seen_at=now)
    Absence.objects.create(
        person=away, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(days=1)
    )
    ticket = a_ticket(place, service=service)
    first, second, third = colleagues_for(ticket)
    assert (first.person, first.is_suggested) == (knower, True)
    assert first.why == "here now, knows it, solved 1 of it lately, holds nothing"
    assert (second.person, third.person) == (place.agent, away)
    assert third.why == "away, holds nothing"


@pytest.mark.django_db
def test_a_suggestion_costs_the_same_for_few_and_many():
    place = a_workplace()
    ticket = a_ticket(place, service=a_service(place.desk))
    costs = []
    for _ in range(2):
        read = Ticket.objects.get(pk=ticket.pk)
        with CaptureQueriesContext(connection) as queries:
            colleagues_for(read)
        costs.append(len(queries))
        for _ in range(3):
            other = a_ticket(place, service=ticket.service)
            assign_ticket(other.pk, to=colleague(place), by=place.by)
    assert costs[0] == costs[1] <= 4


@pytest.mark.django_db
def test_nobody_but_oneself_and_who_plans_work_says_what_one_knows():
    place = a_workplace()
    service = a_service(place.desk)
    with pytest.raises(NotPermitted):
        declare_skill(service.pk, person=colleague(place), level=Skill.ABLE, by=place.by)
    declare_skill(service.pk, person=place.agent, level=Skill.ABLE, by=place.by)
    with records_nothing():
        declare_skill(service.pk, person=place.agent, level=Skill.ABLE, by=place.by)
    declare_skill(service.pk, person=place.agent, level=None, by=place.by)
    assert not place.agent.skills.exists()


@pytest.mark.django_db
def test_nobody_takes_more_than_the_team_allows_but_a_p1():
    place = a_workplace()
    place.first.most_taken = 1
    place.first.save(update_fields=["most_taken"])
    assign_ticket(a_ticket(place).pk, to=place.agent, by=place.by)
    more = a_ticket(place)
    with pytest.raises(EnoughInHand) as refusal:
        assign_ticket(more.pk, to=place.agent, by=place.by)
    assert "You work on 1 tickets" in str(refusal.value)
    more.priority = 1
    more.save(update_fields=["priority"])
    assert assign_ticket(more.pk, to=place.agent, by=place.by).assignee == place.agent
