"""The pages about ownership: ping-pong, a rule held against it, filing, volumes, who took what."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from budgets import Budget
from builders import a_desk, a_service, acting, an_agent, somebody_with
from desktops import client_of
from django.test import Client
from histories import HOUR, MONDAY, Crew, a_crew, walked

from ansvar.access.decisions import Role
from ansvar.catalogue.commands import edit_service
from ansvar.insight.decisions.losing import Loss
from ansvar.insight.passing_on import Flow
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.people.commands import edit_team
from ansvar.people.models import Person, Team
from ansvar.tickets.commands import assign_ticket, open_ticket, resolve_ticket
from ansvar.workbench.insight.flow_picture import MOST_RIBBONS, picture_of

NOW = MONDAY + timedelta(days=20)
PAGES = ("handovers", "handovers/what-if", "filed", "volumes", "taken")
RANGE = "since=2026-03-01&until=2026-03-20"


@pytest.fixture
def crew() -> Crew:
    return a_crew()


@pytest.fixture
def lead(crew: Crew) -> Client:
    return client_of(somebody_with(Role.TEAM_LEAD, crew.desk))


def shown(client: Client, name: str, query: str = RANGE) -> str:
    with clock.at(NOW):
        answer = client.get(f"/insight/{name}/?{query}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def table(client: Client, name: str, query: str = "") -> list[list[str]]:
    with clock.at(NOW):
        answer = client.get(f"/insight/{name}/table.csv?{RANGE}&{query}")
    assert answer.status_code == 200
    text = b"".join(answer).decode("utf-8-sig")  # type: ignore[arg-type]  # a streamed answer
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.django_db
def test_ping_pong_is_said_in_sentences_drawn_and_told_pair_by_pair(crew: Crew, lead: Client):
    till = a_service(crew.desk, name="Till")
    edit_service(till.pk, cost_per_hour=Decimal(100), by=SYSTEM)
    edit_team(crew.teams["C"].pk, hourly_rate=Decimal(50), by=SYSTEM)
    walked(crew, "ACA", service=till)
    walked(crew, "AB")
    text = shown(lead, "handovers")
    assert "Of 2 tickets 1 (50 %) went from one team to another and straight back" in text
    assert "50 % never left the first line." in text
    assert "1 h of working time went by" in text
    assert "that cost 150 EUR." in text
    assert "C back to A: 1 time, 1 h of working time lost" in text
    assert ["C", "A", "1", "1"] in [row[:4] for row in table(lead, "handovers", "table=pair")]
    assert [row[0] for row in table(lead, "handovers")] == ["team", "C", "A", "B"]
    assert lead.get("/insight/handovers/table.csv?table=nothing").status_code == 404


@pytest.mark.django_db
def test_dates_in_the_wrong_order_are_shown_as_wrong_and_narrow_nothing_down(
    crew: Crew, lead: Client
):
    walked(crew, "A")
    text = shown(lead, "handovers", "since=2026-03-10&until=2026-03-01")
    assert "This lies before the first date." in text
    assert "None of 1 tickets" in text
    assert "Between these dates nothing was opened" in shown(
        lead, "handovers", "since=2026-01-01&until=2026-01-02"
    )


@pytest.mark.django_db
def test_a_rule_is_held_against_what_has_happened(crew: Crew, lead: Client):
    walked(crew, "ABAB")
    walked(crew, "ABA")
    walked(crew, "A")
    free = shown(lead, "handovers/what-if", f"{RANGE}&mode=free")
    assert "The owner would have been asked 3 times about 2 of 3 tickets" in free
    assert "Of 3 bounces, in which 3 h of working time were lost, it could have stopped 2." in free
    always = shown(lead, "handovers/what-if", f"{RANGE}&mode=always")
    assert "it could have stopped between 2 and 3." in always


@pytest.mark.django_db
def test_agents_see_their_own_figures_and_leads_those_of_all(crew: Crew, lead: Client):
    with clock.at(MONDAY):
        ann, bob = (an_agent(team=crew.teams["A"], name=name) for name in ("Ann", "Bob"))
        for person in (ann, ann, bob):
            solve_one(crew, person)
    own = shown(client_of(ann), "taken")
    assert "You solved 2 tickets; by how much work they usually are, they count as 2." in own
    assert "Ann" in own
    assert "Bob" not in own
    assert "2 people solved 3 tickets; 0 % of them were easy ones." in shown(lead, "taken")
    assert [row[:2] for row in table(lead, "taken")[1:]] == [["Ann", "2"], ["Bob", "1"]]
    assert "3 tickets came, 3 of them incidents and 0 requests; 0 were closed." in shown(
        lead, "volumes"
    )
    assert ["2026-03", "A", "Bob", "1"] in [row[:4] for row in table(lead, "volumes")]
    assert "Of 3 solved tickets 3 (100 %) ended as what they were filed first." in shown(
        lead, "filed"
    )
    assert table(lead, "filed", "table=channel")[1][:3] == ["phone", "3", "3"]


def solve_one(crew: Crew, person: Person) -> None:
    ticket = open_ticket(
        desk=crew.desk, requester=crew.requester, subject="Matter", channel="phone", by=SYSTEM
    )
    assign_ticket(ticket.pk, to=person, by=acting(person))
    with clock.at(MONDAY + HOUR):
        resolve_ticket(ticket.pk, resolution="Mended.", by=acting(person))


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_figures_are_for_who_may_see_those_of_the_desk(crew: Crew, name: str):
    walked(crew, "ACA", subject="Secret matter")
    agent = client_of(an_agent(team=crew.teams["A"]))
    if name != "taken":
        assert agent.get(f"/insight/{name}/").status_code == 403
    if name != "handovers/what-if":
        assert agent.get(f"/insight/{name}/table.csv").status_code == 403
    elsewhere = client_of(somebody_with(Role.TEAM_LEAD, a_desk()))
    text = shown(elsewhere, name, f"{RANGE}&desk={crew.desk.pk}")
    assert crew.desk.name not in text


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_more_tickets_cost_no_more_queries(crew: Crew, lead: Client, budget: Budget, name: str):
    for path in ("ACA", "AB"):
        walked(crew, path)
    shown(lead, name)
    with budget(name):
        shown(lead, name)
    for path in ("ACA", "ABDB", "A"):
        walked(crew, path)
    with budget(name):
        shown(lead, name)


def flow(giver: int, team: int, *, bounces: int, hours: int = 1) -> Flow:
    teams = [Team(pk=pk, name=f"Team {pk}") for pk in (giver, team)]
    lost = Loss(elapsed=hours * HOUR, working=hours * HOUR)
    return Flow(giver=teams[0], team=teams[1], count=bounces + 1, bounces=bounces, lost=lost)


def test_picture_marks_where_most_time_was_lost_and_says_what_it_leaves_out():
    few = [flow(1, 2, bounces=9), flow(2, 1, bounces=2, hours=30), flow(3, 1, bounces=0)]
    picture = picture_of(few)
    assert picture is not None
    assert [ribbon.title for ribbon in picture.ribbons if ribbon.is_worst] == [
        "Team 2 back to Team 1: 2 times, 30 h of working time lost"
    ]
    assert [(node.name, node.is_left) for node in picture.nodes] == [
        ("Team 1", True),
        ("Team 2", True),
        ("Team 2", False),
        ("Team 1", False),
    ]
    many = picture_of([flow(number, 99, bounces=number) for number in range(1, MOST_RIBBONS + 3)])
    assert many is not None
    assert len(many.ribbons) == MOST_RIBBONS
    assert many.left_out == "2 pairs with fewer bounces are only in the table."
    assert picture_of([flow(1, 2, bounces=0)]) is None
