"""The page of what stands still: by team, with the reason, and the figures it rests on."""

from datetime import UTC, datetime, timedelta

import pytest
from budgets import Budget
from builders import a_service, an_administrator, an_organisation, somebody_with
from desktops import client_of
from django.test import Client
from levels import a_level, a_row

from ansvar.access.decisions import Role
from ansvar.kernel import clock
from ansvar.people.models import Person
from ansvar.servicelevels.commands import find_stuck
from ansvar.servicelevels.decisions.terms import LevelKind
from ansvar.servicelevels.models import StuckRule
from ansvar.tickets.commands import hand_over_ticket, wait_with_ticket
from ansvar.tickets.decisions import WaitingFor
from tickets import Workplace, a_ticket, a_workplace

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def at(day: int, hour: float) -> clock.at:
    return clock.at(MONDAY + timedelta(days=day, hours=hour))


@pytest.fixture
def place(db: None) -> Workplace:
    with at(0, 6):
        return a_workplace()


@pytest.fixture
def client(place: Workplace) -> Client:
    return client_of(somebody_with(Role.TEAM_LEAD, place.desk))


def test_tickets_that_stand_still_are_shown_by_team_with_the_reason(
    place: Workplace, client: Client, budget: Budget
):
    with at(0, 9):
        first, second = a_ticket(place), a_ticket(place)
        hand_over_ticket(second.pk, team=place.second, reason="Yours", by=place.by)
    with at(4, 9):
        find_stuck()
        with budget("stuck page"):
            page = client.get("/insight/stuck/").text
        assert page.index(place.first.name) < page.index(place.second.name)
        for _ in range(4):
            with at(0, 10):
                a_ticket(place)
        find_stuck()
        with budget("stuck page"):
            client.get("/insight/stuck/")
    assert (
        "2 tickets stand still for longer than is normal, the longest for 4 working days." in page
    )
    assert f"/tickets/{first.reference}/" in page
    assert "2 working days is the desk’s figure" in page


def test_what_waits_for_a_supplier_beyond_its_contract_is_shown(place: Workplace, client: Client):
    supplier = an_organisation(name="Nordkassa")
    with at(0, 7):
        a_level(place.desk, a_row(supplier=240), kind=LevelKind.UC)
    with at(0, 9):
        ticket = a_ticket(place)
        wait_with_ticket(ticket.pk, waiting_for=WaitingFor.SUPPLIER, supplier=supplier, by=place.by)
    with at(0, 12):
        assert "Nordkassa" not in client.get("/insight/stuck/").text
    with at(0, 15):
        page = client.get("/insight/stuck/").text
    assert "Nordkassa" in page
    assert "2 h" in page


def test_only_tickets_that_the_reader_may_see_are_shown(place: Workplace):
    owner: Person = somebody_with(Role.SERVICE_OWNER, place.desk)
    with at(0, 9):
        own = a_ticket(place, service=a_service(place.desk, owner=owner))
        other = a_ticket(place)
    with at(4, 9):
        find_stuck()
        page = client_of(owner).get("/insight/stuck/").text
    assert own.reference in page
    assert other.reference not in page


def test_who_manages_the_desk_sets_the_figures_there(place: Workplace, client: Client):
    path = f"/insight/stuck/{place.desk.pk}/rule/"
    filled = {"days": "3", "urgent_minutes": "60", "is_watched": "on"}
    assert client.post(path, filled).status_code == 403
    assert "Change these figures" not in client.get("/insight/stuck/").text
    admin = client_of(an_administrator(place.desk))
    assert admin.post(path, {**filled, "days": "0"}).status_code == 200
    assert admin.post(path, filled).status_code == 302
    rule = StuckRule.objects.get()
    assert (rule.days, rule.urgent_minutes, rule.is_watched) == (3, 60, True)
