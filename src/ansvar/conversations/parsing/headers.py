"""Header fields as people wrote them, read from the raw lines.

The structured header parser of the standard library is not asked: it raises on some broken
headers and takes quadratic time on long ones. What is needed here is small and never fails.
"""

import binascii
import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from ansvar.conversations.parsing.charsets import clean, text_of

LONGEST_HEADER = 20_000
"""Characters; a real one is far below, and what lies beyond is cut off."""
LONGEST_ID = 500
LONGEST_ADDRESS = 254
"""RFC 5321 allows no longer one, and a contact point holds no longer one."""

# Writers forget to encode question marks and blanks, so the end decides and not what is between.
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?(.{0,2000}?)\?=", re.DOTALL)
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
_FOLD = re.compile(r"[ \t]*[\r\n]+[ \t]*")
_ANGLED = re.compile(r"<([^<>\s]{1,500})>")
_ADDRESS = re.compile(r"[^@\s<>\"(),:;]{1,64}@[^@\s<>\"(),:;]{1,190}\Z")
_LETTERS = re.compile(r"[A-Za-z0-9+/]*\Z")


@dataclass(frozen=True, kw_only=True)
class Address:
    """A mailbox in a header: its address in lower case, and the name beside it."""

    address: str
    name: str = ""


def is_address(text: str) -> bool:
    """Tell whether *text* can be written to."""
    return len(text) <= LONGEST_ADDRESS and bool(_ADDRESS.match(text))


def raw_values(message: Message, name: str) -> list[str]:
    """Return all values of a header as they were sent, unfolded, undecoded and cut to length."""
    wanted = name.lower()
    return [
        _FOLD.sub(" ", str(value)[:LONGEST_HEADER]).replace("\t", " ").strip()
        for key, value in message.raw_items()
        if key.lower() == wanted
    ]


def first_raw(message: Message, name: str) -> str:
    """Return the first value of a header, or nothing."""
    values = raw_values(message, name)
    return values[0] if values else ""


def words_of(raw: str, charsets: Iterable[str] = ()) -> str:
    """Return a header value in words.

    Raw bytes that are no UTF-8 are read in the first of *charsets* that fits them.
    """
    raw = with_bytes_decoded(raw, charsets)
    if "=?" in raw:
        raw = _with_words_decoded(_BETWEEN_WORDS.sub(r"\1", raw))
    return _FOLD.sub(" ", clean(raw)).replace("\t", " ").strip()


def ids_of(message: Message, name: str) -> tuple[str, ...]:
    """Return the message ids of a header without their angle brackets, in order."""
    joined = " ".join(raw_values(message, name))
    found = _ANGLED.findall(joined)
    if not found and "@" in joined:
        # Some programs forget the brackets.
        found = [word for word in joined.split() if "@" in word and len(word) <= LONGEST_ID]
    return tuple(dict.fromkeys(clean(one) for one in found))


def date_of(message: Message) -> datetime | None:
    """Return when the mail says it was written, in UTC; nothing when that is no date."""
    raw = first_raw(message, "Date")
    with contextlib.suppress(Exception):  # the parser raises half a dozen kinds
        moment = parsedate_to_datetime(raw[:200])
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    return None


def with_bytes_decoded(raw: str, charsets: Iterable[str]) -> str:
    """Return a header with its raw non-ASCII bytes, kept by the parser as surrogates, decoded."""
    if raw.isascii():
        return raw
    with contextlib.suppress(UnicodeEncodeError):
        return text_of(raw.encode("ascii", "surrogateescape"), "", charsets)
    return raw


def _with_words_decoded(raw: str) -> str:
    parts: list[str] = []
    pending, charset, end = b"", "", 0
    for word in _ENCODED_WORD.finditer(raw):
        between = raw[end : word.start()]
        named = word[1].partition("*")[0].lower()
        if pending and (between or named != charset):
            parts.append(text_of(pending, charset))
            pending = b""
        parts.append(between)
        # Bytes of neighbours are joined first: a character may be split between two words.
        pending += _word_bytes(word[2], word[3])
        charset, end = named, word.end()
    if pending:
        parts.append(text_of(pending, charset))
    parts.append(raw[end:])
    return "".join(parts)


def _word_bytes(encoding: str, body: str) -> bytes:
    if encoding in "bB":
        letters = "".join(body.split()).rstrip("=")
        if _LETTERS.match(letters):
            # Some programs lose the padding, or cut a word too early.
            letters = letters[:-1] if len(letters) % 4 == 1 else letters
            return binascii.a2b_base64(letters + "=" * (-len(letters) % 4))
        return body.encode("utf-8", "replace")
    quoted = body.replace("_", " ").replace("%", "%25")
    return unquote_to_bytes(re.sub(r"=([0-9A-Fa-f]{2})", r"%\1", quoted))


__all__ = [
    "Address",
    "clean",
    "date_of",
    "first_raw",
    "ids_of",
    "is_address",
    "raw_values",
    "text_of",
    "with_bytes_decoded",
    "words_of",
]
