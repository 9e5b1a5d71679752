"""Clocks, levels and due times for programs."""

import pytest
from builders import a_person, an_organisation, somebody_with
from levels import a_level, a_row
from programs import Program

from ansvar.access.decisions import Role
from tickets import Workplace, a_ticket, a_workplace

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Workplace:
    return a_workplace()


def test_an_agents_program_reads_every_clock_with_its_legs(place: Workplace):
    a_level(place.desk, a_row(reaction=15, resolution=240))
    ticket = a_ticket(place)
    told = Program(place.agent).get(f"/tickets/{ticket.pk}/clocks").json()
    clocks = {one["measure"]: one for one in told["desk_side"]["clocks"]}
    assert set(clocks) == {"reaction", "resolution", "acknowledge", "update"}
    one = clocks["resolution"]
    assert (one["target_seconds"], one["standing"]) == (4 * 3600, "counting")
    assert one["legs"][0]["holder"] == place.first.name
    assert any("assumed by us" in sentence for sentence in one["why"])


def test_a_requesters_program_reads_the_promises_alone(place: Workplace):
    a_level(place.desk, a_row(reaction=15, resolution=240))
    person = a_person()
    ticket = a_ticket(place, requester=person)
    told = Program(person).get(f"/tickets/{ticket.pk}/clocks").json()
    assert told["desk_side"] is None
    assert told["promises"]
    assert place.first.name not in str(told)


def test_lists_follow_what_is_due(place: Workplace):
    person = a_person()
    slow = a_ticket(place, requester=person)
    a_level(place.desk, a_row(reaction=15, resolution=240))
    later, first = a_ticket(place, requester=person), a_ticket(place, requester=person)
    Program(place.agent).post(f"/tickets/{first.pk}/start-work")
    Program(place.agent).post(f"/tickets/{later.pk}/start-work")
    program = Program(place.agent)
    page = program.get("/tickets", order="due_at", limit=1).json()
    rest = program.get("/tickets", order="due_at", limit=1, cursor=page["next"]).json()
    found = [*page["items"], *rest["items"]]
    assert {one["id"] for one in found} == {later.pk, first.pk}
    assert slow.pk not in {one["id"] for one in found}
    dues = [one["desk_side"]["due_at"] for one in found]
    assert dues == sorted(dues)
    before = program.get("/tickets", due_before="2001-01-01T00:00:00Z").json()
    assert before["items"] == []
    # What only the desk sees orders nothing for a party.
    assert Program(person).get("/tickets", order="due_at").json()["items"] == []


def test_a_leads_program_chooses_the_agreement(place: Workplace):
    a_level(place.desk, a_row(resolution=240))
    ticket = a_ticket(place)
    lead = Program(somebody_with(Role.TEAM_LEAD, place.desk))
    told = lead.post(f"/tickets/{ticket.pk}/level", {"level_version": 0, "reason": "A gift"}).json()
    assert told["desk_side"]["chosen_by_hand"]
    assert "resolution" not in {one["measure"] for one in told["desk_side"]["clocks"]}
    agent = Program(place.agent)
    assert agent.post(f"/tickets/{ticket.pk}/level", {"reason": "x"}).status_code == 403


def test_a_program_names_the_supplier_that_is_waited_for(place: Workplace):
    ticket, supplier = a_ticket(place), an_organisation()
    body = {"waiting_for": "supplier", "supplier": supplier.pk}
    assert Program(place.agent).post(f"/tickets/{ticket.pk}/wait", body).status_code == 200
    ticket.refresh_from_db()
    assert ticket.supplier == supplier
