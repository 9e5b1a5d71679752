from typing import Any

import pytest
from builders import a_department, a_person, a_site, an_agent, an_organisation
from programs import Program

pytestmark = pytest.mark.django_db


def test_people_are_found_by_any_part_and_page_by_page():
    names = [f"Berit Test {letter}" for letter in "ABCDE"]
    for name in names:
        a_person(name=name)
    program = Program(an_agent())
    first = program.get("/people", q="berit tes", limit=3).json()
    rest = program.get("/people", q="berit tes", limit=3, cursor=first["next"]).json()
    assert [one["name"] for one in first["items"] + rest["items"]] == names
    assert rest["next"] is None


def test_a_requester_sees_no_people():
    program = Program(a_person())
    for answer in (
        program.get("/people"),
        program.get(f"/people/{a_person().pk}"),
        program.post("/people", {"name": "New"}),
        program.get("/teams"),
        program.get("/sites"),
    ):
        assert answer.status_code == 403


def test_a_person_is_added_with_addresses_and_place():
    organisation = an_organisation()
    site, department = a_site(organisation=organisation), a_department(organisation=organisation)
    answer = Program(an_agent()).post(
        "/people",
        {
            "name": "Ida Berg",
            "email": "Ida.Berg@Example.com",
            "phone": "+46 8 123 45 67",
            "organisation": organisation.pk,
            "site": site.pk,
            "department": department.pk,
        },
    )
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert body["site"] == {"id": site.pk, "name": site.name}
    assert {point["channel"] for point in body["contact_points"]} == {"email", "phone"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "A", "site": 999_999}, 422),
        ({"name": "A", "email": "no address"}, 422),
        ({"name": "A", "timezone": "Mars/Base"}, 422),
        ({"name": "A", "login": "root"}, 422),
        ({}, 422),
    ],
)
def test_a_person_that_does_not_fit_is_refused(body: dict[str, Any], status: int):
    assert Program(an_agent()).post("/people", body).status_code == status


def test_a_wrong_field_is_pointed_at_when_the_command_finds_it():
    answer = Program(an_agent()).post("/people", {"name": "A", "timezone": "Mars/Base"})
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["#/timezone"]


def test_an_address_of_somebody_else_is_refused():
    a_person(email="taken@example.com")
    answer = Program(an_agent()).post("/people", {"name": "B", "email": "taken@example.com"})
    assert answer.status_code in {409, 422}
    assert "taken@example.com" in answer.json()["detail"]


def test_a_patch_changes_only_what_it_names():
    person = a_person(title="Pharmacist")
    answer = Program(an_agent()).patch(f"/people/{person.pk}", {"name": "New Name"})
    assert (answer.json()["name"], answer.json()["title"]) == ("New Name", "Pharmacist")
    answer = Program(an_agent()).patch(f"/people/{person.pk}", {"site": None})
    assert answer.json()["site"] is None


def test_contact_points_are_added_preferred_and_taken_away():
    person, program = a_person(), Program(an_agent())
    path = f"/people/{person.pk}/contact-points"
    made = program.post(path, {"channel": "email", "address": "second@example.com"})
    assert made.status_code == 201, made.content
    assert made.json()["is_preferred"] is False
    assert program.post(f"{path}/{made.json()['id']}/prefer").json()["is_preferred"] is True
    assert program.delete(f"{path}/{made.json()['id']}").status_code == 204
    left = program.get(f"/people/{person.pk}").json()["contact_points"]
    assert "second@example.com" not in [point["address"] for point in left]


def test_a_contact_point_is_not_reached_through_another_person():
    point = a_person().contact_points.get()
    answer = Program(an_agent()).delete(f"/people/{a_person().pk}/contact-points/{point.pk}")
    assert answer.status_code == 404
