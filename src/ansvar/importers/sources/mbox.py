"""An mbox: many mails in one file, each after a line that begins with From."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from ansvar.importers.sources.source import ENOUGH, LARGEST, Found, MailGone

_BLOCK: Final = 1024 * 1024
_LINE: Final = 1000
"""Bytes of the line between two mails that are looked at."""
_SEPARATOR = re.compile(rb"From \S.{0,400}\d\d:\d\d.{0,60}(?:19|20)\d\d", re.IGNORECASE)
_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:|>?From ")
_STAMP = re.compile(
    rb"([A-Z][a-z]{2}) +([A-Z][a-z]{2}) +(\d{1,2}) +(\d\d:\d\d(?::\d\d)?)(.{0,40}?)((?:19|20)\d\d)"
)
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


class Mbox:
    """A file of mails one after the other; its places are `offset:length`."""

    kind = "mbox"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("rb")
        self._size = path.stat().st_size

    @property
    def name(self) -> str:
        """The path."""
        return str(self._path)

    @property
    def total(self) -> int:
        """Bytes."""
        return self._size

    @property
    def signature(self) -> str:
        """Return size and time of change."""
        known = self._path.stat()
        return f"{known.st_size} {known.st_mtime_ns}"

    def mails(self, *, after: str = "") -> Iterator[Found]:
        """Yield the mails behind a place."""
        start = _end_of(after) if after else 0
        previous: int | None = None
        for offset in self._separators(start):
            if previous is not None:
                yield self._found(previous, offset)
            previous = offset
        if previous is not None:
            yield self._found(previous, self._size)

    def read(self, place: str) -> bytes:
        """Return a mail as it was before it came into the file."""
        offset, length = (int(part) for part in place.split(":"))
        self._file.seek(offset)
        raw = self._file.read(length)
        if len(raw) < length or not raw.startswith(b"From "):
            raise MailGone(_("The file has changed meanwhile."))
        return _unquoted(raw.partition(b"\n")[2])

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _separators(self, start: int) -> Iterator[int]:
        """Yield where mails begin, read in blocks, so that the size of the file does not matter."""
        position, before = start, b"\n"
        while True:
            self._file.seek(position)
            block = self._file.read(_BLOCK)
            if not block:
                return
            text = before + block
            base = position - len(before)
            # What may be cut off at the end is seen whole with the next block.
            is_last = len(block) < _BLOCK or position + len(block) >= self._size
            horizon = len(text) if is_last else len(text) - _LINE
            at = text.find(b"\nFrom ")
            while 0 <= at < horizon:
                if _is_separator(text[at + 1 : at + 1 + _LINE]):
                    yield base + at + 1
                at = text.find(b"\nFrom ", at + 1)
            if is_last:
                return
            position, before = base + horizon, text[horizon - 1 : horizon]

    def _found(self, offset: int, end: int) -> Found:
        length = end - offset
        self._file.seek(offset)
        raw = self._file.read(min(length, ENOUGH))
        first, _newline, rest = raw.partition(b"\n")
        trouble = ""
        if length > LARGEST:
            trouble = _("The mail is larger than {size} MB.").format(size=LARGEST // 1024 // 1024)
        return Found(
            place=f"{offset}:{length}",
            head=_unquoted(rest),
            size=length - len(first) - 1,
            done=end,
            filed_at=_stamp(first),
            trouble=trouble,
        )


def is_mbox(path: Path) -> bool:
    """Tell whether a file is an mbox."""
    with path.open("rb") as file:
        return _is_separator(file.read(_LINE))


def _is_separator(text: bytes) -> bool:
    line, newline, rest = text.partition(b"\n")
    return bool(newline and _SEPARATOR.match(line) and _HEADER.match(rest))


def _end_of(place: str) -> int:
    offset, length = (int(part) for part in place.split(":"))
    return offset + length


def _unquoted(raw: bytes) -> bytes:
    """Take away what stands before a line that begins with From, and the line after a mail."""
    header, gap, body = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw[:ENOUGH] else b"\n\n")
    return header + gap + _QUOTED_FROM.sub(rb"\1", body)


def _stamp(line: bytes) -> datetime | None:
    found = _STAMP.search(line)
    if found is None:
        return None
    _weekday, month, day, time, zone, year = (
        part.decode("ascii", "ignore") for part in found.groups()
    )
    zone = zone.strip()
    with suppress(Exception):  # the parser raises half a dozen kinds
        moment = parsedate_to_datetime(f"{day} {month} {year} {time} {zone or '+0000'}")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    return None
