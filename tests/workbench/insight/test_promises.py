"""Promises on pages: seen by who may see figures, read by requesters once allowed."""

from datetime import UTC, datetime, timedelta

import pytest
from budgets import Budget
from builders import (
    OFFICE_HOURS,
    a_calendar,
    a_desk,
    a_person,
    a_team,
    acting,
    an_administrator,
    an_agent,
    an_agreed_service,
    somebody_with,
)
from desktops import client_of
from django.test import Client
from levels import a_level

from ansvar.access.decisions import Role
from ansvar.catalogue.models import Service
from ansvar.insight.commands import recompute_promises
from ansvar.insight.models import PromiseTerms, ShownPromise
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.servicelevels.decisions.terms import Measure, Origin, Row, Target
from ansvar.tickets.commands import close_ticket, resolve_ticket
from tickets import Workplace, a_ticket

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
NOW = MONDAY + timedelta(days=20)
SENTENCE = "90 % of these are solved within 1 working day (20 of 20 closed in the last 6 months)."


@pytest.fixture
def place() -> Workplace:
    with clock.at(MONDAY + timedelta(hours=6)):
        desk = a_desk(calendar=a_calendar(hours=OFFICE_HOURS))
        first, second = a_team(desk), a_team(desk, line=2)
        agent = an_agent(team=first)
    return Workplace(desk=desk, first=first, second=second, agent=agent, by=acting(agent))


@pytest.fixture
def service(place: Workplace) -> Service:
    """A service of which twenty tickets took five hours each, agreed were six."""
    service = an_agreed_service(place.desk, owner=somebody_with(Role.SERVICE_OWNER, place.desk))
    target = Target(minutes=360, objective=90, origin=Origin.ASKED, origin_by="the shops")
    with clock.at(MONDAY + timedelta(hours=7)):
        a_level(place.desk, Row(targets={Measure.RESOLUTION: target}))
    for _number in range(20):
        with clock.at(MONDAY + timedelta(hours=9)):
            ticket = a_ticket(place, service=service)
        with clock.at(MONDAY + timedelta(hours=14)):
            resolve_ticket(ticket.pk, resolution="Restarted it.", by=place.by)
            close_ticket(ticket.pk, by=SYSTEM)
    with clock.at(NOW):
        recompute_promises(place.desk.pk)
    return service


def page(client: Client, address: str) -> str:
    with clock.at(NOW):
        answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_an_administrator_lets_requesters_read_what_is_previewed(
    place: Workplace, service: Service
):
    admin, requester = client_of(an_administrator(place.desk)), client_of(a_person())
    assert SENTENCE in page(admin, "/insight/promises/")
    for address in (f"/portal/services/{service.pk}/", "/portal/report/"):
        assert SENTENCE not in page(requester, address)
    shown = f"/insight/promises/{place.desk.pk}/shown"
    answer = admin.post(shown, {"services": [service.pk], "with_desk": "on"}, follow=True)
    assert "Requesters read the ticked sentences from now on." in answer.content.decode()
    for address in (f"/portal/services/{service.pk}/", "/portal/report/"):
        assert SENTENCE in page(requester, address)
    assert "90 % of all matters here are solved" in page(requester, "/portal/report/")
    assert "without the time in which we waited" in page(requester, "/portal/report/")
    assert SENTENCE in page(client_of(place.agent), f"/services/{service.pk}/")


def test_who_sees_figures_and_manages_no_desk_only_reads(place: Workplace, service: Service):
    lead = client_of(somebody_with(Role.TEAM_LEAD, place.desk))
    text = page(lead, "/insight/promises/")
    assert SENTENCE in text
    assert 'type="checkbox"' not in text.split("<main")[1]
    elsewhere = client_of(an_administrator(a_desk()))
    for what in ("shown", "months"):
        address = f"/insight/promises/{place.desk.pk}/{what}"
        assert lead.post(address).status_code == 403
        assert elsewhere.post(address).status_code == 404
    assert not ShownPromise.objects.exists()


def test_the_months_are_set_on_the_page(place: Workplace):
    admin = client_of(an_administrator(place.desk))
    address = f"/insight/promises/{place.desk.pk}/months"
    assert admin.post(address, {"months": "0"}).status_code == 422
    assert admin.post(address, {"months": "3"}).status_code == 302
    assert PromiseTerms.objects.get(desk=place.desk).months == 3


def test_the_owner_sees_how_the_agreed_target_was_kept(place: Workplace, service: Service):
    address = f"/services/{service.pk}/"
    text = page(client_of(service.owner), address)
    assert "asked for by the customer, by the shops" in text
    assert "20 of 20" in text
    assert "than the 90 days before" not in text
    assert "Requesters do not see it; an administrator can let them." in text
    agent = page(client_of(place.agent), address)
    assert "Agreed and kept" not in agent
    assert SENTENCE not in agent


def test_promises_cost_a_page_no_query_for_each_service(
    place: Workplace, service: Service, budget: Budget
):
    admin, requester = client_of(an_administrator(place.desk)), client_of(a_person())
    for name, client, address in (
        ("promises", admin, "/insight/promises/"),
        ("report form with promises", requester, "/portal/report/"),
    ):
        page(client, address)
        with budget(name):
            page(client, address)
        an_agreed_service(place.desk)
        with budget(name):
            page(client, address)
