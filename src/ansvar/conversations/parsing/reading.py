"""Reading one raw mail into what it says."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import Message
from email.parser import BytesParser

from django.utils.translation import gettext as _

from ansvar.conversations.parsing.bounces import Bounce, away, bounces_of
from ansvar.conversations.parsing.headers import (
    Address,
    addresses_of,
    clean,
    date_of,
    first_raw,
    ids_of,
    words_of,
)
from ansvar.conversations.parsing.nature import Kind, Nature, nature_of
from ansvar.conversations.parsing.parts import (
    Bodies,
    IncomingFile,
    TooComplex,
    bodies_of,
    parameter,
    type_of,
)
from ansvar.conversations.parsing.quoting import split_reply
from ansvar.conversations.sanitising import sanitised, text_from_html

LARGEST = 80 * 1024 * 1024
"""Bytes. Mail servers refuse far smaller ones."""
MOST_REFERENCES = 100


class Unreadable(Exception):
    """A mail cannot be read; the reason is a sentence for people."""


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """What a received mail says."""

    sender: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    written_at: datetime | None
    message_id: str
    """Without angle brackets, as all ids here; empty when the mail has none."""
    references: tuple[str, ...]
    """Ids of earlier mails, the nearest first."""
    text: str
    """All words, the quoted ones too."""
    new_text: str
    quoted: str
    html: str
    """Sanitised; pictures inside it are named by `cid:`."""
    files: tuple[IncomingFile, ...]
    nature: Nature
    bounces: tuple[Bounce, ...]
    """What it reports on the delivery of an earlier mail, by recipient."""
    fingerprint: str
    """Equal for the same mail received twice, whatever way it took."""

    @property
    def addressed(self) -> tuple[Address, ...]:
        """Everybody it was openly sent to."""
        return self.to + self.cc

    @property
    def undelivered(self) -> str:
        """The id of the mail that a bounce is about."""
        return next((one.message_id for one in self.bounces if one.message_id), "")

    @property
    def says_nothing(self) -> bool:
        """Whether there is neither a word nor a file in it."""
        return not (self.subject or self.text.strip() or self.files)


def read_mail(raw: bytes) -> Incoming:
    """Read a raw mail.

    Raises: Unreadable, and nothing else whatever the bytes are.
    """
    if len(raw) > LARGEST:
        words = _("The mail is larger than {size} MB.")
        raise Unreadable(words.format(size=LARGEST // 1024 // 1024))
    if not raw.strip():
        raise Unreadable(_("The mail is empty."))
    try:
        return _read(raw)
    except Unreadable:
        raise
    except TooComplex:
        raise Unreadable(_("The mail has too many parts, or parts nested too deeply.")) from None
    except RecursionError:
        raise Unreadable(_("The mail is nested too deeply.")) from None
    except Exception as error:  # the library's parsers raise all kinds on broken mail
        words = _("The mail is broken so that it cannot be read ({kind}).")
        raise Unreadable(words.format(kind=type(error).__name__)) from error


def _read(raw: bytes) -> Incoming:
    message: Message = BytesParser(policy=policy.default).parsebytes(_without_envelope_line(raw))
    if not message.keys():
        raise Unreadable(_("The mail has no header: nobody can tell who sent it."))
    bodies = bodies_of(message)
    senders = addresses_of(message, "From", bodies.charset) or addresses_of(message, "Sender")
    sender = senders[0] if senders else None
    shown_sender = sender.address if sender else first_raw(message, "From").lower()
    subject = words_of(first_raw(message, "Subject"), bodies.charset)
    text = _readable(bodies)
    bounces = bounces_of(message)
    nature = nature_of(
        message,
        content_type=type_of(message),
        report_type=parameter(message, "report-type"),
        sender=shown_sender,
        subject=subject,
        bounces=bounces,
    )
    if nature.kind is Kind.VACATION:
        bounces = (away(shown_sender, text),)
    new_text, quoted = split_reply(text)
    return Incoming(
        sender=sender,
        to=tuple(addresses_of(message, "To")),
        cc=tuple(addresses_of(message, "Cc")),
        subject=subject[:500],
        written_at=date_of(message),
        message_id=next(iter(ids_of(message, "Message-ID")), ""),
        references=_references(message, bounces),
        text=text,
        new_text=new_text,
        quoted=quoted,
        html=sanitised(bodies.html) if bodies.html else "",
        files=bodies.files,
        nature=nature,
        bounces=bounces,
        fingerprint=_fingerprint(shown_sender, subject, first_raw(message, "Date"), bodies=bodies),
    )


def _without_envelope_line(raw: bytes) -> bytes:
    """Return a mail without the `From ` line that mbox files put before it."""
    if raw.startswith((b"From ", b">From ")):
        return raw.partition(b"\n")[2]
    return raw


def _readable(bodies: Bodies) -> str:
    """Return the words: the plain text, or those of the HTML when there is no plain text."""
    if bodies.plain.strip():
        return bodies.plain.strip()
    return clean(text_from_html(bodies.html)).strip() if bodies.html else ""


def _references(message: Message, bounces: tuple[Bounce, ...]) -> tuple[str, ...]:
    answered = ids_of(message, "In-Reply-To")
    earlier = tuple(reversed(ids_of(message, "References")))
    returned = tuple(one.message_id for one in bounces if one.message_id)
    return tuple(dict.fromkeys(returned + answered + earlier))[:MOST_REFERENCES]


def _fingerprint(*said: str, bodies: Bodies) -> str:
    digest = hashlib.sha256()
    for text in [*said, bodies.plain, bodies.html]:
        digest.update(text.encode("utf-8", "replace") + b"\x00")
    for file in bodies.files:
        digest.update(hashlib.sha256(file.content).digest())
    return digest.hexdigest()
