"""A row of an event log, read by its mapping. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from ansvar.importers.decisions.mapping import LogMapping, Standing
from ansvar.tickets.decisions import Kind

_SEPARATOR = ", "
_MOMENT_OF_SHEET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?")
LOST = "\N{REPLACEMENT CHARACTER}"
"""Stands where bytes are no letters in the encoding of the file."""


class Remark(StrEnum):
    """What of a log could not be told as it stands, or does not agree with itself."""

    ROW_BROKEN = "row-broken"
    LETTERS_LOST = "letters-lost"
    NO_MOMENT = "no-moment"
    IN_FUTURE = "in-future"
    WENT_BACK = "went-back"
    STATE_UNKNOWN = "state-unknown"
    VALUE_UNKNOWN = "value-unknown"
    REQUESTER_UNNAMED = "requester-unnamed"
    TEAM_WHILE_DONE = "team-while-done"
    PERSON_WHILE_DONE = "person-while-done"
    PRIORITY_WHILE_DONE = "priority-while-done"
    RESOLVED_AFTER_CLOSING = "resolved-after-closing"
    ENDED_BY_MAPPING = "ended-by-mapping"
    HAND_OVER_UNSEEN = "hand-over-unseen"
    HAND_OVER_UNCOUNTED = "hand-over-uncounted"
    REOPENING_UNSEEN = "reopening-unseen"
    REOPENING_UNCOUNTED = "reopening-uncounted"
    HOLDER_NOT_HERE = "holder-not-here"
    SERVICE_NOT_HERE = "service-not-here"
    SITE_NOT_HERE = "site-not-here"


@dataclass(kw_only=True)
class Remarks:
    """What was remarked, how often, and the first time in words."""

    counts: dict[Remark, int] = field(default_factory=dict)
    examples: dict[Remark, str] = field(default_factory=dict)
    words: dict[Remark, dict[str, int]] = field(default_factory=dict)
    """Words of the log that mean nothing here, and how often they stand there."""

    def add(self, what: Remark, example: str, *, times: int = 1, word: str = "") -> None:
        """Count a remark, and the word that it is about."""
        self.counts[what] = self.counts.get(what, 0) + times
        self.examples.setdefault(what, example)
        if word:
            said = self.words.setdefault(what, {})
            said[word] = said.get(word, 0) + times

    def copy(self) -> "Remarks":
        """Return the same remarks, to which others can be added."""
        return Remarks(
            counts=dict(self.counts),
            examples=dict(self.examples),
            words={what: dict(said) for what, said in self.words.items()},
        )

    def stored(self) -> dict[str, list[Any]]:
        """Return the JSON form: count, example and words by remark."""
        return {
            str(what): [count, self.examples[what], self.words.get(what, {})]
            for what, count in self.counts.items()
        }


@dataclass(frozen=True, kw_only=True)
class Event:
    """What a row says: how a case stood at a moment. Nothing where it says nothing."""

    row: int
    at: datetime
    opened_at: datetime | None = None
    standing: Standing | None = None
    team: str | None = None
    person: str | None = None
    """Empty: nobody has it in hand."""
    author: str = ""
    requester: str | None = None
    service: str | None = None
    site: str | None = None
    priority: int | None = None
    impact: int | None = None
    urgency: int | None = None
    weight_words: str = ""
    """Priority, impact and urgency as the log has them."""
    channel: str = ""
    kind: Kind | None = None
    subject: str = ""
    description: str = ""
    resolution: str = ""
    counters: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RowReader:
    """How rows are understood."""

    mapping: LogMapping
    now: datetime

    def case_of(self, cells: Mapping[str, str]) -> str:
        """Return to which case a row belongs; empty when it does not say."""
        return self._cell(cells, "case") or ""

    def read(self, row: int, cells: Mapping[str, str], remarks: Remarks) -> Event | None:
        """Return what a row says, or nothing when it cannot be told when that was."""
        at = self._moment(row, cells, "moment", remarks=remarks)
        if at is None:
            return None
        if any(LOST in cell for cell in cells.values()):
            remarks.add(Remark.LETTERS_LOST, f"row {row}")
        mapping = self.mapping
        unnamed = mapping.unnamed
        has_person = "person" in mapping.columns
        return Event(
            row=row,
            at=at,
            opened_at=self._moment(row, cells, "opened", remarks=remarks),
            standing=self._standing(row, cells, remarks),
            team=self._cell(cells, "team") or unnamed.get("team"),
            person=(self._cell(cells, "person") or "") if has_person else None,
            author=self._cell(cells, "author") or "",
            requester=self._cell(cells, "requester"),
            service=self._cell(cells, "service"),
            site=self._cell(cells, "site"),
            priority=self._number(row, cells, "priority", remarks=remarks),
            impact=self._number(row, cells, "impact", remarks=remarks),
            urgency=self._number(row, cells, "urgency", remarks=remarks),
            weight_words=self._weight_words(cells),
            channel=self._channel(row, cells, remarks),
            kind=self._kind(row, cells, remarks),
            subject=self._cell(cells, "subject") or "",
            description=self._cell(cells, "description") or "",
            resolution=self._cell(cells, "resolution") or "",
            counters=self._counters(cells),
        )

    def _cell(self, cells: Mapping[str, str], what: str) -> str | None:
        """Return what the columns of something say, without those that say nothing."""
        missing = self.mapping.missing
        words = [cells[column].strip() for column in self.mapping.columns.get(what, ())]
        return _SEPARATOR.join(word for word in words if word not in missing) or None

    def _moment(
        self, row: int, cells: Mapping[str, str], what: str, *, remarks: Remarks
    ) -> datetime | None:
        text = self._cell(cells, what)
        moment = None
        if text is not None:
            try:
                moment = self._parsed(text)
            except (ValueError, OverflowError):
                moment = None
        is_wanted = text is not None or what == "moment"
        if moment is None and is_wanted:
            remarks.add(Remark.NO_MOMENT, f"row {row}: {what} “{text or ''}”", word=text or "")
        elif moment is not None and moment > self.now:
            remarks.add(Remark.IN_FUTURE, f"row {row}: {what} “{text}”")
            moment = None
        return moment

    def _parsed(self, text: str) -> datetime:
        wanted = self.mapping.time_format
        # A sheet keeps moments as such; they have no format, and arrive as ISO.
        is_iso = wanted == "iso" or _MOMENT_OF_SHEET.fullmatch(text) is not None
        parsed = datetime.fromisoformat(text) if is_iso else datetime.strptime(text, wanted)  # noqa: DTZ007 - a zone is given below
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=self.mapping.zone)
        return parsed.astimezone(UTC)

    def _standing(self, row: int, cells: Mapping[str, str], remarks: Remarks) -> Standing | None:
        word = self._cell(cells, "state")
        standing = self.mapping.states.get(word) if word else None
        if word and standing is None:
            remarks.add(Remark.STATE_UNKNOWN, f"row {row}: “{word}”", word=word)
        return standing

    def _number(
        self, row: int, cells: Mapping[str, str], what: str, *, remarks: Remarks
    ) -> int | None:
        word = self._cell(cells, what)
        number = self.mapping.scales.get(what, {}).get(word) if word else None
        if word and number is None:
            self._doubt(row, what, word, remarks=remarks)
        return number

    def _weight_words(self, cells: Mapping[str, str]) -> str:
        said = ((what, self._cell(cells, what)) for what in ("priority", "impact", "urgency"))
        return _SEPARATOR.join(f"{what} {word}" for what, word in said if word)

    def _channel(self, row: int, cells: Mapping[str, str], remarks: Remarks) -> str:
        word = self._cell(cells, "channel") or ""
        if word and word not in self.mapping.channels:
            self._doubt(row, "channel", word, remarks=remarks)
        return self.mapping.channels.get(word, "")

    def _kind(self, row: int, cells: Mapping[str, str], remarks: Remarks) -> Kind | None:
        word = self._cell(cells, "kind")
        kind = self.mapping.kinds.get(word) if word else None
        if word and kind is None:
            self._doubt(row, "kind", word, remarks=remarks)
        return kind

    @staticmethod
    def _doubt(row: int, what: str, word: str, *, remarks: Remarks) -> None:
        remarks.add(Remark.VALUE_UNKNOWN, f"row {row}: {what} “{word}”", word=f"{what}: {word}")

    def _counters(self, cells: Mapping[str, str]) -> dict[str, int]:
        found = {}
        for what, column in self.mapping.counters.items():
            text = cells[column].strip()
            if text.isdigit():
                found[what] = int(text)
        return found
