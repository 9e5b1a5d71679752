import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from ansvar.conversations.parsing import Incoming, Reason, read_mail


def report(
    diagnostic: str, *, status: str = "", action: str = "failed", command: str = ""
) -> bytes:
    """Return a report as mail servers write it today."""
    told = f" (in reply to {command} command)" if command else ""
    stated = f"Status: {status}\n" if status else ""
    return f"""\
From: Mail Delivery System <MAILER-DAEMON@mx.sender.test>
To: desk@corp.test
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=cut

--cut
Content-Type: text/plain

Your mail could not be delivered.

<anna@there.test>: host mx.there.test[192.0.2.7] said: {diagnostic}{told}

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.sender.test

Original-Recipient: rfc822;anna@there.test
Final-Recipient: rfc822; Anna@There.test
Action: {action}
{stated}Remote-MTA: dns; mx.there.test
Diagnostic-Code: smtp; {diagnostic}

--cut
Content-Type: text/rfc822-headers

Message-ID: <m1@corp.test>
From: desk@corp.test
To: anna@there.test
Subject: Your printer

--cut--
""".encode()


def read(raw: bytes) -> Incoming:
    return read_mail(raw)


@pytest.mark.parametrize(
    ("diagnostic", "reason"),
    [
        ("550 5.1.1 The mailbox you try to reach is unknown here", Reason.USER_UNKNOWN),
        ("550 5.1.1 No such user", Reason.USER_UNKNOWN),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found", Reason.USER_UNKNOWN),
        (
            "550-5.1.1 The account does not exist. Check it for\n 550 5.1.1 typos",
            Reason.USER_UNKNOWN,
        ),
        (
            "450 4.1.1 <anna@there.test>: Recipient address rejected: User unknown",
            Reason.USER_UNKNOWN,
        ),
        ("550 5.1.2 Host unknown (Name server: there.test: host not found)", Reason.HOST_UNKNOWN),
        ("550 5.4.4 Invalid domain", Reason.HOST_UNKNOWN),
        ("550 5.1.6 The recipient has moved to anna@else.test", Reason.HAS_MOVED),
        ("551 User not local; please try <anna@else.test>", Reason.HAS_MOVED),
        ("556 5.1.10 Recipient address has null MX", Reason.NOT_ACCEPT),
        ("521 5.3.2 there.test does not accept mail", Reason.NOT_ACCEPT),
        ("552 5.2.2 The mailbox is over quota", Reason.MAILBOX_FULL),
        ("452 4.2.2 The email account that you tried to reach is over quota", Reason.MAILBOX_FULL),
        ("550 Mailbox quota exceeded", Reason.MAILBOX_FULL),
        ("554 5.2.2 mailbox full", Reason.MAILBOX_FULL),
        ("552 5.2.3 Message exceeds the limit set by the recipient", Reason.EXCEED_LIMIT),
        ("552 5.3.4 Message size exceeds fixed limit", Reason.MESSAGE_TOO_BIG),
        ("452 4.3.1 Insufficient system storage", Reason.SYSTEM_FULL),
        ("550 5.2.1 The account is disabled", Reason.SUSPEND),
        ("525 5.7.13 Account suspended", Reason.SUSPEND),
        ("550 5.2.0 not said why", Reason.FILTERED),
        ("550 5.1.8 Sender address rejected: Domain not found", Reason.REJECTED),
        ("553 5.1.8 Domain of sender address does not exist", Reason.REJECTED),
        ("550 5.7.1 You are not allowed to post to this list", Reason.REJECTED),
        ("554 5.7.1 Client host [192.0.2.7] blocked using zen.spamhaus.test", Reason.BLOCKED),
        ("550 5.7.606 Access denied, banned sending IP [192.0.2.7]", Reason.BLOCKED),
        ("450 4.7.1 Client host rejected: Greylisted, see you in 5 minutes", Reason.BLOCKED),
        ("421 4.7.0 Poor reputation of the address [192.0.2.7]", Reason.BAD_REPUTATION),
        ("554 5.7.25 The IP address has no PTR record", Reason.REQUIRE_PTR),
        ("450 4.7.25 Client host rejected: cannot find your reverse hostname", Reason.REQUIRE_PTR),
        ("554 5.7.1 Message rejected as spam by content filtering", Reason.SPAM_DETECTED),
        ("550 5.7.1 Unsolicited mail is not wanted here", Reason.SPAM_DETECTED),
        ("552 5.7.0 Virus found: Eicar-Test", Reason.VIRUS_DETECTED),
        ("550 5.7.26 Mail from corp.test fails its DMARC policy", Reason.AUTH_FAILURE),
        ("550 5.7.23 The message was rejected: SPF check failed", Reason.AUTH_FAILURE),
        ("550 5.7.1 Rejected due to company policy", Reason.POLICY_VIOLATION),
        ("552 5.7.0 This attachment type is blocked here", Reason.POLICY_VIOLATION),
        ("530 5.7.0 Authentication required", Reason.SECURITY_ERROR),
        ("454 4.7.5 Certificate verification failed", Reason.FAILED_STARTTLS),
        ("554 5.7.1 <anna@there.test>: Relay access denied", Reason.NO_RELAYING),
        ("550 5.7.1 Unable to relay", Reason.NO_RELAYING),
        ("550 5.7.1 The message is not RFC 5322 compliant: two From headers", Reason.NOT_COMPLIANT),
        ("554 5.6.1 Body type not supported, conversion impossible", Reason.CONTENT_ERROR),
        ("450 4.7.28 Unusual rate of mail from your address", Reason.SPEEDING),
        ("421 4.7.0 Too many concurrent connections", Reason.TOO_MANY_CONNECTIONS),
        ("452 4.5.3 Too many recipients", Reason.TOO_MANY_CONNECTIONS),
        ("550 4.4.7 Message expired", Reason.EXPIRED),
        ("421 4.4.2 Connection timed out", Reason.EXPIRED),
        ("554 5.4.6 Too many hops", Reason.NETWORK_ERROR),
        ("451 4.3.5 Server configuration error", Reason.SYSTEM_ERROR),
        ("500 5.5.1 Command unrecognized: XFOO", Reason.SYNTAX_ERROR),
        ("550 No", Reason.ON_HOLD),
    ],
)
def test_the_words_and_codes_of_a_server_give_a_reason(diagnostic: str, reason: Reason):
    (bounce,) = read(report(diagnostic)).bounces
    assert bounce.reason is reason
    assert bounce.hard is (
        reason in {Reason.USER_UNKNOWN, Reason.HOST_UNKNOWN, Reason.HAS_MOVED, Reason.NOT_ACCEPT}
    )
    assert bounce.has_failed


def test_a_report_names_recipient_status_words_and_the_mail_that_came_back():
    mail = read(report("550 5.1.1 No such user", status="5.1.1", command="RCPT TO"))
    (bounce,) = mail.bounces
    assert (bounce.recipient, bounce.status, bounce.action) == (
        "anna@there.test",
        "5.1.1",
        "failed",
    )
    assert bounce.diagnostic == "550 5.1.1 No such user"
    assert bounce.message_id == mail.undelivered == "m1@corp.test"
    assert mail.references == ("m1@corp.test",)


def test_whoever_refuses_after_the_content_has_seen_more_than_the_address():
    (early,) = read(report("550 User unknown", status="5.0.0", command="RCPT TO")).bounces
    (late,) = read(report("550 User unknown", status="5.0.0", command="end of DATA")).bounces
    assert (early.reason, late.reason) == (Reason.USER_UNKNOWN, Reason.FILTERED)


def test_the_refusing_server_is_believed_rather_than_the_reporting_one():
    (bounce,) = read(report("552 5.2.2 Over quota", status="5.0.0")).bounces
    assert (bounce.status, bounce.reason) == ("5.2.2", Reason.MAILBOX_FULL)


@pytest.mark.parametrize(
    ("diagnostic", "status", "action", "reason", "has_failed"),
    [
        ("250 2.1.5 Ok", "2.1.5", "delivered", Reason.DELIVERED, False),
        ("250 2.0.0 Taken", "2.0.0", "relayed", Reason.DELIVERED, False),
        ("421 4.4.1 Not answering", "4.4.1", "delayed", Reason.EXPIRED, False),
        ("452 4.2.2 Mailbox full", "4.2.2", "delayed", Reason.MAILBOX_FULL, False),
        ("452 4.2.2 Mailbox full", "4.2.2", "failed", Reason.MAILBOX_FULL, True),
    ],
)
def test_what_waits_or_has_arrived_has_not_failed(
    diagnostic: str, status: str, action: str, reason: Reason, *, has_failed: bool
):
    (bounce,) = read(report(diagnostic, status=status, action=action)).bounces
    assert (bounce.reason, bounce.has_failed, bounce.hard) == (reason, has_failed, False)


def letter(body: str, *, head: str = "") -> bytes:
    """Return a notice in prose, with the mail that came back below it."""
    sender = "From: MAILER-DAEMON@mx.sender.test\nSubject: failure notice\n"
    back = "Received: from a by b\nMessage-ID: <m1@corp.test>\nTo: anna@there.test\n\nHello"
    return f"{head or sender}To: desk@corp.test\n\n{body}\n\n{back}\n".encode()


LETTERS = {
    "qmail": (
        (
            "Hi. This is the qmail-send program at mx.sender.test.\n\n<anna@there.test>:\n"
            "192.0.2.7 does not like recipient.\nRemote host said: 550 Nobody here: user unknown\n"
            "Giving up on 192.0.2.7.\n\n--- Below this line is a copy of the message.\n"
        ),
        Reason.USER_UNKNOWN,
    ),
    "exim": (
        (
            "A message that you sent could not be delivered. The following address(es) failed:\n\n"
            "  anna@there.test\n"
            "    SMTP error from remote mail server after RCPT TO:<anna@there.test>:\n"
            "    host mx.there.test [192.0.2.7]: 550 5.1.1 Unknown user\n\n"
            "------ This is a copy of the message, including all the headers. ------\n"
        ),
        Reason.USER_UNKNOWN,
    ),
    "exim route": ("  anna@there.test\n    Unrouteable address\n", Reason.HOST_UNKNOWN),
    "postfix": (
        (
            "<anna@there.test>: host mx.there.test[192.0.2.7] said: 552 5.2.2 The\n"
            "    mailbox is full (in reply to RCPT TO command)\n"
        ),
        Reason.MAILBOX_FULL,
    ),
    "sendmail": (
        (
            "   ----- The following addresses had permanent fatal errors -----\n<anna@there.test>\n"
            "    (reason: 550 5.7.1 Blocked using a blacklist)\n\n"
            "   ----- Transcript of session follows -----\n... while talking to mx.there.test.:\n"
        ),
        Reason.BLOCKED,
    ),
    "old sendmail": (
        (
            "   ----- Transcript of session follows -----\nWhile talking to mx.there.test:\n"
            ">>> RCPT To:<anna@there.test>\n<<< 550 Unknown user\n"
            "550 <anna@there.test>... User unknown\n\n   ----- Unsent message follows -----\n"
        ),
        Reason.USER_UNKNOWN,
    ),
    "exchange": (
        (
            "Your message\n\n  To:      anna@there.test\n  Subject: Printer\n\n"
            "did not reach the following recipient(s):\n\nanna@there.test on Thu, 29 Apr 2010\n"
            "    The recipient name is not recognized\n"
        ),
        Reason.USER_UNKNOWN,
    ),
    "domino": (
        (
            "Your message\n\n  Subject: Printer\n\nwas not delivered to:\n\n  anna@there.test\n\n"
            "because:\n\n  User Anna (anna@there.test) not listed in Domino Directory\n"
        ),
        Reason.USER_UNKNOWN,
    ),
    "google": (
        (
            "Delivery to the following recipient has been delayed:\n\n     anna@there.test\n\n"
            "Message will be retried for 2 more day(s)\n\n----- Original message -----\n"
        ),
        Reason.EXPIRED,
    ),
    "dragonfly": (
        (
            "There was an error delivering your mail to <anna@there.test>.\n\n"
            "mx.there.test did not like our RCPT TO:\n550 5.1.1 Unknown\n"
            "\nMessage headers follow.\n"
        ),
        Reason.USER_UNKNOWN,
    ),
    "opensmtpd": (
        (
            "list of recipients:\n\nanna@there.test: Network error on destination MXs\n\n"
            "    Below is a copy of the original message:\n"
        ),
        Reason.NETWORK_ERROR,
    ),
    "provider": (
        (
            "Your mail sent on: Thu, 29 Apr 2013\n"
            "     Could not be delivered to: <anna@there.test>\n"
            "     As their mailbox is full.\n"
        ),
        Reason.MAILBOX_FULL,
    ),
    "imail": ("Unknown user: anna@there.test\n\nOriginal message follows.\n", Reason.USER_UNKNOWN),
    "marshal": (
        (
            "Could not be delivered because of\n\n550 5.1.1 User unknown\n\n"
            "The following recipients were affected:\n    anna@there.test\n"
        ),
        Reason.USER_UNKNOWN,
    ),
    "russian": (
        (
            "Ваше письмо не может быть доставлено:\n\n  anna@there.test\n"
            "    SMTP error from remote mail server after RCPT TO:<anna@there.test>:\n"
            "    550 5.2.2 Mailbox Full\n"
        ),
        Reason.MAILBOX_FULL,
    ),
}


@pytest.mark.parametrize("family", LETTERS)
def test_a_notice_in_prose_is_understood(family: str):
    body, reason = LETTERS[family]
    (bounce,) = read(letter(body)).bounces
    assert (bounce.recipient, bounce.reason) == ("anna@there.test", reason)
    assert bounce.message_id == "m1@corp.test"


def test_a_notice_may_name_several_recipients():
    body = (
        "The following addresses failed:\n\n  anna@there.test\n    550 5.1.1 No such user\n"
        "  bo@there.test\n    552 5.2.2 Mailbox full\n"
    )
    found = [(one.recipient, one.reason, one.hard) for one in read(letter(body)).bounces]
    assert found == [
        ("anna@there.test", Reason.USER_UNKNOWN, True),
        ("bo@there.test", Reason.MAILBOX_FULL, False),
    ]


def test_a_recipient_named_in_the_header_alone_is_found():
    head = (
        "From: Mail Delivery System <Mailer-Daemon@mx.test>\nSubject: Mail delivery failed\n"
        "X-Failed-Recipients: Anna@there.test\n"
    )
    (bounce,) = read(letter("All went wrong: mailbox is full.", head=head)).bounces
    assert (bounce.recipient, bounce.reason) == ("anna@there.test", Reason.MAILBOX_FULL)


def test_a_report_is_read_behind_a_boundary_that_is_never_drawn():
    raw = report("550 5.1.1 No such user", status="5.1.1").replace(
        b"boundary=cut", b"boundary=gone"
    )
    (bounce,) = read(raw).bounces
    assert (bounce.recipient, bounce.reason) == ("anna@there.test", Reason.USER_UNKNOWN)


def test_a_notification_in_json_is_read():
    body = (
        '{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":'
        '"Anna@there.test","action":"failed","status":"5.1.1","diagnosticCode":'
        '"smtp; 550 5.1.1 user unknown"}]},"mail":{"commonHeaders":{"messageId":"<m1@corp.test>"}}}'
    )
    (bounce,) = read(f"From: no-reply@sns.test\nSubject: Notice\n\n{body}\n".encode()).bounces
    assert (bounce.recipient, bounce.reason, bounce.message_id) == (
        "anna@there.test",
        Reason.USER_UNKNOWN,
        "m1@corp.test",
    )


def test_a_complaint_is_told_for_each_recipient():
    raw = b"""From: feedback@provider.test
Content-Type: multipart/report; report-type=feedback-report; boundary=cut

--cut
Content-Type: message/feedback-report

Feedback-Type: abuse
Original-Rcpt-To: anna@there.test
Original-Rcpt-To: bo@there.test

--cut
Content-Type: message/rfc822

Message-ID: <m1@corp.test>
From: desk@corp.test

Hello
--cut--
"""
    found = [(one.recipient, one.reason, one.diagnostic) for one in read(raw).bounces]
    assert found == [
        ("anna@there.test", Reason.FEEDBACK, "abuse"),
        ("bo@there.test", Reason.FEEDBACK, "abuse"),
    ]
    assert not any(one.has_failed or one.hard for one in read(raw).bounces)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Mail does not work", "I always get: 550 5.1.1 <bo@there.test>: User unknown"),
        ("Fwd: Undelivered Mail Returned to Sender", "<bo@there.test>: 550 5.1.1 User unknown"),
        ("Undeliverable", "What does it mean that the mailbox is full?"),
    ],
)
def test_a_person_who_writes_about_a_bounce_sends_none(subject: str, body: str):
    raw = f"From: Anna <anna@there.test>\nSubject: {subject}\n\n{body}\n".encode()
    mail = read(raw)
    assert mail.bounces == ()
    assert not mail.nature.is_automatic


@pytest.mark.parametrize(
    "unit", ["<a@b.test>: ", "550-5.1.1 ", "user is ", "a@b.test\n", '"', "<<< "]
)
def test_a_hostile_notice_is_read_like_any_other(unit: str):
    many = unit * (200_000 // len(unit))
    for raw in (letter(many), letter(f"<anna@there.test>:\n{many}"), report(many)):
        assert len(read(raw).bounces) <= 200


SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "mail" / "mail_samples.tar.xz"
WANTED_SHARE = 0.95


def _samples() -> dict[str, tuple[bytes, list[list[Any]]]]:
    mails: dict[str, bytes] = {}
    expected: dict[str, list[list[Any]]] = {}
    with tarfile.open(SAMPLES) as archive:
        for member in archive:
            folder, _, name = member.name.removeprefix("./").partition("/")
            file = archive.extractfile(member) if folder == "bounces" and member.isfile() else None
            if file is None:
                continue
            if name == "expected.json":
                expected = json.load(file)["expected"]
            elif name.endswith(".eml"):
                mails[name] = file.read()
    return {name: (mails[name], rows) for name, rows in expected.items() if name in mails}


@pytest.mark.shared_data
@pytest.mark.skipif(not SAMPLES.exists(), reason="needs the sample mails beside the project")
def test_the_samples_are_judged_as_their_collectors_judged_them():
    unlike: dict[str, list[str]] = {"reason": [], "hard": []}
    samples = _samples()
    assert len(samples) > 300
    for name, (raw, rows) in samples.items():
        bounces = read(raw).bounces
        told = {
            "reason": (sorted(one.reason for one in bounces), sorted(row[2] for row in rows)),
            "hard": (sorted(one.hard for one in bounces), sorted(row[3] for row in rows)),
        }
        for aspect, (found, wanted) in told.items():
            if found != wanted:
                unlike[aspect].append(f"{name}: {wanted} expected, {found} found")
    for aspect, names in unlike.items():
        share = 1 - len(names) / len(samples)
        assert share >= WANTED_SHARE, "\n".join([f"{aspect}: {share:.1%}", *names])
