"""Addresses in header fields: whom they name, and as they are shown."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.message import Message

from ansvar.conversations.parsing.charsets import clean
from ansvar.conversations.parsing.headers import (
    Address,
    is_address,
    raw_values,
    with_bytes_decoded,
    words_of,
)

MOST_ADDRESSES = 500
_LONGEST_NAME = 160

_QUOTED_LOCAL = re.compile(r"\"((?:[^\"\\]|\\.){1,64})\"(@[^@\s<>\"(),:;]{1,190})\Z")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PLAIN_WORDS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*\Z")
_TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*\"|\\.|[,;:<>()\"]|[^,;:<>()\"\\]+|\\", re.DOTALL)


@dataclass(kw_only=True)
class _Entry:
    """One of the mailboxes of a field, in the pieces it is written in."""

    words: list[str] = field(default_factory=list)
    angled: str | None = None
    is_angled: bool = False
    comments: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not ("".join(self.words).strip() or self.angled or self.comments)

    @property
    def is_name_only(self) -> bool:
        """Whether an address may still follow."""
        said = "".join(self.words)
        return bool(said.strip()) and "@" not in said and self.angled is None and not self.comments


def addresses_of(message: Message, name: str, charsets: Iterable[str] = ()) -> list[Address]:
    """Return the addresses of a field, each once; what is no address is left out."""
    found: dict[str, Address] = {}
    for entry in _entries(message, name, charsets):
        words, address, comment = _read(entry)
        plain = address.lower()
        if is_address(plain):
            shown = (words or comment)[:_LONGEST_NAME]
            found.setdefault(plain, Address(address=plain, name=shown))
    return list(found.values())


def shown_addresses(message: Message, name: str, charsets: Iterable[str] = ()) -> tuple[str, ...]:
    """Return what a field says, decoded, as `Name <address>`; also what is no address.

    Names are in quotes where a header field needs them, so that they may be read again.
    """
    return tuple(_shown(*_read(entry)) for entry in _entries(message, name, charsets))


def _shown(words: str, address: str, comment: str) -> str:
    if words and address:
        quoted = words if _PLAIN_WORDS.match(words) else '"' + words.replace('"', "'") + '"'
        shown = f"{quoted} <{address}>"
    else:
        shown = words or address
    return f"{shown} ({comment})".strip() if comment else shown


def _entries(message: Message, name: str, charsets: Iterable[str]) -> Iterator[_Entry]:
    count = 0
    for raw in raw_values(message, name):
        for entry in _split(with_bytes_decoded(raw, charsets)):
            if not entry.is_empty:
                count += 1
                if count > MOST_ADDRESSES:
                    return
                yield entry


def _split(raw: str) -> Iterator[_Entry]:
    """Cut a field at its commas; quotes, brackets and comments hold together what is in them."""
    splitter = _Splitter()
    for piece in _TOKEN.findall(raw):
        if splitter.depth or piece == "(":
            splitter.take_comment(piece)
        elif splitter.entry.is_angled:
            splitter.take_angled(piece)
        else:
            splitter.take(piece)
        yield from splitter.finished()
    yield splitter.entry


class _Splitter:
    """Where the reading of a field stands."""

    def __init__(self) -> None:
        self.entry = _Entry()
        self.depth = 0
        self._done: list[_Entry] = []

    def finished(self) -> list[_Entry]:
        done, self._done = self._done, []
        return done

    def take_comment(self, piece: str) -> None:
        self.depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == "(" and self.depth == 1:
            self.entry.comments.append("")
        elif self.depth:
            self.entry.comments[-1] += piece

    def take_angled(self, piece: str) -> None:
        if piece == ">":
            self.entry.is_angled = False
        elif piece == "," and not (self.entry.angled or "").startswith("@"):
            # A bracket that is never closed does not swallow those behind it.
            self._next()
        else:
            self.entry.angled = (self.entry.angled or "") + piece

    def take(self, piece: str) -> None:
        if piece == "<":
            self.entry.is_angled, self.entry.angled = True, self.entry.angled or ""
        elif piece == ":":
            # The name of a group says nothing about those in it.
            self.entry = _Entry()
        elif piece == ";" or (piece == "," and not self.entry.is_name_only):
            self._next()
        else:
            # Not all programs put the comma of `Berg, Anna <anna@b>` into quotes.
            self.entry.words.append(piece)

    def _next(self) -> None:
        self._done.append(self.entry)
        self.entry = _Entry()


def _read(entry: _Entry) -> tuple[str, str, str]:
    """Return the name, the address and the comment of an entry."""
    said = "".join(entry.words).strip()
    comment = words_of(" ".join(entry.comments))
    if entry.angled is not None:
        address = _without_source_route(entry.angled)
        return _name(entry.words), _address(address), comment
    if is_address(address := _address(said.strip("<>"))):
        return "", address, comment
    # Some programs forget the brackets: Anna Berg anna@example.com
    first, _space, last = said.rpartition(" ")
    if is_address(last.strip("'\"")):
        return _name([first]), last.strip("'\""), comment
    return words_of(said), "", comment


def _name(words: list[str]) -> str:
    pieces = (
        _ESCAPED.sub(r"\1", word[1:-1]) if word[:1] == '"' == word[-1:] and len(word) > 1 else word
        for word in words
    )
    return words_of("".join(pieces)).strip("\"', ")


def _address(raw: str) -> str:
    address = clean(words_of(raw)).strip().strip("'")
    if quoted := _QUOTED_LOCAL.match(address):
        unquoted = _ESCAPED.sub(r"\1", quoted[1]) + quoted[2]
        return unquoted if is_address(unquoted) else address
    return address.replace(" ", "")


def _without_source_route(angled: str) -> str:
    """Return the address behind a route that RFC 822 once allowed: `@one,@two:anna@b`."""
    if angled.startswith("@") and ":" in angled:
        return angled.rpartition(":")[2]
    return angled
