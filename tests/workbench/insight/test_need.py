"""The page of after-hours need: the map of the week, its sentence, its table for others."""

import csv
import io
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from budgets import Budget
from builders import (
    OFFICE_HOURS,
    a_calendar,
    a_desk,
    a_service,
    a_team,
    acting,
    an_administrator,
    an_agent,
    somebody_with,
)
from desktops import client_of
from django.test import Client

from ansvar.access.decisions import Role
from ansvar.kernel import clock
from ansvar.tickets.commands import override_priority
from tickets import Workplace, a_ticket

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.fixture
def place(db: None) -> Workplace:
    """A desk open on weekdays from eight to five, with contacts of one October."""
    calendar = a_calendar(timezone="Europe/Stockholm", hours=OFFICE_HOURS, holiday_country="SE")
    desk = a_desk(calendar=calendar)
    first, second = a_team(desk), a_team(desk, line=2)
    agent = an_agent(team=first)
    made = Workplace(desk=desk, first=first, second=second, agent=agent, by=acting(agent))
    for _ in range(3):
        came(made, "2026-10-20T09:15")
    came(made, "2026-10-20T22:15", channel="phone", service=a_service(desk, name="=1+1"))
    urgent = came(made, "2026-10-24T03:00")
    override_priority(urgent, priority=1, reason="All stand still.", by=made.by)
    return made


def came(place: Workplace, moment: str, **wanted: object) -> int:
    with clock.at(datetime.fromisoformat(moment).replace(tzinfo=STOCKHOLM)):
        return a_ticket(place, **wanted).pk


def shown(client: Client, query: str = "days=30") -> str:
    with clock.at(datetime(2026, 11, 2, 10, tzinfo=STOCKHOLM)):
        answer = client.get(f"/insight/need/?{query}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def lead(place: Workplace) -> Client:
    return client_of(somebody_with(Role.TEAM_LEAD, place.desk))


def test_the_sentence_says_how_many_come_outside_hours(place: Workplace):
    page = shown(lead(place))
    assert "Of 5 contacts a month 2 come outside hours, 1 of them P1." in page
    assert "On 28 days nobody came outside hours." in page


def test_a_longer_period_is_said_for_a_month(place: Workplace):
    page = shown(lead(place), "days=90")
    assert "Of 1.7 contacts a month 0.7 come outside hours, 0.3 of them P1." in page
    assert "Counted in 90 days: 5 contacts, 2 of them outside hours" in page


def test_hours_of_the_map_show_number_openness_and_who_came_outside(place: Workplace):
    page = shown(lead(place))
    assert 'class="shade-5 open" title="Tue 09:00: 3 contacts, 0 outside hours">3</td>' in page
    assert 'class="shade-2 shut needed" title="Tue 22:00: 1 contact, 1 outside hours">1<' in page
    assert "(1 outside hours)" in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("days=30&channels=phone", "Of 1 contacts a month 1 come outside hours"),
        ("days=30&up_to=1", "Of 1 contacts a month 1 come outside hours, 1 of them P1."),
        ("days=x", "Of 5 contacts a month"),
        ("days=30&channels=api", "No contacts"),
    ],
)
def test_what_is_asked_for_narrows_down(place: Workplace, query: str, words: str):
    assert words in shown(lead(place), query)


def test_the_table_for_other_programs_has_the_same_counts(place: Workplace):
    client = lead(place)
    assert "/insight/need/table.csv?days=30" in shown(client)
    with clock.at(datetime(2026, 11, 2, 10, tzinfo=STOCKHOLM)):
        answer = client.get("/insight/need/table.csv?days=30")
    text = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert sum(int(row["contacts"]) for row in rows) == 5
    assert [row["hour"] for row in rows if row["in_hours"] == "no"] == ["22", "3"]
    assert {row["service"] for row in rows} == {"", "'=1+1"}
    assert ".csv" in answer["Content-Disposition"]


def test_figures_of_a_desk_are_for_those_with_a_right_on_it(place: Workplace):
    assert client_of(place.agent).get("/insight/need/").status_code == 403
    elsewhere = client_of(somebody_with(Role.SUPERVISOR, a_team().desk))
    for path in ("/insight/need/", "/insight/need/table.csv"):
        answer = elsewhere.get(path, {"days": "365", "desk": str(place.desk.pk)})
        assert place.desk.name.encode() not in b"".join(answer)
    page = shown(elsewhere, f"days=365&desk={place.desk.pk}")
    assert "No contacts" in page


def test_who_sees_figures_of_several_desks_chooses_one(place: Workplace):
    a_desk(name="Aaa first")
    everywhere = client_of(an_administrator())
    assert "No contacts" in shown(everywhere)
    assert "Of 5 contacts a month" in shown(everywhere, f"days=30&desk={place.desk.pk}")


def test_costs_the_same_for_few_and_many(place: Workplace, budget: Budget):
    client = lead(place)
    for number in (1, 8):
        for hour in range(number):
            came(place, f"2026-10-2{hour}T0{hour}:00", service=a_service(place.desk))
        with budget("need"):
            shown(client)
