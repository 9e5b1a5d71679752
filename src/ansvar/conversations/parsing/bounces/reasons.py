"""Why a mail came back, judged from all that a report says."""

import re
from dataclasses import replace

from ansvar.conversations.parsing.bounces.bounce import Reason
from ansvar.conversations.parsing.bounces.codes import reason_by_reply, reason_by_status
from ansvar.conversations.parsing.bounces.evidence import (
    Evidence,
    command_in,
    plain,
    reply_in,
    status_in,
)
from ansvar.conversations.parsing.bounces.hints import (
    HINTS,
    NO_ACCOUNT,
    NO_ADDRESS,
    ONLY_FILTERED,
    UNKNOWN_USER,
)
from ansvar.conversations.parsing.bounces.phrases import MEANINGS, Meanings
from ansvar.conversations.parsing.bounces.providers import MARKS
from ansvar.conversations.parsing.bounces.troubles import TROUBLES

_SAID: Meanings = (*MEANINGS, *TROUBLES)
_ARRIVED = frozenset({"delivered", "relayed", "expanded", "deliverable"})
_REJECTED = re.compile(r"recipient address rejected ?: (?!access denied)", re.IGNORECASE)
"""Postfix says it before whatever the cause is."""
_RECIPIENT_REJECTED = re.compile(
    r"(?:recipient|address|user|rcpt to)\b.{0,60}(?:reject|refus|not accept)", re.IGNORECASE
)
_MORE_EXACT = frozenset({Reason.SUSPEND, Reason.MAILBOX_FULL})
"""Some servers answer that a user is unknown, and tell the truth in the notice."""
_LOOKED_AT = 1_500
"""Characters of words that are judged."""


def judged(evidence: Evidence, subject: str) -> Reason:
    """Return the reason: by the server's words, by the codes, by what else the report says."""
    if evidence.action in _ARRIVED or (evidence.status.startswith("2.") and not evidence.delayed):
        return Reason.DELIVERED
    waits = evidence.delayed and evidence.status[1:3] in {"", ".0", ".4"}
    return (
        _by_words(evidence.words, evidence)
        or (Reason.EXPIRED if waits else None)
        or _by_codes(evidence)
        or _by_words(evidence.around, _with_codes_of(evidence.around, evidence))
        or _by_words(subject, evidence)
        or (Reason.EXPIRED if evidence.delayed else None)
        or (_unknown(evidence, "") if _RECIPIENT_REJECTED.search(evidence.words) else None)
        or (Reason.BLOCKED if evidence.command == "helo" else None)
        or (Reason.REJECTED if evidence.command == "mail" else None)
        or reason_by_reply(evidence.reply)
        or (Reason.ON_HOLD if evidence.status or evidence.reply or evidence.words else None)
        or Reason.UNDEFINED
    )


def says_anything(words: str) -> bool:
    """Tell whether *words* give a reason at all."""
    return _by_words(words, Evidence()) is not None


def _by_words(words: str, evidence: Evidence) -> Reason | None:
    words = words[:_LOOKED_AT]
    bare = _REJECTED.sub(" ", plain(words))
    if not bare.strip():
        return None
    clear = _first(MARKS, words) or _first(_SAID, bare)
    if clear:
        return _seen_from(evidence.command, clear)
    if ONLY_FILTERED.search(bare):
        return Reason.FILTERED
    if UNKNOWN_USER.search(bare) or NO_ADDRESS.search(bare):
        beside = _first(_SAID, plain(evidence.around[:_LOOKED_AT]))
        return beside if beside in _MORE_EXACT else _unknown(evidence, bare)
    return _first(HINTS, bare)


def _with_codes_of(words: str, evidence: Evidence) -> Evidence:
    return replace(
        evidence,
        status=evidence.status or status_in(words),
        reply=evidence.reply or reply_in(words),
        command=evidence.command or command_in(words),
    )


def _seen_from(command: str, reason: Reason) -> Reason:
    """Return what *reason* means as the answer to a command: whose domain there is none."""
    if reason is Reason.HOST_UNKNOWN:
        return {"mail": Reason.REJECTED, "helo": Reason.BLOCKED}.get(command, reason)
    return reason


def _first(meanings: Meanings, words: str) -> Reason | None:
    return next((reason for reason, phrases in meanings if phrases.search(words)), None)


def _unknown(evidence: Evidence, words: str) -> Reason:
    """Judge the word that there is no such user.

    A server that says so only after it has seen the content has looked at more than the address.
    """
    if evidence.command == "data" and not _says_unknown_by_status(evidence):
        return Reason.FILTERED
    if evidence.command == "rcpt" or _says_unknown_by_status(evidence):
        return Reason.USER_UNKNOWN
    if not evidence.reply and NO_ACCOUNT.search(words):
        return Reason.FILTERED
    is_local = not evidence.reply and not evidence.is_specific
    return Reason.USER_UNKNOWN if is_local or NO_ADDRESS.search(words) else Reason.FILTERED


def _says_unknown_by_status(evidence: Evidence) -> bool:
    return evidence.status[1:4] == ".1." and evidence.status[4:] != "0"


def _by_codes(evidence: Evidence) -> Reason | None:
    if evidence.status[1:] == ".1.0" and evidence.command == "rcpt":
        # Some trouble with an address, and this is the one that was asked about.
        return Reason.USER_UNKNOWN if _RECIPIENT_REJECTED.search(evidence.words) else None
    return reason_by_status(evidence.status) if evidence.is_specific else None
