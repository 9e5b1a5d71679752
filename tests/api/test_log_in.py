from datetime import timedelta

import pytest
from builders import a_person, acting, an_agent
from django.test import Client
from programs import Program

from ansvar.access.commands import make_token, revoke_token
from ansvar.api.logging_in import Meter
from ansvar.api.refusals import TooManyRequests
from ansvar.kernel import clock

pytestmark = pytest.mark.django_db


def test_a_token_acts_as_its_person():
    agent = an_agent()
    answer = Program(agent).get("/me")
    assert answer.status_code == 200
    assert answer.json()["id"] == agent.pk
    assert [role["role"] for role in answer.json()["roles"]] == ["agent"]


def test_without_a_token_the_answer_says_how_to_log_in():
    answer = Program().get("/me")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["type"] == "urn:ansvar:refusal:not-logged-in"


@pytest.mark.parametrize("header", ["Bearer ansvar_wrong", "Bearer ", "Basic YTpi", "nonsense"])
def test_a_header_that_is_no_token_is_refused(header: str):
    program = Program()
    program.headers = {"Authorization": header}
    assert program.get("/me").status_code == 401


def test_a_revoked_token_is_refused():
    person = a_person()
    token, secret = make_token(person.pk, title="old", by=acting(person))
    revoke_token(token.pk, by=acting(person))
    program = Program()
    program.headers = {"Authorization": f"Bearer {secret}"}
    assert program.get("/me").status_code == 401


def test_an_expired_token_is_refused():
    person = a_person()
    end = clock.now() + timedelta(hours=1)
    _, secret = make_token(person.pk, title="short", expires_at=end, by=acting(person))
    program = Program()
    program.headers = {"Authorization": f"Bearer {secret}"}
    assert program.get("/me").status_code == 200
    with clock.at(end + timedelta(seconds=1)):
        assert program.get("/me").status_code == 401


def test_a_session_may_read_but_needs_its_csrf_token_to_write():
    client = Client(enforce_csrf_checks=True)
    client.force_login(an_agent())
    assert client.get("/api/v1/me").status_code == 200
    answer = client.post("/api/v1/tickets", "{}", content_type="application/json")
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:ansvar:refusal:forged-request"


def test_who_asks_too_often_is_told_when_to_go_on():
    meter = Meter(most=2, seconds=60)
    meter.count(1)
    meter.count(1)
    meter.count(2)
    with pytest.raises(TooManyRequests) as refused:
        meter.count(1)
    assert 1 <= refused.value.wait <= 60
