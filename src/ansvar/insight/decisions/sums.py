"""Figures that can be added up, and the stretches of days in which they are kept: pure.

Whatever is counted of a day is a number under a *key* of a *table*, and the numbers of two days
added up are those of both. Only the greatest of something is not a sum: of two days it is the
greater one, and it is kept with what it belongs to. So a month is the sum of its weeks, a week of
its days, and any period the sum of a few of them.

A *week* here is a part of a month: from the 1st, 8th, 15th or 22nd up to the next of them, the last
one up to the end of the month. So months are made of whole weeks.
"""

import json
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

Key = int | str | None
SEPARATOR = "|"
DAY = timedelta(days=1)
WEEK_DAYS = 7
LAST_WEEK = 22
"""The day of a month on which its last week begins."""


class Span(StrEnum):
    """How long a stretch is, of which figures are kept."""

    DAY = "d"
    WEEK = "w"
    MONTH = "m"
    NOW = "n"
    """What is at present, whatever the day."""


class Block(NamedTuple):
    """A stretch of whole days by its first one."""

    span: Span
    day: date


def key_of(*parts: Key) -> str:
    """Return a key of several parts; nothing is the empty word."""
    return SEPARATOR.join("" if part is None else str(part) for part in parts)


def parts_of(key: str) -> list[str]:
    """Return the parts of a key as words."""
    return key.split(SEPARATOR)


def as_number(part: str) -> int | None:
    """Return a part of a key as the number it was; nothing for the empty word."""
    return int(part) if part else None


@dataclass
class Sums:
    """What was counted, by table and key."""

    tables: dict[str, dict[str, int]] = field(default_factory=dict)
    greatest: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    """By table and key: the greatest value, and the number of what has it, negated.

    So of equal ones that of the lower number is the greater.
    """

    def add(self, table: str, key: str, count: int) -> None:
        """Count some more; none is nothing to remember."""
        if count:
            counts = self.tables.setdefault(table, {})
            counts[key] = counts.get(key, 0) + count

    def put(self, table: str, key: str, value: int) -> None:
        """Keep a value that is no count: none is something to remember."""
        self.tables.setdefault(table, {})[key] = value

    def rival(self, table: str, key: str, *, value: int, whose: int) -> None:
        """Remember a value if it is the greatest so far."""
        found = self.greatest.setdefault(table, {})
        found[key] = max(found.get(key, (value, -whose)), (value, -whose))

    def take(self, other: "Sums") -> None:
        """Add all that another one has counted."""
        for table, more in other.tables.items():
            counts = self.tables.get(table)
            if counts is None:
                self.tables[table] = dict(more)
                continue
            known = counts.get
            for key, count in more.items():
                counts[key] = known(key, 0) + count
        for table, values in other.greatest.items():
            found = self.greatest.setdefault(table, {})
            for key, value in values.items():
                found[key] = max(found.get(key, value), value)

    def table(self, name: str) -> Mapping[str, int]:
        """Return what a table has counted."""
        return self.tables.get(name, {})

    def rows(self, name: str) -> Iterator[tuple[list[str], int]]:
        """Walk over a table with its keys taken apart."""
        for key, count in self.table(name).items():
            yield key.split(SEPARATOR), count

    def total(self, name: str) -> int:
        """Return all that a table has counted."""
        return sum(self.table(name).values())


def added(many: Iterable[Sums]) -> Sums:
    """Return the sum of all."""
    whole = Sums()
    for one in many:
        whole.take(one)
    return whole


def written(sums: Sums) -> str:
    """Return figures as they are stored: equal ones are written alike."""
    return json.dumps([sums.tables, sums.greatest], sort_keys=True, separators=(",", ":"))


def read(text: str) -> Sums:
    """Return figures that were stored."""
    tables, greatest = json.loads(text)
    return Sums(
        tables=tables,
        greatest={
            table: {key: (value, whose) for key, (value, whose) in found.items()}
            for table, found in greatest.items()
        },
    )


def block_around(day: date, span: Span) -> Block:
    """Return the day, week or month that a day lies in."""
    if span is Span.MONTH:
        return Block(span, day.replace(day=1))
    if span is Span.WEEK:
        first = min((day.day - 1) // WEEK_DAYS * WEEK_DAYS + 1, LAST_WEEK)
        return Block(span, day.replace(day=first))
    return Block(Span.DAY, day)


def end_of(block: Block) -> date:
    """Return the day after the last one of a block."""
    if block.span is Span.DAY:
        return block.day + DAY
    if block.span is Span.WEEK and block.day.day < LAST_WEEK:
        return block.day + WEEK_DAYS * DAY
    first = block.day.replace(day=1)
    return first + timedelta(days=monthrange(first.year, first.month)[1])


def parts_in(block: Block) -> list[Block]:
    """Return of what a week or a month is the sum: its days, or its weeks."""
    finer = Span.DAY if block.span is Span.WEEK else Span.WEEK
    found, day, end = [], block.day, end_of(block)
    while day < end:
        found.append(Block(finer, day))
        day = end_of(found[-1])
    return found


def blocks_between(first: date, end: date, *, longest: Span = Span.MONTH) -> Iterator[Block]:
    """Cut the days from one up to, and not with, a later one into as few blocks as can be."""
    spans = {
        Span.MONTH: (Span.MONTH, Span.WEEK, Span.DAY),
        Span.WEEK: (Span.WEEK, Span.DAY),
    }.get(longest, (Span.DAY,))
    day = first
    while day < end:
        around = (block_around(day, span) for span in spans)
        block = next(one for one in around if one.day == day and end_of(one) <= end)
        yield block
        day = end_of(block)
