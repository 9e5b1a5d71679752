"""Asking a virus scanner, clamd, about files: one connection a file, its content as a stream.

A scanner that does not answer holds nothing up: what it has not seen is marked so, and for a while
nobody waits for it again.
"""

import contextlib
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import structlog
from django.conf import settings

from ansvar.conversations.scanner_address import (
    Address,
    ScannerUnreachable,
    address_of,
    answer,
    connected,
)

log = structlog.get_logger(__name__)

ANSWER_SECONDS: Final = 20.0
"""Within them the scanner has to take the next piece, or to say what it found."""
REST_SECONDS: Final = 30.0
"""So long it is left alone after it has not answered."""
_PIECE: Final = 128 * 1024
_FOUND: Final = re.compile(r"^stream: (.+) FOUND$")
_TOO_LARGE: Final = "size limit exceeded"


class Verdict(StrEnum):
    """What came of asking about a file."""

    CLEAN = "clean"
    FOUND = "found"
    UNSCANNED = "unscanned"
    """The scanner did not answer: to be asked again."""
    TOO_LARGE = "too_large"
    """It takes no file of this size, or fails at this one: asking again gives the same."""


@dataclass(frozen=True, kw_only=True)
class Scanned:
    """What a scanner said about a file."""

    verdict: Verdict
    signature: str = ""
    """The name of what was found."""


def has_scanner() -> bool:
    """Tell whether a scanner is set up."""
    return bool(settings.CLAMAV)


def scan(content: Iterable[bytes]) -> Scanned | None:
    """Ask about a file; nothing when no scanner is set up. Never raises for the scanner's sake."""
    address = address_of(settings.CLAMAV)
    if address is None:
        return None
    if _rests(address):
        return Scanned(verdict=Verdict.UNSCANNED)
    try:
        return _verdict(_ask_about(address, content))
    except ScannerUnreachable as error:
        log.warning("scanner_unreachable", error=str(error))
        _silent_since[str(address)] = time.monotonic()
        return Scanned(verdict=Verdict.UNSCANNED)


_silent_since: dict[str, float] = {}


def _rests(address: Address) -> bool:
    since = _silent_since.get(str(address))
    return since is not None and time.monotonic() - since < REST_SECONDS


def _ask_about(address: Address, content: Iterable[bytes]) -> str:
    with connected(address) as scanner:
        scanner.settimeout(ANSWER_SECONDS)
        # Over its limit clamd says so and hangs up in the middle of a piece.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            scanner.sendall(b"zINSTREAM\0")
            for piece in _pieces(content):
                scanner.sendall(len(piece).to_bytes(4, "big") + piece)
            scanner.sendall(bytes(4))
        try:
            return answer(scanner)
        except ConnectionResetError:
            return _TOO_LARGE


def _verdict(heard: str) -> Scanned:
    if heard == "stream: OK":
        return Scanned(verdict=Verdict.CLEAN)
    if found := _FOUND.match(heard):
        return Scanned(verdict=Verdict.FOUND, signature=found[1][:120])
    if not heard:
        raise ScannerUnreachable("The scanner hung up without an answer.")
    if _TOO_LARGE not in heard:
        log.warning("scanner_failed", answer=heard[:200])
    return Scanned(verdict=Verdict.TOO_LARGE)


def _pieces(content: Iterable[bytes]) -> Iterator[bytes]:
    for part in content:
        for start in range(0, len(part), _PIECE):
            # An empty piece would end the stream.
            if piece := part[start : start + _PIECE]:
                yield piece
