from datetime import timedelta

import pytest
from builders import a_person, an_administrator, somebody_with
from django.test import Client

from ansvar.access.commands import set_password
from ansvar.access.decisions import TRIES_PER_LOGIN, Role
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.models import Entry
from ansvar.people.models import Person
from ansvar.workbench.log_in import Offer, log_in_offers

pytestmark = pytest.mark.django_db
PASSWORD = "a horse in the corridor"


@pytest.fixture
def agent() -> Person:
    person = somebody_with(Role.AGENT, None, login="lena", email="lena@example.com")
    set_password(person.pk, PASSWORD, by=SYSTEM)
    return person


@pytest.fixture
def browser() -> Client:
    return Client()


def tries(browser: Client, name: str, password: str, **more: str):
    return browser.post("/log-in/", {"username": name, "password": password, **more})


@pytest.mark.parametrize("name", ["lena", "LENA", "lena@example.com", " lena@example.com "])
def test_logging_in_by_name_or_address(browser: Client, agent: Person, name: str):
    answer = tries(browser, name, PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert browser.session["_auth_user_id"] == str(agent.pk)


def test_log_in_is_noted_and_makes_a_new_session(browser: Client, agent: Person):
    browser.get("/log-in/")
    browser.session["x"] = "y"
    before = browser.session.session_key
    tries(browser, "lena", PASSWORD)
    assert browser.session.session_key != before
    assert Entry.objects.filter(fact="login.succeeded", subject_id=agent.pk).count() == 1


def test_wrong_password_is_refused_noted_and_not_told_apart(browser: Client, agent: Person):
    known = tries(browser, "lena", "something else")
    unknown = tries(browser, "nobody", "something else")
    assert known.status_code == unknown.status_code == 422
    sentence = "Name and password do not fit together."
    assert sentence in known.content.decode()
    assert sentence in unknown.content.decode()
    assert Entry.objects.filter(fact="login.refused").count() == 1


def test_too_many_wrong_passwords_are_followed_by_a_pause(browser: Client, agent: Person):
    now = clock.now()
    with clock.at(now):
        for _ in range(TRIES_PER_LOGIN):
            tries(browser, "lena", "wrong")
        answer = tries(browser, "lena", PASSWORD)
        assert "Too many wrong passwords. Wait 15 minutes" in answer.content.decode()
        assert "_auth_user_id" not in browser.session
    with clock.at(now + timedelta(minutes=15, seconds=1)):
        assert tries(browser, "lena", PASSWORD).status_code == 302


def test_a_right_password_forgets_the_wrong_ones(browser: Client, agent: Person):
    for _ in range(TRIES_PER_LOGIN - 1):
        tries(browser, "lena", "wrong")
    tries(browser, "lena", PASSWORD)
    tries(browser, "lena", "wrong")
    assert tries(browser, "lena", PASSWORD).status_code == 302


def test_guessing_many_names_from_one_address_is_slowed_down(browser: Client, agent: Person):
    for number in range(30):
        tries(browser, f"name{number}", "wrong")
    assert "Too many" in tries(browser, "lena", PASSWORD).content.decode()


@pytest.mark.parametrize(
    ("wanted", "arrives"),
    [
        ("/queue/mine/", "/queue/mine/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_one_arrives_only_on_pages_of_ours(
    browser: Client, agent: Person, wanted: str, arrives: str
):
    assert tries(browser, "lena", PASSWORD, next=wanted)["Location"] == arrives


def test_logging_out_needs_a_post(browser: Client, agent: Person):
    tries(browser, "lena", PASSWORD)
    assert browser.get("/log-out/").status_code == 405
    browser.post("/log-out/")
    assert "_auth_user_id" not in browser.session


def test_first_start_says_how_to_make_an_administrator(browser: Client):
    assert "ansvar createuser" in browser.get("/log-in/").content.decode()
    an_administrator()
    assert "ansvar createuser" not in browser.get("/log-in/").content.decode()


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Person:
    person = a_person(name="Demo Person")
    offer = Offer(person_id=person.pk, name=person.name, detail="agent")
    monkeypatch.setitem(log_in_offers._items, "test", lambda: [offer])
    return person


def test_an_offered_person_is_logged_in_by_one_click_on_the_machine(
    browser: Client, offered: Person
):
    page = browser.get("/log-in/", headers={"Host": "localhost"})
    assert "Demo Person" in page.content.decode()
    browser.post("/log-in/offered/", {"person": offered.pk}, headers={"Host": "localhost"})
    assert browser.session["_auth_user_id"] == str(offered.pk)


@pytest.mark.parametrize(
    ("host", "address"), [("localhost", "10.0.0.7"), ("testserver", "127.0.0.1")]
)
def test_nothing_is_offered_to_other_machines(
    browser: Client, offered: Person, host: str, address: str
):
    headers = {"Host": host}
    page = browser.get("/log-in/", headers=headers, REMOTE_ADDR=address)
    assert "Demo Person" not in page.content.decode()
    browser.post("/log-in/offered/", {"person": offered.pk}, headers=headers, REMOTE_ADDR=address)
    assert "_auth_user_id" not in browser.session


def test_only_offered_persons_are_logged_in_by_a_click(
    browser: Client, offered: Person, agent: Person
):
    browser.post("/log-in/offered/", {"person": agent.pk}, headers={"Host": "localhost"})
    assert "_auth_user_id" not in browser.session


def test_start_sends_agents_to_the_queue(browser: Client, agent: Person):
    tries(browser, "lena", PASSWORD)
    assert browser.get("/")["Location"] == "/queue/"
