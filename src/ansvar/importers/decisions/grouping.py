"""Which mails are one conversation: by the ids they name, then by subject and people.

Works on numbers alone, so that a million mails fit into memory: ids, subjects and addresses are
told apart by eight bytes of their digest.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b

ANOTHER_MATTER_AFTER = timedelta(days=90)
"""An answer to an old mail under another subject is a new matter in an old envelope."""
_MOST_PEOPLE = 20


def digest(text: str) -> int:
    """Return a number for a text, the same on every machine."""
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """What of a mail tells where it belongs."""

    number: int
    at: datetime
    own: int
    """Digest of its id."""
    references: tuple[int, ...] = ()
    subject: int = 0
    """Digest of the subject without marks of answering; 0 for none."""
    is_answer: bool = False
    """Its subject bears a mark of answering."""
    people: tuple[int, ...] = ()
    """Digests of the addresses outside the desk."""
    is_by_desk: bool = False


@dataclass(kw_only=True, slots=True)
class _Thread:
    first: int
    subject: int
    last_at: datetime
    waits: bool = False
    """The last word came from outside."""


@dataclass(kw_only=True)
class Threads:
    """Conversations in the making: first every mail is linked, then each placed in its time."""

    days: int
    """How long the same subject of the same people is the same matter, without any id."""
    _above: dict[int, int] = field(default_factory=dict)
    _open: dict[int, _Thread] = field(default_factory=dict)
    _alike: dict[int, _Thread] = field(default_factory=dict)

    def link(self, own: int, references: tuple[int, ...]) -> None:
        """Note which ids a mail names; in any order. Not for mail that programs wrote."""
        root = self._root(own)
        for reference in references:
            other = self._root(reference)
            if other != root:
                self._above[other] = root

    def place(self, head: Head) -> int:
        """Return the number of the first mail of its conversation; in the order of time."""
        root = self._root(head.own)
        thread = self._open.get(root)
        if thread is None:
            thread = self._like(head)
        elif not _goes_on(thread, head):
            thread = None
        if thread is None:
            thread = _Thread(first=head.number, subject=head.subject, last_at=head.at)
        self._open[root] = thread
        thread.last_at = max(thread.last_at, head.at)
        thread.waits = not head.is_by_desk
        if head.subject:
            for person in head.people[:_MOST_PEOPLE]:
                self._alike[head.subject ^ person] = thread
        return thread.first

    def place_automatic(self, references: tuple[int, ...]) -> int | None:
        """Return the conversation that a program's mail answers, or nothing: it opens none."""
        for reference in references:
            if reference in self._above:
                thread = self._open.get(self._root(reference))
                if thread is not None:
                    return thread.first
        return None

    def _like(self, head: Head) -> _Thread | None:
        if not head.subject:
            return None
        for person in head.people[:_MOST_PEOPLE]:
            thread = self._alike.get(head.subject ^ person)
            # Without a mark of answering it is a reminder, or an answer in a mail of its own; a
            # second mail on something that was answered is a second matter.
            if (
                thread is not None
                and head.at - thread.last_at <= timedelta(days=self.days)
                and (head.is_answer or thread.waits)
            ):
                return thread
        return None

    def _root(self, node: int) -> int:
        above = self._above
        if node not in above:
            above[node] = node
            return node
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node


def _goes_on(thread: _Thread, head: Head) -> bool:
    return head.subject == thread.subject or head.at - thread.last_at <= ANOTHER_MATTER_AFTER
