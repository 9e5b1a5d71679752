"""Mail that came back, as mail servers report it (RFC 3464)."""

from ansvar.conversations.models import OutboundMail

_REPORT = """\
Return-Path: <>
From: Mail Delivery System <mailer-daemon@mx.example.com>
To: {desk}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver your mail.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--b
Content-Type: text/rfc822-headers

Message-ID: <{message_id}>
Subject: {subject}

--b--
"""


def a_report(
    outbound: OutboundMail,
    *,
    recipient: str = "",
    status: str = "5.1.1",
    action: str = "failed",
    said: str = "550 5.1.1 User unknown",
    message_id: str = "",
) -> bytes:
    """Return the report of a server about a mail of ours."""
    return _REPORT.format(
        desk=outbound.mailbox.address,
        recipient=recipient or outbound.recipient,
        action=action,
        status=status,
        said=said,
        message_id=message_id or outbound.message.message_id,
        subject=outbound.message.subject,
    ).encode()


def a_report_on(message_id: str, *, recipient: str, desk: str) -> bytes:
    """Return the report that nobody at *recipient* is known, about the mail with this id."""
    return _REPORT.format(
        desk=desk,
        recipient=recipient,
        action="failed",
        status="5.1.1",
        said="550 5.1.1 User unknown",
        message_id=message_id,
        subject="Sent",
    ).encode()
