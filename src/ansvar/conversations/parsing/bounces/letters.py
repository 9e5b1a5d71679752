"""Reports for people: prose with addresses and a server's words in it."""

import re
from dataclasses import dataclass, replace

from ansvar.conversations.parsing.bounces.evidence import (
    Evidence,
    command_in,
    one_line,
    reply_in,
    status_in,
)
from ansvar.conversations.parsing.bounces.reports import MOST_RECIPIENTS, address_in

LONGEST_NOTICE = 30_000
"""Characters; the report itself is short, the rest is the mail that came back."""
_LONGEST_LINE = 2_000
_LONGEST_MARK = 120

_COPY = re.compile(
    r"copy of (?:the|your)(?: original)? (?:message|mail)|below this line"
    r"|(?:original|unsent|undelivered|returned|message) (?:message|mail|headers?|text)?\s?"
    r"(?:is |as )?(?:follow|headers?\b|info\b)|header of the original|^original message$"
    r"|исходное сообщение|^message headers?:?$|^begin(?:ning)? of (?:the )?original",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"(?:Received: ?(?:from|by|\()|X-Received: |Return-Path: ?|DKIM-Signature: |ARC-Seal: )",
    re.IGNORECASE,
)
_WRITTEN = r"<?[\"']?([^\s<>\"'(),:;@\[\]]{1,64}@[^\s<>\"'(),:;@]{1,190})[\"']?>?"
_AT_START = re.compile(
    rf"[ \t>*\"'-]{{0,40}}{_WRITTEN}(?:[ \t]*[(<][^()<>]{{1,260}}[)>]){{0,2}}[ \t]*"
    r"(?:$|[:;]|\(| on \w{3},|\.{3}| \.\.\.)",
)
_AT_END = re.compile(
    r"(?:undeliver|unknown user|could not be|not be delivered|failed|recipient|deliver(?:y|ing)"
    rf"|rejected|rcpt to|attempts)[^<>@]{{0,200}}[ :<,]{_WRITTEN}[.:]?[ \t]*(?:\(.{{0,200}}\))?$",
    re.IGNORECASE,
)
_OF_THE_MAIL = re.compile(
    r"\s*(?:(?:to|cc|from|subject|sent|date|reply-to|(?:original )?sender|message-id|mail from)\s*:"
    r"|>>> (?:mail|rcpt)\b)",
    re.IGNORECASE,
)
_ANSWERED = re.compile(r"\s*Out:\s{0,5}([45]\d\d .*)", re.IGNORECASE)
_ASKED = re.compile(r"\s*In:\s{0,5}(\S.*)", re.IGNORECASE)
_VERDICT = re.compile(r"([45]\d\d) (<[^<>\s]{1,260}>)\.\.\. ?(.*)")
_VERDICT_ON_A_HOST = re.compile(r"[45]\d\d \S")
_BOILERPLATE = re.compile(
    r"/?I'm not going to try again; this\s+message has been in the queue too long\.?"
    r"|(?:Google|Gmail) tried to deliver your message.{0,400}?other server returned was:"
    r"|SMTP error from remote (?:mail ?)?(?:server|mailer)|Technical details of \w+ failure:"
    r"|Please note that this is only a temporary failure report.{0,400}"
    r"|No action is required on your part.{0,300}|giving up on [\d.]{7,15}\.?",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The words of a notice, and the mail that stands below them."""

    words: str
    returned: str = ""


def opened(text: str) -> Letter:
    """Part a notice from the mail that it gives back."""
    lines = [line[:_LONGEST_LINE] for line in text[:LONGEST_NOTICE].split("\n")]
    for number, line in enumerate(lines):
        bare = line.strip(" \t-=*_#>")
        marked = bool(bare) and len(bare) < _LONGEST_MARK and _COPY.search(bare)
        if (marked and number > 0) or (number > 1 and _HEADER.match(line)):
            start = number + 1 if marked else number
            return Letter(words="\n".join(lines[:number]), returned="\n".join(lines[start:]))
    return Letter(words="\n".join(lines))


def recipients_told(words: str) -> list[Evidence]:
    """Return what a notice says about each recipient that it names."""
    blocks: dict[str, list[str]] = {}
    first = True
    current: list[str] | None = None
    before: list[str] = []
    for line in words.split("\n"):
        named = _AT_START.match(line)
        told = _AT_END.search(line) if first and not named else None
        match = None if _OF_THE_MAIL.match(line) else named or told
        address = address_in(match[1]) if match else ""
        if match and address and len(blocks) < MOST_RECIPIENTS:
            current = blocks.setdefault(address, [])
            first = False
            # A sentence says why, too: Unknown user: somebody.
            current.append(line if told else line[match.end(1) :])
        elif current is not None:
            current.append(line)
        else:
            before.append(line)
    found = [_evidence(address, "\n".join(lines)) for address, lines in blocks.items()]
    return [replace(one, around=one_line("\n".join(before))) for one in found]


def transcript_told(words: str) -> list[Evidence]:
    """Return what the transcript of an old sendmail says, which lists no recipients."""
    found: dict[str, Evidence] = {}
    asked, answered = "", ""
    for line in words.split("\n"):
        if line.startswith(">>>"):
            asked, answered = line, ""
        elif line.startswith("<<<"):
            answered = answered or line[3:].strip()
        elif line.lower().startswith(("while talking", "... while talking")):
            asked, answered = "", ""
        elif verdict := _VERDICT.match(line):
            address = address_in(verdict[2])
            said = (
                f"{answered} {verdict[1]} {verdict[3]}"
                if answered
                else f"{verdict[1]} {verdict[3]}"
            )
            told = replace(_evidence(address, said), command=command_in(asked))
            if address:
                found.setdefault(address, told)
        elif _VERDICT_ON_A_HOST.match(line):
            asked, answered = "", ""
    return list(found.values())


def session_told(words: str) -> list[Evidence]:
    """Return what a transcript of a session, as Postfix sends it to its postmaster, says."""
    asked = recipient = ""
    for line in words.split("\n"):
        if question := _ASKED.match(line):
            asked = question[1]
            if asked.lower().startswith("rcpt"):
                recipient = address_in(asked)
        elif answer := _ANSWERED.match(line):
            command = asked.partition(" ")[0].strip().lower()
            return [replace(_evidence(recipient, answer[1]), command=command)]
    return []


def evidence_without_recipient(words: str) -> Evidence:
    """Return what a notice says that names nobody."""
    return replace(_evidence("", words), around="")


def _evidence(address: str, block: str) -> Evidence:
    block = _BOILERPLATE.sub(" ", block[:LONGEST_NOTICE])
    text = one_line(block).lstrip(">:;. ")
    return Evidence(
        recipient=address,
        status=status_in(text),
        reply=reply_in(block) or reply_in(text),
        command=command_in(text),
        words=text,
    )
