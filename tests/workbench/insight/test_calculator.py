"""The calculator: from numbers to a time, a sentence, and where each number comes from."""

from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from budgets import Budget
from builders import a_service, a_team, an_administrator, an_agent, somebody_with
from desktops import FRAGMENT, Desktop, client_of
from django.test import Client

from ansvar.access.decisions import Role
from ansvar.kernel import clock
from tickets import a_ticket

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NUMBERS = {
    "load": "54", "per": "day", "minutes": "20", "people": "3", "hours": "9", "busy": "100",
    "spread": "scattered", "objective": "90", "wished": "30",
}  # fmt: skip
"""Two of three people are kept busy: 8/9 are the share that is busy, 4/9 of tickets wait."""


def answer(client: Client, *, fragment: bool = False, **wanted: str) -> str:
    query = urlencode({**NUMBERS, **wanted})
    found = client.get(f"/insight/calculator/?{query}", headers=FRAGMENT if fragment else None)
    assert found.status_code == 200
    return " ".join(found.content.decode().split())


def test_time_free_share_and_occupancy_are_those_of_the_formula(client: Client):
    page = answer(client)
    # 20 min / (3 - 2) * ln((4/9) / (1 - 0.9)) = 29.8 min
    assert "taken up within <b>29 min</b>" in page
    assert "56 % find somebody free at once" in page
    assert "busy 67 %" in page
    assert "For 90 % within 30 min it takes 3 people." in page


def test_the_sentence_names_what_it_holds_under(desk: Desktop, client: Client):
    page = answer(client, of=f"team-{desk.first.pk}")
    assert (
        f"{desk.first.name} takes up 90 % of tickets within 30 min of working time, as long as"
        " no more than 54 come in on a working day and 3 people are at work."
    ) in page


def test_tickets_counted_by_the_hour_are_the_same_load(client: Client):
    page = answer(client, load="6", per="hour")
    assert "taken up within <b>29 min</b>" in page
    assert "no more than 6 come in in an hour" in page


def test_long_times_are_said_in_working_days(client: Client):
    page = answer(client, load="4.4", minutes="360", hours="9")
    assert "working days</b>" in page
    assert "working days of working time" in page


def test_people_who_do_not_keep_up_are_promised_nothing(client: Client):
    page = answer(client, people="1")
    assert "1 person cannot keep up: no time can be promised." in page
    assert "27 tickets are left over each day. Just to keep up takes 3 people." in page
    assert "For the agreement" not in page


def test_what_is_nearly_full_says_what_a_little_more_would_do(client: Client):
    assert "With a tenth more tickets it would be" in answer(client, load="70")
    assert "With a tenth more tickets they would not keep up." in answer(client, load="78")
    assert "With a tenth more" not in answer(client)


def test_moving_a_number_answers_with_the_outlook_alone(client: Client):
    part = answer(client, fragment=True)
    assert "taken up within <b>29 min</b>" in part
    assert "<form" not in part


@pytest.mark.parametrize(
    ("field", "value"), [("people", "0"), ("busy", "0"), ("hours", "x"), ("spread", "no")]
)
def test_a_number_out_of_bounds_is_named(client: Client, field: str, value: str):
    assert "A number is missing or out of bounds" in answer(client, **{field: value})
    assert "A number is missing" in answer(client, fragment=True, **{field: value})


def test_the_form_begins_with_what_was_counted_and_says_so(desk: Desktop, client: Client):
    with clock.at(datetime(2026, 10, 21, 9, tzinfo=STOCKHOLM)):
        for _ in range(8):
            a_ticket(desk, service=desk.service)
    with clock.at(datetime(2026, 10, 26, 9, tzinfo=STOCKHOLM)):
        page = " ".join(client.get("/insight/calculator/").content.decode().split())
    assert "2.7 a working day, from 8 tickets of the last 3 working days" in page
    assert 'name="load" value="2.7"' in page
    assert "2 people work in" in page
    assert "9 on average, by the calendar" in page


def test_without_tickets_everything_is_assumed(desk: Desktop, client: Client):
    page = client.get("/insight/calculator/").content.decode()
    assert "No ticket has been counted on a working day yet." in page
    assert 'name="load" value="40"' in page


def test_of_other_desks_nothing_is_counted(desk: Desktop, stranger: Client):
    a_ticket(desk)
    for key in (f"desk-{desk.desk.pk}", f"team-{desk.first.pk}", f"service-{desk.service.pk}"):
        page = stranger.get(f"/insight/calculator/?of={key}").content.decode()
        assert desk.desk.name not in page
        assert desk.first.name not in page


def test_teams_and_services_and_desks_can_be_chosen(desk: Desktop):
    elsewhere = a_team()
    page = client_of(an_administrator()).get(f"/insight/calculator/?of=service-{desk.service.pk}")
    text = page.content.decode()
    for name in (desk.desk.name, desk.second.name, desk.service.name, elsewhere.desk.name):
        assert f">{name}</option>" in text
    assert f'value="service-{desk.service.pk}" selected' in text


def test_costs_the_same_for_few_and_many(desk: Desktop, client: Client, budget: Budget):
    for number in (1, 6):
        for _ in range(number):
            a_ticket(desk, service=a_service(desk.desk))
            an_agent(team=desk.first)
        with budget("calculator"):
            client.get("/insight/calculator/")
    with budget("calculator, moving a number"):
        answer(client, fragment=True, of=f"desk-{desk.desk.pk}")


def test_the_home_page_lists_what_the_reader_may_open(desk: Desktop, client: Client):
    agents = client.get("/insight/").content.decode()
    assert "/insight/calculator/" in agents
    assert "/insight/need/" not in agents
    lead = client_of(somebody_with(Role.TEAM_LEAD, desk.desk))
    assert "/insight/need/" in lead.get("/insight/").content.decode()
