"""What a report says about one recipient, before anybody judges it."""

import re
from dataclasses import dataclass

LONGEST_WORDS = 4_000
"""Characters of a server's words that are looked at; an answer is a few lines long."""

_STATUS = r"([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)"
_STATUS_AFTER_REPLY = re.compile(
    rf"(?<![\w.])[245][0-5]\d[ \-:']{{1,2}}(?:\[[\w ]{{1,20}}\] )?#?{_STATUS}"
)
_STATUS_MARKED = re.compile(rf"#{_STATUS}")
_STATUS_ANYWHERE = re.compile(rf"(?<![\w./-]){_STATUS}")
_REPLY_AND_STATUS = re.compile(rf"(?<![\w.])([245][0-5]\d)[ \-:]{{1,2}}#?{_STATUS}")
_REPLY = re.compile(
    r"(?:^|said:|response:?|smtp[;:]|<<<|reason:|returned|responsecode|error:?|->|['\"(\[:;>])"
    r"\s{0,20}([245][0-5]\d)(?=[\s:;#,)\]-]|$)",
    re.IGNORECASE | re.MULTILINE,
)
_REFUSES = re.compile(r"^\s{0,9}[45][0-5]\d[\s#-]")
_COMMAND = re.compile(
    r"(?:\bin reply to|\bafter|\bfor|>>>|smtp:|\bsent|\bour|command:?|\[|\()\s{0,20}"
    r"(?:the |final |initial |end of |pipelined |sending )?"
    r"(helo|ehlo|mail(?=[ _]?from)|rcpt|data|text command|connect(?:ion)?|starttls)\b",
    re.IGNORECASE,
)
_COMMAND_TOLD = (
    ("rcpt", re.compile(r"does not like recipient|recipient was rejected", re.IGNORECASE)),
    ("mail", re.compile(r"sender was rejected", re.IGNORECASE)),
    ("helo", re.compile(r"my name was rejected", re.IGNORECASE)),
    (
        "data",
        re.compile(r"after I sent the message|failed on DATA|message was rejected", re.IGNORECASE),
    ),
)
_UNSPECIFIC = re.compile(r"[245]\.0\.0\Z|[245]\.5\.0\Z")
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>]{1,500}", re.IGNORECASE)
_ADDRESS = re.compile(r"<?[^\s<>@,;:\"'()]{1,64}@[\w.-]{1,190}>?")
_CODES = re.compile(
    r"(?<![\w.])[245][0-5]\d(?:-\s?|[ -](?=[245]\.))(?:[245]\.\d{1,3}\.\d{1,3})?(?=\s)"
)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a report says about one recipient."""

    recipient: str = ""
    action: str = ""
    status: str = ""
    reply: str = ""
    """The three digits of the server's answer (RFC 5321)."""
    command: str = ""
    """What the server answered to: helo, mail, rcpt or data."""
    words: str = ""
    """Of the server that refused, in one line."""
    around: str = ""
    """What the reporting server says beside them."""

    @property
    def delayed(self) -> bool:
        """Whether the server says that it goes on trying."""
        return self.action == "delayed"

    @property
    def is_specific(self) -> bool:
        """Whether the status code says more than that it has failed."""
        return bool(self.status) and not _UNSPECIFIC.match(self.status)


def one_line(text: str) -> str:
    """Return *text* without line breaks, and not longer than anybody needs."""
    return _SPACES.sub(" ", text[:LONGEST_WORDS]).strip()


def plain(words: str) -> str:
    """Return a server's words without what only looks like words: addresses, links, codes."""
    words = _LINK.sub(" ", words)
    words = _ADDRESS.sub(" x@y ", words)
    # A long answer repeats its codes on each line.
    return _SPACES.sub(" ", _CODES.sub(" ", words))


def status_in(text: str) -> str:
    """Return the enhanced status code that *text* gives, one beside a reply code before others."""
    found: list[str] = []
    arrived = not _REFUSES.search(text)
    for pattern in (_STATUS_AFTER_REPLY, _STATUS_MARKED, _STATUS_ANYWHERE):
        # The number of a section of a standard looks like a code of success.
        found += [one for one in pattern.findall(text) if arrived or one[0] != "2"]
        telling = [one for one in found if not _UNSPECIFIC.match(one)]
        if telling:
            return telling[0]
    return found[0] if found else ""


def reply_in(text: str) -> str:
    """Return the reply code that *text* gives."""
    for pattern in (_REPLY_AND_STATUS, _REPLY):
        if match := pattern.search(text):
            return match[1]
    return ""


def command_in(text: str) -> str:
    """Return the SMTP command after which a server refused, if *text* tells."""
    for command, pattern in _COMMAND_TOLD:
        if pattern.search(text):
            return command
    found = [word.lower() for word in _COMMAND.findall(text)]
    # In a transcript the last one is QUIT or a retry; the first refused one counts.
    first = found[0] if found else ""
    return {"ehlo": "helo", "connect": "helo", "connection": "helo", "text command": "data"}.get(
        first, first
    )
