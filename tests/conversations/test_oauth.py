"""Logging in with tokens: at a real Dovecot, with a token server of our own on loopback."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import tokens
from builders import a_desk, a_number, a_team
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from dovecot import MailServer
from mails import a_mail, a_mailbox
from tokens import CLIENT, SECRET, TokenServer

from ansvar.conversations import oauth, transport
from ansvar.conversations.commands import set_oauth, token_for
from ansvar.conversations.models import Mailbox, OAuthAccess
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def giver() -> Iterator[TokenServer]:
    with TokenServer(f"desk{a_number()}-{a_number()}@corp.test") as server:
        yield server


def a_mailbox_with(giver: TokenServer, **wanted: Any) -> Mailbox:
    desk = a_desk()
    a_team(desk, is_default=True)
    mailbox = a_mailbox(
        desk, address=giver.address, imap_user=giver.address, log_in=Mailbox.LogIn.OAUTH, **wanted
    )
    set_oauth(
        mailbox.pk,
        grant=OAuthAccess.Grant.REFRESH,
        authorize_url="https://login.example.com/authorize",
        token_url=giver.url,
        client_id=CLIENT,
        client_secret=SECRET,
        scope="mail offline_access",
        by=SYSTEM,
    )
    agreed(mailbox, refresh_token=giver.refresh_token)
    return mailbox


def agreed(mailbox: Mailbox, **columns: object) -> None:
    OAuthAccess.objects.filter(mailbox=mailbox).update(**columns)


def access_of(mailbox: Mailbox) -> OAuthAccess:
    return OAuthAccess.objects.get(mailbox=mailbox)


@pytest.mark.realparts
def test_mail_is_fetched_and_sent_with_a_token_that_is_renewed_when_it_is_refused(
    mail_server: MailServer, giver: TokenServer
):
    mail_server.add_user(giver.address)
    mailbox = a_mailbox_with(
        giver, imap_port=mail_server.imap_port, smtp_port=mail_server.smtp_port
    )
    assert transport.trouble_with(mailbox) == []
    assert len(giver.asked) == 1
    # In force by its date, but the servers do not take it: they get a new one, once.
    wrong = tokens.token_for(giver.address, key=b"a key nobody knows")
    for connect in (transport.imap, transport.smtp):
        agreed(mailbox, access_token=wrong)
        with connect(mailbox):
            assert access_of(mailbox).access_token != wrong
    with transport.smtp(mailbox) as server:
        server.sendmail(giver.address, [giver.address], a_mail())
    assert len(mail_server.inbox(giver.address)) == 1
    assert len(giver.asked) == 3
    # A token for somebody else is refused again, and that is said.
    giver.address = "other@corp.test"
    agreed(mailbox, access_token=wrong)
    assert ["refuses the token" in words for words in transport.trouble_with(mailbox)] == [True] * 2


def test_a_token_is_renewed_before_it_ends_and_a_new_refresh_token_is_kept(giver: TokenServer):
    mailbox = a_mailbox_with(giver)
    giver.rotates = True
    first = token_for(mailbox)
    assert token_for(mailbox) == first
    assert access_of(mailbox).refresh_token == giver.refresh_token == "refresh token 1"
    with clock.at(clock.now() + timedelta(seconds=giver.seconds - 60)):
        assert token_for(mailbox) != first
    assert [one["refresh_token"] for one in giver.asked][1] == "refresh token 1"


def test_a_program_with_a_right_of_its_own_asks_without_an_agreement(giver: TokenServer):
    mailbox = a_mailbox_with(giver)
    set_oauth(mailbox.pk, grant=OAuthAccess.Grant.CLIENT, scope="mail/.default", by=SYSTEM)
    assert tokens.address_in(token_for(mailbox)) == giver.address
    asked = giver.asked[0]
    assert (asked["grant_type"], asked["scope"]) == ("client_credentials", "mail/.default")


def test_threads_that_need_a_token_at_once_ask_once(giver: TokenServer):
    mailbox = a_mailbox_with(giver)
    found: list[str] = []
    together = threading.Barrier(4)

    def ask() -> None:
        together.wait()
        found.append(token_for(mailbox))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(giver.asked), len(set(found)), len(found)) == (1, 1, 4)


def test_a_refresh_token_got_within_a_transaction_outlives_its_rollback(giver: TokenServer):
    mailbox = a_mailbox_with(giver)
    giver.rotates = True

    def send_in_vain() -> None:
        with transaction.atomic():
            token_for(mailbox)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        send_in_vain()
    assert access_of(mailbox).refresh_token == giver.refresh_token


REFUSALS = [
    (400, {"error": "invalid_grant"}, oauth.AgreementOver, "agree again"),
    (401, {"error": "invalid_client"}, oauth.NoToken, "check its id and its secret"),
    (400, {"error": "invalid_scope"}, oauth.NoToken, "check the scope"),
    (503, {}, oauth.NoToken, "HTTP 503"),
    (200, {"token_type": "Bearer"}, oauth.NoToken, "without an access token"),
]


def test_each_refusal_is_said_in_words_without_secrets(giver: TokenServer):
    mailbox = a_mailbox_with(giver)
    for status, said, kind, words in REFUSALS:
        giver.refuses_with = (status, said)
        with pytest.raises(kind, match=words) as refused:
            token_for(mailbox)
        assert SECRET not in str(refused.value)
        assert giver.refresh_token not in str(refused.value)
        assert transport.in_words(refused.value, "imap") == str(refused.value)
    giver.refuses_with = None
    agreed(mailbox, refresh_token="")
    with pytest.raises(oauth.AgreementOver, match="Nobody has agreed"):
        token_for(mailbox)


def test_secrets_go_nowhere_else(giver: TokenServer):
    mailbox = a_mailbox_with(giver)
    with TokenServer("elsewhere@corp.test") as elsewhere:
        giver.redirects_to = elsewhere.url
        with pytest.raises(oauth.NoToken):
            token_for(mailbox)
        assert elsewhere.asked == []
    with pytest.raises(ValidationError):
        set_oauth(mailbox.pk, token_url="http://login.example.com/token", by=SYSTEM)
    recorded = [str(one.payload) for one in Entry.objects.filter(subject_type="mailbox")]
    assert not any(SECRET in one for one in recorded)
    assert any("oauth_client_secret" in one for one in recorded)
