import pytest
from builders import (
    IMPACT_TREE,
    a_person,
    a_published_script,
    a_service,
    an_agent,
    an_agreed_service,
)
from programs import Program

from tickets import a_workplace

pytestmark = pytest.mark.django_db


def names(program: Program, path: str, **query: object) -> list[str]:
    return [one["name"] for one in program.get(path, **query).json()["items"]]


def test_everybody_sees_agreed_services_and_agents_drafts_too():
    place = a_workplace()
    agreed, draft = an_agreed_service(place.desk), a_service(place.desk)
    assert names(Program(a_person()), "/services") == [agreed.name]
    assert sorted(names(Program(place.agent), "/services")) == sorted([agreed.name, draft.name])
    assert Program(a_person()).get(f"/services/{draft.pk}").status_code == 404


def test_the_card_has_five_answers_and_its_technical_side_is_for_the_desk():
    place = a_workplace()
    service = an_agreed_service(place.desk, quality="Open 8 to 20.")
    seen = Program(a_person()).get(f"/services/{service.pk}").json()
    assert seen["quality"] == "Open 8 to 20."
    assert seen["technical_side"] is None
    inside = Program(place.agent).get(f"/services/{service.pk}").json()["technical_side"]
    assert inside["owner"]["id"] == service.owner_id


def test_services_are_filtered_and_paged():
    place = a_workplace()
    made = sorted(an_agreed_service(place.desk, name=f"Net {n}").name for n in range(3))
    an_agreed_service(name="Payroll")
    program = Program(a_person())
    assert names(program, "/services", q="net") == made
    assert names(program, "/services", desk=place.desk.pk) == made
    first = program.get("/services", limit=2, q="net").json()
    assert names(program, "/services", q="net", cursor=first["next"]) == made[2:]


def test_the_script_in_force_is_the_services_own_or_the_desks():
    place = a_workplace()
    service = an_agreed_service(place.desk)
    program = Program(a_person())
    assert program.get(f"/services/{service.pk}/script").status_code == 404
    a_published_script(place.desk)
    assert program.get(f"/services/{service.pk}/script").json()["is_default"] is True
    own = a_published_script(service=service)
    body = program.get(f"/services/{service.pk}/script").json()
    assert (body["version_id"], body["is_default"]) == (own.pk, False)
    assert body["tree"]["start"] == IMPACT_TREE["start"]


def test_desks_teams_and_sites_are_listed():
    place = a_workplace()
    program = Program(an_agent(place.desk))
    assert names(program, "/desks") == [place.desk.name]
    assert names(program, "/teams", desk=place.desk.pk) == sorted(
        [place.first.name, place.second.name]
    )
    assert program.get("/sites").json()["items"] == []
