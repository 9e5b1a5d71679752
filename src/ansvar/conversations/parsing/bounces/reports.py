"""Reports for machines: delivery status notifications (RFC 3464) and complaints (RFC 5965)."""

import re
from collections.abc import Iterator
from email.message import Message

from ansvar.conversations.parsing.bounces.evidence import (
    Evidence,
    command_in,
    one_line,
    reply_in,
    status_in,
)
from ansvar.conversations.parsing.headers import clean, is_address, words_of
from ansvar.conversations.parsing.structure import Part

LONGEST_REPORT = 200_000
MOST_RECIPIENTS = 200

_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60})[ \t]{0,5}:(.*)")
_KIND = re.compile(r"\s*[A-Za-z0-9-]{1,40}\s*;\s*")
_ADDRESS = re.compile(r"[^\s<>\"(),:;@\[\]]{1,64}@[^\s<>\"(),:;@]{1,190}")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_OF_A_RECIPIENT = frozenset(
    {"final-recipient", "original-recipient", "x-actual-recipient", "action", "diagnostic-code"}
)

Fields = dict[str, str]


def text_of_report(part: Message) -> str:
    """Return a report as text, whatever its transfer encoding."""
    content = part.content if isinstance(part, Part) else b""
    return clean(content[:LONGEST_REPORT].decode("utf-8", "replace"))


def recipients_in(report: str) -> list[Evidence]:
    """Return what a delivery status report says about each recipient."""
    return [_evidence(group) for group in _groups(report)][:MOST_RECIPIENTS]


def complaints_in(report: str) -> tuple[str, tuple[str, ...]]:
    """Return what kind of complaint a feedback report makes, and for which recipients."""
    said: dict[str, list[str]] = {}
    for name, value in _fields(report):
        said.setdefault(name, []).append(value)
    kind = next(iter(said.get("feedback-type", [])), "").strip().lower()[:40]
    named = said.get("original-rcpt-to") or said.get("removal-recipient") or []
    recipients = dict.fromkeys(address_in(value) for value in named[:MOST_RECIPIENTS])
    return kind, tuple(one for one in recipients if one)


def address_in(value: str) -> str:
    """Return the address in a field, in lower case."""
    found = _ADDRESS.search(value[:1000])
    address = found[0].strip(".'").lower() if found else ""
    return address if is_address(address) else ""


def _fields(report: str) -> Iterator[tuple[str, str]]:
    """Yield the fields of a report unfolded; an empty name stands for an empty line."""
    name, value = "", ""
    for line in report.split("\n"):
        field = _FIELD.match(line)
        if field or not line.strip():
            if name:
                yield name, one_line(value)
            name, value = (field[1].lower(), field[2]) if field else ("", "")
            if not field:
                yield "", ""
        elif name:
            # Some servers break lines without folding them.
            value += " " + line.strip()
    if name:
        yield name, one_line(value)


def _groups(report: str) -> list[Fields]:
    groups: list[Fields] = []
    group: Fields = {}
    for name, value in _fields(report):
        if (not name or (name in group and name == "final-recipient")) and group:
            groups.append(group)
            group = {}
        if name:
            group.setdefault(name, value)
    groups.append(group)
    return _joined([one for one in groups if _OF_A_RECIPIENT & one.keys()])


def _joined(groups: list[Fields]) -> list[Fields]:
    """Return the groups with those put together that an empty line tore apart."""
    whole: list[Fields] = []
    for group in groups:
        named = {"final-recipient", "original-recipient"} & group.keys()
        if whole and not named and not whole[-1].keys() & group.keys():
            whole[-1] = {**whole[-1], **group}
        else:
            whole.append(group)
    return whole


def _evidence(group: Fields) -> Evidence:
    # The address that was written to comes first: to the sender it is the one of no use.
    recipient = next(
        (
            address
            for name in ("final-recipient", "original-recipient", "x-actual-recipient")
            if (address := address_in(_KIND.sub("", group.get(name, ""), count=1)))
        ),
        "",
    )
    said = words_of(group.get("diagnostic-code", ""))
    words = _KIND.sub("", said, count=1) if _KIND.match(said) else said
    stated = group.get("status", "")
    found = _STATUS.search(stated)
    # The refusing server knows better than the one that reports it.
    status = status_in(words) or (found[0] if found else "")
    return Evidence(
        recipient=recipient,
        action=group.get("action", "").lower().partition(" ")[0].strip("();,")[:20],
        status=status,
        reply=reply_in(words),
        command=command_in(words),
        words=words,
        around=one_line(stated.partition("(")[2].rstrip(") ")),
    )
