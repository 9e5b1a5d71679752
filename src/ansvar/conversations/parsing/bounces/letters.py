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
    rf"|rejected|address|à|an|to)[^<>@]{{0,200}}[ :<,]{_WRITTEN}[.:]?[ \t]*(?:\(.{{0,200}}\))?$",
    re.IGNORECASE,
)
_GATEWAY = re.compile(
    r"(?:Remote host said|said|response(?: from the remote server)?(?: was)?|reason|error)\s*:",
    re.IGNORECASE,
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
        marked = bool(bare) and len(bare) < 120 and _COPY.search(bare)
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
        named = _AT_START.match(line) or (_AT_END.search(line) if first else None)
        address = address_in(named[1]) if named else ""
        if address and len(blocks) < MOST_RECIPIENTS:
            current = blocks.setdefault(address, [])
            first = False
            current.append(line[named.end(1) :] if named else "")
        elif current is not None:
            current.append(line)
        else:
            before.append(line)
    found = [_evidence(address, "\n".join(lines)) for address, lines in blocks.items()]
    return [replace(one, around=one_line("\n".join(before))) for one in found]


def evidence_without_recipient(words: str) -> Evidence:
    """Return what a notice says that names nobody."""
    return replace(_evidence("", words), around="")


def _evidence(address: str, block: str) -> Evidence:
    text = one_line(block).lstrip(">:; ")
    return Evidence(
        recipient=address,
        status=status_in(text),
        reply=reply_in(block) or reply_in(text),
        command=command_in(text),
        words=text,
    )
