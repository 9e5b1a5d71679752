import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from imaplib import IMAP4
from typing import Any

import pytest
from builders import a_desk, a_number, a_team
from dovecot import HOST, PASSWORD, MailServer
from imap_tools.mailbox import MailBoxUnencrypted
from mails import a_mail, a_mailbox
from waiting import PATIENCE_SECONDS, wait_until

from ansvar.conversations import fetching, receiver, transport
from ansvar.conversations.commands import begin_counting, edit_mailbox, keep_mails, take_in
from ansvar.conversations.models import InboundMail, Mailbox
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.models import Entry

pytestmark = [pytest.mark.realparts, pytest.mark.django_db(transaction=True)]


@contextmanager
def receiving() -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=receiver.run, args=[stop])
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def on_server(server: MailServer, **wanted) -> Mailbox:
    desk = a_desk()
    a_team(desk, is_default=True)
    address = server.add_user(f"desk{a_number()}-{a_number()}@corp.test")
    fields = {
        "address": address,
        "imap_user": address,
        "imap_password": PASSWORD,
        "imap_port": server.imap_port,
        "smtp_port": server.smtp_port,
        **wanted,
    }
    return a_mailbox(desk, **fields)


def answers(mailbox: Mailbox) -> None:
    wait_until(lambda: Mailbox.objects.filter(pk=mailbox.pk, seen_at__isnull=False).exists())


def has(mailbox: Mailbox, count: int) -> None:
    wait_until(lambda: InboundMail.objects.filter(mailbox=mailbox).count() == count)


def test_the_server_tells_of_new_mail_and_nobody_asks(mail_server, monkeypatch):
    monkeypatch.setattr(receiver, "IDLE_SECONDS", 3600.0)
    mailbox = on_server(mail_server)
    with receiving():
        answers(mailbox)
        for number in range(1, 13):
            mail_server.deliver(mailbox.address, a_mail(subject=f"Number {number}"))
            has(mailbox, number)
    wait_until(lambda: mail_server.flags(mailbox.address) == [("\\Seen",)] * 12)


def test_mail_that_comes_between_looking_and_waiting_is_told_at_once(mail_server, monkeypatch):
    monkeypatch.setattr(receiver, "IDLE_SECONDS", 3600.0)
    mailbox = on_server(mail_server)
    with transport.imap(mailbox) as box:
        assert box.uids("ALL") == []
        mail_server.deliver(mailbox.address, a_mail())
        leaving = threading.Event()
        waiting = threading.Thread(target=receiver.wait_for_news, args=[box, leaving])
        waiting.start()
        waiting.join(PATIENCE_SECONDS)
        was_told = not waiting.is_alive()
        leaving.set()
        waiting.join()
        assert was_told
        assert box.uids("ALL") == ["1"]


def test_mail_that_is_told_while_another_is_stored_is_fetched_at_once(mail_server, monkeypatch):
    monkeypatch.setattr(receiver, "IDLE_SECONDS", 3600.0)
    mailbox = on_server(mail_server)
    mail_server.deliver(mailbox.address, a_mail(subject="First"))
    is_first = [True]

    def kept(*given: Any, **more: Any) -> None:
        if is_first and is_first.pop():
            mail_server.deliver(mailbox.address, a_mail(subject="Second"))
        keep_mails(*given, **more)

    monkeypatch.setattr(receiver, "keep_mails", kept)
    with receiving():
        has(mailbox, 2)


def test_mail_read_elsewhere_before_it_was_fetched_is_not_lost(mail_server):
    mailbox = on_server(mail_server)
    with receiving():
        answers(mailbox)
    mail_server.deliver(mailbox.address, a_mail())
    with MailBoxUnencrypted(HOST, mail_server.imap_port).login(mailbox.address, PASSWORD) as box:
        assert len(list(box.fetch(mark_seen=True))) == 1
    with receiving():
        has(mailbox, 1)


def test_old_mail_that_was_read_before_the_mailbox_was_connected_stays_there(mail_server):
    mailbox = on_server(mail_server)
    mail_server.deliver(mailbox.address, a_mail(subject="Old"))
    with MailBoxUnencrypted(HOST, mail_server.imap_port).login(mailbox.address, PASSWORD) as box:
        assert len(list(box.fetch(mark_seen=True))) == 1
    mail_server.deliver(mailbox.address, a_mail(subject="New"))
    with receiving():
        has(mailbox, 1)
        answers(mailbox)
    assert InboundMail.objects.get(mailbox=mailbox).uid == 2


def test_a_receiver_killed_before_it_marked_a_mail_takes_it_only_once(mail_server):
    mailbox = on_server(mail_server)
    mail_server.deliver(mailbox.address, a_mail(subject="Before"))
    with MailBoxUnencrypted(HOST, mail_server.imap_port).login(mailbox.address, PASSWORD) as box:
        uid_validity = int(box.folder.status("INBOX", ["UIDVALIDITY"])["UIDVALIDITY"])
        raw = next(iter(box.fetch(mark_seen=False))).obj.as_bytes()
    take_in(mailbox.pk, uid_validity=uid_validity, uid=1, raw=raw)
    with receiving():
        mail_server.deliver(mailbox.address, a_mail(subject="After"))
        has(mailbox, 2)
    assert sorted(InboundMail.objects.values_list("uid", flat=True)) == [1, 2]


def test_a_lost_connection_is_made_again(mail_server, monkeypatch):
    monkeypatch.setattr(receiver, "FIRST_PAUSE", 0.05)
    mailbox = on_server(mail_server)
    with receiving():
        answers(mailbox)
        mail_server.close_connections(mailbox.address)
        mail_server.deliver(mailbox.address, a_mail())
        has(mailbox, 1)


def test_a_broken_mailbox_is_shown_delays_no_other_and_is_mended_without_restart(
    mail_server, monkeypatch
):
    monkeypatch.setattr(receiver, "FIRST_PAUSE", 0.05)
    broken = on_server(mail_server, imap_password="wrong")
    sound = on_server(mail_server)
    with receiving():
        wait_until(lambda: Mailbox.objects.filter(pk=broken.pk, error__contains="refused").exists())
        mail_server.deliver(sound.address, a_mail())
        has(sound, 1)
        edit_mailbox(broken.pk, imap_password=PASSWORD, by=SYSTEM)
        mail_server.deliver(broken.address, a_mail())
        has(broken, 1)
        wait_until(lambda: Mailbox.objects.filter(pk=broken.pk, error="").exists())
    facts = Entry.objects.filter(subject_type="mailbox", subject_id=broken.pk).order_by("pk")
    assert list(facts.values_list("fact", flat=True)) == [
        "mailbox.created",
        "mailbox.failing",
        "mailbox.changed",
        "mailbox.recovered",
    ]


def test_a_mailbox_that_is_switched_off_is_left_alone(mail_server):
    mailbox = on_server(mail_server)
    with receiving():
        answers(mailbox)
        edit_mailbox(mailbox.pk, is_active=False, by=SYSTEM)
        wait_until(lambda: not _is_read(mailbox))


def _is_read(mailbox: Mailbox) -> bool:
    return any(mailbox.address in thread.name for thread in threading.enumerate())


def test_a_certificate_that_nobody_vouches_for_is_refused(mail_server, monkeypatch):
    monkeypatch.setattr(receiver, "FIRST_PAUSE", 0.05)
    mailbox = on_server(
        mail_server,
        imap_host="localhost",
        imap_port=mail_server.imaps_port,
        imap_security=Mailbox.Security.TLS,
    )
    mail_server.deliver(mailbox.address, a_mail())
    with receiving():
        wait_until(
            lambda: Mailbox.objects.filter(pk=mailbox.pk, error__contains="certificate").exists()
        )
    assert not InboundMail.objects.filter(mailbox=mailbox).exists()
    monkeypatch.setenv("SSL_CERT_FILE", str(mail_server.certificate))
    with receiving():
        has(mailbox, 1)


def test_a_server_without_idle_is_asked_again_and_again(mail_server, monkeypatch):
    monkeypatch.setattr(receiver, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(receiver, "can_idle", lambda _box: False)
    mailbox = on_server(mail_server)
    with receiving():
        answers(mailbox)
        mail_server.deliver(mailbox.address, a_mail())
        has(mailbox, 1)


def test_a_mail_too_large_for_anybody_stays_in_the_mailbox_and_is_quarantined(
    mail_server, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(fetching, "LARGEST", 1024 * 1024)
    mailbox = on_server(mail_server, largest_mb=1)
    with receiving():
        mail_server.deliver(mailbox.address, a_mail(("x" * 70 + "\n") * 18_000))
        mail_server.deliver(mailbox.address, a_mail(subject="Small"))
        has(mailbox, 2)
        wait_until(lambda: mail_server.flags(mailbox.address) == [(), ("\\Seen",)])
    inbound = InboundMail.objects.get(mailbox=mailbox, uid=1)
    assert (inbound.state, "still in the mailbox" in inbound.reason) == ("quarantined", True)
    assert inbound.size < 5_000


def test_a_mailbox_is_left_as_its_setting_says(mail_server):
    flag, leave, move, crashed = (
        on_server(mail_server, after_reading=setting, done_folder=folder)
        for setting, folder in (
            ("flag", ""),
            ("leave", ""),
            ("move", "Done/Åter"),
            ("move", "Done"),
        )
    )
    for mailbox in (flag, leave, move, crashed):
        for number in range(3):
            mail_server.deliver(mailbox.address, a_mail(subject=f"Number {number}"))
    # As after a crash between storing and moving.
    with transport.imap(crashed) as box:
        uid_validity = int(box.folder.status("INBOX", ["UIDVALIDITY"])["UIDVALIDITY"])
        for found in fetching.Fetching().batches(box, [1, 2, 3], largest_mb=1):
            keep_mails(crashed.pk, found, uid_validity=uid_validity)
    begin_counting(crashed.pk, uid_validity=uid_validity, last_uid=3)
    with receiving():
        for mailbox in (flag, leave, move, crashed):
            has(mailbox, 3)
        wait_until(lambda: mail_server.flags(flag.address) == [("\\Flagged", "\\Seen")] * 3)
        wait_until(lambda: mail_server.flags(move.address) == [])
        wait_until(lambda: mail_server.flags(crashed.address) == [])
        answers(leave)
    assert mail_server.flags(leave.address) == [()] * 3
    with transport.imap(move) as box:
        assert box.folder.status("Done.Åter", ["MESSAGES"])["MESSAGES"] == 3
    assert InboundMail.objects.filter(mailbox=crashed).count() == 3
    mailbox = Mailbox.objects.get(pk=move.pk)
    assert mailbox.lag_seconds is not None
    assert InboundMail.objects.filter(arrived_at=None).count() == 0


def test_a_renumbered_folder_is_not_read_again_and_loses_nothing(mail_server):
    mailbox = on_server(mail_server, after_reading="leave")
    mail_server.deliver(mailbox.address, a_mail(subject="Known"))
    with receiving():
        has(mailbox, 1)
        answers(mailbox)
    begin_counting(mailbox.pk, uid_validity=1, last_uid=4711)
    InboundMail.objects.filter(mailbox=mailbox).update(uid_validity=1)
    mail_server.deliver(mailbox.address, a_mail(subject="Read by somebody meanwhile"))
    with MailBoxUnencrypted(HOST, mail_server.imap_port).login(mailbox.address, PASSWORD) as box:
        assert len(list(box.fetch(mark_seen=True))) == 2
    mail_server.deliver(mailbox.address, a_mail(subject="New"))
    with receiving():
        has(mailbox, 3)
        wait_until(lambda: Mailbox.objects.filter(pk=mailbox.pk, last_uid=3).exists())
    assert InboundMail.objects.filter(mailbox=mailbox).count() == 3


def test_a_server_that_says_nothing_delays_no_other_mailbox(mail_server):
    with socket.create_server((HOST, 0)) as silent:
        hanging = on_server(mail_server, imap_port=silent.getsockname()[1])
        sound = on_server(mail_server)
        with receiving():
            connection, _address = silent.accept()
            mail_server.deliver(sound.address, a_mail())
            has(sound, 1)
            connection.close()
    assert not InboundMail.objects.filter(mailbox=hanging).exists()


ANSWERS = [
    ([(b"1 (UID 7 BODY[] {3}", b"abc"), b")"], {7: b"abc"}),
    ([(b"1 (BODY[] {3}", b"abc"), b" UID 7)"], {7: b"abc"}),
    ([b"3 (UID 9 FLAGS (\\Seen))", (b"1 (UID 7 BODY[] {3}", b"abc"), b")"], {7: b"abc"}),
    ([(b"1 (UID 7 BODY[] {9}", b"UID 8 abc"), b" FLAGS (\\Seen))"], {7: b"UID 8 abc"}),
    ([None, b""], {}),
]


def test_what_servers_tell_between_mails_is_no_mail():
    for answer, found in ANSWERS:
        assert fetching.bodies_in([part for part in answer if part is not None]) == found


class Breaking:
    """A server that breaks the connection off at one mail, and refuses another."""

    def __init__(self) -> None:
        self.client = self

    def uid(self, _command: str, numbers: str, parts: str) -> tuple[str, list[object]]:
        asked = [
            uid
            for one in numbers.split(",")
            for uid in range(int(one.split(":")[0]), int(one.split(":")[-1]) + 1)
        ]
        if "SIZE" in parts:
            return "OK", [f"{uid} (UID {uid} RFC822.SIZE 9)".encode() for uid in asked]
        if 3 in asked and "HEADER" not in parts:
            raise IMAP4.abort("broken off")
        if 5 in asked:
            return "NO", [b"corrupt"]
        return "OK", [
            (f"{uid} (UID {uid} BODY[] {{9}}".encode(), b"Mail %d" % uid) for uid in asked
        ]


def test_a_mail_that_the_server_cannot_give_holds_up_no_other():
    fetched = fetching.Fetching()
    taken: dict[int, str] = {}
    for _connection in range(fetching.TRIES + 1):
        with contextlib.suppress(IMAP4.abort):
            left = [uid for uid in range(1, 8) if uid not in taken]
            for batch in fetched.batches(Breaking(), left, largest_mb=1):
                taken |= {one.uid: one.left_out for one in batch}
    assert sorted(taken) == list(range(1, 8))
    assert [uid for uid, left_out in taken.items() if left_out] == [3, 5]
