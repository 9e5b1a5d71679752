"""What was made fit for the way, made whole again: transfer encodings, and files within text."""

import binascii
import contextlib
import re
from dataclasses import dataclass
from itertools import islice

_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
_BASE64_RUN = re.compile(rb"[A-Za-z0-9+/]+=*")
_BLANK_BEFORE_BREAK = re.compile(rb"[ \t](?:\r?\n|\Z)")
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,250}?)[ \t]*\r?\n", re.MULTILINE)
_UU_END = re.compile(rb"^(?:end|====)[ \t]*\r?$", re.MULTILINE)
_UU_LINE = re.compile(rb"[ -`]{1,90}\r?\Z")
_YENC_BEGIN = re.compile(rb"^=ybegin [^\r\n]{1,200}?name=([^\r\n]{1,250})\r?\n", re.MULTILINE)
_YENC_END = re.compile(rb"^=yend\b[^\r\n]*\r?\n?", re.MULTILINE)
_YENC_PART = re.compile(rb"^=ypart [^\r\n]*\r?\n", re.MULTILINE)
_YENC_TABLE = bytes((value - 42) % 256 for value in range(256))
_YENC_ESCAPED = re.compile(rb"=(.)", re.DOTALL)
_MOST_PIECES = 1_000
_MOST_BEGINNINGS = 50
"""Of files within a text; each is a search through the rest of it."""


@dataclass(frozen=True, kw_only=True)
class InlineFile:
    """A file that stood within the lines of a text."""

    name: bytes
    content: bytes


def decoded(raw: bytes, encoding: str) -> bytes:
    """Return *raw* without its transfer encoding; one that lies leaves the bytes as they came."""
    encoding = encoding.lower()
    if "quoted" in encoding or encoding.startswith("qp"):
        return from_quoted_printable(raw)
    if "base64" in encoding or encoding == "b64":
        return from_base64(raw)
    if "uue" in encoding or "uuencode" in encoding:
        found, rest = files_within(raw)
        return found[0].content if found and not rest.strip() else raw
    return raw


def from_quoted_printable(raw: bytes) -> bytes:
    """Decode quoted-printable; blanks at the end of a line were added on the way (RFC 2045)."""
    if _BLANK_BEFORE_BREAK.search(raw):
        lines = raw.split(b"\n")
        ends = (b"\r" if line.endswith(b"\r") else b"" for line in lines)
        raw = b"\n".join(line.rstrip(b" \t\r") + end for line, end in zip(lines, ends, strict=True))
    return binascii.a2b_qp(raw)


def from_base64(raw: bytes) -> bytes:
    """Decode base64 with junk between it, several pieces in a row, and an end that was lost."""
    # A line of another kind, such as the advertisement of a scanner, follows an empty one.
    letters = _NO_BASE64.sub(b"", raw)
    if not letters or (b"=" not in letters.rstrip(b"=") and len(letters.rstrip(b"=")) % 4 != 1):
        return _base64_piece(letters)
    pieces: list[bytes] = []
    at = 0
    for piece in islice(_BASE64_RUN.finditer(letters), _MOST_PIECES):
        pieces.append(_base64_piece(piece[0]))
        at = piece.end()
    return b"".join([*pieces, _base64_piece(letters[at:].replace(b"=", b""))])


def files_within(raw: bytes) -> tuple[list[InlineFile], bytes]:
    """Return the files that stand in a text as uuencode or yEnc, and the text without them."""
    found: list[InlineFile] = []
    if b"begin" in raw:
        raw = _taken_out(raw, found, begin=_UU_BEGIN, end=_UU_END)
    if b"=ybegin " in raw:
        raw = _taken_out(raw, found, begin=_YENC_BEGIN, end=_YENC_END)
    return found, raw


def _taken_out(
    raw: bytes, found: list[InlineFile], *, begin: re.Pattern[bytes], end: re.Pattern[bytes]
) -> bytes:
    kept: list[bytes] = []
    at = 0
    for _attempt in range(_MOST_BEGINNINGS):
        first = begin.search(raw, at)
        last = end.search(raw, first.end()) if first else None
        if first is None or last is None:
            break
        content = _content_between(first, raw[first.end() : last.start()])
        if content is None:
            # Somebody only writes about it.
            kept.append(raw[at : first.end()])
            at = first.end()
        else:
            kept.append(raw[at : first.start()])
            found.append(InlineFile(name=first[1].strip(), content=content))
            at = last.end()
    return b"".join([*kept, raw[at:]])


def _content_between(first: re.Match[bytes], body: bytes) -> bytes | None:
    if first[0].startswith(b"=ybegin"):
        return _yenc_decoded(body)
    return from_base64(body) if first[0].startswith(b"begin-base64") else _uudecoded(body)


def _base64_piece(letters: bytes) -> bytes:
    letters = letters.rstrip(b"=")
    if len(letters) % 4 == 1:
        # One letter alone holds six bits: no byte.
        letters = letters[:-1]
    with contextlib.suppress(ValueError):
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    return b""


def _uudecoded(body: bytes) -> bytes | None:
    pieces: list[bytes] = []
    for line in body.split(b"\n"):
        letters = line.rstrip(b"\r")
        if not letters:
            continue
        if not _UU_LINE.match(letters):
            return None
        length = (letters[0] - 32) & 63
        needed = (length + 2) // 3 * 4
        # Mail programs cut blanks at the end, and some add a check sum.
        padded = letters[1 : 1 + needed].ljust(needed, b" ")
        try:
            pieces.append(binascii.a2b_uu(letters[:1] + padded))
        except ValueError:
            return None
    return b"".join(pieces) or None


def _yenc_decoded(body: bytes) -> bytes:
    body = _YENC_PART.sub(b"", body, count=1).replace(b"\r", b"").replace(b"\n", b"")
    body = _YENC_ESCAPED.sub(lambda one: bytes([(one[1][0] - 64) % 256]), body)
    return body.translate(_YENC_TABLE)
