"""Header fields as people wrote them, read from the raw lines.

The structured header parser of the standard library is not asked: it raises on some broken
headers and takes quadratic time on long ones. What is needed here is small and never fails.
"""

import binascii
import contextlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from urllib.parse import unquote_to_bytes

import ftfy

LONGEST_HEADER = 20_000
"""Characters; a real one is far below, and what lies beyond is cut off."""
MOST_ADDRESSES = 500
LONGEST_ID = 500
LONGEST_ADDRESS = 254
"""RFC 5321 allows no longer one, and a contact point holds no longer one."""

_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES = re.compile(r"\s+")
_ANGLED = re.compile(r"<([^<>\s]{1,500})>")
_ADDRESS = re.compile(r"[^@\s<>\"(),:;]{1,64}@[^@\s<>\"(),:;]{1,190}\Z")

# Python's own codecs that are no character sets, or take quadratic time.
_NO_CHARSETS = {
    "idna", "punycode", "undefined", "unicode_escape", "unicode-escape",
    "raw_unicode_escape", "raw-unicode-escape", "mbcs", "oem",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Address:
    """A mailbox in a header: its address in lower case, and the name beside it."""

    address: str
    name: str = ""


def text_of(raw: bytes, charset: str | None) -> str:
    """Decode *raw*, whatever its charset is said to be; nothing is lost to an exception."""
    for candidate in (charset, "utf-8"):
        if candidate and candidate.lower() not in _NO_CHARSETS:
            with contextlib.suppress(LookupError, ValueError):
                return clean(_mended(raw.decode(candidate)))
    # Every byte means something in cp1252, but for five that become a replacement mark.
    return clean(_mended(raw.decode("cp1252", "replace")))


def clean(text: str) -> str:
    """Return *text* without what PostgreSQL or a page cannot hold; line ends become newlines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Lone surrogates come from bytes that were no characters.
    text = text.encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub("", text)


def raw_values(message: Message, name: str) -> list[str]:
    """Return all values of a header as they were sent, unfolded, undecoded and cut to length."""
    wanted = name.lower()
    return [
        _SPACES.sub(" ", str(value)[:LONGEST_HEADER]).strip()
        for key, value in message.raw_items()
        if key.lower() == wanted
    ]


def first_raw(message: Message, name: str) -> str:
    """Return the first value of a header, or nothing."""
    values = raw_values(message, name)
    return values[0] if values else ""


def words_of(raw: str, charset: str = "") -> str:
    """Return a header value in words; raw bytes that are no UTF-8 are read as *charset*."""
    raw = _with_bytes_decoded(raw, charset)
    if "=?" in raw:
        raw = _with_words_decoded(_BETWEEN_WORDS.sub(r"\1", raw))
    return _SPACES.sub(" ", clean(raw)).strip()


def addresses_of(message: Message, name: str, charset: str = "") -> list[Address]:
    """Return the addresses of a header, each once; what is no address is left out."""
    found: dict[str, Address] = {}
    for raw in raw_values(message, name):
        # Decoded afterwards: an encoded name may hold commas and quotes.
        for shown, address in getaddresses([_with_bytes_decoded(raw, charset)])[:MOST_ADDRESSES]:
            plain = clean(address).strip().lower()
            if is_address(plain):
                found.setdefault(plain, Address(address=plain, name=words_of(shown)[:160]))
    return list(found.values())


def is_address(text: str) -> bool:
    """Tell whether *text* can be written to."""
    return len(text) <= LONGEST_ADDRESS and bool(_ADDRESS.match(text))


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
        moment = parsedate_to_datetime(raw)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    return None


def _mended(text: str) -> str:
    """Return *text* with UTF-8 that was once read as something else put right."""
    with contextlib.suppress(Exception):  # a guess that fails leaves the text as it was
        return ftfy.fix_encoding(text)
    return text


def _with_bytes_decoded(raw: str, charset: str) -> str:
    """Return a header with its raw non-ASCII bytes, kept by the parser as surrogates, decoded."""
    if raw.isascii():
        return raw
    with contextlib.suppress(UnicodeEncodeError):
        sent = raw.encode("ascii", "surrogateescape")
        with contextlib.suppress(UnicodeDecodeError):
            return clean(sent.decode("utf-8"))
        return text_of(sent, charset)
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
        letters = body.strip().rstrip("=")
        # Some programs lose the padding.
        with contextlib.suppress(ValueError):
            padded = letters + "=" * (-len(letters) % 4)
            return binascii.a2b_base64(padded, strict_mode=True)
        return body.encode("utf-8", "replace")
    quoted = body.replace("_", " ").replace("%", "%25")
    return unquote_to_bytes(re.sub(r"=([0-9A-Fa-f]{2})", r"%\1", quoted))
