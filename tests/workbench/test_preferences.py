from desktops import Desktop
from django.test import Client

from ansvar.access.commands import set_password
from ansvar.kernel.actor import SYSTEM

PASSWORD = "a horse in the corridor"


def test_preferences_are_kept(desk: Desktop, client: Client):
    answer = client.post(
        "/preferences/",
        {"theme": "dark", "density": "compact", "language": "en", "timezone": "Europe/Stockholm"},
    )
    assert answer.status_code == 302
    desk.agent.refresh_from_db()
    assert (desk.agent.theme, desk.agent.density) == ("dark", "compact")
    assert desk.agent.has_letter_keys is False
    page = client.get("/preferences/").content.decode()
    assert 'data-theme="dark"' in page
    assert 'data-single-keys="off"' in page


def test_a_button_of_the_menu_keeps_one_preference(desk: Desktop, client: Client):
    client.post("/preferences/", {"theme": "light"})
    desk.agent.refresh_from_db()
    assert desk.agent.theme == "light"
    assert desk.agent.has_letter_keys is True


def test_unknown_values_are_refused(desk: Desktop, client: Client):
    assert client.post("/preferences/", {"theme": "pink"}).status_code == 422
    answer = client.post(
        "/preferences/",
        {"theme": "dark", "density": "compact", "language": "en", "timezone": "Mars/Base"},
    )
    assert answer.status_code == 200
    desk.agent.refresh_from_db()
    assert desk.agent.theme == "system"


def test_the_menu_leads_back_only_to_pages_of_ours(desk: Desktop, client: Client):
    elsewhere = client.post(
        "/preferences/", {"theme": "dark"}, headers={"Referer": "https://evil.example/"}
    )
    assert elsewhere["Location"] == "/"
    here = client.post(
        "/preferences/", {"theme": "dark"}, headers={"Referer": "http://testserver/services/"}
    )
    assert here["Location"] == "http://testserver/services/"


def test_password_is_changed_with_the_present_one(desk: Desktop, client: Client):
    set_password(desk.agent.pk, PASSWORD, by=SYSTEM)
    desk.agent.refresh_from_db()
    client.force_login(desk.agent, backend="ansvar.access.backends.PersonBackend")
    wrong = client.post("/preferences/password/", {"old": "no", "new": "another horse in it"})
    assert wrong.status_code == 422
    weak = client.post("/preferences/password/", {"old": PASSWORD, "new": "short"})
    assert weak.status_code == 422
    right = client.post("/preferences/password/", {"old": PASSWORD, "new": "another horse in it"})
    assert right.status_code == 302
    desk.agent.refresh_from_db()
    assert desk.agent.check_password("another horse in it")
    assert client.get("/preferences/").status_code == 200
