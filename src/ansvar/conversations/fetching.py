"""Mail out of an IMAP folder in batches, and what is done there with mail that is safe here."""

import contextlib
import imaplib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from django.utils.translation import gettext as _
from imap_tools.errors import UnexpectedCommandStatusError
from imap_tools.mailbox import BaseMailBox
from imap_tools.utils import check_command_status, encode_folder

from ansvar.conversations.commands import Arrival
from ansvar.conversations.models import InboundMail, Mailbox
from ansvar.conversations.parsing.reading import LARGEST

BATCH = 50
"""Mails that are fetched, stored and marked together."""
BATCH_BYTES = 16 * 1024 * 1024
"""No more than this of them lies in memory at once, unless a single mail is larger."""
LISTED = 500
"""Mails whose sizes are asked for at once."""
TRIES = 3
"""After so many lost connections at the same mail it is taken for one the server cannot give."""

_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_DATE = re.compile(rb'INTERNALDATE "([^"]+)"')
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A mail in the folder, before it is fetched."""

    uid: int
    size: int
    arrived_at: datetime | None


class Fetching:
    """The fetching of one mailbox; remembers at which mails connections were lost."""

    def __init__(self) -> None:
        self._lost_at: Counter[int] = Counter()

    def batches(
        self, box: BaseMailBox, uids: Sequence[int], *, largest_mb: int
    ) -> Iterator[list[Arrival]]:
        """Fetch mails by their numbers, oldest first, as many at once as fit into memory.

        One above the mailbox's limit is fetched whole too: its reading puts it into quarantine,
        from where it can be let through. Only of one above what anybody could read the header is
        fetched alone. One that the server cannot give is told as left out, so that it holds up no
        other.
        """
        limit = _largest_fetched(largest_mb)
        ordered = sorted(uids)
        for start in range(0, len(ordered), LISTED):
            listed = listing(box, ordered[start : start + LISTED])
            for batch in self._grouped(listed, limit):
                yield self._fetched(box, batch, limit)

    def _grouped(self, listed: list[Listed], limit: int) -> Iterator[list[Listed]]:
        group: list[Listed] = []
        for one in listed:
            alone = self._lost_at[one.uid] > 0 or one.size > min(limit, BATCH_BYTES)
            full = len(group) >= BATCH or sum(two.size for two in group) + one.size > BATCH_BYTES
            if group and (alone or full):
                yield group
                group = []
            group.append(one)
            if alone:
                yield group
                group = []
        if group:
            yield group

    def _fetched(self, box: BaseMailBox, batch: list[Listed], limit: int) -> list[Arrival]:
        if len(batch) == 1:
            arrival = self._single(box, batch[0], limit)
            return [arrival] if arrival else []
        try:
            found = self._bodies(box, [one.uid for one in batch], "BODY.PEEK[]")
        except UnexpectedCommandStatusError:
            # The server refuses one of them: which, shows when they are asked for one by one.
            singles = [self._single(box, one, limit) for one in batch]
            return [one for one in singles if one]
        return [
            Arrival(raw=found[one.uid], uid=one.uid, arrived_at=one.arrived_at)
            for one in batch
            # What somebody deletes meanwhile is not there any more.
            if one.uid in found
        ]

    def _single(self, box: BaseMailBox, one: Listed, limit: int) -> Arrival | None:
        left_out = ""
        if one.size > limit:
            left_out = _(
                "The mail has {size} MB, more than the {limit} MB allowed; it is still in the "
                "mailbox, unread."
            ).format(size=round(one.size / _MEGABYTE, 1), limit=limit // _MEGABYTE)
        elif self._lost_at[one.uid] >= TRIES:
            left_out = _("The mail server breaks off whenever this mail is fetched.")
        raw: bytes | None = None
        try:
            if self._lost_at[one.uid] < 2 * TRIES:
                part = "BODY.PEEK[HEADER]" if left_out else "BODY.PEEK[]"
                raw = self._bodies(box, [one.uid], part).get(one.uid)
                if raw is None:
                    return None
        except UnexpectedCommandStatusError:
            left_out = left_out or _("The mail server does not hand out this mail.")
        self._lost_at.pop(one.uid, None)
        return Arrival(raw=raw or b"", uid=one.uid, arrived_at=one.arrived_at, left_out=left_out)

    def _bodies(self, box: BaseMailBox, uids: list[int], part: str) -> dict[int, bytes]:
        try:
            answer = _fetch(box, uids, part)
        except (imaplib.IMAP4.abort, OSError):
            self._lost_at.update(uids)
            raise
        return bodies_in(answer)


def listing(box: BaseMailBox, uids: Sequence[int]) -> list[Listed]:
    """Return size and arrival of mails by their numbers, in their order."""
    found = {}
    for part in _fetch(box, uids, "RFC822.SIZE INTERNALDATE"):
        said = part[0] if isinstance(part, tuple) else part
        uid = _UID.search(said or b"")
        if uid is None:
            continue
        size, date = _SIZE.search(said), _DATE.search(said)
        found[int(uid[1])] = Listed(
            uid=int(uid[1]),
            size=int(size[1]) if size else 0,
            arrived_at=_moment(date[1]) if date else None,
        )
    return [found[uid] for uid in uids if uid in found]


def bodies_in(answer: Sequence[Any]) -> dict[int, bytes]:
    """Return the mails in an answer to FETCH by their numbers.

    A number stands before or behind its mail, as the server likes; what the server tells of
    other mails in between has no content.
    """
    found: dict[int, bytes] = {}
    waiting: bytes | None = None
    for part in answer:
        if isinstance(part, tuple):
            uid = _UID.search(part[0])
            if uid:
                found[int(uid[1])] = part[1]
            waiting = None if uid else part[1]
        elif waiting is not None and (uid := _UID.search(part or b"")):
            found[int(uid[1])] = waiting
            waiting = None
    return found


def settle(box: BaseMailBox, mailbox: Mailbox, uids: Sequence[int]) -> None:
    """Do with mails that are safe here what the mailbox's setting says."""
    if not uids:
        return
    match mailbox.after_reading:
        case Mailbox.AfterReading.SEEN:
            _store_flags(box, uids, r"\Seen")
        case Mailbox.AfterReading.FLAG:
            _store_flags(box, uids, r"\Seen \Flagged")
        case Mailbox.AfterReading.MOVE:
            _store_flags(box, uids, r"\Seen")
            _move(box, uids, _own_way(box, mailbox))
        case _:
            pass


def settle_interrupted(box: BaseMailBox, mailbox: Mailbox, uid_validity: int) -> None:
    """Do the same for mails that were stored when the receiver ended before it could."""
    if mailbox.after_reading == Mailbox.AfterReading.LEAVE:
        return
    # Only the last batch can be concerned; older mail somebody has marked as he likes.
    rows = InboundMail.objects.filter(mailbox=mailbox, uid_validity=uid_validity)
    stored = [uid for uid in rows.order_by("-uid").values_list("uid", flat=True)[:BATCH] if uid]
    if not stored:
        return
    is_moved = mailbox.after_reading == Mailbox.AfterReading.MOVE
    sought = "" if is_moved else " UNSEEN"
    there = {int(uid) for uid in box.uids(f"UID {_set(sorted(stored))}{sought}", charset=None)}
    limit = _largest_fetched(mailbox.largest_mb)
    whole = [one.uid for one in listing(box, sorted(there)) if one.size <= limit]
    settle(box, mailbox, whole)


def _largest_fetched(largest_mb: int) -> int:
    return max(largest_mb * _MEGABYTE, LARGEST)


def _fetch(box: BaseMailBox, uids: Sequence[int], parts: str) -> list[Any]:
    if not uids:
        return []
    result = box.client.uid("FETCH", _set(uids), f"(UID {parts})")
    check_command_status(result, UnexpectedCommandStatusError)
    return [part for part in result[1] if part is not None]


def _store_flags(box: BaseMailBox, uids: Sequence[int], flags: str) -> None:
    # Not by `box.flag`, which also expunges what somebody else has marked as deleted.
    result = box.client.uid("STORE", _set(uids), "+FLAGS.SILENT", f"({flags})")
    check_command_status(result, UnexpectedCommandStatusError)


def _move(box: BaseMailBox, uids: Sequence[int], folder: str) -> None:
    if not box.folder.exists(folder):
        box.folder.create(folder)
        with contextlib.suppress(UnexpectedCommandStatusError):
            box.folder.subscribe(folder, value=True)
    capabilities = box.client.capabilities
    verb = "MOVE" if "MOVE" in capabilities else "COPY"
    result = box.client.uid(verb, _set(uids), encode_folder(folder))  # type: ignore[arg-type]  # imaplib takes bytes as well
    check_command_status(result, UnexpectedCommandStatusError)
    if verb == "MOVE":
        return
    _store_flags(box, uids, r"\Deleted")
    # Without UIDPLUS they stay marked as deleted: a plain EXPUNGE would take others along.
    if "UIDPLUS" in capabilities:
        box.client.uid("EXPUNGE", _set(uids))


def _own_way(box: BaseMailBox, mailbox: Mailbox) -> str:
    """Write a folder in a folder as this server does, which may not be with a slash."""
    known = box.folder.list("", mailbox.imap_folder)
    between = known[0].delim if known else "/"
    return mailbox.done_folder.replace("/", between) if between else mailbox.done_folder


def _set(uids: Sequence[int]) -> str:
    """Write numbers as IMAP does, neighbours as a range: `1:3,7`."""
    ranges: list[list[int]] = []
    for uid in uids:
        if ranges and uid == ranges[-1][1] + 1:
            ranges[-1][1] = uid
        else:
            ranges.append([uid, uid])
    return ",".join(str(a) if a == b else f"{a}:{b}" for a, b in ranges)


def _moment(said: bytes) -> datetime | None:
    with contextlib.suppress(ValueError, TypeError):
        moment = parsedate_to_datetime(said.decode("ascii", "replace").strip())
        return moment if moment.tzinfo else None
    return None
