"""Whether a person wrote a mail or a program sent it."""

from dataclasses import dataclass
from email.message import Message
from enum import StrEnum

from ansvar.conversations.parsing.headers import first_raw, raw_values

_PROGRAMS = {"mailer-daemon", "mail-daemon", "postmaster"}
_NO_READER = {"noreply", "no-reply", "donotreply", "do-not-reply", "no_reply", "bounce", "bounces"}
_SUPPRESS = {"all", "oof", "autoreply"}
_AUTO_HEADERS = ("X-Autoreply", "X-Autorespond", "X-AutoReply-From", "X-Mail-Autoreply")


class Sort(StrEnum):
    """Who or what speaks."""

    PERSON = "person"
    UNANSWERABLE = "unanswerable"
    """Perhaps a person, but an automatic answer would go astray: a list, a noreply address."""
    PROGRAM = "program"
    BOUNCE = "bounce"
    """A server tells that a mail could not be delivered."""


@dataclass(frozen=True, kw_only=True)
class Nature:
    """Who or what speaks, and by what it was recognised."""

    sort: Sort
    sign: str = ""

    @property
    def is_automatic(self) -> bool:
        """Whether no person wrote it."""
        return self.sort in {Sort.PROGRAM, Sort.BOUNCE}

    @property
    def is_answerable(self) -> bool:
        """Whether an automatic answer would reach a person, and only that one."""
        return self.sort is Sort.PERSON


def nature_of(message: Message, *, content_type: str, report_type: str, sender: str) -> Nature:
    """Return the nature of a mail from its header fields (RFC 3834 and common practice)."""
    if content_type == "multipart/report" and report_type in {"delivery-status", ""}:
        return Nature(sort=Sort.BOUNCE, sign="multipart/report")
    sign = _declared_sign(message) or _implied_sign(message, content_type, sender)
    if sign:
        return Nature(sort=Sort.PROGRAM, sign=sign)
    sign = _list_sign(message, sender)
    if sign:
        return Nature(sort=Sort.UNANSWERABLE, sign=sign)
    return Nature(sort=Sort.PERSON)


def _declared_sign(message: Message) -> str:
    """Return the header in which a program says what it is."""
    submitted = first_raw(message, "Auto-Submitted").lower().partition(";")[0].strip()
    if submitted and submitted != "no":
        return f"Auto-Submitted: {submitted[:60]}"
    precedence = first_raw(message, "Precedence").lower()
    if precedence in {"bulk", "junk", "auto_reply"}:
        return f"Precedence: {precedence}"
    for name in _AUTO_HEADERS:
        if raw_values(message, name):
            return name
    suppressed = first_raw(message, "X-Auto-Response-Suppress").lower()
    if _SUPPRESS & {word.strip() for word in suppressed.split(",")}:
        return "X-Auto-Response-Suppress"
    return ""


def _implied_sign(message: Message, content_type: str, sender: str) -> str:
    """Return what only programs do."""
    if content_type == "multipart/report":
        return "multipart/report"
    paths = raw_values(message, "Return-Path")
    if paths and paths[0].replace(" ", "") == "<>":
        return "Return-Path: <>"
    # Some servers sign without a domain: MAILER-DAEMON (Mail Delivery System).
    if sender.partition("@")[0].partition(" ")[0] in _PROGRAMS:
        return sender[:100]
    return ""


def _list_sign(message: Message, sender: str) -> str:
    if raw_values(message, "List-Id"):
        return "List-Id"
    if first_raw(message, "Precedence").lower() == "list":
        return "Precedence: list"
    if sender.partition("@")[0] in _NO_READER:
        return sender
    return ""
