"""What a mail says, and what would become of it: the reading shown as data (`ansvar mail explain`).

Nothing here needs a database. What only a database knows is asked for through `Consult`.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from ansvar.conversations.decisions import Received, Step, next_step
from ansvar.conversations.findings import found
from ansvar.conversations.parsing import Bounce, Incoming, Unreadable, read_mail
from ansvar.conversations.parsing.reading import LARGEST, header_of, require_sense


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What would become of a mail, and why."""

    decision: str
    sentences: tuple[str, ...]
    """Who wrote it and why it goes where, as it was found; the last one decided."""
    known: Mapping[str, Any] = field(default_factory=dict)
    """What else is known, such as its ticket; it is shown beside the rest."""


Consult = Callable[[Incoming, bytes], Outcome]
"""Decides about a mail, given as it was read and as it came. Raises Unreadable to put it aside."""


def of_a_stranger(mail: Incoming, _raw: bytes) -> Outcome:
    """Tell what becomes of a mail by somebody unknown that belongs to no ticket.

    Raises: Unreadable.
    """
    require_sense(mail)
    received = Received(
        sender=mail.sender.address if mail.sender else "",
        program_sign=mail.nature.sign if mail.nature.is_automatic else "",
    )
    decision = next_step(received, None, now=datetime.now(UTC))
    return Outcome(
        decision=str(decision.step),
        sentences=(*_about_sender(mail), *(str(one) for one in decision.findings)),
    )


def explained(
    raw: bytes, *, largest: int | None = LARGEST, consult: Consult = of_a_stranger
) -> dict[str, Any]:
    """Return what a mail says and what would become of it, ready for JSON.

    A mail that cannot be read is explained too: it would be put aside, and says why.
    """
    try:
        mail = read_mail(raw, largest=largest)
    except Unreadable as refusal:
        return {**_header_alone(raw), **_put_aside(refusal)}
    told = [*_about_content(mail), *map(_about_bounce, mail.bounces)]
    try:
        outcome = consult(mail, raw)
    except Unreadable as refusal:
        return {**_said(mail), **_put_aside(refusal, [*_about_sender(mail), *told])}
    return {
        **_said(mail),
        "decision": outcome.decision,
        "sentences": [*told, *outcome.sentences],
        **outcome.known,
    }


def _said(mail: Incoming) -> dict[str, Any]:
    bounces = [_bounce(one) for one in mail.bounces]
    nature = mail.nature
    return {
        "message_id": mail.message_id,
        "from": mail.shown_from,
        "to": list(mail.shown_to),
        "cc": list(mail.shown_cc),
        "subject": mail.subject,
        "new_text": mail.own_text,
        "attachments": [
            {
                "name": file.name,
                "size": len(file.content),
                "sha256": hashlib.sha256(file.content).hexdigest(),
            }
            for file in mail.files
        ],
        "automatic": str(nature.kind or nature.sort) if nature.is_automatic else None,
        "bounce": bounces[0] if bounces else None,
        "bounces": bounces,
        "marks": [str(mark) for mark in mail.marks],
        "invitation": _invitation(mail),
    }


def _header_alone(raw: bytes) -> dict[str, Any]:
    header = header_of(raw)
    return {
        "message_id": header.message_id,
        "from": header.shown_from,
        "to": list(header.shown_to),
        "cc": list(header.shown_cc),
        "subject": header.subject,
        "new_text": "",
        "attachments": [],
        "automatic": None,
        "bounce": None,
        "bounces": [],
        "marks": [],
        "invitation": None,
    }


def _put_aside(refusal: Unreadable, told: list[str] | None = None) -> dict[str, Any]:
    return {"decision": str(Step.QUARANTINE), "sentences": [*(told or []), str(refusal)]}


def _bounce(one: Bounce) -> dict[str, Any]:
    return {
        "recipient": one.recipient,
        "status": one.status,
        "reason": str(one.reason),
        "hard": one.hard,
    }


def _invitation(mail: Incoming) -> dict[str, Any] | None:
    entry = mail.invitation
    if entry is None:
        return None
    return {
        "method": entry.method,
        "summary": entry.summary,
        "start": entry.start.isoformat() if entry.start else None,
        "end": entry.end.isoformat() if entry.end else None,
        "zone": entry.zone,
        "place": entry.place,
        "organiser": entry.organiser,
    }


def _about_sender(mail: Incoming) -> list[str]:
    if mail.sender is None:
        told = [str(found("sender-none"))]
    else:
        told = [_("It comes from {sender}.").format(sender=mail.sender.address)]
    if mail.nature.is_automatic:
        told.append(str(found("program", sign=mail.nature.sign)))
    elif not mail.nature.is_answerable:
        told.append(str(found("unanswerable", sign=mail.nature.sign)))
    return told


def _about_content(mail: Incoming) -> list[str]:
    told = [mark.sentence for mark in mail.marks]
    if mail.quoted:
        told.append(_("What it repeats from earlier mails, and its signature, is folded away."))
    return told


def _about_bounce(one: Bounce) -> str:
    recipient = one.recipient or _("an unknown address")
    words = _("About a mail to {recipient}: {reason}. {diagnostic}")
    told = words.format(recipient=recipient, reason=one.reason, diagnostic=one.diagnostic)
    return told.strip()
