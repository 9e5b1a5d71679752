"""What Outlook packs into winmail.dat (TNEF): text and files.

The Python library for it trusts every count that a file claims: 64 bytes can make it ask for
gigabytes. The format is small ([MS-OXTNEF]), and here each count is held against what is there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import Struct

from ansvar.conversations.parsing.charsets import text_of
from ansvar.conversations.parsing.rtf import RichText, decompressed, read_rtf

_SIGNATURE = b"\x78\x9f\x3e\x22"
_BEGIN = 6
_ATTRIBUTE = Struct("<BHHI")
_CHECKSUM_BYTES = 2
_DEEPEST = 3
_MOST_FILES = 200
_MOST_PROPERTIES = 5_000

_BODY, _PROPERTIES, _CODEPAGE = 0x800C, 0x9003, 0x9007
_NEW_FILE, _FILE_TITLE, _FILE_DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005

_TEXT, _HTML, _RTF, _CHARSET, _SUBJECT = 0x1000, 0x1013, 0x1009, 0x3FDE, 0x0037
_SHORT_NAME, _LONG_NAME, _DISPLAY_NAME, _DATA = 0x3704, 0x3707, 0x3001, 0x3701
_MEDIA_TYPE, _CONTENT_ID = 0x370E, 0x3712

_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x0A: 4, 0x0B: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8,
          0x40: 8, 0x48: 16, 0x00: 0, 0x01: 0}  # fmt: skip
_UNICODE = 0x1F
_VARIABLE = {0x0D, 0x1E, _UNICODE, 0x102}
_MANY = 0x1000
_NAMED = 0x8000
_MESSAGE_OBJECT = bytes.fromhex("0703020000000000c000000000000046")


class _Ended(Exception):
    """There is less than a count claims."""


@dataclass(kw_only=True)
class PackedFile:
    """A file that was in a winmail.dat."""

    name: str = ""
    media_type: str = ""
    content_id: str = ""
    content: bytes = b""


@dataclass(kw_only=True)
class Packed:
    """What was in a winmail.dat."""

    text: str = ""
    html: str = ""
    subject: str = ""
    files: list[PackedFile] = field(default_factory=list)
    is_whole: bool = True


Properties = dict[int, bytes | str | int]


def unpacked(raw: bytes, *, depth: int = 0) -> Packed:
    """Unpack a winmail.dat; of a broken one what comes before the break."""
    packed = Packed(is_whole=raw.startswith(_SIGNATURE))
    if not packed.is_whole:
        return packed
    charset = "cp1252"
    try:
        for name, data in _attributes(raw):
            if name == _CODEPAGE:
                charset = f"cp{int.from_bytes(data[:4], 'little')}"
            elif name == _BODY:
                packed.text = text_of(data.rstrip(b"\x00"), charset)
            elif name == _PROPERTIES:
                _take_words(packed, _properties(data), charset)
            elif name == _NEW_FILE:
                packed.is_whole = len(packed.files) < _MOST_FILES
                if not packed.is_whole:
                    break
                packed.files.append(PackedFile())
            elif packed.files:
                _take_file(packed, name, data, charset=charset, depth=depth)
    except _Ended:
        packed.is_whole = False
    return packed


def _attributes(raw: bytes) -> Iterator[tuple[int, bytes]]:
    at = _BEGIN
    while at + _ATTRIBUTE.size <= len(raw):
        _level, name, _kind, length = _ATTRIBUTE.unpack_from(raw, at)
        at += _ATTRIBUTE.size
        if at + length > len(raw):
            raise _Ended
        yield name, raw[at : at + length]
        at += length + _CHECKSUM_BYTES


def _take_words(packed: Packed, found: Properties, charset: str) -> None:
    codepage = found.get(_CHARSET)
    named = f"cp{codepage}" if isinstance(codepage, int) and codepage else charset
    named = "utf-8" if named == "cp65001" else named
    packed.text = _as_text(found.get(_TEXT), named) or packed.text
    packed.html = _as_text(found.get(_HTML), named) or packed.html
    packed.subject = _as_text(found.get(_SUBJECT), named)
    compressed = found.get(_RTF)
    if isinstance(compressed, bytes) and not (packed.html or packed.text):
        rich: RichText = read_rtf(decompressed(compressed), charset=named)
        packed.text, packed.html = rich.text, rich.html


def _take_file(packed: Packed, name: int, data: bytes, *, charset: str, depth: int) -> None:
    file = packed.files[-1]
    if name == _FILE_TITLE:
        file.name = file.name or text_of(data.rstrip(b"\x00"), charset)
    elif name == _FILE_DATA:
        file.content = data
    elif name == _FILE_PROPERTIES:
        found = _properties(data)
        named = (found.get(one) for one in (_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME))
        file.name = next((_as_text(one, charset) for one in named if one), file.name)
        file.media_type = _as_text(found.get(_MEDIA_TYPE), charset)
        file.content_id = _as_text(found.get(_CONTENT_ID), charset)
        content = found.get(_DATA)
        if isinstance(content, bytes):
            file.content = content
            if content.startswith(_MESSAGE_OBJECT) and depth < _DEEPEST:
                _take_message(packed, content[len(_MESSAGE_OBJECT) :], depth=depth)


def _take_message(packed: Packed, raw: bytes, *, depth: int) -> None:
    """Put a mail that was attached in Outlook into files: its words and what was with it."""
    inner = unpacked(raw, depth=depth + 1)
    file = packed.files.pop()
    stem = inner.subject or file.name or "mail"
    if inner.html:
        words = PackedFile(name=f"{stem}.html", content=inner.html.encode(), media_type="text/html")
    else:
        words = PackedFile(name=f"{stem}.txt", content=inner.text.encode(), media_type="text/plain")
    packed.files += [words, *inner.files][:_MOST_FILES]
    packed.is_whole &= inner.is_whole


def _properties(data: bytes) -> Properties:
    """Return the properties that are asked for, by number."""
    reader = _Reader(data)
    found: Properties = {}
    for _count in range(min(reader.number(), _MOST_PROPERTIES)):
        kind, name = reader.number(2), reader.number(2)
        if name >= _NAMED:
            reader.skip(16)
            reader.skip(4 if reader.number() == 0 else _padded(reader.number()))
        has_many, kind = bool(kind & _MANY), kind & ~_MANY
        if kind in _VARIABLE:
            values = [reader.counted() for _value in range(reader.count(of=4))]
            raw = b"".join(values)
            found[name] = (
                raw.decode("utf-16-le", "replace").rstrip("\x00") if kind == _UNICODE else raw
            )
        elif kind in _FIXED:
            size = _FIXED[kind]
            times = reader.count(of=max(size, 1)) if has_many else 1
            value = reader.take(size * times)
            found[name] = int.from_bytes(value[:4], "little")
        else:
            # What follows cannot be told any more.
            raise _Ended
    return found


def _as_text(value: bytes | str | int | None, charset: str) -> str:
    if isinstance(value, bytes):
        return text_of(value.rstrip(b"\x00"), charset)
    return value if isinstance(value, str) else ""


def _padded(length: int) -> int:
    return (length + 3) // 4 * 4


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, length: int) -> bytes:
        if self._at + length > len(self._data):
            raise _Ended
        self._at += length
        return self._data[self._at - length : self._at]

    def skip(self, length: int) -> None:
        self.take(length)

    def number(self, size: int = 4) -> int:
        return int.from_bytes(self.take(size), "little")

    def count(self, *, of: int) -> int:
        """Return a count of things that are at least *of* bytes long each."""
        claimed = self.number()
        if claimed * of > len(self._data) - self._at:
            raise _Ended
        return claimed

    def counted(self) -> bytes:
        length = self.number()
        value = self.take(length)
        # The last one may lack its padding.
        self._at = min(self._at + _padded(length) - length, len(self._data))
        return value
