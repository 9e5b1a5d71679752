"""The pages of silence and of service levels: sentences, tables, the tickets behind a figure."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from budgets import Budget
from builders import OFFICE_HOURS, a_calendar, a_desk, a_team, acting, an_agent, somebody_with
from desktops import client_of
from django.http import HttpResponseBase
from django.test import Client
from levels import a_level, a_row

from ansvar.access.decisions import Role
from ansvar.conversations.commands.talking import write_reply
from ansvar.kernel import clock
from ansvar.servicelevels.decisions.terms import LevelKind, Measure, Origin, Row, Target
from ansvar.tickets.commands import hand_over_ticket, resolve_ticket
from ansvar.tickets.models import Ticket
from tickets import Workplace, a_ticket

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
NOW = MONDAY + timedelta(days=2, hours=17)


def at(hour: int, *, day: int = 0) -> clock.at:
    return clock.at(MONDAY + timedelta(days=day, hours=hour))


@pytest.fixture
def place() -> Workplace:
    """A desk open from 8 to 17, with its first policy and an agreement of four hours."""
    with at(6):
        desk = a_desk(calendar=a_calendar(hours=OFFICE_HOURS))
        first, second = a_team(desk, name="Front"), a_team(desk, name="Network", line=2)
        agent = an_agent(team=first)
        target = Target(minutes=240, objective=95, origin=Origin.AGREED, origin_by="the shops")
        a_level(desk, Row(targets={Measure.RESOLUTION: target}))
    return Workplace(desk=desk, first=first, second=second, agent=agent, by=acting(agent))


@pytest.fixture
def lead(place: Workplace) -> Client:
    return client_of(somebody_with(Role.TEAM_LEAD, place.desk))


def a_day(place: Workplace) -> tuple[Ticket, Ticket]:
    """Return a ticket that was solved in an hour without a word, and one that took a day."""
    with at(9):
        quick, slow = a_ticket(place), a_ticket(place, subject="=The till is slow")
    with at(10):
        resolve_ticket(quick.pk, resolution="Restarted it.", by=place.by)
        hand_over_ticket(slow.pk, team=place.second, reason="Yours", by=place.by)
        write_reply(slow.pk, text="We look at it.", by=place.by)
    with at(10, day=1):
        resolve_ticket(slow.pk, resolution="Exchanged it.", by=place.by)
    return quick, slow


def page(client: Client, address: str, **wanted: Any) -> str:
    with clock.at(NOW):
        answer = client.get(address, wanted)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def rows_of(answer: HttpResponseBase) -> list[dict[str, str]]:
    text = b"".join(answer).decode("utf-8-sig")  # type: ignore[arg-type]  # a stream of bytes
    return list(csv.DictReader(io.StringIO(text)))


def test_silence_is_said_in_sentences_and_told_by_team(place: Workplace, lead: Client):
    _quick, slow = a_day(place)
    text = page(lead, "/insight/silence/")
    assert "Of 2 solved tickets 1 never got any message from us, and 0 only automatic ones." in text
    assert (
        "5 times somebody was to hear from us; 2 times it came late (40 %), most often from" in text
    )
    assert f"The longest silence was 9 h of working time on {slow.reference} (Network)." in text
    with clock.at(NOW):
        sheet = rows_of(lead.get("/insight/silence/table.csv"))
    assert [(row["team"], row["acknowledge_late"], row["never_informed"]) for row in sheet] == [
        ("Front", "2", "1"), ("Network", "0", "0")
    ]  # fmt: skip


def test_levels_are_told_with_objective_origin_and_whose_time_it_was(
    place: Workplace, lead: Client
):
    a_day(place)
    text = page(lead, "/insight/levels/", days=30, kind="sla")
    assert "1 of 2 clocks ended in time (50 %)." in text
    assert "1 of 1 target is below its objective." in text
    assert "agreed, by the shops" in text
    # Ten hours, of which Front had one: six beyond the target.
    assert (
        "Of 6 h of working time beyond the targets: Network 90 %, Front 10 %, the requester 0 %."
        in text
    )
    with clock.at(NOW):
        (row,) = rows_of(lead.get("/insight/levels/table.csv", {"days": 30, "kind": "sla"}))
    assert (row["kept"], row["late"], row["objective_percent"]) == ("1", "1", "95")


def test_the_missed_ones_are_listed_for_who_may_read_them(place: Workplace, lead: Client):
    quick, slow = a_day(place)
    text = page(lead, "/insight/levels/missed/", days=30, measure="resolution")
    assert slow.reference in text
    assert "The till is slow" in text
    assert quick.reference not in text
    owner = client_of(somebody_with(Role.SERVICE_OWNER, place.desk))
    text = page(owner, "/insight/levels/missed/", days=30, measure="resolution")
    assert slow.reference in text
    assert "The till is slow" not in text


def test_long_lists_of_missed_ones_go_on(place: Workplace, lead: Client, monkeypatch):
    from ansvar.workbench.insight import missed  # noqa: PLC0415 - only this test shortens its pages

    monkeypatch.setattr(missed, "PAGE_SIZE", 1)
    a_day(place)
    with clock.at(NOW):
        first = lead.get("/insight/levels/missed/?days=30")
        more_url = first.content.decode().split('href="?days')[1].split('"')[0]
        second = lead.get(f"/insight/levels/missed/?days{more_url.replace('&amp;', '&')}")
    assert "Show more" in first.content.decode()
    assert second.content != first.content


@pytest.mark.parametrize("name", ["silence", "levels", "promises"])
def test_figures_are_for_who_may_see_those_of_the_desk(place: Workplace, name: str):
    assert client_of(place.agent).get(f"/insight/{name}/").status_code == 403
    elsewhere = client_of(somebody_with(Role.TEAM_LEAD, a_desk()))
    a_day(place)
    assert "Network" not in page(elsewhere, f"/insight/{name}/", desk=place.desk.pk)


@pytest.mark.parametrize("name", ["silence", "levels", "missed"])
def test_more_tickets_cost_no_more_queries(place: Workplace, lead: Client, budget: Budget, name):
    address = "/insight/levels/missed/" if name == "missed" else f"/insight/{name}/"
    a_level(place.desk, a_row(hold=5), kind=LevelKind.OLA)
    a_day(place)
    page(lead, address)
    with budget(name):
        page(lead, address)
    a_day(place)
    a_day(place)
    with budget(name):
        page(lead, address)
