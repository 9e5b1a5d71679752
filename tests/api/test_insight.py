"""Figures for programs: the same as on the pages, for who may see those of the desk."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import (
    OFFICE_HOURS,
    a_calendar,
    a_desk,
    a_team,
    acting,
    an_agent,
    an_agreed_service,
    somebody_with,
)
from levels import a_level
from programs import Program

from ansvar.access.decisions import Role
from ansvar.insight.commands import recompute_promises
from ansvar.kernel import clock
from ansvar.servicelevels.decisions.terms import Measure, Row, Target
from ansvar.tickets.commands import resolve_ticket
from tickets import Workplace, a_ticket

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
NOW = MONDAY + timedelta(hours=17)


@pytest.fixture
def place() -> Workplace:
    """A desk open from 8 to 17, with one ticket that took five hours against four."""
    with clock.at(MONDAY + timedelta(hours=6)):
        desk = a_desk(calendar=a_calendar(hours=OFFICE_HOURS))
        first, second = a_team(desk), a_team(desk, line=2)
        agent = an_agent(team=first)
        a_level(desk, Row(targets={Measure.RESOLUTION: Target(minutes=240, objective=95)}))
    place = Workplace(desk=desk, first=first, second=second, agent=agent, by=acting(agent))
    with clock.at(MONDAY + timedelta(hours=9)):
        ticket = a_ticket(place, service=an_agreed_service(desk))
    with clock.at(MONDAY + timedelta(hours=14)):
        resolve_ticket(ticket.pk, resolution="Restarted it.", by=place.by)
    return place


@pytest.fixture
def lead(place: Workplace) -> Program:
    return Program(somebody_with(Role.TEAM_LEAD, place.desk))


def test_what_was_kept_is_told_with_whose_time_it_was(place: Workplace, lead: Program):
    with clock.at(NOW):
        body = lead.get(f"/insight/desks/{place.desk.pk}/levels?days=7").json()
    (sla,) = [one for one in body["levels"] if one["kind"] == "sla"]
    (target,) = sla["targets"]
    assert (target["kept"], target["late"], target["objective"]) == (0, 1, 95.0)
    assert target["months"] == [{"month": "2026-03-01", "kept": 0, "late": 1}]
    assert (sla["minutes_beyond"], sla["blames"][0]["id"]) == (60, place.first.pk)
    assert (body["opened"], body["opened_without_level"]) == (1, 0)


def test_silence_is_told_by_team(place: Workplace, lead: Program):
    with clock.at(NOW):
        body = lead.get(f"/insight/desks/{place.desk.pk}/silence").json()
    (team,) = body["teams"]
    assert (team["id"], team["never_informed"], team["acknowledge"]) == (
        place.first.pk, 1, {"due": 1, "late": 1}
    )  # fmt: skip
    assert team["longest"]["working_minutes"] == 300


def test_a_service_with_too_few_tickets_promises_nothing(place: Workplace, lead: Program):
    recompute_promises(place.desk.pk)
    items = lead.get(f"/insight/desks/{place.desk.pk}/promises").json()["items"]
    assert {(item["service"] is None, item["sentence"], item["amount"]) for item in items} == {
        (True, "", None), (False, "", None)
    }  # fmt: skip


def test_hand_overs_and_a_rule_held_against_them_are_told(place: Workplace, lead: Program):
    path = f"/insight/desks/{place.desk.pk}/handovers"
    with clock.at(MONDAY + timedelta(hours=20)):
        body = lead.get(f"{path}?kind=incident&period=year").json()
        asked = lead.get(f"{path}/what-if?mode=always").json()
        filed = lead.get(f"/insight/desks/{place.desk.pk}/classification").json()
    assert body["cases"] == sum(body["histogram"].values()) == body["periods"][0]["cases"]
    assert (asked["mode"], asked["asked"], asked["cases"]) == (
        "always",
        body["handovers"],
        body["cases"],
    )
    assert filed["tickets"] == filed["right_first_time"]
    assert lead.get(f"{path}?service=999999").status_code == 404


@pytest.mark.parametrize(
    "what",
    ["promises", "silence", "levels", "handovers", "handovers/what-if", "classification"],
)
def test_figures_of_other_desks_do_not_exist(place: Workplace, what: str):
    path = f"/insight/desks/{place.desk.pk}/{what}"
    assert Program(place.agent).get(path).status_code == 403
    assert Program(somebody_with(Role.TEAM_LEAD, a_desk())).get(path).status_code == 404
