"""Notifications of Amazon SES, which come as JSON when somebody subscribes to them by mail."""

import contextlib
import json
from typing import Any

from ansvar.conversations.parsing.bounces.bounce import HARD, Bounce, Reason
from ansvar.conversations.parsing.bounces.evidence import Evidence, one_line, reply_in, status_in
from ansvar.conversations.parsing.bounces.reasons import judged

_LONGEST = 100_000
_MOST_RECIPIENTS = 200
_LONGEST_DIAGNOSTIC = 500


def bounces_notified(text: str) -> tuple[Bounce, ...]:
    """Return what a notification in JSON reports; nothing for any other text."""
    told = _object(text)
    told = _object(str(told.get("Message", ""))) or told
    kind = str(told.get("notificationType") or told.get("eventType") or "")
    about = _below(told, kind.lower())
    message_id = _message_id(_below(told, "mail"))
    recipients = about.get("bouncedRecipients") or about.get("complainedRecipients")
    if kind == "Delivery":
        answer = str(about.get("smtpResponse", ""))
        recipients = [
            {"emailAddress": one, "action": "delivered", "diagnosticCode": answer}
            for one in about.get("recipients") or []
        ]
    if not isinstance(recipients, list):
        return ()
    rows = [one for one in recipients[:_MOST_RECIPIENTS] if isinstance(one, dict)]
    return tuple(_bounce(row, kind, message_id) for row in rows)


def _bounce(row: dict[str, Any], kind: str, message_id: str) -> Bounce:
    words = one_line(str(row.get("diagnosticCode", "")).removeprefix("smtp;"))
    evidence = Evidence(
        action=str(row.get("action", "")).lower(),
        status=str(row.get("status", "")) or status_in(words),
        reply=reply_in(words),
        words=words,
    )
    reason = Reason.FEEDBACK if kind == "Complaint" else judged(evidence, "")
    return Bounce(
        recipient=str(row.get("emailAddress", "")).lower()[:254],
        status=evidence.status[:20],
        reason=reason,
        hard=reason in HARD,
        diagnostic=words[:_LONGEST_DIAGNOSTIC],
        message_id=message_id,
        action=evidence.action or ("failed" if kind == "Bounce" else "delivered"),
    )


def _object(text: str) -> dict[str, Any]:
    """Return the JSON object at the beginning of *text*; there may be words after it."""
    text = text.strip()
    if not text.startswith("{"):
        return {}
    with contextlib.suppress(ValueError, RecursionError):
        found, _end = json.JSONDecoder(strict=False).raw_decode(text[:_LONGEST])
        if isinstance(found, dict):
            return found
    return {}


def _below(told: dict[str, Any], name: str) -> dict[str, Any]:
    below = told.get(name)
    return below if isinstance(below, dict) else {}


def _message_id(mail: dict[str, Any]) -> str:
    """Return the id that the sender gave the mail, if its headers are told."""
    headers = _below(mail, "commonHeaders")
    return str(headers.get("messageId", "")).strip("<> ")[:500]
