from datetime import UTC, datetime, timedelta

import pytest
from builders import a_person, a_service, a_team, acting, an_agent
from levels import a_level, a_row, the_clock
from queued_work import run_queued

from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.models import Entry
from ansvar.kernel.telling import tell
from ansvar.notices.models import Notice
from ansvar.people.commands import set_lead
from ansvar.servicelevels.commands import take_due_steps
from ansvar.servicelevels.decisions.terms import Action, Addressee, Step
from ansvar.tickets.commands import (
    assign_ticket,
    hand_over_ticket,
    override_priority,
    resolve_ticket,
    set_hand_over_rule,
)
from ansvar.tickets.decisions import RuleMode
from ansvar.tickets.models import HandOverRequest, Ticket
from tickets import Workplace, a_ticket, a_workplace

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def at(hour: int, minute: int = 0) -> clock.at:
    return clock.at(MONDAY + timedelta(hours=hour, minutes=minute))


def a_place(*steps: Step) -> Workplace:
    """Return a desk with a level of four hours, which it had at nine on Monday."""
    with at(8):
        place = a_workplace()
        a_level(place.desk, a_row(resolution=240), steps=steps)
    return place


def steps_taken(ticket: Ticket) -> list[tuple[str, datetime]]:
    """Return the steps of the solution, with when they were taken."""
    entries = Entry.objects.filter(
        subject_type="ticket",
        subject_id=ticket.pk,
        fact__in=["clock.step_taken", "clock.target_missed"],
        payload__measure="resolution",
    ).order_by("id")
    return [(entry.payload.get("key", "missed"), entry.at) for entry in entries]


def test_each_step_is_taken_once_when_its_time_has_come():
    place = a_place(Step(key="warn", percent=75), Step(key="after", minutes=30))
    with at(9):
        ticket = a_ticket(place)
    for hour, minute in [(11, 59), (12, 1), (12, 2), (13, 1), (13, 31), (13, 32)]:
        with at(hour, minute):
            take_due_steps()
    assert steps_taken(ticket) == [
        ("warn", MONDAY + timedelta(hours=12, minutes=1)),
        ("missed", MONDAY + timedelta(hours=13, minutes=1)),
        ("after", MONDAY + timedelta(hours=13, minutes=31)),
    ]


def test_what_fell_due_while_nothing_ran_is_taken_afterwards_in_order():
    place = a_place(Step(key="warn", percent=75), Step(key="ahead", minutes=-10))
    with at(9):
        ticket = a_ticket(place)
    with at(16):
        assert take_due_steps() >= 3
    assert [key for key, _ in steps_taken(ticket)] == ["warn", "ahead", "missed"]


def test_a_shorter_target_lets_passed_steps_be_due_at_once():
    with at(8):
        place = a_workplace()
        a_level(
            place.desk,
            a_row((1,), resolution=60),
            a_row(resolution=480),
            steps=(Step(key="warn", percent=50),),
        )
    with at(9):
        ticket = a_ticket(place)
    with at(10, 30):
        override_priority(ticket.pk, priority=1, reason="The shop stands still", by=place.by)
    with at(10, 31):
        take_due_steps()
    assert [key for key, _ in steps_taken(ticket)] == ["warn", "missed"]


def test_a_stopped_clock_takes_no_step_but_tells_that_it_was_late():
    place = a_place(Step(key="warn", percent=75))
    with at(9):
        ticket = a_ticket(place)
    with at(16):
        resolve_ticket(ticket.pk, resolution="Restarted it.", by=place.by)
        take_due_steps()
    assert [key for key, _ in steps_taken(ticket)] == ["missed"]
    missed = Entry.objects.get(subject_id=ticket.pk, fact="clock.target_missed",
                               payload__measure="resolution")  # fmt: skip
    assert missed.payload["shares"] == [["team", place.first.pk, 7 * 3600.0]]


def test_a_missed_target_says_whose_time_it_was():
    place = a_place()
    with at(9):
        ticket = a_ticket(place)
    with at(10):
        assign_ticket(ticket.pk, to=place.agent, by=place.by)
    with at(14):
        take_due_steps()
    missed = Entry.objects.get(subject_id=ticket.pk, fact="clock.target_missed",
                               payload__measure="resolution")  # fmt: skip
    assert missed.payload["shares"] == [
        ["team", place.first.pk, 3600.0],
        ["person", place.agent.pk, 3 * 3600.0],
    ]


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        (Addressee.ASSIGNEE, "agent"),
        (Addressee.LEAD, "lead"),
        (Addressee.SERVICE_OWNER, "service_owner"),
        (Addressee.TICKET_OWNER, "agent"),
    ],
)
def test_a_step_tells_whom_it_names(to, expected):
    place = a_place(Step(key="warn", percent=50, to=to))
    lead = an_agent(team=place.first)
    set_lead(place.first.pk, lead.pk, by=SYSTEM)
    owner = a_person()
    with at(9):
        ticket = a_ticket(place, service=a_service(place.desk, owner=owner))
        assign_ticket(ticket.pk, to=place.agent, by=place.by)
    with at(11, 1):
        take_due_steps()
    people = {"agent": place.agent.pk, "lead": lead.pk, "service_owner": owner.pk}
    entry = Entry.objects.get(subject_id=ticket.pk, fact="clock.step_taken", payload__key="warn")
    assert entry.payload["told"] == [people[expected]]


def test_who_is_told_finds_a_notice_and_each_only_once():
    place = a_place(Step(key="warn", percent=50), Step(key="call", percent=60, action=Action.PAGE))
    with at(9):
        ticket = a_ticket(place)
        assign_ticket(ticket.pk, to=place.agent, by=place.by)
    for minute in (0, 1, 40, 41):
        with at(11, minute):
            take_due_steps()
    told = Notice.objects.filter(person=place.agent, ticket=ticket, values__measure="resolution")
    assert [(notice.sentence, notice.is_urgent) for notice in told.order_by("id")] == [
        ("ahead", False),
        ("ahead", True),
    ]


def test_the_ticket_tells_of_a_step_in_words():
    place = a_place(Step(key="warn", percent=75), Step(key="before", minutes=-30))
    with at(9):
        ticket = a_ticket(place)
    with at(14):
        take_due_steps()
    facts = ["clock.step_taken", "clock.target_missed"]
    told = tell(
        Entry.objects.filter(
            subject_id=ticket.pk, fact__in=facts, payload__measure="resolution"
        ).order_by("id")
    )
    assert [one.words for one in told] == [
        "solution, 75 % used: told those concerned",
        "solution, 30 min before the end: told those concerned",
        "solution: the time is used up",
    ]


def test_of_very_many_warnings_one_notice_tells():
    place = a_place(Step(key="warn", percent=75))
    with at(9):
        for _ in range(12):
            assign_ticket(a_ticket(place).pk, to=place.agent, by=place.by)
    with at(12, 1):
        take_due_steps()
    told = Notice.objects.filter(person=place.agent, kind="due", made_at__gte=MONDAY)
    assert [notice.values.get("count", 0) >= 12 for notice in told] == [True]


def test_a_warning_older_than_a_day_is_noted_and_told_to_nobody():
    place = a_place(Step(key="warn", percent=75))
    with at(9):
        ticket = a_ticket(place)
    with at(9 + 3 * 24):
        take_due_steps()
    entry = Entry.objects.get(subject_id=ticket.pk, fact="clock.step_taken", payload__key="warn")
    assert entry.payload["told"] == []


def test_a_step_raises_the_priority_once():
    place = a_place(Step(key="raise", percent=50, action=Action.RAISE))
    with at(9):
        ticket = a_ticket(place)
    for hour in (12, 13):
        with at(hour):
            take_due_steps()
            run_queued()
    ticket_now = Ticket.objects.get(pk=ticket.pk)
    assert ticket_now.priority == ticket.priority - 1


def test_a_step_gives_the_ticket_to_another_team():
    with at(8):
        place = a_workplace()
        step = Step(key="give", percent=50, action=Action.ASSIGN, team_id=place.second.pk)
        a_level(place.desk, a_row(resolution=240), steps=(step,))
    with at(9):
        ticket = a_ticket(place)
    with at(12):
        take_due_steps()
        run_queued()
    ticket.refresh_from_db()
    assert ticket.team == place.second


def test_a_step_asks_whoever_decides_and_waits_where_somebody_has_asked_already():
    with at(8):
        place = a_workplace()
        third = a_team(place.desk, line=3)
        step = Step(key="give", percent=50, action=Action.ASSIGN, team_id=third.pk)
        a_level(place.desk, a_row(resolution=240), steps=(step,))
        service = a_service(place.desk)
        set_hand_over_rule(service.pk, mode=RuleMode.ALWAYS, by=acting(service.owner))
    with at(9):
        ticket, wished = a_ticket(place, service=service), a_ticket(place, service=service)
        hand_over_ticket(wished.pk, team=place.second, reason="Yours.", by=place.by)
    with at(12):
        take_due_steps()
        run_queued()
    asked = HandOverRequest.objects.order_by("ticket").values_list("ticket", "team", "answer")
    assert list(asked) == [(ticket.pk, third.pk, ""), (wished.pk, place.second.pk, "")]
    ticket.refresh_from_db()
    assert ticket.team == place.first


def test_the_steps_of_many_clocks_cost_no_more_queries(django_assert_max_num_queries):
    place = a_place(Step(key="warn", percent=75))
    with at(9):
        for _ in range(12):
            a_ticket(place)
    with at(12, 30), django_assert_max_num_queries(14):
        take_due_steps()
    assert the_clock(Ticket.objects.first().pk, "resolution").taken == ["warn"]
