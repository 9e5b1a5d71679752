"""Reading the mails of a conversation whole, with their files in the content store."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ansvar.conversations import store
from ansvar.conversations.commands.retelling import KeptFile
from ansvar.conversations.parsing import Incoming, Unreadable, read_mail
from ansvar.importers.decisions import Insiders, Story, story_of
from ansvar.importers.models import SurveyedMail
from ansvar.importers.queries import said_in
from ansvar.importers.sources import Source
from ansvar.importers.sources.source import MailGone

KEPT_AT_ONCE = 16 * 1024 * 1024
"""Bytes that are given to the content store together, and so lie in memory."""


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A mail that was read, without the content of its files."""

    row: SurveyedMail
    mail: Incoming
    sha256: str
    size: int
    files: tuple[KeptFile, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """Mails that become one ticket, or words on one."""

    thread: int
    story: Story
    mails: dict[int, Whole]
    """By the number of their rows."""
    ticket_id: int | None = None
    """Where some of it is already."""
    broken: tuple[tuple[int, str], ...] = ()
    """Rows of mails that cannot be read, and why."""


class Reader:
    """Reads conversations from a source; what they hold is kept many files at a time."""

    def __init__(self, source: Source, insiders: Insiders) -> None:
        self._source = source
        self._insiders = insiders
        self._waiting: list[bytes] = []
        self._size = 0

    def conversation(self, thread: int, rows: Sequence[SurveyedMail]) -> Conversation:
        """Read the waiting mails of a conversation."""
        mails: dict[int, Whole] = {}
        broken: list[tuple[int, str]] = []
        for row in rows:
            if row.state != SurveyedMail.State.WAITING:
                continue
            try:
                mails[row.pk] = self._whole(row)
            except (MailGone, Unreadable) as error:
                broken.append((row.pk, str(error)))
        unreadable = {number for number, _why in broken}
        readable = (row for row in rows if row.pk not in unreadable)
        return Conversation(
            thread=thread,
            story=story_of((said_in(row) for row in readable), self._insiders),
            mails=mails,
            ticket_id=next((row.ticket_id for row in rows if row.ticket_id), None),
            broken=tuple(broken),
        )

    def keep(self) -> None:
        """Let the content store keep what was read since: safe when this returns."""
        store.put_many(self._waiting)
        self._waiting.clear()
        self._size = 0

    def _whole(self, row: SurveyedMail) -> Whole:
        raw = self._source.read(row.place)
        mail = read_mail(raw, largest=None)
        if mail.message_id[:500] != row.message_id:
            raise MailGone(row.place)
        kept = self._put([raw, *(file.content for file in mail.files)])
        files = tuple(
            KeptFile(
                name=file.name,
                media_type=file.media_type,
                content_id=file.content_id,
                sha256=one.sha256,
                size=one.size,
            )
            for file, one in zip(mail.files, kept[1:], strict=True)
        )
        return Whole(
            row=row,
            mail=replace(mail, files=()),
            sha256=kept[0].sha256,
            size=kept[0].size,
            files=files,
        )

    def _put(self, contents: Iterable[bytes]) -> list[store.Stored]:
        kept = []
        for content in contents:
            digest = hashlib.sha256(content).hexdigest()
            kept.append(store.Stored(sha256=digest, size=len(content)))
            self._waiting.append(content)
            self._size += len(content)
        if self._size >= KEPT_AT_ONCE:
            self.keep()
        return kept
