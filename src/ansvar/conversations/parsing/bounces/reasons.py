"""Why a mail came back, judged from all that a report says."""

from ansvar.conversations.parsing.bounces.bounce import Reason
from ansvar.conversations.parsing.bounces.codes import reason_by_reply, reason_by_status
from ansvar.conversations.parsing.bounces.evidence import Evidence
from ansvar.conversations.parsing.bounces.phrases import MEANINGS, ONLY_FILTERED, UNKNOWN_USER

_ARRIVED = frozenset({"delivered", "relayed", "expanded", "deliverable"})
_LOOKED_AT = 1_500
"""Characters of words that are judged."""


def judged(evidence: Evidence, subject: str) -> Reason:
    """Return the reason: by the server's words, by the codes, by what else the report says."""
    if evidence.action in _ARRIVED or (evidence.status.startswith("2.") and not evidence.delayed):
        return Reason.DELIVERED
    return (
        _by_words(evidence.words, evidence)
        or _by_codes(evidence)
        or _by_words(evidence.around, evidence)
        or _by_words(subject, evidence)
        or (Reason.EXPIRED if evidence.delayed else None)
        or _by_reply(evidence)
        or (Reason.ON_HOLD if evidence.status or evidence.reply or evidence.words else None)
        or Reason.UNDEFINED
    )


def says_anything(words: str) -> bool:
    """Tell whether *words* give a reason at all."""
    return _by_words(words, Evidence()) is not None


def _by_words(words: str, evidence: Evidence) -> Reason | None:
    words = words[:_LOOKED_AT]
    if not words:
        return None
    if ONLY_FILTERED.search(words):
        return Reason.FILTERED
    unknown = UNKNOWN_USER.search(words)
    for reason, phrases in MEANINGS:
        if phrases.search(words):
            return reason
    return _unknown(evidence) if unknown else None


def _unknown(evidence: Evidence) -> Reason:
    """Judge the word that there is no such user.

    A server that says so only after it has seen the content has looked at more than the address.
    """
    told_by_status = evidence.status[1:] in {".1.1", ".1.3"}
    if told_by_status or evidence.command == "rcpt" or not (evidence.reply or evidence.is_specific):
        return Reason.USER_UNKNOWN
    return Reason.FILTERED


def _by_codes(evidence: Evidence) -> Reason | None:
    return reason_by_status(evidence.status) if evidence.is_specific else None


def _by_reply(evidence: Evidence) -> Reason | None:
    return reason_by_reply(evidence.reply)
