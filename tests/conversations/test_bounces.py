from pathlib import Path

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
