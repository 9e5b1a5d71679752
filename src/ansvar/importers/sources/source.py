"""What every source of old mail can do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

ENOUGH = 256 * 1024
"""Bytes of a mail that tell what it is; what is beyond are files, read when it is imported."""
LARGEST = 80 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Found:
    """A mail in a source."""

    place: str
    """Where it lies, so that it is found again."""
    head: bytes
    """Its beginning; all of it when it is small."""
    size: int
    done: int
    """How far the source has been gone through with it, in the units of its `total`."""
    filed_at: datetime | None = None
    trouble: str = ""
    """Why it cannot be read, in a sentence."""


class Source(Protocol):
    """A place where mail lies, gone through in an order that stays the same."""

    kind: str

    @property
    def name(self) -> str:
        """What it is called on the command line and on pages; without secrets."""

    @property
    def total(self) -> int:
        """How much there is to go through: bytes, or mails."""

    @property
    def signature(self) -> str:
        """Return what changes when the mail in it does."""

    def mails(self, *, after: str = "") -> Iterator[Found]:
        """Yield its mails, those behind the place *after*."""

    def read(self, place: str) -> bytes:
        """Return a mail whole.

        Raises: MailGone.
        """

    def close(self) -> None:
        """Let go of files and connections."""


class MailGone(Exception):
    """A mail is no longer where it was."""
