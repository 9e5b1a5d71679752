"""What becomes of a received mail: pure, without database or clock."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

AUTOMATIC_PER_HOUR = 6
"""Automatic mails to one address within an hour; beyond it two programs are talking."""

_REPLY_MARKS = re.compile(
    r"^(?:(?:re|aw|sv|vs|antw|ant|odp|rif|res|ref|fwd?|wg|vb|tr|enc|rv|отв|ответ|пересл)"
    r"(?:\[\d+\])?\s*[:：]\s*)+",
    re.IGNORECASE,
)
_FORWARD_MARK = re.compile(r"^(?:fwd?|wg|vb|tr|rv|пересл)\s*[:：]", re.IGNORECASE)


class Step(StrEnum):
    """What to do with a mail."""

    IGNORE = "ignore"
    OPEN = "open"
    JOIN = "join"
    """Words of somebody outside the desk on a ticket."""
    ANSWER = "answer"
    """An agent answers from his own mail program."""
    NOTE = "note"
    """An agent writes about a ticket, but not certainly to the requester."""


class Way(StrEnum):
    """How a mail was found to belong to a ticket."""

    MESSAGE_ID = "message-id"
    """It answers a mail of the ticket, whose id nobody guesses."""
    REFERENCE = "reference"
    """Its subject names the ticket, which anybody can write."""


@dataclass(frozen=True, kw_only=True)
class Thread:
    """A ticket that a mail may belong to, and what the sender is to it."""

    ticket_id: int
    way: Way
    is_party: bool
    """The sender asked for it, reported it or takes part."""
    may_reply: bool
    """The sender is an agent who may answer it."""
    was_addressed: bool
    """A message of the ticket was sent to the sender too, so somebody drew him in."""
    is_done: bool
    """Resolved or closed."""
    closed_at: datetime | None = None
    quiet_days: int = 0


@dataclass(frozen=True, kw_only=True)
class Received:
    """What of a mail decides about it."""

    sender: str
    is_our_own: bool = False
    """Its Message-ID is one that we have given out."""
    is_from_a_desk: bool = False
    """Its sender is an address of a desk."""
    repeats: str = ""
    """The reference of the ticket on which the same mail already is."""
    program_sign: str = ""
    """By what it was seen that a program sent it; empty for a person."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What to do with a mail, and why."""

    step: Step
    reason: str = ""
    ticket_id: int | None = None
    reopens: bool = False
    joins_party: bool = False
    """The sender becomes a participant."""
    related_id: int | None = None
    """A ticket that a new one is linked to, for agents to see."""


def next_step(mail: Received, thread: Thread | None, *, now: datetime) -> Decision:
    """Decide what becomes of a mail."""
    aside = _reason_to_ignore(mail, thread)
    if aside:
        return Decision(step=Step.IGNORE, reason=aside)
    if thread is None:
        return Decision(step=Step.OPEN)
    if mail.program_sign:
        return Decision(step=Step.JOIN, ticket_id=thread.ticket_id)
    if thread.is_party or (thread.was_addressed and thread.way is Way.MESSAGE_ID):
        return _words_of_a_party(thread, now)
    if thread.may_reply:
        step = Step.ANSWER if thread.way is Way.MESSAGE_ID else Step.NOTE
        return Decision(step=step, ticket_id=thread.ticket_id)
    return Decision(
        step=Step.OPEN,
        related_id=thread.ticket_id,
        reason="The sender takes no part in the ticket that the mail refers to.",
    )


def may_still_reopen(closed_at: datetime | None, quiet_days: int, *, now: datetime) -> bool:
    """Tell whether words on a closed ticket take it up again: once more the quiet period long."""
    return closed_at is None or now <= closed_at + timedelta(days=quiet_days)


def plain_subject(subject: str, prefix: str) -> str:
    """Return a subject without marks of answering and without references of the desk."""
    named = re.compile(rf"\[{re.escape(prefix)}-\d{{1,12}}\]", re.IGNORECASE)
    before = None
    while before != subject:
        before = subject
        subject = _REPLY_MARKS.sub("", named.sub("", subject).strip()).strip()
    return subject


def is_forwarded(subject: str) -> bool:
    """Tell whether the sender passes on a mail of somebody else."""
    return bool(_FORWARD_MARK.match(subject.strip()))


def references_in(subject: str, prefix: str) -> list[str]:
    """Return the references of a desk that a subject names, in capital letters."""
    named = re.compile(rf"\b{re.escape(prefix)}-(\d{{1,12}})\b", re.IGNORECASE)
    return list(dict.fromkeys(f"{prefix}-{number}" for number in named.findall(subject)))


def _reason_to_ignore(mail: Received, thread: Thread | None) -> str:
    if mail.is_our_own:
        return "It is a mail of ours that came back."
    if mail.is_from_a_desk:
        return f"It comes from {mail.sender}, an address of a desk: to answer it could make a loop."
    if mail.repeats:
        return f"The same mail is already on {mail.repeats}."
    trusted = thread is not None and (thread.way is Way.MESSAGE_ID or thread.is_party)
    if mail.program_sign and not trusted:
        return f"A program sent it ({mail.program_sign}), and it answers no mail of a ticket."
    return ""


def _words_of_a_party(thread: Thread, now: datetime) -> Decision:
    if not may_still_reopen(thread.closed_at, thread.quiet_days, now=now):
        return Decision(
            step=Step.OPEN,
            related_id=thread.ticket_id,
            reason="The ticket that the mail answers was closed too long ago.",
        )
    return Decision(
        step=Step.JOIN,
        ticket_id=thread.ticket_id,
        reopens=thread.is_done,
        joins_party=not thread.is_party,
    )
