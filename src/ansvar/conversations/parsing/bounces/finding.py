"""From a mail to the bounces that it reports."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_string, policy
from email.message import Message
from textwrap import dedent

from ansvar.conversations.parsing.bounces.bounce import HARD, Bounce, Reason
from ansvar.conversations.parsing.bounces.evidence import Evidence, one_line
from ansvar.conversations.parsing.bounces.letters import (
    evidence_without_recipient,
    opened,
    recipients_told,
    session_told,
    transcript_told,
)
from ansvar.conversations.parsing.bounces.notifications import bounces_notified
from ansvar.conversations.parsing.bounces.reasons import judged, says_anything
from ansvar.conversations.parsing.bounces.reports import (
    LONGEST_REPORT,
    MOST_RECIPIENTS,
    address_in,
    complaints_in,
    recipients_in,
    text_of_report,
)
from ansvar.conversations.parsing.headers import (
    first_raw,
    ids_of,
    raw_values,
    text_of,
    words_of,
)
from ansvar.conversations.parsing.structure import parameter, parts_below
from ansvar.conversations.sanitising import text_from_html

_MOST_PARTS = 200
_DEEPEST = 12
_LONGEST_DIAGNOSTIC = 500
_TERSE = 40
"""Characters; a shorter diagnosis is completed with what the notice says."""
_LONGEST_RETURNED = 20_000
_FINAL_RECIPIENT = re.compile(r"^(?:Final|Original)-Recipient:", re.IGNORECASE | re.MULTILINE)
_DAEMONS = re.compile(
    r"mailer-?daemon|mail-?daemon|post_?master|mail[. ]?delivery|delivery[. -](?:sub)?system"
    r"|bounce-?notif|undeliver|<>",
    re.IGNORECASE,
)
_SUBJECTS = re.compile(
    r"(?:undeliver|returned mail|return(?:ed)? to sender|failure notice|failure delivery"
    r"|mail (?:delivery )?(?:failure|failed|error|system error)|delivery (?:status|failure|problem"
    r"|report|notification|has failed|failed|error)|message delivery|non[- ]?delivery|not deliver"
    r"|(?:could|can|was|were)(?: ?not|n't) (?:be )?deliver|warning: (?:could not send|message)"
    r"|rejected mail"
    r"|unzustellbar|unbestellbar|недостав|не доставлено|non remis|olevererbart|ej levererat"
    r"|no (?:se ha podido )?entreg|mancata consegna|niet bezorg|nie dostarczon"
    r"|配信不能|配信でき|送信できません|メールエラー|退信)",
    re.IGNORECASE,
)
_WAITING = re.compile(
    r"will be re-?tried|will retry|do not need to re-?send|warning message only|still trying"
    r"|kept in the queue|has been delayed|is delayed|not yet been delivered|delivery incomplete",
    re.IGNORECASE,
)
_HEADER_LINE = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,60}: ?\S")
_MEDIA_TYPE = re.compile(r"[a-z]{1,20}/[a-z0-9.+-]{1,60}")
_LONGEST_HTML = 100_000
_NO_READER = re.compile(r"\bno-?_?reply@", re.IGNORECASE)
_PASSED_ON = re.compile(r"\s*(?:re|fwd?|aw|wg|sv|vb|tr|rv)\s*:", re.IGNORECASE)
_COMPLAINT = re.compile(
    r"complaint about message from|(?:e-?mail )?(?:feedback|abuse) report", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Material:
    """The parts of a mail that may report something."""

    notice: str
    report: str
    complaint: str
    is_report: bool
    """A part says that it is a report on delivery."""
    is_complaint: bool
    returned: tuple[Message, ...]
    """Mails and headers of mails that it holds."""


def bounces_of(message: Message) -> tuple[Bounce, ...]:
    """Return what a mail reports on others that could not be, or were, delivered.

    A mail by a person gives nothing, even if it speaks of such a report.
    """
    material = _material(message)
    if material.is_complaint or _is_complaint_without_form(message, material):
        return _complaints(message, material)
    if parameter(message, "report-type") == "disposition-notification":
        return ()
    if notified := bounces_notified(material.notice):
        return notified
    found: list[Evidence] = []
    notice = opened(material.notice)
    original = _original(material, notice.returned)
    is_by_a_daemon = material.is_report or _is_by_a_daemon(message, notice.words)
    report = material.report
    if not report and is_by_a_daemon and _FINAL_RECIPIENT.search(material.notice):
        # A broken boundary leaves the report in the text.
        report = material.notice
    if report:
        found = [_completed(one, notice.words) for one in recipients_in(report)]
    if not found and is_by_a_daemon:
        found = _told(message, notice.words, original)
        if not found:
            inner = [_material(one).report for one in material.returned]
            found = [one for report in inner if report for one in recipients_in(report)]
    subject = words_of(first_raw(message, "Subject"))
    return tuple(_bounce(one, subject, original) for one in found[:MOST_RECIPIENTS])


def away(sender: str, text: str) -> Bounce:
    """Return what an automatic answer says for *sender*: it has arrived, but he is away."""
    return Bounce(
        recipient=sender,
        reason=Reason.VACATION,
        diagnostic=one_line(text)[:_LONGEST_DIAGNOSTIC],
        action="delivered",
    )


def _bounce(evidence: Evidence, subject: str, original: Message | None) -> Bounce:
    reason = judged(evidence, subject)
    recipient = evidence.recipient
    if not recipient and original is not None:
        recipient = address_in(first_raw(original, "To"))
    return Bounce(
        recipient=recipient,
        status=evidence.status,
        reason=reason,
        hard=reason in HARD,
        diagnostic=one_line(evidence.words or evidence.around)[:_LONGEST_DIAGNOSTIC],
        message_id=_id_of(original),
        action=evidence.action or _action(reason, evidence),
    )


def _action(reason: Reason, evidence: Evidence) -> str:
    if reason in {Reason.DELIVERED, Reason.FEEDBACK, Reason.VACATION}:
        return "delivered"
    waits = evidence.delayed or (reason is Reason.EXPIRED and _WAITING.search(evidence.around))
    return "delayed" if waits else "failed"


def _completed(evidence: Evidence, notice: str) -> Evidence:
    """Return what a report says with what the words beside it add."""
    told = {one.recipient: one for one in recipients_told(notice)}
    beside = told.get(evidence.recipient)
    if beside is None:
        return replace(evidence, around=f"{evidence.around} {one_line(notice)}".strip())
    words = evidence.words
    if (
        len(words) < _TERSE
        and not evidence.reply
        and says_anything(beside.words)
        and words in beside.words
    ):
        words = beside.words
    return replace(
        evidence,
        words=words,
        status=beside.status if beside.status and not evidence.words else evidence.status,
        reply=evidence.reply or beside.reply,
        command=evidence.command or beside.command,
        around=f"{evidence.around} {beside.words} {beside.around}".strip(),
    )


def _told(message: Message, notice: str, original: Message | None) -> list[Evidence]:
    """Return what a notice in prose says, also when it does not name the recipient."""
    found = session_told(notice) or recipients_told(notice) or transcript_told(notice)
    if found:
        return found
    whole = evidence_without_recipient(notice)
    named = [
        address
        for raw in raw_values(message, "X-Failed-Recipients")
        for word in raw.split(",")
        if (address := address_in(word))
    ]
    if named:
        return [replace(whole, recipient=address) for address in named]
    subject = words_of(first_raw(message, "Subject"))
    returned = original is not None and bool(original.keys())
    if says_anything(f"{subject} {whole.words}") or (returned and _SUBJECTS.search(subject)):
        return [whole]
    return []


def _is_by_a_daemon(message: Message, notice: str) -> bool:
    """Tell whether a mail looks as if a mail server wrote it, not somebody about one."""
    subject = words_of(first_raw(message, "Subject"))
    paths = [raw.replace(" ", "") for raw in raw_values(message, "Return-Path")]
    if _DAEMONS.search(first_raw(message, "From")) or raw_values(message, "X-Failed-Recipients"):
        return True
    if raw_values(message, "X-MLServer") and not raw_values(message, "List-Post"):
        return True
    signs = (
        bool(paths) and (paths[0] in {"<>", ""} or bool(_DAEMONS.search(paths[0]))),
        bool(_SUBJECTS.search(subject)) and not _PASSED_ON.match(subject),
        bool(_SUBJECTS.search(notice[:1000])),
        bool(_NO_READER.search(first_raw(message, "From"))),
        "invoked for bounce" in " ".join(raw_values(message, "Received")),
    )
    return sum(signs) > 1


def _complaints(message: Message, material: Material) -> tuple[Bounce, ...]:
    kind, recipients = complaints_in(material.complaint)
    original = _original(material, "")
    if raw_values(message, "X-Apple-Unsubscribe"):
        kind, recipients = "opt-out", (address_in(first_raw(message, "From")),)
    if not recipients and original is not None:
        names = ("X-HmXmrOriginalRecipient", "To")
        found = (address_in(first_raw(original, name)) for name in names)
        recipients = (next(filter(None, found), ""),)
    return tuple(
        Bounce(
            recipient=recipient,
            reason=Reason.FEEDBACK,
            diagnostic=kind or "abuse",
            message_id=_id_of(original),
            action="delivered",
        )
        for recipient in recipients or ("",)
    )


def _is_complaint_without_form(message: Message, material: Material) -> bool:
    """Tell whether a mail hands on a complaint in no form of its own (Hotmail, Apple Mail)."""
    if raw_values(message, "X-Apple-Unsubscribe"):
        return True
    subject = words_of(first_raw(message, "Subject"))
    headed = (first_raw(one, "X-HmXmrOriginalRecipient") for one in material.returned)
    return bool(_COMPLAINT.match(subject)) and any(headed)


def _original(material: Material, returned: str) -> Message | None:
    for one in material.returned:
        if one.keys():
            return one
    lines = dedent(returned[:_LONGEST_RETURNED]).lstrip().split("\n")
    start = next((at for at, line in enumerate(lines) if _HEADER_LINE.match(line)), None)
    if start is None:
        return None
    return message_from_string("\n".join(lines[start:]), policy=policy.compat32)


def _id_of(original: Message | None) -> str:
    return next(iter(ids_of(original, "Message-ID")), "") if original is not None else ""


def _material(message: Message) -> Material:
    plain: list[str] = []
    html: list[str] = []
    reports: list[str] = []
    complaints: list[str] = []
    returned: list[Message] = []
    for part in _parts(message):
        media_type = _type_of(part)
        if media_type in {"message/delivery-status", "message/global-delivery-status"}:
            reports.append(text_of_report(part))
        elif media_type == "message/feedback-report":
            complaints.append(text_of_report(part))
        elif media_type in {"message/rfc822", "message/global"}:
            returned += parts_below(part)[:1]
        elif media_type in {"text/rfc822-headers", "message/global-headers"}:
            returned.append(message_from_string(_words(part), policy=policy.compat32))
        elif media_type == "text/plain" or media_type.startswith("multipart/"):
            plain.append(_words(part))
        elif media_type == "text/html":
            html.append(_words(part))
    notice = "\n\n".join(plain) or text_from_html("\n".join(html)[:_LONGEST_HTML])
    kind = parameter(message, "report-type")
    is_report = _type_of(message) == "multipart/report" and kind in {"delivery-status", ""}
    return Material(
        notice=notice[:LONGEST_REPORT],
        report="\n\n".join(reports)[:LONGEST_REPORT],
        complaint="\n\n".join(complaints)[:LONGEST_REPORT],
        is_report=bool(reports) or is_report,
        is_complaint=bool(complaints) or kind == "feedback-report",
        returned=tuple(returned),
    )


def _parts(message: Message) -> Iterator[Message]:
    """Yield the parts in order; what came back is one part, whatever it holds."""
    waiting: list[tuple[Message, int]] = [(message, 0)]
    seen = 0
    while waiting and seen < _MOST_PARTS:
        part, depth = waiting.pop()
        seen += 1
        below = parts_below(part)
        if _type_of(part).startswith("message/") or not below:
            yield part
        elif depth < _DEEPEST:
            waiting.extend((one, depth + 1) for one in reversed(below))


def _type_of(part: Message) -> str:
    """Return the media type, also of a field that forgets the semicolon after it."""
    found = _MEDIA_TYPE.match(first_raw(part, "Content-Type").lower())
    return found[0] if found else part.get_default_type()


def _words(part: Message) -> str:
    decoded = part.get_payload(decode=True)
    if not isinstance(decoded, bytes):
        return ""
    return text_of(decoded[:LONGEST_REPORT], parameter(part, "charset").strip("\"' "))
