"""Folders of an IMAP server, looked at without leaving a trace there."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from imap_tools.errors import UnexpectedCommandStatusError
from imap_tools.mailbox import BaseMailBox
from imap_tools.utils import check_command_status

from ansvar.conversations import transport
from ansvar.conversations.fetching import bodies_in, listing
from ansvar.conversations.models import Mailbox
from ansvar.importers.sources.source import ENOUGH, LARGEST, Found, MailGone

_AT_ONCE = 100
_SENT_NAMES = ("Sent", "Sent Items", "Sent Messages", "INBOX.Sent", "[Gmail]/Sent Mail")
_PLACE = re.compile(r"(?P<uid>\d+) (?P<validity>\d+) (?P<folder>.*)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class _Folder:
    name: str
    validity: int
    uids: list[int]


class Imap:
    """One or two folders of a server; its places are `uid uidvalidity folder`."""

    kind = "imap"

    def __init__(self, mailbox: Mailbox, *, name: str, with_sent: bool) -> None:
        self._mailbox = mailbox
        self._name = name
        self._with_sent = with_sent
        self._stack = ExitStack()
        self._folder = ""

    @property
    def name(self) -> str:
        """The address of the folder, without a password."""
        return self._name

    @property
    def total(self) -> int:
        """Mails."""
        return sum(len(folder.uids) for folder in self._folders)

    @property
    def signature(self) -> str:
        """Return what the folders hold."""
        return " ".join(
            f"{one.validity}:{len(one.uids)}:{one.uids[-1] if one.uids else 0}"
            for one in self._folders
        )

    def mails(self, *, after: str = "") -> Iterator[Found]:
        """Yield the mails behind a place, folder by folder, in the order of their numbers."""
        last = _PLACE.match(after)
        is_behind = last is None
        done = 0
        for folder in self._folders:
            uids = folder.uids
            if last is not None and last["folder"] == folder.name:
                uids = [uid for uid in uids if uid > int(last["uid"])]
                done += len(folder.uids) - len(uids)
                is_behind = True
            elif not is_behind:
                done += len(folder.uids)
                continue
            self._open(folder.name)
            for start in range(0, len(uids), _AT_ONCE):
                for found in self._fetched(folder, uids[start : start + _AT_ONCE], done):
                    yield found
                    done = found.done

    def read(self, place: str) -> bytes:
        """Return a mail."""
        found = _PLACE.match(place)
        if found is None:
            raise MailGone(place)
        self._open(found["folder"])
        uid = int(found["uid"])
        try:
            raw = self._bodies([uid], "BODY.PEEK[]").get(uid)
        except UnexpectedCommandStatusError as error:
            raise MailGone(_("The mail server does not hand out this mail.")) from error
        if raw is None:
            raise MailGone(_("The mail is not in its folder any more."))
        return raw

    def close(self) -> None:
        """Leave the server."""
        self._stack.close()
        self.__dict__.pop("_box", None)
        self._folder = ""

    @cached_property
    def _box(self) -> BaseMailBox:
        return self._stack.enter_context(transport.imap(self._mailbox))

    @cached_property
    def _folders(self) -> list[_Folder]:
        names = [self._mailbox.imap_folder]
        if self._with_sent and (sent := self._sent_folder()):
            names.append(sent)
        found = []
        for name in names:
            self._open(name)
            validity = int(self._box.folder.status(name, ["UIDVALIDITY"])["UIDVALIDITY"])
            uids = sorted(int(uid) for uid in self._box.uids("ALL", charset=None))
            found.append(_Folder(name=name, validity=validity, uids=uids))
        return found

    def _sent_folder(self) -> str:
        folders = list(self._box.folder.list())
        for folder in folders:
            if any(flag.lower() == "\\sent" for flag in folder.flags):
                return folder.name
        there = {folder.name for folder in folders}
        return next((name for name in _SENT_NAMES if name in there), "")

    def _open(self, name: str) -> None:
        if self._folder != name:
            # Only to look: nothing is marked as read.
            self._box.folder.set(name, readonly=True)
            self._folder = name

    def _fetched(self, folder: _Folder, uids: list[int], done: int) -> Iterator[Found]:
        listed = {one.uid: one for one in listing(self._box, uids)}
        bodies = self._heads(uids)
        for uid in uids:
            done += 1
            one = listed.get(uid)
            if one is None:
                continue  # somebody has deleted it meanwhile
            trouble = ""
            if uid not in bodies:
                trouble = _("The mail server does not hand out this mail.")
            elif one.size > LARGEST:
                words = _("The mail is larger than {size} MB.")
                trouble = words.format(size=LARGEST // 1024 // 1024)
            yield Found(
                place=f"{uid} {folder.validity} {folder.name}",
                head=bodies.get(uid, b""),
                size=one.size,
                done=done,
                filed_at=one.arrived_at,
                trouble=trouble,
            )

    def _heads(self, uids: list[int]) -> dict[int, bytes]:
        part = f"BODY.PEEK[]<0.{ENOUGH}>"
        try:
            return self._bodies(uids, part)
        except UnexpectedCommandStatusError:
            found: dict[int, bytes] = {}
            for uid in uids:
                try:
                    found |= self._bodies([uid], part)
                except UnexpectedCommandStatusError:
                    continue  # told as trouble by its absence
            return found

    def _bodies(self, uids: list[int], part: str) -> dict[int, bytes]:
        numbers = ",".join(str(uid) for uid in uids)
        result = self._box.client.uid("FETCH", numbers, f"(UID {part})")
        check_command_status(result, UnexpectedCommandStatusError)
        return bodies_in([one for one in result[1] if one is not None])
