import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from mails import a_desk_with_mail, a_mail, arrived

from ansvar.conversations.consulting import against_database
from ansvar.conversations.explaining import Outcome, explained
from ansvar.conversations.parsing import Incoming


def test_a_mail_is_explained_whole():
    told = explained(
        a_mail(
            "It is dead.\n\nOn Mon, 3 Feb 2025 at 10:00, Bo <b@x.test> wrote:\n> Works?",
            sender='"Berg, Anna" <Anna@Example.com>',
            to="IT <it@corp.test>, hr@corp.test",
            Cc="Åsa <asa@corp.test>",
            subject="Skrivare",
            Message_ID="<one@example.com>",
            files=(("a.txt", "text/plain", b"abc"),),
        )
    )
    assert told["message_id"] == "one@example.com"
    assert told["from"] == '"Berg, Anna" <Anna@Example.com>'
    assert told["to"] == ["IT <it@corp.test>", "hr@corp.test"]
    assert told["cc"] == ['"Åsa" <asa@corp.test>']
    assert (told["subject"], told["new_text"]) == ("Skrivare", "It is dead.")
    assert told["attachments"] == [
        {"name": "a.txt", "size": 3, "sha256": hashlib.sha256(b"abc").hexdigest()}
    ]
    assert (told["automatic"], told["bounce"], told["decision"]) == (None, None, "open")
    assert all(sentence.endswith(".") for sentence in told["sentences"])


@pytest.mark.parametrize(
    ("raw", "decision"),
    [
        (a_mail(), "open"),
        (a_mail(Auto_Submitted="auto-generated"), "ignore"),
        (a_mail(sender=None), "quarantine"),
        (b"no mail at all", "quarantine"),
        (b"", "quarantine"),
        (b"From: a@b.test\n\n", "quarantine"),
        (b"From: a@b.test\nContent-Type: application/pkcs7-mime\n\nabc", "open"),
    ],
)
def test_what_becomes_of_a_strangers_mail_is_told_with_the_reason(raw: bytes, decision: str):
    told = explained(raw)
    assert told["decision"] == decision
    assert told["sentences"]


def test_a_mail_that_cannot_be_read_still_says_whose_it_is():
    parts = b"--x\n\na\n" * 5_000
    told = explained(
        b"From: A <a@b.test>\nSubject: Too much\n"
        b"Content-Type: multipart/mixed; boundary=x\n\n" + parts
    )
    assert (told["from"], told["subject"]) == ("A <a@b.test>", "Too much")
    assert told["decision"] == "quarantine"


def test_a_bounce_names_whom_the_mail_did_not_reach():
    told = explained(
        b"From: MAILER-DAEMON@x.test\nSubject: Undelivered\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n"
        b"--x\n\nSorry.\n--x\nContent-Type: message/delivery-status\n\n"
        b"Reporting-MTA: dns; x.test\n\nFinal-Recipient: rfc822; bo@y.test\nAction: failed\n"
        b"Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n--x--\n"
    )
    assert told["automatic"] == "bounce"
    assert told["bounce"] == {
        "recipient": "bo@y.test", "status": "5.1.1", "reason": "userunknown", "hard": True,
    }  # fmt: skip


def test_what_a_database_knows_is_added():
    def consult(mail: Incoming, raw: bytes) -> Outcome:
        assert raw.endswith(b"nothing.\n")
        return Outcome(decision="join", sentences=("Found.",), known={"ticket": mail.subject})

    told = explained(a_mail(subject="IT-1"), consult=consult)
    assert (told["decision"], told["ticket"], told["sentences"][-1]) == ("join", "IT-1", "Found.")


def test_files_folders_mailboxes_and_standard_input_are_explained_line_by_line(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "one.eml").write_bytes(a_mail(subject="One"))
    (tmp_path / "folder" / ".hidden").write_bytes(b"x")
    envelope = b"From a@b.test Mon Feb  3 10:00:00 2025\n"
    words = a_mail("Hi\n\nFrom all of us at 10:00 in 2025\n", subject="Two")
    mailbox = tmp_path / "all.mbox"
    mailbox.write_bytes(envelope + words + b"\n" + envelope + a_mail(subject="Three"))
    # A program of its own, since it sets Django up in its own way: without a database.
    run = subprocess.run(
        [sys.executable, "-m", "ansvar", "mail", "explain",
         str(tmp_path / "folder"), "missing.eml", str(mailbox), "-"],
        input=a_mail(subject="Fyra åäö"), capture_output=True, check=False,
        env={"LC_ALL": "C", "PATH": ""},
    )  # fmt: skip
    told = [json.loads(line) for line in run.stdout.decode().splitlines()]
    assert [one["subject"] for one in told] == ["One", "Two", "Three", "Fyra åäö"]
    assert told[2]["source"] == f"{mailbox}#2"
    assert run.returncode == 2
    assert "missing.eml" in run.stderr.decode()


@pytest.mark.django_db
def test_the_database_adds_sender_thread_and_ticket():
    mailbox = a_desk_with_mail()
    first = arrived(mailbox, a_mail(Message_ID="<1@example.com>"))
    again = a_mail("More", to=mailbox.address, answers="1@example.com")
    told = explained(again, consult=against_database)
    assert first.ticket is not None
    assert (told["decision"], told["thread"]) == ("join", "message-id")
    assert told["ticket"] == first.ticket.reference
    assert told["sender"]["name"] == "Anna Berg"
    assert told["mailbox"] == mailbox.address
    same = explained(a_mail(to="nobody@corp.test"), consult=against_database)
    assert (same["decision"], same["ticket"]) == ("open", None)
