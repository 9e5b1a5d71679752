from datetime import UTC, datetime, timedelta

import pytest
from builders import a_person, acting, an_administrator, an_agent
from django.core.exceptions import ValidationError

from ansvar.catalogue.commands import create_service
from ansvar.conversations.commands import write_reply
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.models import Entry
from ansvar.kernel.rights import NotPermitted
from ansvar.notices.queries import unseen_notices
from ansvar.people.commands import add_member
from ansvar.people.decisions.calendars import calendar_from
from ansvar.people.models import Person
from ansvar.servicelevels.commands import (
    find_stuck,
    learn_normals,
    remind_of_stuck,
    set_stuck_rule,
)
from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.stuck import (
    Fixed,
    Move,
    Normal,
    earlier,
    longest_standstill,
    normal_for,
    normals_of,
    percentile,
)
from ansvar.servicelevels.models import StuckNormal, StuckTicket
from ansvar.servicelevels.stuck import stretch_in_words, stuck_since, stuck_tickets
from ansvar.tickets import queue
from ansvar.tickets.commands import (
    add_note,
    assign_ticket,
    close_ticket,
    override_priority,
    resolve_ticket,
    wait_with_ticket,
)
from ansvar.tickets.decisions import WaitingFor
from ansvar.tickets.models import Ticket
from ansvar.tickets.queries import viewer_of
from tickets import Workplace, a_ticket, a_workplace

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
H = timedelta(hours=1)
OFFICE = Hours(
    ((None, calendar_from(name="o", timezone="UTC",
                          hours={str(day): [["08:00", "17:00"]] for day in range(5)})),)
)  # fmt: skip
ALWAYS = Hours(
    ((None, calendar_from(name="a", timezone="UTC",
                          hours={str(day): [["00:00", "24:00"]] for day in range(7)})),)
)  # fmt: skip
NEVER = Hours(((None, calendar_from(name="n", timezone="UTC", hours={})),))
FIXED = Fixed(usual=18 * H, urgent=2 * H)


def moment(day: int, hour: float = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


def at(day: int, hour: float = 0) -> clock.at:
    return clock.at(moment(day, hour))


@pytest.mark.parametrize(
    ("hours", "end", "amount", "expected"),
    [
        (OFFICE, moment(0, 12), 2 * H, moment(0, 10)),
        (OFFICE, moment(1, 9), 3 * H, moment(0, 15)),
        (OFFICE, moment(7, 9), 10 * H, moment(4, 8)),
        (OFFICE, moment(5, 12), 9 * H, moment(4, 8)),
        (ALWAYS, moment(7), 48 * H, moment(5)),
    ],
)
def test_looking_back_is_the_way_of_working_time_to_the_minute(hours, end, amount, expected):
    found = earlier(hours, end, amount)
    assert expected - timedelta(minutes=1) <= found <= expected
    assert hours.between(found, end) >= amount


def test_without_any_hours_no_moment_lies_back_so_far():
    assert earlier(NEVER, moment(7), H) is None


def test_nine_of_ten_do_not_exceed_the_percentile():
    assert percentile([timedelta(minutes=number) for number in range(10, 0, -1)]) == timedelta(
        minutes=9
    )


def test_the_longest_standstill_counts_working_time_while_it_is_open():
    moves = [(0, 16, True), (1, 9, True), (1, 11, False), (3, 9, True), (3, 10, False)]
    told = [Move(at=moment(day, hour), counts=counts) for day, hour, counts in moves]
    assert longest_standstill(told, OFFICE) == 2 * H


def test_what_is_normal_is_asked_of_the_priority_then_of_the_kind():
    found = normals_of(
        [("incident", 2, 3 * H)] * 29 + [("incident", 3, 5 * H)] * 30 + [("request", 3, H)] * 29
    )
    assert found == {
        ("incident", None): Normal(amount=5 * H, sample=59),
        ("incident", 3): Normal(amount=5 * H, sample=30),
    }


@pytest.mark.parametrize(
    ("kind", "priority", "expected"),
    [
        ("incident", 3, (6 * H, 40)),
        ("incident", 4, (9 * H, 90)),
        ("incident", 1, (2 * H, 0)),
        ("request", 3, (18 * H, 0)),
        ("question", 5, (H, 50)),
    ],
)
def test_fixed_figures_hold_until_enough_is_known_and_p1_waits_for_its_own(
    kind, priority, expected
):
    normals = {
        ("incident", 3): Normal(amount=6 * H, sample=40),
        ("incident", None): Normal(amount=9 * H, sample=90),
        ("question", None): Normal(amount=timedelta(minutes=4), sample=50),
    }
    found = normal_for(kind, priority, normals=normals, fixed=FIXED)
    assert (found.amount, found.sample) == expected


@pytest.mark.parametrize(
    ("minutes", "day", "words"),
    [
        (40, 540, "40 min"),
        (135, 540, "2 h 15 min"),
        (540, 540, "1 working day"),
        (720, 540, "1 working day 3 h"),
        (5 * 540 + 60, 540, "5 working days"),
        (2 * 1440, 1440, "2 days"),
        (0, 540, "0 min"),
    ],
)
def test_a_stretch_is_said_in_the_working_days_of_the_desk(minutes, day, words):
    assert stretch_in_words(timedelta(minutes=minutes), day) == words


@pytest.fixture
def place(db: None) -> Workplace:
    """A desk that is open from eight to five."""
    with at(0, 6):
        return a_workplace()


def watch() -> int:
    find_stuck()
    return remind_of_stuck()


def stuck(place: Workplace) -> list[Ticket]:
    return list(stuck_tickets(viewer_of(place.agent.pk), place.desk.pk))


def texts(person: Person) -> list[str]:
    return [one.text for one in unseen_notices(viewer_of(person.pk))]


def test_a_ticket_is_stuck_after_two_working_days_and_p1_after_two_hours(place):
    with at(0, 9):
        usual, urgent = a_ticket(place), a_ticket(place)
        override_priority(urgent.pk, priority=1, reason="The shop is shut", by=place.by)
    for day, hour, expected in [(0, 10.9, []), (0, 11.1, [urgent]), (2, 9.1, [usual, urgent])]:
        with at(day, hour):
            find_stuck()
            assert stuck(place) == expected
    with at(2, 10):
        found = stuck_since(Ticket.objects.get(pk=usual.pk), OFFICE)
    assert found.sentence == (
        "Nothing has happened for 2 working days 1 h; 2 working days is the desk’s figure until"
        " enough such tickets are closed to tell."
    )


def test_whatever_somebody_does_ends_it_at_once(place):
    with at(0, 9):
        ticket = a_ticket(place)
    with at(3, 9):
        watch()
        add_note(ticket.pk, text="Called them.", by=place.by)
        assert stuck(place) == []
        assert stuck_since(Ticket.objects.get(pk=ticket.pk), OFFICE) is None
    with at(4, 9):
        assert watch() == 0
        assert not StuckTicket.objects.exists()


def test_what_waits_for_a_date_to_come_is_not_stuck(place):
    with at(0, 9):
        dated, undated = a_ticket(place), a_ticket(place)
        until = moment(20)
        for ticket, end in ((dated, until), (undated, None)):
            wait_with_ticket(ticket.pk, waiting_for=WaitingFor.SUPPLIER, until=end, by=place.by)
    with at(4, 9):
        find_stuck()
        assert stuck(place) == [undated]


def test_reminders_repeat_then_go_to_the_lead_then_to_the_service_owner_and_end(place):
    lead, owner = an_agent(place.desk), a_person()
    add_member(place.first.pk, lead.pk, is_lead=True, by=SYSTEM)
    service = create_service(desk=place.desk, name="Till", owner=owner, by=SYSTEM)
    with at(0, 9):
        ticket = a_ticket(place, service=service)
        assign_ticket(ticket.pk, to=place.agent, by=place.by)
    version = Ticket.objects.get(pk=ticket.pk).version
    for day in (2, 4, 8, 10, 14, 18, 22):
        with at(day, 12):
            watch()
            # A second worker, or one that was killed in between, reminds nobody again.
            watch()
    entries = Entry.objects.filter(fact="clock.reminded").order_by("id")
    assert [(one.at - MONDAY).days for one in entries] == [2, 4, 8, 10]
    assert [one.payload["to"] for one in entries] == [
        "assignee", "assignee", "lead", "service_owner",
    ]  # fmt: skip
    assert [one.payload["told"] for one in entries] == [
        [place.agent.pk], [place.agent.pk], [lead.pk], [owner.pk],
    ]  # fmt: skip
    assert texts(place.agent)[-1].startswith(f"{ticket.reference} stands still")
    assert [len(texts(one)) for one in (place.agent, lead, owner)] == [2, 1, 1]
    assert Ticket.objects.get(pk=ticket.pk).version == version


def test_where_nobody_works_on_it_the_team_is_reminded_with_one_notice_for_many(place):
    colleague = an_agent(team=place.first)
    with at(0, 9):
        for _ in range(5):
            a_ticket(place)
    with at(3, 9):
        assert watch() == 5
    for person in (place.agent, colleague):
        assert texts(person) == ["5 tickets stand still for longer than is normal."]


def test_what_is_normal_is_learned_from_the_journal_of_closed_tickets(place):
    for number in range(30):
        with at(0, 9):
            ticket = a_ticket(place)
        # All but three stand still for five hours; what happens after the solution is left out.
        with at(1 if number < 3 else 0, 14):
            write_reply(ticket.pk, text="Restart it.", by=place.by)
            resolve_ticket(ticket.pk, resolution="Restarted.", by=place.by)
        with at(4, 9):
            close_ticket(ticket.pk, by=SYSTEM)
    with at(5, 9):
        open_one = a_ticket(place)
        assert learn_normals(place.desk.pk) == 30
    found = StuckNormal.objects.get(kind="incident", priority=None)
    assert (found.amount, found.sample) == (5 * H, 30)
    with at(7, 13.5):
        find_stuck()
        sentence = stuck_since(Ticket.objects.get(pk=open_one.pk), OFFICE).sentence
    assert "5 h is normal (90 of 100 of 30 closed tickets" in sentence


def test_a_desk_sets_its_figures_or_watches_nothing(place):
    admin = acting(an_administrator(place.desk))
    with at(0, 9):
        a_ticket(place)
    set_stuck_rule(place.desk.pk, days=1, by=admin)
    with at(1, 10):
        find_stuck()
        assert len(stuck(place)) == 1
    set_stuck_rule(place.desk.pk, is_watched=False, by=admin)
    set_stuck_rule(place.desk.pk, is_watched=False, by=admin)
    assert Entry.objects.filter(fact="desk.stuck_rule_set").count() == 2
    with at(1, 11):
        other = a_ticket(place)
    with at(9, 10):
        find_stuck()
        assert other not in stuck(place)
    with pytest.raises(NotPermitted):
        set_stuck_rule(place.desk.pk, days=2, by=place.by)
    with pytest.raises(ValidationError):
        set_stuck_rule(place.desk.pk, days=0, by=admin)


def test_the_view_holds_what_is_stuck_the_longest_silence_first(place):
    with at(0, 9):
        first = a_ticket(place)
    with at(0, 10):
        second = a_ticket(place)
    with at(4, 9):
        find_stuck()
    viewer, view = viewer_of(place.agent.pk), queue.views["stuck"]
    assert queue.counts(viewer, place.desk.pk)["stuck"] == 2
    page = queue.page_of(view, viewer, place.desk.pk, size=1)
    after = queue.page_of(view, viewer, place.desk.pk, after=page.next)
    assert [*page.tickets, *after.tickets] == [first, second]
    names = list(queue.views_in_order())
    assert names[names.index("stuck") - 1] == "update-due"
