"""What becomes of a received mail: pure, without database or clock."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ansvar.conversations.findings import Finding, found
from ansvar.tickets.decisions import may_take_up_again

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
    QUARANTINE = "quarantine"
    OPEN = "open"
    JOIN = "join"
    """Words of somebody outside the desk on a ticket."""
    ANSWER = "answer"
    """An agent answers from his own mail program."""
    NOTE = "note"
    """An agent writes about a ticket, but not certainly to the requester."""
    PASS_ON = "pass-on"  # noqa: S105 - a word, no secret
    """It belongs to a conversation beside that with the requester."""


class Way(StrEnum):
    """How a mail was found to belong to a ticket, the surest first."""

    TOKEN = "token"  # noqa: S105 - a word, no secret
    """It was sent to the ticket's own address for answers, which nobody guesses."""
    MESSAGE_ID = "message-id"
    """It answers a mail of the ticket, whose id nobody guesses."""
    REFERENCE = "reference"
    """Its subject names the ticket, which anybody can write."""


@dataclass(frozen=True, kw_only=True)
class Thread:
    """A ticket that a mail may belong to, and what the sender is to it."""

    ticket_id: int
    reference: str
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
    closed_reply: str = "reopen"
    """The desk's policy for words on a closed ticket: reopen, or new."""
    reopen_days: int = 0


@dataclass(frozen=True, kw_only=True)
class Handler:
    """An agent to whom a mail was written with the desk in copy."""

    person_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class OnBehalf:
    """An agent's answer to somebody, with the desk in copy, to a mail that the desk never saw."""

    address: str
    requester: str
    """How the somebody is called."""
    name: str
    """The agent's."""


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A ticket with the same subject and people."""

    ticket_id: int
    reference: str


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A conversation about a ticket beside the one with its requester."""

    ticket_id: int
    reference: str
    way: Way


@dataclass(frozen=True, kw_only=True)
class Received:
    """What of a mail decides about it."""

    sender: str
    is_released: bool = False
    """Somebody looked at it and let it through."""
    forged_sign: str = ""
    """How the own mail server says that the sender is not who he seems; empty when it does not."""
    forged_server: str = ""
    has_several_senders: bool = False
    """It has more than one From line, of which programs show now this one, now that one."""
    is_our_own: bool = False
    """Its Message-ID is one that we have given out."""
    is_from_a_desk: bool = False
    """Its sender is an address of a desk."""
    repeats: str = ""
    """The reference of the ticket on which the same mail already is."""
    program_sign: str = ""
    """By what it was seen that a program sent it; empty for a person."""
    handler: Handler | None = None
    on_behalf: OnBehalf | None = None
    suggestion: Suggestion | None = None
    beside: Beside | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What to do with a mail, and why."""

    step: Step
    findings: tuple[Finding, ...] = ()
    """Why, in the order in which it was found; the last one decided."""
    way: Way | None = None
    """By what its ticket was found."""
    ticket_id: int | None = None
    reopens: bool = False
    joins_party: bool = False
    """The sender becomes a participant."""
    related_id: int | None = None
    """A ticket that a new one is linked to, for agents to see."""
    suggested_id: int | None = None
    """A ticket that a new one may belong to."""
    handler_id: int | None = None
    """Who has the new ticket from the start."""
    requester: str = ""
    """For whom an agent's ticket is opened; empty for the sender."""


def next_step(mail: Received, thread: Thread | None, *, now: datetime) -> Decision:
    """Decide what becomes of a mail."""
    aside = _aside(mail, thread)
    if aside is not None:
        return aside
    if mail.beside is not None:
        way = found(f"found-{mail.beside.way}", reference=mail.beside.reference)
        ticket_id = mail.beside.ticket_id
        return Decision(
            step=Step.PASS_ON, ticket_id=ticket_id, way=mail.beside.way, findings=(way,)
        )
    if thread is None:
        return _opened(mail)
    return replace(_on_thread(mail, thread, now), way=thread.way)


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


def forged_sign(checks: tuple[str, ...], server: str) -> str:
    """Return how *server* says that a mail's sender is forged, or nothing.

    *checks* are the Authentication-Results of a mail (RFC 8601). Only those signed with the name
    of the own server count: anybody can write others. DMARC (RFC 7489) decides, since it alone
    looks at the From that people see; a failed SPF or DKIM alone happens to every forwarded mail.
    """
    if not server:
        return ""
    for check in checks:
        name, _semicolon, results = check.partition(";")
        if name.split()[:1] == [server] and re.search(
            r"\bdmarc\s*=\s*fail\b", results, re.IGNORECASE
        ):
            return "DMARC"
    return ""


def _aside(mail: Received, thread: Thread | None) -> Decision | None:
    """Return the decision not to let a mail become words on a ticket, if that is it."""
    trusted = mail.beside is not None or (
        thread is not None and (thread.way is not Way.REFERENCE or thread.is_party)
    )
    reason = None
    step = Step.IGNORE
    if mail.is_released:
        return None
    if mail.is_our_own:
        reason = found("ours")
    elif mail.is_from_a_desk:
        reason = found("from-a-desk", sender=mail.sender)
    elif mail.repeats:
        reason = found("repeats", reference=mail.repeats)
    elif mail.forged_sign:
        step = Step.QUARANTINE
        sign, server = mail.forged_sign, mail.forged_server
        reason = found("forged", server=server, sender=mail.sender, sign=sign)
    elif mail.has_several_senders:
        step = Step.QUARANTINE
        reason = found("several-senders")
    elif mail.program_sign and not trusted:
        reason = found("program-alone", sign=mail.program_sign)
    return Decision(step=step, findings=(reason,)) if reason else None


def _on_thread(mail: Received, thread: Thread, now: datetime) -> Decision:
    way = found(f"found-{thread.way}", reference=thread.reference)
    if mail.program_sign:
        return Decision(step=Step.JOIN, ticket_id=thread.ticket_id, findings=(way,))
    if thread.is_party:
        return _words_of_a_party(thread, way, now)
    if thread.may_reply:
        return _words_of_an_agent(thread, way)
    if thread.was_addressed and thread.way is not Way.REFERENCE:
        return _words_of_a_party(thread, way, now)
    stranger = found("is-stranger", reference=thread.reference)
    return Decision(step=Step.OPEN, related_id=thread.ticket_id, findings=(way, stranger))


def _opened(mail: Received) -> Decision:
    findings = [found("found-nothing")]
    if mail.on_behalf is not None:
        names = {"name": mail.on_behalf.name, "requester": mail.on_behalf.requester}
        findings.append(found("on-behalf", **names))
        requester = mail.on_behalf.address
        return Decision(step=Step.OPEN, requester=requester, findings=tuple(findings))
    if mail.handler is not None:
        findings.append(found("handler", name=mail.handler.name))
    if mail.suggestion is not None:
        findings.append(found("perhaps", reference=mail.suggestion.reference))
    return Decision(
        step=Step.OPEN,
        findings=tuple(findings),
        handler_id=mail.handler.person_id if mail.handler else None,
        suggested_id=mail.suggestion.ticket_id if mail.suggestion else None,
    )


def _words_of_an_agent(thread: Thread, way: Finding) -> Decision:
    agent = found("is-agent", reference=thread.reference)
    if thread.way is Way.REFERENCE:
        findings = (way, agent, found("not-certain"))
        return Decision(step=Step.NOTE, ticket_id=thread.ticket_id, findings=findings)
    return Decision(step=Step.ANSWER, ticket_id=thread.ticket_id, findings=(way, agent))


def _words_of_a_party(thread: Thread, way: Finding, now: datetime) -> Decision:
    code = "is-party" if thread.is_party else "was-addressed"
    findings: tuple[Finding, ...] = (way, found(code, reference=thread.reference))
    may_return = may_take_up_again(
        thread.closed_at, reopen_days=thread.reopen_days, policy=thread.closed_reply, now=now
    )
    if not may_return:
        late = found("too-late", reference=thread.reference, days=thread.reopen_days)
        policy = found("new-by-policy", reference=thread.reference)
        apart = policy if thread.closed_reply == "new" else late
        return Decision(step=Step.OPEN, related_id=thread.ticket_id, findings=(*findings, apart))
    if thread.is_done:
        findings = (*findings, found("takes-up", reference=thread.reference))
    return Decision(
        step=Step.JOIN,
        ticket_id=thread.ticket_id,
        reopens=thread.is_done,
        joins_party=not thread.is_party,
        findings=findings,
    )
