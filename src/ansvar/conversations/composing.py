"""Outgoing mail in the form in which it goes over the wire."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt
from typing_extensions import override

from ansvar.conversations.reply_line import reply_line
from ansvar.conversations.sanitising import sanitised

_ID_HEADERS = {"message-id", "in-reply-to", "references"}
_LONGEST_ID = 250
_KEPT_REFERENCES = 8
RENDERED_KEPT = 512

_PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"></head>'
    '<body style="font-family:system-ui,sans-serif;font-size:15px;line-height:1.5">'
    "{line}{body}{foot}{earlier}</body></html>"
)
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\((https?://[^\s()]{1,1000})\)")
_STRONG = re.compile(r"\*\*([^*\n]{1,200})\*\*")
_FOOT = '<p style="color:#667382;font-size:13px">-- <br>{words}</p>'
_REPLY_LINE = '<p style="color:#667382;font-size:13px">{words}</p>'
_EARLIER = (
    '<p style="color:#667382;font-size:13px;margin-top:24px">{head}</p>'
    '<blockquote style="margin:0;padding-left:12px;border-left:2px solid #c8d0d8">{body}'
    "</blockquote>"
)


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
_WIDE_WIRE = _Wire(linesep="\r\n", utf8=True)
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")


@dataclass(frozen=True, kw_only=True)
class Said:
    """Words of before, repeated under a mail."""

    head: str
    """Who said them, and when."""
    text: str


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """What a mail says and to whom, ready to be written down."""

    sender_name: str
    sender: str
    reply_to: str = ""
    """Where answers go, if not to the sender."""
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
    has_reply_line: bool = False
    earlier: Sequence[Said] = ()
    """The conversation so far, the latest first."""
    files: "Sequence[OutgoingFile]" = field(default=())

    @property
    def needs_utf8(self) -> bool:
        """Whether an address can be written only in UTF-8 (RFC 6531)."""
        return not "".join([self.sender, *self.to, *self.cc]).isascii()


@dataclass(frozen=True, kw_only=True)
class OutgoingFile:
    """A file to be sent with a mail."""

    name: str
    media_type: str
    content: bytes


@lru_cache(maxsize=RENDERED_KEPT)
def html_of(text: str) -> str:
    """Return Markdown as harmless HTML; HTML inside it is shown as text.

    The same answers are read again and again while a ticket is worked on.
    """
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
    message = EmailMessage(policy=_WIDE_WIRE if mail.needs_utf8 else _WIRE)
    user, _at, domain = mail.sender.rpartition("@")
    message["From"] = Address(one_line(mail.sender_name), user, domain)
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
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
    message.set_content(_plain(mail), cte="quoted-printable")
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


def _plain(mail: Outgoing) -> str:
    parts = [reply_line() + "\n"] if mail.has_reply_line else []
    parts.append(plain_of(mail.text))
    if mail.foot:
        parts.append(f"\n-- \n{mail.foot}")
    for said in mail.earlier:
        quoted = "\n".join(f"> {line}".rstrip() for line in plain_of(said.text).split("\n"))
        parts.append(f"\n{said.head}:\n{quoted}")
    return "\n".join(parts) + "\n"


def _page(mail: Outgoing) -> str:
    return _PAGE.format(
        language=escape(mail.language),
        line=_REPLY_LINE.format(words=escape(reply_line())) if mail.has_reply_line else "",
        body=html_of(mail.text),
        foot=_FOOT.format(words=escape(mail.foot)) if mail.foot else "",
        earlier="".join(
            _EARLIER.format(head=escape(said.head), body=html_of(said.text))
            for said in mail.earlier
        ),
    )
