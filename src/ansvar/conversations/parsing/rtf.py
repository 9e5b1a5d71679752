"""Rich text of Outlook: unpacked ([MS-OXRTFCP]) and put into words or back into HTML."""

import re
from dataclasses import dataclass, field
from itertools import islice

from ansvar.conversations.parsing.charsets import codec_for

_LARGEST = 2_000_000
"""Bytes of rich text; compressed, a few bytes may claim any number of them."""
_MOST_TOKENS = 200_000
_HEADER_BYTES = 16
_COMPRESSED, _PLAIN = b"LZFu", b"MELA"
_WINDOW = 4096
# What the window holds at the beginning, by the specification.
_FIRST_WINDOW = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|[\r\n]+|"
    rb"([^\\{}\r\n]+)",
    re.DOTALL,
)
_SAID = {
    b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\n", b"row": "\n", b"tab": "\t",
    b"cell": "\t", b"lquote": "\u2018", b"rquote": "\u2019", b"ldblquote": "\u201c",
    b"rdblquote": "\u201d", b"bullet": "\u2022", b"endash": "\u2013", b"emdash": "\u2014",
    b"emspace": " ", b"enspace": " ", b"~": "\u00a0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}",
    b"\n": "\n", b"\r": "\n",
}  # fmt: skip
_UNSAID = {
    b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"footer",
    b"listtable", b"listoverridetable", b"generator", b"xmlnstbl", b"themedata", b"pntext",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RichText:
    """What a rich text says; HTML when it was made from HTML."""

    text: str = ""
    html: str = ""


@dataclass(kw_only=True)
class _Group:
    """What holds between two braces."""

    is_unsaid: bool = False
    is_tag: bool = False
    """In here stands HTML as it was."""
    is_double: bool = False
    """Rich text for programs that do not know HTML."""
    skips: int = 1
    """Characters after one in Unicode that stand for it in old programs."""


@dataclass(kw_only=True)
class _State:
    charset: str
    group: _Group = field(default_factory=_Group)
    outer: list[_Group] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    pending: bytes = b""
    to_skip: int = 0
    is_html: bool = False


def decompressed(raw: bytes) -> bytes:
    """Return rich text out of its compressed form; of a broken one what comes before the break."""
    kind = raw[8:12]
    if kind == _PLAIN:
        return raw[_HEADER_BYTES:][:_LARGEST]
    if kind != _COMPRESSED:
        return b""
    window = bytearray(_FIRST_WINDOW.ljust(_WINDOW, b"\x00"))
    out, place, at = bytearray(), len(_FIRST_WINDOW), _HEADER_BYTES
    while at < len(raw) and len(out) < _LARGEST:
        flags = raw[at]
        at += 1
        for bit in range(8):
            is_reference = flags >> bit & 1
            if at + is_reference >= len(raw):
                return bytes(out)
            if is_reference:
                pair = raw[at] << 8 | raw[at + 1]
                begin, length = pair >> 4, (pair & 15) + 2
                at += 2
                if begin == place:
                    return bytes(out)
            else:
                window[place], begin, length = raw[at], place, 1
                at += 1
            for step in range(length):
                letter = window[(begin + step) % _WINDOW]
                out.append(letter)
                window[place] = letter
                place = (place + 1) % _WINDOW
    return bytes(out)


def read_rtf(raw: bytes, *, charset: str = "cp1252") -> RichText:
    """Return what a rich text says."""
    state = _State(charset=codec_for(charset) or "cp1252")
    for token in islice(_TOKEN.finditer(raw[:_LARGEST]), _MOST_TOKENS):
        word, number, code, symbol, brace, text = token.groups()
        if brace:
            _flush(state)
            _turn(state, is_open=brace == b"{")
        elif code:
            _hear_byte(state, bytes.fromhex(code.decode()))
        elif word:
            _obey(state, word, int(number) if number else None)
        elif symbol:
            _obey(state, symbol, None)
        elif text:
            _hear_byte(state, text)
    _flush(state)
    said = "".join(state.said)
    return RichText(html=said) if state.is_html else RichText(text=said.strip())


def _turn(state: _State, *, is_open: bool) -> None:
    group = state.group
    if is_open:
        state.outer.append(group)
        state.group = _Group(
            is_unsaid=group.is_unsaid,
            is_tag=group.is_tag,
            is_double=group.is_double,
            skips=group.skips,
        )
    elif state.outer:
        state.group = state.outer.pop()
    state.to_skip = 0


def _hear_byte(state: _State, raw: bytes) -> None:
    skipped = min(state.to_skip, len(raw))
    state.to_skip -= skipped
    if _is_said(state.group):
        state.pending += raw[skipped:]


def _obey(state: _State, word: bytes, number: int | None) -> None:
    group = state.group
    if word == b"u" and number is not None:
        _flush(state)
        if _is_said(group):
            # Above 32,767 rich text counts down from zero.
            state.said.append(chr(number % 65_536))
        state.to_skip = group.skips
    elif word in _SAID:
        _flush(state)
        # Breaks between the tags are only there for programs that do not know HTML.
        if _is_said(group) and not (
            state.is_html and word in {b"par", b"line", b"tab"} and group.is_tag
        ):
            state.said.append(_SAID[word])
    else:
        _note(state, word, number)


def _note(state: _State, word: bytes, number: int | None) -> None:
    group = state.group
    if word == b"fromhtml":
        state.is_html = True
    elif word == b"ansicpg" and number:
        state.charset = codec_for(f"cp{number}") or state.charset
    elif word == b"uc" and number is not None:
        group.skips = max(0, min(number, 8))
    elif word == b"*":
        group.is_unsaid = True
    elif word in {b"htmltag", b"mhtmltag"}:
        group.is_unsaid, group.is_tag = word == b"mhtmltag", word == b"htmltag"
    elif word == b"htmlrtf":
        group.is_double = number != 0
    elif word in _UNSAID:
        group.is_unsaid = True


def _is_said(group: _Group) -> bool:
    return not group.is_unsaid and (group.is_tag or not group.is_double)


def _flush(state: _State) -> None:
    """Put bytes into characters: one may take several bytes in a row."""
    if state.pending:
        state.said.append(state.pending.decode(state.charset, "replace"))
        state.pending = b""
