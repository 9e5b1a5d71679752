"""Waiting for mail: one thread per mailbox, told by the server the moment a mail arrives.

A mail is first stored and committed, then marked as read on the server; a crash in between makes
it come again, and its number in the mailbox makes that harmless.
"""

import contextlib
import re
import select
import socket
import threading
import time
from dataclasses import dataclass

import structlog
from django.db import Error as DatabaseTrouble
from django.db import connection
from imap_tools.consts import MailMessageFlags
from imap_tools.mailbox import BaseMailBox
from typing_extensions import override

from ansvar.conversations import transport
from ansvar.conversations.commands import (
    begin_counting,
    note_mailbox_answers,
    note_mailbox_fails,
    take_in,
)
from ansvar.conversations.models import Mailbox
from ansvar.conversations.parsing.reading import LARGEST
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

_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_SETTINGS = (
    "imap_host", "imap_port", "imap_security", "imap_user", "imap_password", "imap_folder",
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
            reader.leaving.set()
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
            reader.leaving.set()
            del readers[pk]
    for pk, settings in wanted.items():
        if pk not in readers:
            readers[pk] = Reader(settings)
            readers[pk].start()


def _active_mailboxes() -> "dict[int, Settings]":
    found = {}
    for pk in Mailbox.objects.filter(is_active=True).values_list("pk", flat=True):
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

    @override
    def run(self) -> None:
        while not self.leaving.is_set():
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
            self.leaving.wait(self._pause)
            self._pause = min(self._pause * 2, LONGEST_PAUSE)

    @property
    def _address(self) -> str:
        return self.settings.mailbox.address

    @property
    def _server(self) -> str:
        return f"{self.settings.mailbox.imap_host}:{self.settings.mailbox.imap_port}"

    def _read(self) -> None:
        with transport.imap(self.settings.mailbox) as box:
            self._pause = FIRST_PAUSE
            uid_validity = _uid_validity(box, self.settings.mailbox.imap_folder)
            while not self.leaving.is_set():
                self._take_new(box, uid_validity)
                note_mailbox_answers(self.settings.mailbox.pk)
                # A thread that waits for hours holds no connection to the database.
                _let_go()
                wait_for_news(box, self.leaving)

    def _take_new(self, box: BaseMailBox, uid_validity: int) -> None:
        pk = self.settings.mailbox.pk
        known = Mailbox.objects.only("uid_validity", "last_uid").get(pk=pk)
        if known.uid_validity == uid_validity:
            # A range is never empty: without a newer mail the server names the last one.
            found = box.uids(f"UID {known.last_uid + 1}:*", charset=None)
            new = [uid for uid in _numbers(found) if uid > known.last_uid]
            self._take(box, uid_validity, new)
            return
        # The first look, or the server has numbered anew: what somebody has read is old.
        last = max(_numbers(box.uids("ALL", charset=None)), default=0)
        self._take(box, uid_validity, _numbers(box.uids("UNSEEN", charset=None)))
        begin_counting(pk, uid_validity=uid_validity, last_uid=last)

    def _take(self, box: BaseMailBox, uid_validity: int, uids: list[int]) -> None:
        for uid in sorted(uids):
            if self.leaving.is_set():
                return
            raw, left_out = _fetch(box, uid)
            if raw is None:
                continue
            take_in(
                self.settings.mailbox.pk,
                uid_validity=uid_validity,
                uid=uid,
                raw=raw,
                left_out=left_out,
            )
            if not left_out:
                box.flag(str(uid), MailMessageFlags.SEEN, value=True)

    def _note_failure(self, error: str) -> None:
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


def _fetch(box: BaseMailBox, uid: int) -> tuple[bytes | None, str]:
    """Return a mail, and why only its header was fetched if it was."""
    _status, answer = box.client.uid("fetch", str(uid), "(RFC822.SIZE)")
    said = b" ".join(part for part in answer or () if isinstance(part, bytes))
    size = int(match[1]) if (match := _SIZE.search(said)) else 0
    too_large = size > LARGEST
    part = "(BODY.PEEK[HEADER])" if too_large else "(BODY.PEEK[])"
    _status, answer = box.client.uid("fetch", str(uid), part)
    raw = next((one[1] for one in answer or () if isinstance(one, tuple)), None)
    left_out = ""
    if too_large:
        left_out = (
            f"The mail has {size // 1024 // 1024} MB, more than can be taken; it is still in the"
            " mailbox, unread."
        )
    return (raw if isinstance(raw, bytes) else None), left_out


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
