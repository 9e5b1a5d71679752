"""The structure of a mail: header fields and parts, cut out of its bytes.

The parser of the standard library asks every open boundary about every line, and reads header
fields in time that grows with the square of their length: a few megabytes made for it keep it busy
for minutes. Here every level is cut by one search for its boundary, the levels are counted, and
attached mails stay byte for byte what they are.
"""

import re
from collections import Counter
from collections.abc import Iterator
from email.message import Message
from email.policy import Compat32
from itertools import islice, zip_longest
from typing import Any

from typing_extensions import override

from ansvar.conversations.parsing.parameters import parameters_of
from ansvar.conversations.parsing.transfer import decoded

DEEPEST = 20
MOST_PARTS = 400
MOST_FIELDS = 2_000
LONGEST_FIELD = 60_000
"""Bytes; beyond it a header field is cut off."""
LONGEST_HEADER = 2_000_000
"""Bytes; beyond it only what says who and what is looked for."""
STATUS_TYPES = {"message/delivery-status", "message/global-delivery-status"}

_END_OF_HEADER = re.compile(rb"(?:\A|\n)\r?\n")
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]*(.*)", re.DOTALL)
_COMMON_FIELD = re.compile(
    rb"(?:(?:x|content|list|arc|dkim|thread|resent|mime|reply|return|received|delivered|in|auto|"
    rb"authentication|message|feedback|disposition|domainkey|user|original|ms)-[!-9;-~]{1,80}|"
    rb"received|from|to|cc|bcc|subject|date|sender|references|precedence|importance|priority|"
    rb"organization|status|lines)[ \t]*:",
    re.IGNORECASE,
)
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}")
_GUESSED_BOUNDARY = re.compile(
    rb"^--([^\r\n]{1,200}?)[ \t]*\r?\nContent-[A-Za-z-]{2,40}[ \t]*:", re.MULTILINE | re.IGNORECASE
)
_JUNK_LINES = 20
_ESSENTIAL = {
    "auto-submitted", "cc", "content-transfer-encoding", "content-type", "date", "from",
    "in-reply-to", "message-id", "references", "return-path", "sender", "subject", "to",
}  # fmt: skip
_ESSENTIAL_FIELD = re.compile(
    b"^(" + "|".join(sorted(_ESSENTIAL)).encode() + rb")[ \t]*:[ \t]*([^\r\n]{0,2000})",
    re.MULTILINE | re.IGNORECASE,
)
_REST_OF_DELIMITER = re.compile(rb"(--)?[ \t]*(?:\r?\n|\r?\Z)")
_STATUS_GROUP = re.compile(rb"\n[ \t]*\r?\n")


class TooComplex(Exception):
    """A mail has more parts, or deeper ones, than any honest mail."""


class _AsSent(Compat32):
    """Header fields are given as they were sent, not interpreted."""

    @override
    def header_fetch_parse(self, name: str, value: str) -> Any:
        return value


_POLICY = _AsSent()


class Part(Message):
    """A mail or one of its parts."""

    def __init__(self) -> None:
        super().__init__(policy=_POLICY)
        self.raw = b""
        """What is below its header, as it was sent."""
        self.was_cut = False
        """It has more header fields, or longer ones, than are read."""

    @property
    def content(self) -> bytes:
        """What it holds, without transfer encoding; of an attached mail the whole of it."""
        return decoded(self.raw, first_field(self, "Content-Transfer-Encoding").strip())

    @override
    def get_payload(self, i: int | None = None, decode: bool = False) -> Any:
        if self.is_multipart():
            below: Any = super().get_payload()
            return None if decode else below if i is None else below[i]
        return self.content if decode else self.raw.decode("ascii", "surrogateescape")


def parsed(raw: bytes) -> Part:
    """Cut a mail into its parts.

    Raises: TooComplex.
    """
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    return _Cutter().part(raw.removeprefix(b"\xef\xbb\xbf"), 0)


def fields_in(raw: bytes) -> Part:
    """Return a header alone, such as a bounce gives back."""
    part = Part()
    part.raw = raw[_read_fields(part, raw) :]
    return part


def parts_below(part: Message) -> list[Message]:
    """Return the parts of a part; asked of one without parts the library decodes its text."""
    payload = part.get_payload() if part.is_multipart() else []
    return [one for one in payload if isinstance(one, Message)]


def first_field(part: Message, name: str) -> str:
    """Return the first field of a name as it was sent."""
    wanted = name.lower()
    return next((value for key, value in part.raw_items() if key.lower() == wanted), "")


def type_of(part: Message) -> str:
    """Return the media type of a part, `application/octet-stream` for nonsense."""
    said = first_field(part, "Content-Type").strip().lower()
    if not said:
        return part.get_default_type()
    if match := _TYPE.match(said):
        return match[0]
    # RFC 2045 asks for text; `text` alone is common, anything else is a file.
    is_text = said.partition(";")[0].strip() in {"text", "plain"}
    return "text/plain" if is_text else "application/octet-stream"


def parameter(part: Message, name: str) -> str:
    """Return a parameter of the Content-Type in lower case, or nothing."""
    return parameters_of(first_field(part, "Content-Type")).get(name, "").lower()


class _Cutter:
    """Cuts one mail; parts inside attached mails are counted apart."""

    def __init__(self) -> None:
        self._seen = 0
        self._seen_inside = 0

    def part(self, raw: bytes, depth: int, default_type: str = "text/plain") -> Part:
        self._seen += 1
        if depth > DEEPEST or self._seen > MOST_PARTS:
            raise TooComplex
        part = Part()
        part.set_default_type(default_type)
        part.raw = raw[_read_fields(part, raw) :]
        media_type = type_of(part)
        if media_type.startswith("multipart/"):
            self._cut_up(part, media_type, depth)
        elif media_type in STATUS_TYPES:
            for group in _STATUS_GROUP.split(part.content.strip())[:MOST_PARTS]:
                part.attach(fields_in(group.lstrip()))
        elif media_type.startswith("message/"):
            part.attach(self._attached(part.content, depth))
        return part

    def _cut_up(self, part: Part, media_type: str, depth: int) -> None:
        said = parameters_of(first_field(part, "Content-Type")).get("boundary", "").rstrip()
        pieces = _between(part.raw, said.encode("utf-8", "surrogateescape"))
        if not pieces and (guessed := _GUESSED_BOUNDARY.search(part.raw)):
            pieces = _between(part.raw, guessed[1])
        below = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
        for piece in pieces:
            part.attach(self.part(piece, depth + 1, below))

    def _attached(self, raw: bytes, depth: int) -> Part:
        # It is kept as a file: what is inside it is looked into only while there is room, and is
        # no reason to refuse the mail that it came with.
        before = self._seen
        if self._seen_inside >= MOST_PARTS:
            return fields_in(raw)
        try:
            return self.part(raw, depth + 1)
        except TooComplex:
            return fields_in(raw)
        finally:
            self._seen_inside += self._seen - before
            self._seen = before


def _between(raw: bytes, boundary: bytes) -> list[bytes]:
    """Return what is between the lines of a boundary; a last one that is missing does no harm."""
    if not boundary:
        return []
    found = list(islice(_delimiters(raw, b"--" + boundary), MOST_PARTS + 1))
    if len(found) > MOST_PARTS:
        raise TooComplex
    pieces: list[bytes] = []
    for (_begin, at, is_last), following in zip_longest(found, found[1:]):
        piece = raw[at : following[0] if following else len(raw)]
        if not is_last:
            pieces.append(piece)
        elif piece.strip():
            # Words after the end belong to nobody. Where there are none, parts may still follow:
            # some programs give a part the boundary of the whole.
            break
    return [piece for piece in pieces if piece]


def _delimiters(raw: bytes, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yield where each line of a boundary begins, where the next line does, and if it is the last.

    The line end before it belongs to the boundary.
    """
    # Searching for the mark alone takes a hundredth of the time of an expression for the line.
    at = raw.find(mark)
    while at >= 0:
        rest = _REST_OF_DELIMITER.match(raw, at + len(mark))
        if rest and (at == 0 or raw[at - 1 : at] == b"\n"):
            begin = max(0, at - 2 if raw[max(0, at - 2) : at] == b"\r\n" else at - 1)
            yield begin, rest.end(), bool(rest[1])
        at = raw.find(mark, at + len(mark))


def _read_fields(part: Part, raw: bytes) -> int:
    """Give a part the header fields that its bytes begin with; return where its body begins."""
    blank = _END_OF_HEADER.search(raw)
    header = raw[: blank.start()] if blank else raw
    fields = _Fields(part)
    at = 0
    for line in _lines(header):
        if at > LONGEST_HEADER:
            fields.take_essential(header[at:])
            break
        following = at + len(line)
        stripped = line.rstrip(b"\r\n")
        match = _FIELD.match(stripped[:LONGEST_FIELD])
        if stripped[:1] in {b" ", b"\t"}:
            fields.go_on(stripped)
        elif match:
            fields.begin(
                match[1].decode("ascii"), match[2], is_whole=len(stripped) <= LONGEST_FIELD
            )
        elif _is_header(header, following):
            # Junk, such as a line that a broken program did not indent.
            fields.go_on(b" " + stripped)
        elif not (at == 0 and stripped.startswith((b"From ", b">From "))):
            # The blank line is missing: the body begins here.
            fields.finish()
            return at
        at = following
    fields.finish()
    return blank.end() if blank else len(raw)


def _is_header(header: bytes, at: int) -> bool:
    """Tell whether a common field follows within a few lines: then the body is not yet reached."""
    return any(_COMMON_FIELD.match(line) for line in islice(_lines(header, at), _JUNK_LINES))


def _lines(header: bytes, at: int = 0) -> Iterator[bytes]:
    while at < len(header):
        end = header.find(b"\n", at) + 1 or len(header)
        yield header[at:end]
        at = end


class _Fields:
    """The header fields of a part while they are read."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._name = ""
        self._lines: list[bytes] = []
        self._length = 0
        self._known: Counter[str] = Counter()

    def begin(self, name: str, first: bytes, *, is_whole: bool) -> None:
        self.finish()
        self._name, self._lines, self._length = name, [first], len(first)
        self._part.was_cut |= not is_whole

    def go_on(self, line: bytes) -> None:
        self._length += len(line)
        if self._length <= LONGEST_FIELD:
            self._lines.append(line)
        else:
            self._part.was_cut = True

    def take_essential(self, rest: bytes) -> None:
        """Look for what says who and what in a header that is too long to be read line by line."""
        self._part.was_cut = True
        for match in islice(_ESSENTIAL_FIELD.finditer(rest), MOST_PARTS):
            self.begin(match[1].decode("ascii"), match[2], is_whole=True)

    def finish(self) -> None:
        if not self._name:
            return
        name = self._name.lower()
        # What says who and what is found behind any number of other fields.
        if self._known.total() < MOST_FIELDS or (name in _ESSENTIAL and not self._known[name]):
            value = b"\n".join(self._lines).replace(b"\x00", b"")
            self._part.set_raw(self._name, value.decode("ascii", "surrogateescape"))
            self._known[name] += 1
        else:
            self._part.was_cut = True
        self._name = ""
