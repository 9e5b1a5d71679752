"""The monthly letter: what stands in it, to whom it goes, and on paper."""

import io

import pypdf
import pytest
from budgets import Budget
from builders import a_service, acting, an_agent
from desktops import client_of
from owned import Owned, an_owned_service, at

from ansvar.catalogue.commands import edit_service, set_dependencies
from ansvar.kernel.actor import SYSTEM
from ansvar.people.commands import edit_team
from ansvar.tickets.commands import (
    answer_task,
    ask_others,
    credit_help,
    decide_hand_over,
    resolve_ticket,
)
from ansvar.tickets.decisions import Answer, TaskKind
from tickets import handed_back

pytestmark = pytest.mark.django_db
MARCH = "/services/letter/2026-03/"
APRIL_1 = 30
"""Days from the second of March to the first of April."""


@pytest.fixture
def owned() -> Owned:
    with at(0, 6):
        owned = an_owned_service()
        edit_team(owned.place.second.pk, hourly_rate=100, by=SYSTEM)
        edit_service(owned.service.pk, cost_per_hour=1000, by=SYSTEM)
        return owned


def a_month(owned: Owned) -> None:
    """Let a ticket go and come back, a hand-over be refused, and an expert help."""
    expert = an_agent(team=owned.place.second, name="Eva Expert")
    with at(0, 9):
        bounced, kept = owned.asked(), owned.asked()
    with at(0, 10):
        decide_hand_over(bounced.pk, answer=Answer.GIVE, by=acting(owned.owner))
        decide_hand_over(kept.pk, answer=Answer.KEEP, by=acting(owned.deputy))
    with at(0, 12):
        handed_back(bounced.ticket, owned.place.first, by=acting(owned.second))
        ask = {"kind": TaskKind.QUESTION, "words": "Why?", "by": owned.place.by}
        task = ask_others(kept.ticket_id, person=expert, **ask)
        answer_task(task.pk, words="The clock.", by=acting(expert))
        credit_help(task.pk, has_helped=True, by=owned.place.by)
        resolve_ticket(kept.ticket_id, resolution="Set it.", by=owned.place.by)


def test_the_letter_tells_of_the_month_what_there_was(owned, budget: Budget):
    a_month(owned)
    with at(APRIL_1, 9):
        client = client_of(owned.owner)
        with budget("monthly letter"):
            page = client.get(MARCH).text
        for _ in range(3):
            a_service(owned.place.desk, owner=owned.owner, deputy=owned.deputy)
        with budget("monthly letter"):
            client.get(MARCH)
    assert "This is how your services did in March 2026." in page
    assert "You were asked about 3 hand-overs." in page
    assert "1 kept where it is" in page
    assert "Eva Expert: answered 1 question or task, 1 helped" in page
    assert "time one came back, 2 h lost" in page
    # Two hours of the other team at 100, and two without the service at 1,000.
    assert "about 2,200 EUR" in page
    assert "has no deputy" not in page


def test_of_a_month_without_anything_it_says_so(owned):
    with at(APRIL_1, 9):
        page = client_of(owned.owner).get("/services/letter/2026-02/").text
    assert "No hand-over was put before you." in page


def test_the_latest_letter_is_that_of_the_last_month_and_none_is_of_the_future(owned):
    client = client_of(owned.owner)
    with at(APRIL_1, 9):
        assert client.get("/services/letter/")["Location"] == MARCH
        assert "so far" in client.get("/services/letter/2026-04/").text
        assert client.get("/services/letter/2026-05/").status_code == 404
        assert client.get("/services/letter/2026-13/").status_code == 404


def test_it_is_the_readers_own_unless_the_reader_sees_the_figures_of_the_desk(owned):
    with at(APRIL_1, 9):
        theirs = f"{MARCH}?whose={owned.owner.pk}"
        assert "to Olga Owner" in client_of(owned.supervisor).get(theirs).text
        assert client_of(owned.place.agent).get(theirs).status_code == 404
        assert "No letter for you" in client_of(owned.place.agent).get(MARCH).text


def test_it_can_be_kept_as_pdf(owned):
    with at(0, 6):
        below = a_service(owned.place.desk, name="Network")
        set_dependencies(owned.service.pk, [below.pk], by=SYSTEM)
    a_month(owned)
    with at(APRIL_1, 9):
        answer = client_of(owned.owner).get(f"{MARCH}pdf/")
    paper = pypdf.PdfReader(io.BytesIO(answer.content))
    assert len(paper.pages) == 1
    words = paper.pages[0].extract_text()
    assert "Letter of March 2026" in words
    assert "Eva Expert" in words
