"""Mail that a mail server hands over, by LMTP and through a pipe."""

import contextlib
import smtplib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from builders import a_desk, a_number, a_team
from django.db import OperationalError
from mails import a_mail, a_mailbox
from queued_work import run_queued

from ansvar.conversations import handed, store
from ansvar.conversations.commands import edit_mailbox
from ansvar.conversations.models import InboundMail, Mailbox
from ansvar.kernel.actor import SYSTEM

committed = pytest.mark.django_db(transaction=True)
"""The entrance has threads of its own, which see only what is committed."""
SENDER = "anna@example.com"


@contextlib.contextmanager
def entrance() -> Iterator[smtplib.LMTP]:
    """Give a connection to an LMTP entrance that runs as in the product."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as taking:
        thread = threading.Thread(target=handed.run, args=[stop, taking])
        thread.start()
        try:
            with smtplib.LMTP("127.0.0.1", taking.getsockname()[1]) as client:
                yield client
        finally:
            stop.set()
            thread.join()


def answers(client: smtplib.LMTP, recipients: list[str], raw: bytes) -> dict[str, int]:
    """Hand a mail over and return what is said of each recipient; smtplib hears only one."""
    client.ehlo_or_helo_if_needed()
    client.mail(SENDER)
    said = {one: client.rcpt(one)[0] for one in recipients}
    taken = [one for one, code in said.items() if code == 250]
    said[taken[0]] = client.data(raw)[0]
    return said | {one: client.getreply()[0] for one in taken[1:]}


def a_handed_mailbox(**wanted: Any) -> Mailbox:
    desk = a_desk()
    a_team(desk, is_default=True)
    return a_mailbox(
        desk,
        entrance=Mailbox.Entrance.HANDED,
        address=f"desk{a_number()}@corp.test",
        imap_host="",
        imap_user="",
        **wanted,
    )


def raw_of(mailbox: Mailbox) -> bytes:
    return store.read(InboundMail.objects.get(mailbox=mailbox).sha256)


@committed
def test_a_mail_taken_by_lmtp_is_kept_with_its_envelope_and_becomes_a_ticket():
    mailbox = a_handed_mailbox()
    address = mailbox.address.replace("@", "+t123@")
    with entrance() as client:
        assert client.sendmail(SENDER, [address], a_mail()) == {}
    raw = raw_of(mailbox)
    assert raw.startswith(f"Return-Path: <{SENDER}>\r\nDelivered-To: {address}\r\n".encode())
    run_queued("conversations.read_stored")
    inbound = InboundMail.objects.get()
    assert (inbound.state, inbound.uid, inbound.ticket is None) == ("taken", None, False)
    mailbox.refresh_from_db()
    assert (mailbox.lag_seconds, mailbox.latest_at) == (0, inbound.received_at)


@committed
def test_each_recipient_gets_an_answer_of_its_own():
    mailbox, small, off = a_handed_mailbox(), a_handed_mailbox(largest_mb=1), a_handed_mailbox()
    edit_mailbox(off.pk, is_active=False, by=SYSTEM)
    large = a_mail(files=(("log.txt", "application/octet-stream", b"x" * 1_100_000),))
    with entrance() as client:
        said = answers(
            client, [mailbox.address, "nobody@corp.test", small.address, off.address], large
        )
    assert said == {
        mailbox.address: 250,
        "nobody@corp.test": 550,
        small.address: 552,
        off.address: 450,
    }
    assert InboundMail.objects.get().mailbox == mailbox


@committed
def test_a_mail_larger_than_any_mailbox_takes_is_refused_for_each():
    mailbox, other = a_handed_mailbox(largest_mb=1), a_handed_mailbox(largest_mb=1)
    large = (b"x" * 70 + b"\r\n") * 16_000
    with entrance() as client:
        said = answers(client, [mailbox.address, other.address], large)
    assert said == {mailbox.address: 552, other.address: 552}
    assert not InboundMail.objects.exists()


@committed
def test_a_bounce_without_a_sender_and_with_endless_lines_is_taken():
    mailbox = a_handed_mailbox()
    with entrance() as client:
        assert client.sendmail("", [mailbox.address], a_mail() + b"\r\n" + b"y" * 500_000) == {}
        assert client.sendmail("", [mailbox.address], a_mail()) == {}
    assert InboundMail.objects.count() == 2


@committed
def test_what_cannot_be_kept_now_is_to_come_again(monkeypatch: pytest.MonkeyPatch):
    mailbox = a_handed_mailbox()

    def no_database(*_: object, **_more: object) -> None:
        raise OperationalError("the server closed the connection")

    with entrance() as client:
        monkeypatch.setattr(handed, "keep_mails", no_database)
        assert answers(client, [mailbox.address], a_mail()) == {mailbox.address: 451}
        monkeypatch.undo()
        assert client.sendmail(SENDER, [mailbox.address], a_mail()) == {}


@committed
def test_two_addresses_of_one_mailbox_are_one_mail():
    mailbox = a_handed_mailbox()
    plus = mailbox.address.replace("@", "+x@")
    with entrance() as client:
        assert set(answers(client, [mailbox.address, plus], a_mail()).values()) == {250}
    assert f"Delivered-To: {plus}".encode() in raw_of(mailbox)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "environment", "header"),
    [
        ("{own}", {}, {}),
        ("", {"ORIGINAL_RECIPIENT": "{own}", "SENDER": SENDER}, {}),
        ("", {}, {"Delivered_To": "{own}"}),
        ("", {}, {"to": "Somebody <x@example.com>, {own}"}),
    ],
)
def test_a_piped_mail_finds_its_mailbox(
    address: str, environment: dict[str, str], header: dict[str, str]
):
    mailbox = a_handed_mailbox()
    own = mailbox.address.replace("@", "+t1@")
    named = {key: value.replace("{own}", own) for key, value in header.items()}
    told = {key: value.replace("{own}", own) for key, value in environment.items()}
    raw = b"From anna Sun Nov 22\n" + a_mail(**named)
    door = handed.take_from_pipe(raw, address=address.replace("{own}", own), environment=told)
    assert door.mailbox_id == mailbox.pk
    kept = raw_of(mailbox)
    assert not kept.startswith(b"From ")
    assert kept.startswith(b"Return-Path") is bool(environment)


@pytest.mark.django_db
def test_a_piped_mail_that_is_nobodys_or_nothing_is_refused():
    mailbox = a_handed_mailbox(largest_mb=1)
    with pytest.raises(handed.NoSuchMailbox):
        handed.take_from_pipe(a_mail(), address="nobody@corp.test")
    with pytest.raises(handed.NotTaken):
        handed.take_from_pipe(b"\n", address=mailbox.address)
    with pytest.raises(handed.NotTaken):
        handed.take_from_pipe(b"x" * 1_100_000, address=mailbox.address)
    edit_mailbox(mailbox.pk, is_active=False, by=SYSTEM)
    with pytest.raises(handed.SwitchedOff):
        handed.take_from_pipe(a_mail(), address=mailbox.address)
