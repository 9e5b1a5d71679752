"""Handing a ticket over: at once, or by the decision of whoever is asked."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from builders import a_person, a_service, a_team, acting, an_administrator, an_agent, somebody_with
from django.db import connection
from journal_checks import facts_recorded, records_nothing

from ansvar.access.decisions import Role
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM, Actor
from ansvar.kernel.rights import NotPermitted
from ansvar.people.commands import remove_member
from ansvar.people.models import Person, Team
from ansvar.tickets.commands import (
    AssigneeNotInTeam,
    HandOverSettled,
    HandOverWaits,
    MoveNotAllowed,
    close_ticket,
    decide_hand_over,
    escalate_hand_over,
    hand_over_ticket,
    merge_ticket,
    resolve_ticket,
    set_hand_over_reasons,
    set_hand_over_rule,
    withdraw_hand_over,
)
from ansvar.tickets.commands.holding import NotThisDesk
from ansvar.tickets.commands.locking import ReasonMissing
from ansvar.tickets.deciding import decide_now
from ansvar.tickets.decisions import Answer, RuleMode, TaskKind
from ansvar.tickets.models import HandOverReason, HandOverRequest, Ticket
from ansvar.tickets.queries import viewer_of
from tickets import Workplace, a_ticket, a_workplace

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)


class Owned(Workplace):
    """A workplace whose ticket is of a service with owner and deputy, and with a supervisor."""

    owner: Person
    deputy: Person
    supervisor: Person
    third: Team
    ticket: Ticket


def owned() -> Owned:
    """Return a ticket that went from the first team to the second."""
    place = Owned(**vars(a_workplace()))
    place.owner, place.deputy = a_person(), a_person()
    place.supervisor = somebody_with(Role.SUPERVISOR, place.desk)
    place.third = a_team(place.desk, line=3)
    service = a_service(place.desk, owner=place.owner, deputy=place.deputy)
    place.ticket = a_ticket(place, service=service)
    give(place, place.second)
    return place


def give(place: Owned, team: Team, *, by: Actor | None = None, **wanted: Any) -> Any:
    fields = {"reason": "Not ours.", **wanted}
    return hand_over_ticket(place.ticket.pk, team=team, by=by or place.by, **fields)


def asked_back(place: Owned, **wanted: Any) -> HandOverRequest:
    request = give(place, place.first, **wanted).request
    assert request is not None
    return request


def holder(place: Owned) -> Team:
    place.ticket.refresh_from_db()
    return place.ticket.team


@pytest.mark.django_db
class TestAsking:
    def test_a_first_hand_over_is_free_and_tells_what_was_tried(self):
        place = owned()
        entry = place.ticket
        assert holder(place) == place.second
        assert not entry.hand_over_requests.exists()
        result = give(place, place.third, tried="A new cable.")
        assert (result.request, result.ticket.hand_over_count) == (None, 2)

    def test_giving_back_asks_the_owner_and_changes_no_holder(self):
        place = owned()
        with facts_recorded() as facts:
            result = give(place, place.first, tried="The log.")
        request = result.request
        assert facts == ["ticket.hand_over_asked"]
        assert holder(place) == place.second
        assert (request.because, request.reason, request.tried) == ("back", "Not ours.", "The log.")
        assert (place.ticket.hand_over_count, place.ticket.bounce_count) == (1, 0)

    @pytest.mark.parametrize(
        ("mode", "after", "because"),
        [
            (RuleMode.FREE, 1, None),
            (RuleMode.AFTER, 1, "after"),
            (RuleMode.AFTER, 2, None),
            (RuleMode.ALWAYS, 1, "always"),
        ],
    )
    def test_the_rule_of_the_service_says_what_else_is_asked(self, mode, after, because):
        place = owned()
        set_hand_over_rule(place.ticket.service_id, mode=mode, after=after, by=acting(place.owner))
        request = give(place, place.third).request
        assert (request.because if request else None) == because

    @pytest.mark.parametrize("who", ["owner", "deputy"])
    def test_whoever_would_be_asked_gives_at_once(self, who):
        place = owned()
        somebody = somebody_with(Role.AGENT, place.desk)
        setattr(place.ticket.service, who, somebody)
        place.ticket.service.save()
        result = give(place, place.first, by=acting(somebody))
        assert (result.request, holder(place)) == (None, place.first)

    def test_a_wish_of_the_owner_decides_what_waits(self):
        place = owned()
        agent = somebody_with(Role.AGENT, place.desk)
        place.ticket.service.deputy = agent
        place.ticket.service.save()
        request = asked_back(place)
        with facts_recorded() as facts:
            give(place, place.third, by=acting(agent))
        assert facts[:2] == ["ticket.hand_over_decided", "ticket.handed_over"]
        request.refresh_from_db()
        assert (request.answer, holder(place)) == ("give", place.third)

    def test_while_one_waits_no_other_is_begun_and_the_refusal_names_it(self):
        place = owned()
        asked_back(place)
        with records_nothing(), pytest.raises(HandOverWaits, match=place.first.name):
            give(place, place.third)

    def test_what_cannot_be_is_refused(self):
        place = owned()
        for fault, team, wanted in (
            (ReasonMissing, place.third, {"reason": " "}),
            (NotThisDesk, a_team(), {}),
            (AssigneeNotInTeam, place.third, {"assignee": place.agent}),
            (NotPermitted, place.third, {"by": acting(a_person())}),
        ):
            with records_nothing(), pytest.raises(fault):
                give(place, team, **wanted)
        with records_nothing():
            assert give(place, place.second).request is None
        resolve_ticket(place.ticket.pk, resolution="Done.", by=place.by)
        with pytest.raises(MoveNotAllowed):
            give(place, place.third)


@pytest.mark.django_db
class TestDeciding:
    @pytest.mark.parametrize(
        ("answer", "team", "facts"),
        [
            (Answer.GIVE, "first", ["ticket.hand_over_decided", "ticket.handed_over"]),
            (Answer.KEEP, "second", ["ticket.hand_over_decided"]),
            (Answer.SPLIT, "second", ["ticket.hand_over_decided", "ticket.task_given"]),
            (Answer.TOGETHER, "second", ["ticket.hand_over_decided", "ticket.task_given"]),
        ],
    )
    def test_each_answer_does_what_it_says(self, answer, team, facts):
        place = owned()
        request = asked_back(place)
        with facts_recorded() as recorded:
            decide_hand_over(request.pk, answer=answer, by=acting(place.owner))
        assert recorded == facts
        assert holder(place) == getattr(place, team)
        request.refresh_from_db()
        assert (request.answer, request.answered_by) == (answer, place.owner)
        kinds = list(place.ticket.tasks.values_list("kind", "team", "words"))
        kind = TaskKind.WORK if answer is Answer.SPLIT else TaskKind.TOGETHER
        with_task = answer in {Answer.SPLIT, Answer.TOGETHER}
        assert kinds == ([(kind, place.first.pk, "Not ours.")] if with_task else [])

    def test_giving_back_by_decision_is_still_a_bounce(self):
        place = owned()
        decide_hand_over(asked_back(place).pk, answer=Answer.GIVE, by=acting(place.deputy))
        place.ticket.refresh_from_db()
        assert place.ticket.bounce_count == 1

    def test_it_can_go_to_another_team_and_to_the_holder_means_keeping(self):
        place = owned()
        ticket = decide_hand_over(
            asked_back(place).pk, answer=Answer.GIVE, team=place.third, by=acting(place.owner)
        )
        assert ticket.team == place.third
        request = asked_back(place)
        with facts_recorded() as facts:
            decide_hand_over(
                request.pk, answer=Answer.GIVE, team=place.third, by=acting(place.owner)
            )
        request.refresh_from_db()
        assert (request.answer, facts) == ("keep", ["ticket.hand_over_decided"])

    def test_who_has_left_the_team_meanwhile_does_not_get_it(self):
        place = owned()
        leaver = an_agent(team=place.first)
        request = asked_back(place, assignee=leaver)
        remove_member(place.first.pk, leaver.pk, by=SYSTEM)
        ticket = decide_hand_over(request.pk, answer=Answer.GIVE, by=acting(place.owner))
        assert (ticket.team, ticket.assignee_id) == (place.first, None)

    def test_only_those_named_decide_and_supervisors_after_the_owners_time(self):
        place = owned()
        with clock.at(MONDAY):
            request = asked_back(place)
        # Two hours of the desk's working time, which is from eight to five.
        assert request.opens_at == MONDAY + timedelta(hours=2)
        others = [place.agent, an_administrator(place.desk), an_administrator(), a_person()]
        for at in (MONDAY, request.opens_at):
            for person in others:
                with clock.at(at), records_nothing(), pytest.raises(NotPermitted):
                    decide_hand_over(request.pk, answer=Answer.KEEP, by=acting(person))
        by = acting(place.supervisor)
        with clock.at(MONDAY), records_nothing(), pytest.raises(NotPermitted):
            decide_hand_over(request.pk, answer=Answer.KEEP, by=by)
        assert request.ticket_id not in _asked_at(MONDAY, place.supervisor)
        assert request.ticket_id in _asked_at(MONDAY, place.owner)
        assert request.ticket_id in _asked_at(request.opens_at, place.supervisor)
        with clock.at(request.opens_at):
            decide_hand_over(request.pk, answer=Answer.KEEP, by=by)

    def test_without_an_owner_who_is_there_it_falls_to_the_supervisors_or_who_sets_up(self):
        place = owned()
        administrator = an_administrator(place.desk)
        gone = Person.objects.filter(pk__in=[place.owner.pk, place.deputy.pk])
        gone.update(is_active=False)
        request = asked_back(place)
        assert request.opens_at == request.asked_at
        assert decide_now(request, clock.now()) == {place.supervisor.pk}
        Person.objects.filter(pk=place.supervisor.pk).update(is_active=False)
        assert decide_now(request, clock.now()) == {administrator.pk}

    def test_nobody_withdraws_by_deciding(self):
        request = asked_back(owned())
        with pytest.raises(ValueError, match="withdraws"):
            decide_hand_over(request.pk, answer=Answer.WITHDRAWN, by=SYSTEM)

    def test_what_is_answered_is_settled_for_everybody(self):
        place = owned()
        request = asked_back(place)
        decide_hand_over(request.pk, answer=Answer.KEEP, by=acting(place.owner))
        with records_nothing():
            for again in (
                lambda: decide_hand_over(request.pk, answer=Answer.GIVE, by=acting(place.deputy)),
                lambda: withdraw_hand_over(request.pk, by=place.by),
                lambda: escalate_hand_over(request.pk, by=SYSTEM),
            ):
                with pytest.raises(HandOverSettled):
                    again()
        assert asked_back(place).pk != request.pk


def _asked_at(at: datetime, person: Person) -> frozenset[int]:
    with clock.at(at):
        return viewer_of(person.pk).asked


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told_that_it_is_settled():
    place = owned()
    request = asked_back(place)
    both, came = threading.Barrier(2), []

    def decide(answer: Answer, by: Actor) -> None:
        both.wait(timeout=60)
        try:
            decide_hand_over(request.pk, answer=answer, by=by)
            came.append("decided")
        except HandOverSettled:
            came.append("settled")
        finally:
            connection.close()

    pairs = ((Answer.GIVE, acting(place.owner)), (Answer.KEEP, acting(place.deputy)))
    threads = [threading.Thread(target=decide, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(came) == ["decided", "settled"]


@pytest.mark.django_db
class TestWaiting:
    def test_whoever_could_have_asked_takes_it_back(self):
        place = owned()
        request = asked_back(place)
        with pytest.raises(NotPermitted):
            withdraw_hand_over(request.pk, by=acting(a_person()))
        withdraw_hand_over(request.pk, by=acting(an_agent(team=place.second)))
        request.refresh_from_db()
        assert (request.answer, holder(place)) == ("withdrawn", place.second)

    @pytest.mark.parametrize("way", ["resolve", "close", "merge"])
    def test_what_is_done_needs_no_decision_any_more(self, way):
        place = owned()
        request = asked_back(place)
        if way == "merge":
            merge_ticket(place.ticket.pk, into_id=a_ticket(place).pk, by=place.by)
        else:
            resolve_ticket(place.ticket.pk, resolution="Done.", by=place.by)
        if way == "close":
            close_ticket(place.ticket.pk, by=acting(place.supervisor))
        request.refresh_from_db()
        assert (request.answer, request.words) == ("withdrawn", "the ticket is done")

    def test_escalating_lets_the_supervisors_decide_and_twice_is_silent(self):
        place = owned()
        request = asked_back(place)
        with facts_recorded() as facts:
            escalate_hand_over(request.pk, by=SYSTEM)
        assert facts == ["ticket.hand_over_escalated"]
        with records_nothing():
            request = escalate_hand_over(request.pk, by=SYSTEM)
        assert place.supervisor.pk in decide_now(request, clock.now())


@pytest.mark.django_db
class TestRuling:
    def test_owner_and_deputy_set_the_rule_of_their_service_and_agents_do_not(self):
        place = owned()
        service = place.ticket.service
        wanted = {"mode": RuleMode.AFTER, "after": 3, "wait_minutes": 60}
        with records_nothing(), pytest.raises(NotPermitted):
            set_hand_over_rule(service.pk, **wanted, by=place.by)
        with facts_recorded() as facts:
            set_hand_over_rule(service.pk, **wanted, by=acting(place.deputy))
        assert facts == ["service.hand_over_rule_set"]
        with records_nothing():
            set_hand_over_rule(service.pk, **wanted, by=acting(place.owner))

    def test_a_desk_begins_with_reasons_and_changes_them(self):
        place = owned()
        assert HandOverReason.objects.filter(desk=place.desk, is_active=True).count() > 2
        lead = acting(an_administrator(place.desk))
        with records_nothing(), pytest.raises(NotPermitted):
            set_hand_over_reasons(place.desk.pk, reasons=["No key"], by=place.by)
        set_hand_over_reasons(place.desk.pk, reasons=["No key", " Wrong  door "], by=lead)
        with records_nothing():
            set_hand_over_reasons(place.desk.pk, reasons=["No key", "Wrong door"], by=lead)
        offered = HandOverReason.objects.filter(desk=place.desk, is_active=True)
        assert [one.text for one in offered] == ["No key", "Wrong door"]
