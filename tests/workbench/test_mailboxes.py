"""Connecting a mailbox in the browser, and hearing of one whose mail does not come in."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from builders import an_administrator
from desktops import Desktop, client_of
from django.test import Client
from mails import a_mailbox
from tokens import CLIENT, SECRET, TokenServer

from ansvar.conversations.models import Mailbox, OAuthAccess
from ansvar.conversations.stalls import STALLED_AFTER
from ansvar.kernel import clock
from ansvar.kernel.models import Entry
from ansvar.workbench import alarms

FIELDS = {
    "address": "desk@corp.test",
    "log_in": "oauth",
    "imap_host": "127.0.0.1",
    "imap_security": "none",
    "smtp_host": "127.0.0.1",
    "smtp_security": "none",
    "is_active": "on",
    "grant": "refresh",
    "authorize_url": "https://login.example.com/authorize?tenant=x",
    "client_id": CLIENT,
    "client_secret": SECRET,
    "scope": "mail offline_access",
}


@pytest.fixture
def admin(desk: Desktop) -> Client:
    return client_of(an_administrator())


@pytest.fixture
def giver() -> Iterator[TokenServer]:
    with TokenServer("desk@corp.test") as server:
        yield server


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def connected(desk: Desktop, admin: Client, giver: TokenServer) -> Mailbox:
    said = {**FIELDS, "desk": desk.desk.pk, "token_url": giver.url}
    answer = admin.post("/admin/mailboxes/new/", said)
    mailbox = Mailbox.objects.get()
    assert answer.url == f"/admin/mailboxes/{mailbox.pk}/"
    return mailbox


@pytest.mark.parametrize(
    ("provider", "words"),
    [
        ("google", ["imap.gmail.com", "https://mail.google.com/"]),
        ("microsoft", ["outlook.office365.com", "offline_access", "IMAP.AccessAsUser.All"]),
    ],
)
def test_a_known_provider_fills_the_form(admin: Client, provider: str, words: list[str]):
    page = text_of(admin, f"/admin/mailboxes/new/?with={provider}")
    assert [word for word in [*words, "/admin/mailboxes/agreed/"] if word not in page] == []


def test_somebody_agrees_in_the_browser_and_the_token_is_kept(
    desk: Desktop, admin: Client, giver: TokenServer
):
    mailbox = connected(desk, admin, giver)
    assert "Agree now" in text_of(admin, f"/admin/mailboxes/{mailbox.pk}/")
    asked = urlsplit(admin.get(f"/admin/mailboxes/{mailbox.pk}/agree/").url)
    question = {key: values[0] for key, values in parse_qs(asked.query).items()}
    assert (asked.netloc, question["tenant"]) == ("login.example.com", "x")
    giver.code, giver.challenge = "the code", question["code_challenge"]
    answer = admin.get("/admin/mailboxes/agreed/", {"code": "the code", "state": question["state"]})
    assert answer.url == "/admin/mail/"
    assert OAuthAccess.objects.get().refresh_token == giver.refresh_token
    assert giver.asked[-1]["redirect_uri"] == question["redirect_uri"]
    page = text_of(admin, f"/admin/mailboxes/{mailbox.pk}/")
    assert "Agree again" in page
    told = page + str(list(Entry.objects.values_list("payload", flat=True)))
    assert [one for one in (SECRET, giver.refresh_token) if one in told] == []
    # Once used, the answer is worth nothing.
    admin.get("/admin/mailboxes/agreed/", {"code": "the code", "state": question["state"]})
    assert len(giver.asked) == 1


def test_an_answer_to_somebody_elses_question_is_refused(
    desk: Desktop, admin: Client, giver: TokenServer
):
    mailbox = connected(desk, admin, giver)
    other = client_of(an_administrator())
    asked = parse_qs(urlsplit(other.get(f"/admin/mailboxes/{mailbox.pk}/agree/").url).query)
    giver.code, giver.challenge = "the code", asked["code_challenge"][0]
    said = {"code": "the code", "state": asked["state"][0]}
    admin.get(f"/admin/mailboxes/{mailbox.pk}/agree/")
    assert admin.get("/admin/mailboxes/agreed/", said).url == "/admin/mail/"
    assert admin.get("/admin/mailboxes/agreed/", {**said, "state": "x"}).status_code == 302
    assert giver.asked == []
    assert OAuthAccess.objects.get().refresh_token == ""


def test_an_unsafe_token_endpoint_leaves_no_mailbox_behind(desk: Desktop, admin: Client):
    said = {**FIELDS, "desk": desk.desk.pk, "token_url": "http://login.example.com/token"}
    answer = admin.post("/admin/mailboxes/new/", said)
    assert answer.status_code == 422
    assert "must begin with https" in answer.content.decode()
    assert not Mailbox.objects.exists()


def test_trying_a_mailbox_says_what_is_wrong(desk: Desktop, admin: Client, giver: TokenServer):
    mailbox = connected(desk, admin, giver)
    page = admin.post(f"/admin/mailboxes/{mailbox.pk}/try/", follow=True).content.decode()
    assert "Nobody has agreed yet" in page


def test_who_works_at_the_desk_hears_that_mail_does_not_come_in(
    desk: Desktop, admin: Client, client: Client, stranger: Client
):
    mailbox = a_mailbox(desk.desk)
    health = {"REMOTE_ADDR": "127.0.0.1"}
    assert client.get("/health", **health).json()["warnings"] == []
    with clock.at(clock.now() + STALLED_AFTER + timedelta(minutes=1)):
        alarms.forget()
        assert f"Mail to {mailbox.address} has not come in since" in text_of(client, "/queue/open/")
        page = text_of(admin, "/admin/mail/")
        assert f"Mail to {mailbox.address} does not come in: The mailbox was never tried" in page
        assert mailbox.address not in text_of(stranger, "/queue/open/")
        answer = client.get("/health", **health)
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert mailbox.address in answer.json()["warnings"][0]
