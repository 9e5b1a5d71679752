import pytest

from ansvar.ops import health


@pytest.fixture
def part(monkeypatch):
    """A part beside the web server that is as well as the test wants it."""
    state = {"works": True}
    monkeypatch.setitem(health.supervised, "worker", lambda: state["works"])
    return state


@pytest.mark.django_db
def test_all_is_well_when_database_and_parts_answer(client, part):
    answer = client.get("/health")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"


@pytest.mark.django_db
def test_a_part_that_does_not_work_is_named(client, part):
    part["works"] = False

    answer = client.get("/health")

    assert answer.status_code == 503
    assert answer.json()["reasons"] == ["The worker is not running."]


@pytest.mark.django_db
def test_strangers_learn_no_details(client, part):
    part["works"] = False

    answer = client.get("/health", REMOTE_ADDR="192.0.2.7")

    assert answer.json() == {"status": "unavailable"}
