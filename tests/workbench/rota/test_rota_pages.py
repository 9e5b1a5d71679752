import re
from datetime import timedelta

import pytest
from builders import acting, an_agent, somebody_with
from desktops import client_of
from icalendar import Calendar

from ansvar.access.decisions import Role
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.people.commands import add_member
from ansvar.rota.commands import announce_absence, note_presence, plan_turns
from ansvar.rota.decisions import Duty, PlannedTurn
from ansvar.rota.models import Absence, Presence, Turn
from ansvar.rota.queries import is_away
from ansvar.tickets.commands import assign_ticket
from tickets import a_ticket

HOUR = timedelta(hours=1)


@pytest.fixture
def lead(desk):
    return somebody_with(Role.TEAM_LEAD, desk.desk)


def a_turn(desk, person, *, after: float = 0, hours: float = 8, duty: Duty = Duty.QUEUE) -> Turn:
    begin = clock.now() + after * HOUR
    planned = PlannedTurn(person_id=person.pk, starts_at=begin, ends_at=begin + hours * HOUR)
    return plan_turns(desk.desk.pk, duty, [planned], by=SYSTEM)[0]


def local(moment) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def test_today_says_who_is_on_duty_here_and_away(desk, client, budget):
    with budget("rota today"):
        page = client.get("/rota/").text
    assert "nobody planned" in page
    a_turn(desk, desk.colleague)
    a_turn(desk, desk.agent, after=8)
    announce_absence(
        desk.colleague.pk,
        starts_at=clock.now(),
        ends_at=clock.now() + 3 * HOUR,
        stand_in=desk.agent,
        by=SYSTEM,
    )
    for _ in range(5):
        add_member(desk.first.pk, an_agent(desk.desk).pk, by=SYSTEM)
    with budget("rota today, with duties"):
        page = client.get("/rota/").text
    assert f"for {desk.colleague.name}, who is away" in page
    assert "stands in" in page


def test_a_page_of_the_workbench_says_that_somebody_is_here_and_a_refreshed_part_does_not(
    desk, client
):
    stay_fresh = {"HX-Request": "true", "HX-Request-Type": "partial"}
    client.get("/queue/views/", headers=stay_fresh)
    assert not Presence.objects.exists()
    client.get("/queue/needs-you/")
    assert Presence.objects.get().person == desk.agent
    requester = client_of(a_ticket(desk).requester)
    requester.get("/people/")
    assert Presence.objects.count() == 1


def test_one_button_makes_me_away_until_midnight_and_another_brings_me_back(desk, client):
    assert client.post("/rota/away/").status_code == 302
    assert is_away(desk.agent.pk, clock.now())
    absence = Absence.objects.get()
    assert absence.ends_at - absence.starts_at <= 12 * HOUR
    assert "I am back" in client.get("/rota/").text
    client.post(f"/rota/absences/{absence.pk}/end/")
    assert not is_away(desk.agent.pk, clock.now())


def test_a_long_absence_asks_what_becomes_of_my_tickets_and_is_kept_with_a_choice(
    desk, client, budget
):
    ticket = a_ticket(desk)
    assign_ticket(ticket.pk, to=desk.agent, by=desk.by)
    with budget("absence form"):
        client.get("/rota/absences/new/")
    now = clock.now()
    typed = {"starts_at": local(now), "ends_at": local(now + 72 * HOUR), "reason": "leave"}
    asked = client.post("/rota/absences/new/", typed)
    assert asked.status_code == 422
    assert "Open tickets they answer for" in asked.text
    assert str(ticket) in asked.text.replace("&amp;", "&")
    assert not Absence.objects.exists()
    heir = {"heir-owned-tickets": desk.colleague.pk}
    assert client.post("/rota/absences/new/", {**typed, **heir}).status_code == 302
    ticket.refresh_from_db()
    assert ticket.owner == desk.colleague


def test_who_is_away_for_others_is_said_only_by_those_who_lead_them(desk, client, lead):
    address = f"/rota/absences/new/?person={desk.colleague.pk}"
    assert client.get(address).status_code == 404
    assert desk.colleague.name in client_of(lead).get(address).text
    now = clock.now()
    absence = announce_absence(
        desk.colleague.pk, starts_at=now, ends_at=now + HOUR, by=acting(desk.colleague)
    )
    assert client.post(f"/rota/absences/{absence.pk}/end/").status_code == 404


def test_the_table_shows_each_day_with_its_duties_for_a_week_or_a_month(desk, client, budget):
    turn = a_turn(desk, desk.agent, hours=48)
    with budget("rota table"):
        page = client.get("/rota/plan/").text
    assert page.count("rota-day") == 7
    assert page.count(f"/rota/turns/{turn.pk}/") >= 1
    for number in range(6):
        a_turn(desk, desk.colleague, after=48 + 24 * number, hours=24)
    with budget("rota table"):
        client.get("/rota/plan/?span=month")
    assert client.get("/rota/plan/?span=month&from=2026-02-10").text.count("rota-day") == 28
    assert client.get("/rota/plan/?from=nonsense").status_code == 200


def test_a_pattern_is_looked_at_before_it_is_written(desk, lead, budget):
    planner = client_of(lead)
    with budget("rota pattern"):
        planner.get("/rota/pattern/")
    typed = {
        "duty": "queue",
        "step": "week",
        "first": "2027-03-01",
        "last": "2027-03-28",
        "change_at": "08:00",
        "person_1": desk.agent.pk,
        "person_2": desk.colleague.pk,
    }
    shown = planner.post("/rota/pattern/", {**typed, "do": "preview"})
    assert (shown.status_code, Turn.objects.count()) == (200, 0)
    assert "Write these turns" in shown.text
    written = planner.post("/rota/pattern/", {**typed, "do": "write"})
    assert written.status_code == 302
    holders = [turn.person for turn in Turn.objects.order_by("starts_at")]
    assert holders == [desk.agent, desk.colleague] * 2
    again = planner.post("/rota/pattern/", {**typed, "last": "2027-04-04", "do": "write"})
    assert again.status_code == 422
    assert "already" in again.text
    skipping = {**typed, "last": "2027-04-04", "skip_taken": "on", "do": "write"}
    assert planner.post("/rota/pattern/", skipping).status_code == 302
    assert Turn.objects.count() == 5


@pytest.mark.parametrize(
    "wrong",
    [{"last": "2027-02-01"}, {"last": "2029-03-01"}, {"person_1": ""}, {"change_at": "soon"}],
)
def test_a_pattern_that_cannot_be_is_shown_again(desk, lead, wrong):
    typed = {
        "duty": "queue", "step": "day", "first": "2027-03-01", "last": "2027-03-05",
        "change_at": "08:00", "person_1": desk.agent.pk, "do": "write",
    }  # fmt: skip
    assert client_of(lead).post("/rota/pattern/", {**typed, **wrong}).status_code == 422
    assert not Turn.objects.exists()


def test_a_turn_is_planned_given_on_swapped_and_taken_away(desk, client, lead):
    planner = client_of(lead)
    now = clock.now()
    typed = {
        "duty": "shift",
        "person": desk.agent.pk,
        "starts_at": local(now),
        "ends_at": local(now + 4 * HOUR),
    }
    assert client.post("/rota/turns/new/", typed).status_code == 403
    assert planner.post("/rota/turns/new/", typed).status_code == 302
    assert planner.post("/rota/turns/new/", typed).status_code == 422
    mine, theirs = Turn.objects.get(), a_turn(desk, desk.colleague, after=24, duty=Duty.SHIFT)
    assert "Swap it" in client.get(f"/rota/turns/{mine.pk}/").text
    assert "Swap it" not in client.get(f"/rota/turns/{theirs.pk}/").text
    client.post(f"/rota/turns/{mine.pk}/swap/", {"other": theirs.pk})
    mine.refresh_from_db()
    assert mine.person == desk.colleague
    given = {"person": lead.pk, "deputy": desk.agent.pk}
    planner.post(f"/rota/turns/{mine.pk}/", given)
    mine.refresh_from_db()
    assert (mine.person, mine.deputy) == (lead, desk.agent)
    assert client.post(f"/rota/turns/{mine.pk}/drop/").status_code == 403
    planner.post(f"/rota/turns/{mine.pk}/drop/")
    assert not Turn.objects.filter(pk=mine.pk).exists()


def test_my_turns_come_as_a_calendar(desk, client):
    turn = a_turn(desk, desk.agent)
    a_turn(desk, desk.colleague, after=8)
    [event] = Calendar.from_ical(client.get("/rota/mine.ics").content).walk("VEVENT")
    assert str(event["summary"]) == f"queue manager, {desk.desk.name}"
    assert event.decoded("dtend") - event.decoded("dtstart") == turn.ends_at - turn.starts_at


def test_the_queue_says_whose_day_it_is_and_new_tickets_need_them(desk, client):
    manager = an_agent(desk.desk)
    ticket = a_ticket(desk)
    theirs = client_of(manager)
    assert ticket.reference not in theirs.get("/queue/needs-you/").text
    a_turn(desk, manager)
    assert f"Queue manager: {manager.name}" in client.get("/queue/needs-you/").text
    page = theirs.get("/queue/needs-you/").text
    assert "Queue manager: you" in page
    assert ticket.reference in page


def test_the_page_of_a_ticket_says_who_answers_for_it_and_why(desk, client):
    ticket = a_ticket(desk)
    manager = an_agent(desk.desk, name="Maria Berg")
    a_turn(desk, manager)
    page = client.get(f"/tickets/{ticket.reference}/").text
    assert re.search(r"Answers for it\s*<b[^>]*>Maria Berg", page)
    assert "today&#39;s queue manager answers for it" in page
    assign_ticket(ticket.pk, to=desk.agent, by=desk.by)
    now = clock.now()
    announce_absence(
        desk.agent.pk, starts_at=now, ends_at=now + 5 * HOUR, stand_in=manager, by=SYSTEM
    )
    page = client_of(desk.colleague).get(f"/tickets/{ticket.reference}/").text
    assert "Maria Berg stands in" in page


def test_who_stands_in_has_in_their_queue_what_needs_the_absent(desk, client):
    ticket = a_ticket(desk)
    assign_ticket(ticket.pk, to=desk.agent, by=desk.by)
    stand_in = an_agent(desk.desk)
    theirs = client_of(stand_in)
    assert ticket.reference not in theirs.get("/queue/needs-you/").text
    now = clock.now()
    announce_absence(
        desk.agent.pk, starts_at=now, ends_at=now + 5 * HOUR, stand_in=stand_in, by=SYSTEM
    )
    assert ticket.reference in theirs.get("/queue/needs-you/").text
    note_presence(stand_in.pk)
