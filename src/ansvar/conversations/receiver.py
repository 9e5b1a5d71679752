"""Waiting for mail: one thread per mailbox, told by the server the moment a mail arrives.

A mail is first stored and committed, then marked or moved on the server; after a crash in between
that is made up for, and the mail's number in the mailbox keeps it from being taken twice.
"""

import contextlib
import select
import socket
import threading
import time
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import Error as DatabaseTrouble
from django.db import connection
from imap_tools.mailbox import BaseMailBox
from typing_extensions import override

from ansvar.conversations import fetching, transport
from ansvar.conversations.commands import (
    begin_counting,
    keep_mails,
    note_mailbox_answers,
    note_mailbox_fails,
)
from ansvar.conversations.models import Mailbox
from ansvar.kernel.secrets import KeyMismatch

log = structlog.get_logger(__name__)

SETTINGS_SECONDS = 2.0
"""How soon a change made by an administrator takes hold."""
IDLE_SECONDS = 240.0
"""How long the server is trusted to tell of mail; then it is asked, and waited for again."""
POLL_SECONDS = 20.0
"""How often a server without IDLE is asked."""
HEED_SECONDS = 0.5
"""How soon a waiting thread sees that it is to end."""
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 300.0
LEAVE_SECONDS = 5.0

_SETTINGS = (
    "imap_host", "imap_port", "imap_security", "imap_user", "imap_password", "imap_folder",
    "log_in", "after_reading", "done_folder", "largest_mb",
)  # fmt: skip


def run(stop: threading.Event) -> None:
    """Receive the mail of all active mailboxes until told to stop."""
    readers: dict[int, Reader] = {}
    try:
        while not stop.is_set():
            _keep_up(readers)
            stop.wait(SETTINGS_SECONDS)
    finally:
        for reader in readers.values():
            reader.leave()
        deadline = time.monotonic() + LEAVE_SECONDS
        for reader in readers.values():
            reader.join(max(0.0, deadline - time.monotonic()))


def _keep_up(readers: "dict[int, Reader]") -> None:
    """Start and end readers so that they agree with what the administrator has set up."""
    try:
        wanted = _active_mailboxes()
    finally:
        connection.close()
    for pk, reader in list(readers.items()):
        if not reader.is_alive() or wanted.get(pk) != reader.settings:
            # Not waited for: a server that hangs must not delay the other mailboxes.
            reader.leave()
            del readers[pk]
    for pk, settings in wanted.items():
        if pk not in readers:
            readers[pk] = Reader(settings)
            readers[pk].start()
        elif settings.mailbox.failures == 0:
            readers[pk].try_now()


def _active_mailboxes() -> "dict[int, Settings]":
    found = {}
    wanted = Mailbox.objects.filter(is_active=True, entrance=Mailbox.Entrance.IMAP)
    for pk in wanted.values_list("pk", flat=True):
        try:
            mailbox = Mailbox.objects.get(pk=pk)
        except Mailbox.DoesNotExist:
            continue
        except KeyMismatch as error:
            note_mailbox_fails(pk, error=str(error))
            continue
        values = tuple(getattr(mailbox, name) for name in _SETTINGS)
        found[pk] = Settings(mailbox=mailbox, values=values)
    return found


@dataclass(frozen=True, eq=False)
class Settings:
    """How a mailbox is reached; equal when nothing that matters to a connection differs."""

    mailbox: Mailbox
    values: tuple[object, ...]

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Settings) and self.values == other.values

    __hash__ = None  # type: ignore[assignment]  # compared, never a key


class Reader(threading.Thread):
    """The thread of one mailbox."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(name=f"mail of {settings.mailbox.address}", daemon=True)
        self.settings = settings
        self.leaving = threading.Event()
        self._pause = FIRST_PAUSE
        self._fetching = fetching.Fetching()
        self._has_failed = False
        self._over = threading.Event()
        """Ends the pause after a failure."""

    def leave(self) -> None:
        """Ask the thread to end."""
        self.leaving.set()
        self._over.set()

    def try_now(self) -> None:
        """End the pause after a failure: somebody has mended something and said so."""
        if self._has_failed:
            self._pause = FIRST_PAUSE
            self._over.set()

    @override
    def run(self) -> None:
        while not self.leaving.is_set():
            self._over.clear()
            try:
                self._read()
            except DatabaseTrouble as error:
                log.warning("mail_not_stored", mailbox=self._address, error=str(error))
            except transport.ERRORS as error:
                self._note_failure(transport.in_words(error, self._server))
            except Exception as error:
                log.exception("mailbox_failed", mailbox=self._address)
                self._note_failure(f"{type(error).__name__}: {error}")
            finally:
                _let_go()
            if not self.leaving.is_set():
                self._over.wait(self._pause)
            self._has_failed = False
            self._pause = min(self._pause * 2, LONGEST_PAUSE)

    @property
    def _address(self) -> str:
        return self.settings.mailbox.address

    @property
    def _server(self) -> str:
        return f"{self.settings.mailbox.imap_host}:{self.settings.mailbox.imap_port}"

    def _read(self) -> None:
        mailbox = self.settings.mailbox
        with transport.imap(mailbox) as box:
            self._pause = FIRST_PAUSE
            uid_validity = _uid_validity(box, mailbox.imap_folder)
            fetching.settle_interrupted(box, mailbox, uid_validity)
            while not self.leaving.is_set():
                self._take_all_new(box, uid_validity)
                note_mailbox_answers(mailbox.pk)
                # A thread that waits for hours holds no connection to the database.
                _let_go()
                wait_for_news(box, self.leaving)

    def _take_all_new(self, box: BaseMailBox, uid_validity: int) -> None:
        # What the server tells of while it answers something else, it does not tell again to who
        # waits: then there may be more than was found.
        was_told = True
        while was_told and not self.leaving.is_set():
            box.client.response("EXISTS")
            self._take_new(box, uid_validity)
            was_told = box.client.response("EXISTS")[1] != [None]

    def _take_new(self, box: BaseMailBox, uid_validity: int) -> None:
        pk = self.settings.mailbox.pk
        known = Mailbox.objects.only("uid_validity", "last_uid", "seen_at").get(pk=pk)
        if known.uid_validity == uid_validity:
            # A range is never empty: without a newer mail the server names the last one.
            found = box.uids(f"UID {known.last_uid + 1}:*", charset=None)
            new = [uid for uid in _numbers(found) if uid > known.last_uid]
            self._take(box, uid_validity, new)
            return
        # The first look, or the server has numbered anew: what somebody has read is old.
        last = max(_numbers(box.uids("ALL", charset=None)), default=0)
        wanted = set(_numbers(box.uids("UNSEEN", charset=None)))
        is_renumbered = known.uid_validity is not None
        if is_renumbered and known.seen_at is not None:
            # What came since the last answer is new although somebody may have read it.
            since = (known.seen_at - timedelta(days=1)).strftime("%d-%b-%Y")
            wanted |= set(_numbers(box.uids(f"SINCE {since}", charset=None)))
        if self._take(box, uid_validity, list(wanted), is_renumbered=is_renumbered):
            begin_counting(pk, uid_validity=uid_validity, last_uid=last)

    def _take(
        self, box: BaseMailBox, uid_validity: int, uids: list[int], *, is_renumbered: bool = False
    ) -> bool:
        """Store mails and then settle them on the server; tell whether all were stored."""
        mailbox = self.settings.mailbox
        if not uids:
            return True
        for arrivals in self._fetching.batches(box, uids, largest_mb=mailbox.largest_mb):
            keep_mails(mailbox.pk, arrivals, uid_validity=uid_validity, is_renumbered=is_renumbered)
            fetching.settle(
                box, mailbox, [one.uid for one in arrivals if one.uid and not one.left_out]
            )
            note_mailbox_answers(mailbox.pk)
            if self.leaving.is_set():
                return False
        return True

    def _note_failure(self, error: str) -> None:
        # One that is to leave tried with settings that hold no longer.
        if self.leaving.is_set():
            return
        self._has_failed = True
        try:
            note_mailbox_fails(self.settings.mailbox.pk, error=error)
        except DatabaseTrouble as trouble:
            log.warning("mailbox_failure_not_noted", mailbox=self._address, error=str(trouble))


def wait_for_news(box: BaseMailBox, leaving: threading.Event) -> None:
    """Return when the server has something to tell, when it is time to ask, or to leave."""
    if not can_idle(box):
        leaving.wait(POLL_SECONDS)
        return
    box.idle.start()  # type: ignore[no-untyped-call]  # imap-tools: without types
    deadline = time.monotonic() + IDLE_SECONDS
    poller = select.poll()
    poller.register(box.client.sock.fileno(), select.POLLIN)
    while not leaving.is_set() and time.monotonic() < deadline:
        # What the server said together with its "go ahead" lies in a buffer already, where no
        # poll sees it.
        if _is_buffered(box) or poller.poll(HEED_SECONDS * 1000):
            break
    box.idle.stop()  # type: ignore[no-untyped-call]  # as above


def can_idle(box: BaseMailBox) -> bool:
    """Tell whether the server tells of mail by itself (RFC 2177)."""
    return "IDLE" in box.client.capabilities


def _is_buffered(box: BaseMailBox) -> bool:
    client = box.client
    pending = getattr(client.sock, "pending", None)
    if pending is not None and pending():
        return True
    patience = client.sock.gettimeout()
    client.sock.settimeout(0)
    try:
        with contextlib.suppress(OSError):
            return bool(client.file.peek(1))  # type: ignore[union-attr]  # a buffered reader
        return False
    finally:
        with contextlib.suppress(OSError, socket.error):
            client.sock.settimeout(patience)


def _numbers(uids: list[str]) -> list[int]:
    return [int(uid) for uid in uids]


def _uid_validity(box: BaseMailBox, folder: str) -> int:
    _name, values = box.client.response("UIDVALIDITY")
    if values and isinstance(values[0], bytes):
        return int(values[0])
    return int(box.folder.status(folder, ["UIDVALIDITY"])["UIDVALIDITY"])


def _let_go() -> None:
    with contextlib.suppress(DatabaseTrouble):
        connection.close()
