"""Mail as people send it, and mailboxes for it to arrive in."""

from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any

from builders import a_desk, a_number, a_team
from queued_work import run_queued

from ansvar.conversations.commands import create_mailbox, take_in
from ansvar.conversations.models import InboundMail, Mailbox
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.people.models import Desk

SENDER = "Anna Berg <anna@example.com>"


def a_desk_with_mail(**wanted: Any) -> Mailbox:
    """Return the mailbox of a desk that can take tickets."""
    desk = a_desk(**wanted)
    a_team(desk, is_default=True)
    return a_mailbox(desk)


def a_mailbox(desk: Desk | None = None, **wanted: Any) -> Mailbox:
    fields: Any = {
        "address": f"desk{a_number()}@corp.test",
        "imap_host": "127.0.0.1",
        "imap_port": 9,
        "imap_security": Mailbox.Security.NONE,
        "imap_user": "desk",
        "smtp_host": "127.0.0.1",
        "smtp_port": 9,
        "smtp_security": Mailbox.Security.NONE,
        **wanted,
    }
    if desk is None:
        return a_desk_with_mail()
    return create_mailbox(desk=desk, by=SYSTEM, **fields)


def a_mail(
    text: str = "The cash desk prints nothing.",
    *,
    to: str = "desk@corp.test",
    sender: str | None = SENDER,
    subject: str = "Cash desk 3",
    answers: str = "",
    html: str = "",
    files: tuple[tuple[str, str, bytes], ...] = (),
    **headers: str,
) -> bytes:
    """Return a raw mail; *answers* is the id of the mail it replies to, without brackets."""
    message = EmailMessage()
    if sender:
        message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = headers.pop("Message_ID", None) or make_msgid(domain="example.com")
    message["Date"] = format_datetime(clock.now())
    if answers:
        message["In-Reply-To"] = f"<{answers}>"
        message["References"] = f"<{answers}>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, media_type, content in files:
        maintype, _slash, subtype = media_type.partition("/")
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
    return message.as_bytes()


def arrived(mailbox: Mailbox, raw: bytes) -> InboundMail:
    """Let a mail arrive in a mailbox and be read, and return what became of it."""
    inbound = take_in(mailbox.pk, uid_validity=1, uid=a_number(), raw=raw)
    run_queued("conversations.read_stored")
    inbound.refresh_from_db()
    return inbound
