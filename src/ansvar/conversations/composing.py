"""Outgoing mail in the form in which it goes over the wire."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from markdown_it import MarkdownIt
from typing_extensions import override

from ansvar.conversations.sanitising import sanitised

_ID_HEADERS = {"message-id", "in-reply-to", "references"}
_LONGEST_ID = 250
_KEPT_REFERENCES = 8

_PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"></head>'
    '<body style="font-family:system-ui,sans-serif;font-size:15px;line-height:1.5">'
    "{body}{foot}</body></html>"
)
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\((https?://[^\s()]{1,1000})\)")
_STRONG = re.compile(r"\*\*([^*\n]{1,200})\*\*")
_FOOT = '<p style="color:#667382;font-size:13px">-- <br>{words}</p>'


class _Wire(policy.EmailPolicy):
    """The library's way of writing mail, but for ids.

    An id that is longer than a line it would turn into an encoded word, by which no mail client
    finds its thread.
    """

    @override
    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in _ID_HEADERS:
            ids = f"{self.linesep} ".join(str(value).split())
            return f"{name}: {ids}{self.linesep}".encode()
        return super().fold_binary(name, value)


_WIRE = _Wire(linesep="\r\n")
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """What a mail says and to whom, ready to be written down."""

    sender_name: str
    sender: str
    to: Sequence[str]
    cc: Sequence[str] = ()
    subject: str
    text: str
    """Markdown; the plain part carries it with links and emphasis made plain."""
    foot: str = ""
    """A line under the text: desk and reference."""
    language: str = "en"
    message_id: str
    in_reply_to: str = ""
    references: Sequence[str] = ()
    written_at: datetime
    is_automatic: bool = False
    files: "Sequence[OutgoingFile]" = field(default=())


@dataclass(frozen=True, kw_only=True)
class OutgoingFile:
    """A file to be sent with a mail."""

    name: str
    media_type: str
    content: bytes


def html_of(text: str) -> str:
    """Return Markdown as harmless HTML; HTML inside it is shown as text."""
    return sanitised(_markdown.render(text))


def plain_of(text: str) -> str:
    """Return Markdown as it reads best without any: addresses bare, so that they can be clicked."""
    return _STRONG.sub(r"\1", _LINK.sub(r"\1: \2", text))


def kept_references(ids: Sequence[str]) -> list[str]:
    """Return the ids that a References header carries: the first and the last ones (RFC 5322)."""
    usable = [one for one in dict.fromkeys(ids) if one.isascii() and len(one) <= _LONGEST_ID]
    if len(usable) <= _KEPT_REFERENCES:
        return usable
    return [usable[0], *usable[-(_KEPT_REFERENCES - 1) :]]


def as_bytes(mail: Outgoing) -> bytes:
    """Write a mail down: plain text and HTML beside each other, then its files."""
    message = EmailMessage(policy=_WIRE)
    user, _at, domain = mail.sender.rpartition("@")
    message["From"] = Address(one_line(mail.sender_name), user, domain)
    message["To"] = ", ".join(mail.to)
    if mail.cc:
        message["Cc"] = ", ".join(mail.cc)
    message["Subject"] = one_line(mail.subject)
    message["Date"] = format_datetime(mail.written_at)
    message["Message-ID"] = f"<{mail.message_id}>"
    if mail.in_reply_to:
        message["In-Reply-To"] = f"<{mail.in_reply_to}>"
    if mail.references:
        message["References"] = " ".join(f"<{one}>" for one in mail.references)
    if mail.is_automatic:
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    foot = f"\n\n-- \n{mail.foot}" if mail.foot else ""
    message.set_content(f"{plain_of(mail.text)}{foot}\n", cte="quoted-printable")
    message.add_alternative(_page(mail), subtype="html", cte="quoted-printable")
    for file in mail.files:
        maintype, _slash, subtype = file.media_type.partition("/")
        if maintype in {"multipart", "message"} or not subtype:
            maintype, subtype = "application", "octet-stream"
        message.add_attachment(
            file.content, maintype=maintype, subtype=subtype, filename=one_line(file.name)
        )
    return message.as_bytes()


def one_line(text: str) -> str:
    """Return *text* without line ends: a header that had one could smuggle in others."""
    return " ".join(text.split())


def _page(mail: Outgoing) -> str:
    foot = _FOOT.format(words=escape(mail.foot)) if mail.foot else ""
    return _PAGE.format(language=escape(mail.language), body=html_of(mail.text), foot=foot)
