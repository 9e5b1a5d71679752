import pytest
from builders import a_service, a_team, an_administrator, an_agent
from levels import a_level, a_row
from programs import Program

from ansvar.servicelevels.models import ServiceLevel
from tickets import Workplace, a_workplace

pytestmark = pytest.mark.django_db
TERMS = {
    "services": [],
    "lines": [
        {
            "priorities": [2],
            "targets": [
                {"measure": "resolution", "minutes": 240, "objective": 90.0, "origin": "agreed"}
            ],
        }
    ],
    "pauses": ["waiting:requester"],
    "steps": [{"key": "warn", "percent": 80, "action": "notify", "to": "lead"}],
}


@pytest.fixture
def place() -> Workplace:
    return a_workplace()


@pytest.fixture
def admin(place: Workplace) -> Program:
    return Program(an_administrator())


def test_a_level_is_begun_written_published_signed_and_ended(place: Workplace, admin: Program):
    made = admin.post(
        "/levels", {"desk": place.desk.pk, "kind": "sla", "name": "Gold", "party": "Shops"}
    )
    assert made.status_code == 201
    level = f"/levels/{made.json()['id']}"
    assert made.json()["in_force"] is None
    empty = admin.post(f"{level}/publish", {})
    assert (empty.status_code, empty.json()["title"]) == (422, "Terms have faults")
    draft = admin.patch(f"{level}/draft", {"terms": TERMS, "review_on": "2027-01-31"})
    assert draft.json()["terms"]["lines"][0]["targets"][0]["minutes"] == 240
    assert draft.json()["steps"] == ["At 80 % of the time: tell who leads that team."]
    published = admin.post(f"{level}/publish", {}).json()
    assert published["in_force"]["review_on"] == "2027-01-31"
    version = f"/level-versions/{published['in_force']['id']}"
    signed = admin.post(f"{version}/signatories", {"signatories": [{"name": "Anna"}]})
    assert [one["name"] for one in signed.json()["signatories"]] == ["Anna"]
    assert admin.patch(level, {"name": "Gold and more"}).json()["party"] == "Shops"
    read = admin.get(version).json()
    assert (read["level"]["name"], read["parties"]) == (
        "Gold and more", [place.desk.name, "Shops"],
    )  # fmt: skip
    assert admin.delete(f"{level}/draft").status_code == 409
    assert admin.post(f"{level}/end").json()["in_force"] is None
    assert admin.post(f"{level}/end").status_code == 409


def test_a_preview_tells_what_would_be_promised_and_why(place: Workplace):
    service = a_service(place.desk)
    version = a_level(place.desk, a_row((2,), resolution=240))
    agent = Program(place.agent)
    asked = {"desk": place.desk.pk, "priority": 2, "service": service.pk}
    answer = agent.get("/levels/preview", **asked, at="2100-03-01T09:00:00+00:00").json()
    found = {one["measure"]: one for one in answer["promises"]}
    assert found["resolution"]["version_id"] == version.pk
    assert found["resolution"]["due_at"] == "2100-03-01T13:00:00Z"
    assert {"kind": "sla", "verdict": "applies"}.items() <= answer["considered"][0].items()
    later = agent.get("/levels/preview", **asked, at="2020-03-01T09:00:00+00:00").json()
    assert later["promises"] == []


def test_levels_are_listed_by_those_of_the_desk_and_written_by_administrators(place: Workplace):
    version = a_level(place.desk, a_row(resolution=60))
    agent = Program(place.agent)
    names = [one["name"] for one in agent.get("/levels", desk=place.desk.pk).json()["items"]]
    assert version.level.name in names
    refused = agent.post("/levels", {"desk": place.desk.pk, "kind": "sla", "name": "Mine"})
    assert refused.status_code == 403
    elsewhere = Program(an_agent(team=a_team()))
    assert elsewhere.get(f"/levels/{version.level_id}").status_code == 404
    assert elsewhere.get(f"/level-versions/{version.pk}").status_code == 404
    assert elsewhere.get("/levels/preview", desk=place.desk.pk).status_code == 404


@pytest.mark.parametrize(
    ("target", "pointer"),
    [
        ({"measure": "resolution", "minutes": 0}, "minutes"),
        ({"measure": "patience", "minutes": 5}, "measure"),
        ({"measure": "resolution", "minutes": 5, "objective": 101.0}, "objective"),
        ({"measure": "resolution", "minutes": True}, "minutes"),
    ],
)
def test_terms_that_cannot_be_are_refused_at_their_field(
    place: Workplace, admin: Program, target: dict, pointer: str
):
    level = ServiceLevel.objects.get(desk=place.desk)
    terms = {"lines": [{"targets": [target]}]}
    answer = admin.patch(f"/levels/{level.pk}/draft", {"terms": terms})
    assert answer.status_code == 422
    assert any(f"/{pointer}" in error["pointer"] for error in answer.json()["errors"])
