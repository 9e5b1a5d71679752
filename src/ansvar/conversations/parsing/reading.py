"""Reading one raw mail into what it says."""

import contextlib
import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from typing import Any

from django.utils.translation import gettext as _

from ansvar.conversations.decisions import is_forwarded
from ansvar.conversations.parsing.addresses import addresses_of, shown_addresses
from ansvar.conversations.parsing.bounces import Bounce, away, bounces_of
from ansvar.conversations.parsing.headers import (
    Address,
    date_of,
    first_raw,
    ids_of,
    raw_values,
    words_of,
)
from ansvar.conversations.parsing.invitations import Invitation
from ansvar.conversations.parsing.marks import Mark
from ansvar.conversations.parsing.nature import Kind, Nature, nature_of
from ansvar.conversations.parsing.parts import Bodies, IncomingFile, bodies_of
from ansvar.conversations.parsing.saying import said_in
from ansvar.conversations.parsing.structure import (
    Part,
    TooComplex,
    fields_in,
    parameter,
    parsed,
    type_of,
)

LARGEST = 80 * 1024 * 1024
"""Bytes. Mail servers refuse far smaller ones."""
MOST_REFERENCES = 100
LONGEST_SUBJECT = 500
_LONGEST_HEADER = 1_000_000
_MOST_CHECKS = 50


class Unreadable(Exception):
    """A mail cannot be read; the reason is a sentence for people."""


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """What a received mail says."""

    sender: Address | None
    """The first of the first From line; a mail with more than one such line is marked."""
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
    """What is new; answers between quoted lines together with these."""
    own_text: str
    """What is new without any quoted line."""
    quoted: str
    html: str
    """Of what is new, sanitised; pictures inside it are named by `cid:`."""
    quoted_html: str
    """Of the signature and what is quoted, sanitised; empty when nothing was cut off."""
    files: tuple[IncomingFile, ...]
    nature: Nature
    bounces: tuple[Bounce, ...]
    """What it reports on the delivery of an earlier mail, by recipient."""
    fingerprint: str
    """Equal for the same mail received twice, whatever way it took."""
    reply_to: tuple[Address, ...] = ()
    shown_from: str = ""
    """What the header says, decoded, as `Name <address>`; also what is no address."""
    shown_to: tuple[str, ...] = ()
    shown_cc: tuple[str, ...] = ()
    return_path: str = ""
    """The address of the envelope, in lower case; empty when there is none, or an empty one."""
    delivered_to: tuple[str, ...] = ()
    """Where servers on the way delivered it, the last one first; in lower case."""
    authentication: tuple[str, ...] = ()
    """What servers on the way say about its sender (RFC 8601), the last one first."""
    marks: tuple[Mark, ...] = ()
    invitation: Invitation | None = None

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

    @property
    def is_encrypted(self) -> bool:
        """Whether its words cannot be read here."""
        return any(mark.is_encryption for mark in self.marks)


def read_mail(raw: bytes, *, largest: int | None = LARGEST) -> Incoming:
    """Read a raw mail; *largest* is how many bytes it may have.

    Raises: Unreadable, and nothing else whatever the bytes are.
    """
    if largest is not None and len(raw) > largest:
        words = _("The mail is larger than {size} MB.")
        raise Unreadable(words.format(size=largest // 1024 // 1024))
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


@dataclass(frozen=True, kw_only=True)
class Header:
    """What the header of a mail says that cannot be read otherwise."""

    message_id: str = ""
    shown_from: str = ""
    shown_to: tuple[str, ...] = ()
    shown_cc: tuple[str, ...] = ()
    subject: str = ""


def header_of(raw: bytes) -> Header:
    """Return what the header of a mail says; of one that is no mail, nothing."""
    with contextlib.suppress(Exception):  # as with the whole mail
        fields = fields_in(raw[:_LONGEST_HEADER])
        return Header(
            message_id=next(iter(ids_of(fields, "Message-ID")), ""),
            shown_from=", ".join(shown_addresses(fields, "From")),
            shown_to=shown_addresses(fields, "To"),
            shown_cc=shown_addresses(fields, "Cc"),
            subject=words_of(first_raw(fields, "Subject"))[:LONGEST_SUBJECT],
        )
    return Header()


def require_sense(mail: Incoming) -> None:
    """Refuse a mail that nobody could be answered to, or that says nothing.

    Raises: Unreadable.
    """
    if mail.sender is None and not mail.reply_to and not mail.nature.is_automatic:
        raise Unreadable(_("The mail names no sender, so nobody could be answered."))
    if mail.says_nothing:
        raise Unreadable(_("The mail says nothing: no subject, no text, no file."))


def _read(raw: bytes) -> Incoming:
    message = parsed(raw)
    if not message.keys():
        raise Unreadable(_("The mail has no header: nobody can tell who sent it."))
    bodies = bodies_of(message)
    charsets = bodies.charsets
    senders = addresses_of(message, "From", charsets) or addresses_of(message, "Sender", charsets)
    sender = senders[0] if senders else None
    shown_sender = sender.address if sender else first_raw(message, "From").lower()
    subject = words_of(first_raw(message, "Subject"), charsets)
    author = f"{sender.name} {sender.address}" if sender else ""
    said = said_in(bodies.plain, bodies.html, author=author, is_forwarded=is_forwarded(subject))
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
        bounces = (away(shown_sender, said.text),)
    return Incoming(
        sender=sender,
        to=tuple(addresses_of(message, "To", charsets)),
        cc=tuple(addresses_of(message, "Cc", charsets)),
        subject=subject[:LONGEST_SUBJECT],
        written_at=date_of(message),
        message_id=next(iter(ids_of(message, "Message-ID")), ""),
        references=_references(message, bounces),
        text=said.text,
        new_text=said.parts.shown,
        own_text=said.parts.own,
        quoted=said.parts.folded,
        html=said.html,
        quoted_html=said.quoted_html,
        files=bodies.files,
        nature=nature,
        bounces=bounces,
        fingerprint=_fingerprint(shown_sender, subject, first_raw(message, "Date"), bodies=bodies),
        marks=_marks(message, bodies),
        invitation=bodies.invitation,
        **_envelope(message, charsets),
    )


def _envelope(message: Part, charsets: tuple[str, ...]) -> dict[str, Any]:
    """Return what the header says about the way to and from, as fields of `Incoming`."""
    paths = addresses_of(message, "Return-Path")
    delivered = [
        one.address
        for name in ("Delivered-To", "X-Original-To", "Envelope-To")
        for one in addresses_of(message, name)
    ]
    checks = raw_values(message, "Authentication-Results")[:_MOST_CHECKS]
    return {
        "reply_to": tuple(addresses_of(message, "Reply-To", charsets)),
        "shown_from": ", ".join(shown_addresses(message, "From", charsets)),
        "shown_to": shown_addresses(message, "To", charsets),
        "shown_cc": shown_addresses(message, "Cc", charsets),
        "return_path": paths[0].address if paths else "",
        "delivered_to": tuple(dict.fromkeys(delivered)),
        "authentication": tuple(words_of(check) for check in checks),
    }


def _marks(message: Part, bodies: Bodies) -> tuple[Mark, ...]:
    marks = dict.fromkeys(bodies.marks)
    if message.was_cut:
        marks[Mark.CUT] = None
    if len(set(raw_values(message, "From"))) > 1:
        marks[Mark.SEVERAL_SENDERS] = None
    return tuple(marks)


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
