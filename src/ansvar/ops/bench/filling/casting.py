"""Casting tickets from moulds: many a day over the years, the open ones of these days."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import itemgetter
from typing import Any, Final

from django.db import connection

from ansvar.kernel.models import Entry
from ansvar.ops.bench import cast
from ansvar.ops.bench.filling.belonging import Table
from ansvar.ops.bench.filling.copying import Copying
from ansvar.ops.bench.filling.crowd import Asker
from ansvar.ops.bench.filling.moulds import Mould
from ansvar.ops.bench.filling.words import Language
from ansvar.tickets.decisions import DONE

IN_ORDER: Final = {"kernel.Entry": "at", "conversations.Message": "said_at"}
"""Tables whose rows lie in the order of time, as they do where tickets are worked on side by side:
those of one ticket lie far from each other."""
_DAY: Final = 24 * 60 * 60 * 1_000_000
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_BY_WEEKDAY: Final = (1.35, 1.15, 1.05, 1.05, 0.95, 0.3, 0.15)
_FIRST_REFERENCE: Final = 1001
_GROWTH: Final = 1.6
"""How many times as many tickets come in on the last day as on the first."""
_TICKETS_OF_REQUESTER: Final = 25
_OPEN_OF_REQUESTER: Final = 3
_TOLD_EVERY: Final = 2000


@dataclass(frozen=True, kw_only=True)
class Moulds:
    """What tickets are cast from, by how far they have come."""

    closed: list[Mould]
    resolved: list[Mould]
    open: list[Mould]


@dataclass(frozen=True, kw_only=True)
class Filling:
    """What goes into a ticket besides its mould."""

    askers: Sequence[Asker]
    languages: dict[str, Language]
    tickets: int
    desk_id: int
    prefix: str


def plan(
    moulds: Moulds, tickets: int, *, today: date, chances: random.Random
) -> Iterator[tuple[date, list[Mould]]]:
    """Yield for each day of the years the moulds of the tickets that come in then, in order."""
    fresh = _fresh(moulds, tickets, chances)
    days = [today - timedelta(days=ago) for ago in range(365 * cast.YEARS, -1, -1)]
    closed = tickets - sum(len(each) for each in fresh.values())
    counts = _spread(closed, days, {day for day in days if _fitting(moulds.closed, day, today)})
    for day, count in zip(days, counts, strict=True):
        fitting = _fitting(moulds.closed, day, today)
        chosen = [*chances.choices(fitting, k=count)] if count else []
        chosen += fresh.get(day, [])
        yield day, sorted(chosen, key=lambda mould: mould.opened.timetz())


def _fresh(moulds: Moulds, tickets: int, chances: random.Random) -> dict[date, list[Mould]]:
    """Return the tickets that are open or just resolved, which cannot be moved to another day."""
    by_day: dict[date, list[Mould]] = defaultdict(list)
    wanted = round(tickets * cast.OPEN_SHARE)
    for group, count in ((moulds.open, wanted), (moulds.resolved, wanted // 4)):
        for number in range(count):
            mould = group[number % len(group)]
            by_day[mould.opened.date()].append(mould)
    for each in by_day.values():
        chances.shuffle(each)
    return by_day


def _fitting(moulds: list[Mould], day: date, today: date) -> list[Mould]:
    """Return the moulds whose tickets, begun on that day, are closed by today."""
    return [mould for mould in moulds if mould.last.date() + (day - mould.opened.date()) < today]


def _spread(count: int, days: Sequence[date], possible: set[date]) -> list[int]:
    """Share a count out over days: more on Mondays, more as the years go by."""
    weights = [
        _BY_WEEKDAY[day.weekday()] * (1 + (_GROWTH - 1) * place / len(days))
        if day in possible
        else 0.0
        for place, day in enumerate(days)
    ]
    whole, shared, given = sum(weights), 0.0, 0
    counts = []
    for weight in weights:
        shared += weight * count / whole
        counts.append(round(shared) - given)
        given = round(shared)
    return counts


@dataclass(kw_only=True)
class Casting:
    """The work of casting; numbers go on from ticket to ticket."""

    tables: Sequence[Table]
    filling: Filling
    chances: random.Random
    copying: Copying = field(default_factory=Copying)
    number: int = 0
    next_ids: dict[str, int] = field(default_factory=dict)
    next_entry: int = 1
    waiting: dict[str, dict[int, list[tuple[int, str]]]] = field(default_factory=dict)
    """Rows in the order of time that are not written yet, by table and day."""
    given_open: int = 0

    def cast_all(
        self,
        days: Iterator[tuple[date, list[Mould]]],
        told: Callable[[int, int], None],
    ) -> None:
        """Cast all tickets of all days and write them."""
        by_label = {table.label: table for table in self.tables}
        self.next_ids = dict.fromkeys(by_label, 1)
        self.next_entry = _next_entry()
        self.waiting = {label: defaultdict(list) for label in IN_ORDER}
        ordinal = 0
        for day, moulds in days:
            ordinal = day.toordinal()
            for mould in moulds:
                self._cast(mould, ordinal)
                if self.number % _TOLD_EVERY == 0:
                    told(self.number, self.filling.tickets)
            self._write_until(ordinal, by_label)
        self._write_until(ordinal + 1, by_label)
        self.copying.finish()
        self._count_on()
        told(self.number, self.filling.tickets)

    def _cast(self, mould: Mould, ordinal: int) -> None:
        shift = ordinal - mould.opened.date().toordinal()
        micros = shift * _DAY
        first = {label: self.next_ids[label] for label in mould.counts}
        is_open = mould.state not in DONE
        own = self._own(is_open=is_open, language=mould.language)
        values: list[Any] = [first[label] + place for label, place in mould.ids]
        values += [_DAYS[day + shift] for day in mould.days]
        values += [moment + micros for moment in mould.moments]
        values += [own[name] for name in mould.own]
        for label, template in mould.templates.items():
            text = template.text % template.getter(values)
            if label not in IN_ORDER:
                self.copying.add_text(self._table(label), text)
                continue
            by_day = self.waiting[label]
            for moment, line in zip(template.moments, text.split("\n"), strict=False):
                at = moment + micros
                by_day[at // _DAY].append((at, line))
        for label, count in mould.counts.items():
            self.next_ids[label] += count
        self.number += 1

    def _own(self, *, is_open: bool, language: str) -> "_Own":
        number, filling = self.number, self.filling
        asker = self._asker(number, is_open=is_open)
        spoken = filling.languages[language]
        choose = self.chances.choice
        own = _Own(spoken, self.chances)
        subject = choose(spoken.subjects)
        opening = f"{own.sentences(4)} {filling.prefix}{number + 700_000:07}."
        if number % _EVERY_COMMON == _EVERY_COMMON // 2:
            if number % 2:
                subject = f"{subject} {cast.COMMON_WORD}"
            else:
                opening = f"{cast.COMMON_WORD.capitalize()}. {opening}"
        if _is_one_of(number, cast.RARE_TICKETS, filling.tickets):
            opening = f"{opening} {cast.RARE_WORD.capitalize()}!"
        own |= {
            "reference": f"{filling.prefix}-{_FIRST_REFERENCE + number}",
            "requester_id": asker.person_id,
            "requester_name": asker.name,
            "requester_first": asker.name.partition(" ")[0],
            "requester_email": asker.address,
            "site_id": asker.site_id,
            "salt": f"{number:012x}",
            "subject": subject,
            "opening": opening,
        }
        return own

    def _asker(self, number: int, *, is_open: bool) -> Asker:
        askers = self.filling.askers
        if is_open and self.given_open < _OPEN_OF_REQUESTER:
            self.given_open += 1
            return askers[0]
        if _is_one_of(number, _TICKETS_OF_REQUESTER, self.filling.tickets):
            return askers[0]
        # Some ask often, most of them seldom.
        return askers[1 + int((len(askers) - 1) * self.chances.random() ** 1.4)]

    def _table(self, label: str) -> Table:
        return self._tables[label]

    def __post_init__(self) -> None:
        self._tables = {table.label: table for table in self.tables}

    def _write_until(self, ordinal: int, by_label: dict[str, Table]) -> None:
        """Write the rows of all days up to this one, in the order of time."""
        last = ordinal - _EPOCH_DAY
        for label, by_day in self.waiting.items():
            for day in sorted(day for day in by_day if day <= last):
                # What happened to a ticket in one moment keeps its order.
                rows = sorted(by_day.pop(day), key=itemgetter(0))
                if label == Entry._meta.label:  # noqa: SLF001 - documented by Django
                    begin = self.next_entry
                    text = "".join(
                        [f"{begin + place}\t{line}\n" for place, (_, line) in enumerate(rows)]
                    )
                    self.next_entry += len(rows)
                else:
                    text = "".join([f"{line}\n" for _, line in rows])
                self.copying.add_text(by_label[label], text)

    def _count_on(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(%s::regclass, %s)",
                [f"ticket_number_{self.filling.desk_id}", _FIRST_REFERENCE + self.number - 1],
            )


class _Own(dict[str, Any]):
    """What a ticket has of its own; words are made when a mould asks for them."""

    def __init__(self, language: Language, chances: random.Random) -> None:
        super().__init__()
        self._language = language
        self._chances = chances

    def __missing__(self, name: str) -> str:
        # The same blank has the same words wherever it stands; some lives number theirs.
        known = name.rstrip("0123456789")
        self[name] = words = self.get(known) or self.sentences(3)
        return words

    def sentences(self, count: int) -> str:
        """Return some sentences, drawn anew."""
        return " ".join(self._chances.choices(self._language.sentences, k=count))


_EVERY_COMMON: Final = round(1 / cast.COMMON_SHARE)


class _Days(dict[int, str]):
    def __missing__(self, ordinal: int) -> str:
        self[ordinal] = text = date.fromordinal(ordinal).isoformat()
        return text


_DAYS: Final = _Days()


def _is_one_of(number: int, count: int, tickets: int) -> bool:
    """Tell whether a ticket is one of so many that lie evenly among all."""
    return number * count // tickets != (number + 1) * count // tickets


def _next_entry() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM kernel_entry")
        row = cursor.fetchone()
    return int(row[0]) if row else 1
