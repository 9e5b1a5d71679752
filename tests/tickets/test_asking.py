"""Asking others while custody stays, and what came of it."""

from typing import Any

import pytest
from builders import a_person, a_service, a_team, acting, an_agent, somebody_with
from journal_checks import facts_recorded, records_nothing

from ansvar.access.decisions import Role
from ansvar.kernel.rights import NotPermitted
from ansvar.people.queries import agents_of
from ansvar.tickets.asked import asked_along, asked_on, helpers_on, teams_along, wish_on
from ansvar.tickets.commands import (
    MoveNotAllowed,
    NobodyAsked,
    TaskEnded,
    WordsMissing,
    answer_task,
    ask_others,
    credit_help,
    hand_over_ticket,
    resolve_ticket,
    take_task,
    withdraw_task,
)
from ansvar.tickets.commands.asking import NotAsked
from ansvar.tickets.commands.holding import NotThisDesk
from ansvar.tickets.decisions import TaskKind
from ansvar.tickets.models import Task, Ticket
from ansvar.tickets.queries import viewer_of
from tickets import Workplace, a_ticket, a_workplace, handed_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Workplace:
    return a_workplace()


def asked(place: Workplace, **wanted: Any) -> Task:
    fields: dict[str, Any] = {"kind": TaskKind.QUESTION, "words": "What is in the log?"}
    fields["by"] = place.by
    if "person" not in wanted:
        fields["team"] = place.second
    ticket = wanted.pop("ticket", None) or a_ticket(place)
    return ask_others(ticket.pk, **{**fields, **wanted})


def test_asking_leaves_custody_where_it_is(place: Workplace):
    ticket = a_ticket(place)
    with facts_recorded() as facts:
        asked(place, ticket=ticket)
    ticket.refresh_from_db()
    assert facts == ["ticket.task_given"]
    assert (ticket.team, ticket.hand_over_count, ticket.custody.count()) == (place.first, 0, 1)


def test_what_cannot_be_asked_is_refused(place: Workplace):
    ticket = a_ticket(place)
    for fault, wanted in (
        (WordsMissing, {"words": "  "}),
        (NobodyAsked, {"team": None}),
        (NobodyAsked, {"person": a_person()}),
        (NotThisDesk, {"team": a_team()}),
        (NotPermitted, {"by": acting(somebody_with(Role.AUDITOR, place.desk))}),
    ):
        with records_nothing(), pytest.raises(fault):
            asked(place, ticket=ticket, **wanted)
    resolve_ticket(ticket.pk, resolution="Done.", by=place.by)
    with records_nothing(), pytest.raises(MoveNotAllowed):
        asked(place, ticket=ticket)


def test_somebody_of_the_team_takes_it_and_then_it_is_asked_of_nobody_else(place: Workplace):
    first, second = an_agent(team=place.second), an_agent(team=place.second)
    task = asked(place)
    assert task.ticket_id in viewer_of(second.pk).asked
    with records_nothing(), pytest.raises(NotAsked):
        take_task(task.pk, by=place.by)
    with facts_recorded() as facts:
        take_task(task.pk, by=acting(first))
    assert facts == ["ticket.task_taken"]
    with records_nothing():
        take_task(task.pk, by=acting(first))
    assert task.ticket_id in viewer_of(first.pk).asked
    assert task.ticket_id not in viewer_of(second.pk).asked


def test_only_those_who_were_asked_answer_and_only_once(place: Workplace):
    expert = an_agent(team=place.second)
    colleague = acting(an_agent(team=place.second))
    task = asked(place, person=expert)
    with records_nothing():
        with pytest.raises(NotAsked):
            answer_task(task.pk, words="Nothing.", by=colleague)
        with pytest.raises(WordsMissing):
            answer_task(task.pk, words=" ", by=acting(expert))
    with facts_recorded() as facts:
        task = answer_task(task.pk, words="Port 7 flaps.", by=acting(expert))
    assert facts == ["ticket.task_answered"]
    assert (task.answer, task.answered_by, task.is_open) == ("Port 7 flaps.", expert, False)
    assert viewer_of(expert.pk).asked == frozenset()
    for again in (
        lambda: answer_task(task.pk, words="Twice.", by=acting(expert)),
        lambda: take_task(task.pk, by=acting(expert)),
        lambda: withdraw_task(task.pk, why="", by=place.by),
    ):
        with records_nothing(), pytest.raises(TaskEnded):
            again()


def test_an_answer_is_credited_by_others_and_suggests_who_helped(place: Workplace):
    service = a_service(place.desk)
    expert = an_agent(team=place.second)
    task = asked(place, ticket=a_ticket(place, service=service), person=expert)
    with records_nothing(), pytest.raises(NobodyAsked):
        credit_help(task.pk, has_helped=True, by=place.by)
    answer_task(task.pk, words="Port 7 flaps.", by=acting(expert))
    with records_nothing(), pytest.raises(NotAsked):
        credit_help(task.pk, has_helped=True, by=acting(expert))
    assert helpers_on(service.pk, agents_of(place.desk)) == []
    with facts_recorded() as facts:
        credit_help(task.pk, has_helped=True, by=place.by)
    assert facts == ["ticket.help_credited"]
    with records_nothing():
        credit_help(task.pk, has_helped=True, by=place.by)
    (helper,) = helpers_on(service.pk, agents_of(place.desk))
    assert (helper, helper.helped) == (expert, 1)


def test_what_is_not_needed_any_more_is_withdrawn_by_hand_or_with_the_solution(place: Workplace):
    ticket = a_ticket(place)
    first, second = asked(place, ticket=ticket), asked(place, ticket=ticket)
    with pytest.raises(NotPermitted):
        withdraw_task(first.pk, why="", by=acting(a_person()))
    with facts_recorded() as facts:
        withdraw_task(first.pk, why="Found it.", by=place.by)
        resolve_ticket(ticket.pk, resolution="Done.", by=place.by)
    assert facts.count("ticket.task_withdrawn") == 2
    second.refresh_from_db()
    assert (second.is_open, second.answered_by_id) == (False, None)


def test_a_page_reads_all_of_it_with_the_ticket(place: Workplace, django_assert_num_queries):
    ticket = a_ticket(place, service=a_service(place.desk))
    expert = an_agent(team=place.second)
    asked(place, ticket=ticket, person=expert)
    hand_over_ticket(ticket.pk, team=place.second, reason="Yours.", by=place.by)
    wish = hand_over_ticket(ticket.pk, team=place.first, reason="No.", by=place.by).request
    with django_assert_num_queries(1):
        read = Ticket.objects.annotate(**asked_along(expert.pk)).get(pk=ticket.pk)
        told, (task,), teams = wish_on(read), asked_on(read), teams_along(read)
    assert (told.id, told.team, told.owners) == (
        wish.pk,
        place.first.name,
        (ticket.service.owner.name,),
    )
    assert (task.whom, task.is_for(expert.pk, ())) == (expert.name, True)
    assert teams == {place.second.pk}


def test_once_decided_nothing_waits(place: Workplace):
    ticket = a_ticket(place)
    hand_over_ticket(ticket.pk, team=place.second, reason="Yours.", by=place.by)
    handed_back(ticket, place.first, by=place.by)
    read = Ticket.objects.annotate(**asked_along(place.agent.pk)).get(pk=ticket.pk)
    assert wish_on(read) is None
