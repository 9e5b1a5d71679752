"""Who hands tickets to whom: read from the custody of a desk's tickets."""

from datetime import timedelta
from decimal import Decimal

import pytest
from builders import a_service
from histories import HOUR, MONDAY, Crew, a_crew, walked

from ansvar.catalogue.commands import edit_service
from ansvar.insight.decisions.periods import Period
from ansvar.insight.passing_on import flows
from ansvar.insight.queries import Scope
from ansvar.kernel.actor import SYSTEM
from ansvar.people.commands import edit_team
from ansvar.tickets.decisions import Kind

pytestmark = pytest.mark.django_db

WEEK = Period(start=MONDAY - HOUR, end=MONDAY + timedelta(days=7))


@pytest.fixture
def crew() -> Crew:
    return a_crew()


def pairs(crew: Crew, **scope: object) -> list[tuple[str, int, int, float]]:
    """Return who handed to whom, how often, how often back, and the working hours lost."""
    found = flows(Scope(desk=crew.desk, **scope), WEEK)  # type: ignore[arg-type]
    return [
        (f"{one.giver}{one.team}", one.count, one.bounces, one.lost.working / HOUR) for one in found
    ]


def test_pairs_with_most_bounces_come_first(crew: Crew):
    walked(crew, "ACAC")
    walked(crew, "ACA")
    walked(crew, "AB")
    assert pairs(crew) == [("CA", 2, 2, 2), ("AC", 3, 1, 1), ("AB", 1, 0, 0)]


def test_only_tickets_opened_in_the_period_count(crew: Crew):
    walked(crew, "ACA", start=MONDAY - timedelta(days=7))
    walked(crew, "ABA", start=WEEK.end)
    assert pairs(crew) == []


def test_a_scope_narrows_down_to_tickets_of_a_service_or_held_by_a_team(crew: Crew):
    service = a_service(crew.desk)
    walked(crew, "ACA", service=service)
    walked(crew, "ABA")
    assert [pair for pair, *_counts in pairs(crew, service=service)] == ["CA", "AC"]
    assert [pair for pair, *_counts in pairs(crew, team=crew.teams["B"])] == ["BA", "AB"]


def test_project_work_goes_from_team_to_team_by_plan(crew: Crew):
    walked(crew, "ACA", kind=Kind.PROJECT_WORK)
    assert pairs(crew) == []


def test_only_working_time_is_lost_and_it_costs_what_rates_say(crew: Crew):
    service = a_service(crew.desk)
    edit_service(service.pk, cost_per_hour=Decimal(900), by=SYSTEM)
    edit_team(crew.teams["C"].pk, hourly_rate=Decimal("80.50"), by=SYSTEM)
    # Handed over at 16:30, and back half an hour after the desk has shut at 17.
    walked(crew, "ACA", start=MONDAY + 7.5 * HOUR, service=service)
    lost = flows(Scope(desk=crew.desk), WEEK)[0].lost
    assert (lost.elapsed, lost.working) == (HOUR, HOUR / 2)
    assert (lost.work, lost.business) == (Decimal("40.25"), Decimal(450))
    assert (lost.without_rate, lost.without_service_cost) == (timedelta(), timedelta())
