"""Moulds: a told ticket with all its rows, in which everything of its own has become a blank."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import (
    BigAutoField,
    BigIntegerField,
    DateField,
    DateTimeField,
    ForeignKey,
    JSONField,
    UUIDField,
)
from psycopg import sql

from ansvar.conversations.models import OUR_IDS
from ansvar.kernel.facts import facts
from ansvar.kernel.models import Entry
from ansvar.ops.bench.filling.belonging import Table
from ansvar.people.models import Person, Site

Row = tuple[str | None, ...]
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Blank(NamedTuple):
    """Something that each ticket cast from a mould has of its own."""

    kind: str
    """`id`, `day`, `moment` or `own`."""
    key: Any


class Uncastable(Exception):
    """A row says something of which it is not known how it is to be cast.

    It was not there when the bench was written: it has to be told here what becomes of it.
    """


Piece = str | Blank
Getter = Callable[[Sequence[Any]], Any]

_NUMBERS: Final = {
    "message_id": "conversations.Message",
    "note_id": "tickets.Note",
    "task_id": "tickets.Task",
    "request_id": "tickets.HandOverRequest",
}
"""Numbers of rows of a ticket, where no relation says so."""
_STAYING: Final = {"script_version_id", "version_id", "needed_id"}
"""Numbers of rows that belong to no ticket, where no mark says so."""
_STAYING_NOUNS: Final = {"desk", "team", "service", "organisation", "level_version", "version"}
_PLAIN: Final = {
    "conversations.InboundMail.size",
    "conversations.InboundMail.uid_validity",
    "servicelevels.Timing.edition",
}
"""Numbers that are no row's."""
_KEYS: Final = {"notices.Notice.key"}
"""Keys that nothing else bears."""
_DIGESTS: Final = {"conversations.InboundMail.sha256", "conversations.InboundMail.fingerprint"}
"""Digests of what was said, which each ticket says in words of its own."""
_MARK: Final = re.compile(r"zq(\w+?)qz")
_OUR_ID: Final = re.compile(rf"({re.escape(OUR_IDS)})(\d+)(\.[0-9a-f]{{4}})[0-9a-f]{{12}}(?=@)")
"""The Message-ID of a mail of ours, whose last digits are drawn by lot."""
_ISO: Final = re.compile(r"(\d{4}-\d\d-\d\d)(T\d\d:\d\d.*)?")
_OPEN, _SHUT = "\ue000", "\ue001"
_TOKEN: Final = re.compile(f'"{_OPEN}n(\\d+){_SHUT}"|{_OPEN}(\\d+){_SHUT}')


@dataclass(kw_only=True)
class Told:
    """A told ticket: what of it is its own, and its rows by table."""

    ticket_id: int
    reference: str
    language: str
    state: str
    requester: Person
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, kw_only=True)
class Template:
    """The rows of one table, as text in which the blanks are left open."""

    text: str
    getter: Getter
    moments: tuple[int, ...] = ()
    """When each row came to be, in microseconds since 1970; for tables written in that order."""


@dataclass(frozen=True, kw_only=True)
class Mould:
    """All rows of a ticket; how `casting` fills the blanks in, in the order of these lists."""

    ids: tuple[tuple[str, int], ...]
    """Table and place among the rows of the ticket there."""
    counts: dict[str, int]
    """How many rows the ticket has in each table."""
    days: tuple[int, ...]
    """As ordinals."""
    moments: tuple[int, ...]
    """Microseconds since 1970."""
    own: tuple[str, ...]
    templates: dict[str, Template]
    language: str
    state: str
    opened: datetime
    last: datetime
    """When the last thing happened that has happened."""


def rows_of(table: Table) -> Iterator[Row]:
    """Read the rows of a table as the database writes them in text, in the order of their keys."""
    statement = sql.SQL("COPY (SELECT {columns} FROM {name} ORDER BY {key}) TO STDOUT").format(
        columns=sql.SQL(", ").join(map(sql.Identifier, table.columns)),
        name=sql.Identifier(table.name),
        key=sql.Identifier(table.columns[table.key_place]),
    )
    with connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
        yield from copy.rows()


def gather(tables: Sequence[Table], told: dict[int, Told]) -> None:
    """Give each told ticket its rows.

    Raises: Uncastable for a row that belongs to none of them, or to two.
    """
    owners: dict[tuple[str, str], int] = {}
    for table in tables:
        for row in rows_of(table):
            owner = _owner(table, row, owners)
            if owner is None and table.model is Entry:
                continue
            if owner not in told:
                raise Uncastable(f"A row of {table.label} belongs to no ticket that was told.")
            told[owner].rows[table.label].append(row)
            owners[table.label, str(row[table.key_place])] = owner


def _owner(table: Table, row: Row, owners: dict[tuple[str, str], int]) -> int | None:
    if table.label == "tickets.Ticket":
        return int(str(row[table.key_place]))
    if table.model is Entry:
        named = dict(zip(table.columns, row, strict=True))
        return int(str(named["subject_id"])) if named["subject_type"] == "ticket" else None
    found = {
        owners[label, value]
        for place, label in table.above
        if (value := row[place]) is not None and (label, value) in owners
    }
    if len(found) > 1:
        raise Uncastable(f"A row of {table.label} belongs to two tickets.")
    return found.pop() if found else None


def mould_of(told: Told, tables: Sequence[Table], *, in_order: dict[str, str]) -> Mould:
    """Make a mould of a told ticket.

    *in_order* names, by table, the column by which its rows are written in the order of time.

    Raises: Uncastable.
    """
    return _Moulding(told, tables, in_order).mould()


class _Moulding:
    def __init__(self, told: Told, tables: Sequence[Table], in_order: dict[str, str]) -> None:
        self.told = told
        self.tables = tables
        self.in_order = in_order
        self.places: dict[tuple[str, str], int] = {}
        self.blanks: dict[str, dict[Any, int]] = {
            kind: {} for kind in ("id", "day", "moment", "own")
        }
        words = {
            told.reference: "reference",
            told.requester.name: "requester_name",
            told.requester.name.partition(" ")[0]: "requester_first",
            str(told.requester.contact_points.get(channel="email").address): "requester_email",
        }
        self.words = words
        listed = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        self.pattern = re.compile(f"{_MARK.pattern}|({listed})(?!\\d)|{_OUR_ID.pattern}")

    def mould(self) -> Mould:
        for table in self.tables:
            if table.model is not Entry:
                for place, row in enumerate(self.told.rows[table.label]):
                    self.places[table.label, str(row[table.key_place])] = place
        pieces = {
            table.label: [self._row(table, row) for row in rows]
            for table in self.tables
            if (rows := self.told.rows[table.label])
        }
        ids = self.blanks["id"]
        self.offsets = dict(
            zip(
                self.blanks,
                (0, *_sums([len(each) for each in self.blanks.values()])),
                strict=False,
            )
        )
        moments = [
            _micro(str(row[place]))
            for table in self.tables
            for place, column in enumerate(table.columns)
            if isinstance(table.fields[place], DateTimeField) and (table.label, column) in _HAPPENED
            for row in self.told.rows[table.label]
            if row[place] is not None
        ]
        return Mould(
            ids=tuple(ids),
            counts={label: len(rows) for label, rows in self.told.rows.items() if rows},
            days=tuple(self.blanks["day"]),
            moments=tuple(self.blanks["moment"]),
            own=tuple(self.blanks["own"]),
            templates={
                table.label: self._template(table, pieces[table.label])
                for table in self.tables
                if table.label in pieces
            },
            language=self.told.language,
            state=self.told.state,
            opened=EPOCH + timedelta(microseconds=min(moments)),
            last=EPOCH + timedelta(microseconds=max(moments)),
        )

    def _template(self, table: Table, rows: list[list[Piece]]) -> Template:
        text = []
        places = []
        for row in rows:
            for piece in row:
                if isinstance(piece, Blank):
                    text.append("%s")
                    places.append(self.offsets[piece.kind] + self.blanks[piece.kind][piece.key])
                else:
                    text.append(piece.replace("%", "%%"))
            text.append("\n")
        column = self.in_order.get(table.label)
        moments: tuple[int, ...] = ()
        if column is not None:
            place = table.columns.index(column)
            moments = tuple(_micro(str(row[place])) for row in self.told.rows[table.label])
        return Template(text="".join(text), getter=itemgetter(*places), moments=moments)

    def _row(self, table: Table, row: Row) -> list[Piece]:
        pieces: list[Piece] = []
        named = dict(zip(table.columns, row, strict=True))
        for place, value in enumerate(row):
            if table.model is Entry and place == table.key_place:
                # Entries are numbered in the order of time, all tickets together.
                continue
            pieces += ["\\N"] if value is None else self._value(table, place, value, named)
            pieces.append("\t")
        return pieces[:-1]

    def _value(
        self, table: Table, place: int, value: str, named: dict[str, str | None]
    ) -> list[Piece]:
        kind, name = table.fields[place], f"{table.label}.{table.columns[place]}"
        if table.model is Entry:
            return self._of_entry(name, value, named)
        if isinstance(kind, ForeignKey):
            return self._relation(kind, value)
        if isinstance(kind, BigAutoField):
            return [self._id(table.label, value)]
        if isinstance(kind, JSONField):
            return self._json(self._of_json(name, json.loads(value)))
        if isinstance(kind, DateField):
            return self._moment(value)
        if isinstance(kind, BigIntegerField) and name not in _PLAIN:
            label = _NUMBERS.get(table.columns[place])
            if label is None:
                raise Uncastable(f"What {name} is a number of is not known.")
            return [self._id(label, value)]
        if isinstance(kind, UUIDField):
            return [value[:-12], self._blank("own", "salt")]
        if name in _KEYS and value:
            return [*self._text(value), ".", self._blank("own", "salt")]
        if name in _DIGESTS and value:
            return [value[:-12], self._blank("own", "salt")]
        return self._text(value)

    def _relation(self, relation: "ForeignKey[Any, Any]", value: str) -> list[Piece]:
        other = relation.related_model
        if not isinstance(other, str) and (other._meta.label, value) in self.places:  # noqa: SLF001 - documented by Django
            return [self._id(other._meta.label, value)]  # noqa: SLF001 - as above
        if other is Person and int(value) == self.told.requester.pk:
            return [self._blank("own", "requester_id")]
        if other is Site and int(value) == self.told.requester.site_id:
            return [self._blank("own", "site_id")]
        return [value]

    def _of_entry(self, name: str, value: str, named: dict[str, str | None]) -> list[Piece]:
        column = name.rpartition(".")[2]
        if column in {"at", "recorded_at"}:
            # It was told as history; what is cast was recorded when it happened.
            return self._moment(str(named["at"]))
        if column == "subject_id":
            return [self._id("tickets.Ticket", value)]
        if column == "actor_id" and named["actor_kind"] == "person":
            return [self._person(int(value))] if self._is_requester(int(value)) else [value]
        if column == "request_id":
            return [value[:-12], self._blank("own", "salt")]
        if column == "payload":
            return self._json(self._of_fact(str(named["fact"]), json.loads(value)))
        return self._text(value)

    def _of_fact(self, name: str, payload: dict[str, Any]) -> dict[str, Any]:
        nouns = facts[name].references()
        return {key: self._in_fact(name, key, value, nouns) for key, value in payload.items()}

    def _in_fact(self, name: str, key: str, value: Any, nouns: dict[str, str]) -> Any:
        noun = nouns.get(key)
        if value is None or noun in _STAYING_NOUNS or key in _STAYING:
            return value
        if noun == "person":
            return self._person(value) if self._is_requester(value) else value
        if noun == "site" and value == self.told.requester.site_id:
            return self._blank("own", "site_id")
        if noun is None and key in _NUMBERS:
            return self._id(_NUMBERS[key], str(value))
        if noun is not None or key.endswith("_id") or {"requester", "site"} & _keys(value):
            raise Uncastable(f"What {key} of {name} refers to is not known.")
        return self._walked(value)

    def _of_json(self, name: str, value: Any) -> Any:
        if name == "servicelevels.Timing.story":
            return [
                [
                    self._micro_blank(at),
                    {key: self._in_story(key, told) for key, told in what.items()},
                ]
                for at, what in value
            ]
        if name == "servicelevels.Clock.steps":
            return [[self._micro_blank(at), key] for at, key in value]
        if name not in _WALKED:
            raise Uncastable(f"What {name} holds is not known.")
        return self._walked(value)

    def _in_story(self, key: str, value: Any) -> Any:
        if key == "said" and value is not None:
            return self._id("conversations.Message", str(value))
        if key == "site" and value is not None:
            return self._blank("own", "site_id")
        return value

    def _walked(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._walked(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._walked(one) for one in value]
        return value

    def _json(self, value: Any) -> list[Piece]:
        """Write a JSON value whose blanks stand where their values will."""
        kept: list[Blank] = []

        def written(one: Any) -> Any:
            if isinstance(one, Blank):
                kept.append(one)
                return f"{_OPEN}n{len(kept) - 1}{_SHUT}"
            if isinstance(one, str):
                parts = self._moment(one) if _ISO.fullmatch(one) else self._pieces(one)
                return "".join(map(written_piece, parts))
            if isinstance(one, dict):
                return {key: written(each) for key, each in one.items()}
            if isinstance(one, list):
                return [written(each) for each in one]
            return one

        def written_piece(piece: Piece) -> str:
            if isinstance(piece, Blank):
                kept.append(piece)
                return f"{_OPEN}{len(kept) - 1}{_SHUT}"
            return piece

        text = json.dumps(written(value), ensure_ascii=False)
        pieces: list[Piece] = []
        end = 0
        for found in _TOKEN.finditer(text):
            pieces += [_escaped(text[end : found.start()]), kept[int(found[1] or found[2])]]
            end = found.end()
        return [*pieces, _escaped(text[end:])]

    def _text(self, value: str) -> list[Piece]:
        return [
            piece if isinstance(piece, Blank) else _escaped(piece) for piece in self._pieces(value)
        ]

    def _pieces(self, value: str) -> list[Piece]:
        pieces: list[Piece] = []
        end = 0
        for found in self.pattern.finditer(value):
            pieces.append(value[end : found.start()])
            if found[3]:
                pieces += [found[3], self._id("conversations.OutboundMail", found[4])]
                pieces += [found[5], self._blank("own", "salt")]
            else:
                pieces.append(self._blank("own", found[1] or self.words[found[2]]))
            end = found.end()
        return [*pieces, value[end:]]

    def _moment(self, value: str) -> list[Piece]:
        day = date.fromisoformat(value[:10])
        return [self._blank("day", day.toordinal()), value[10:]]

    def _micro_blank(self, value: int) -> Blank:
        return self._blank("moment", value)

    def _person(self, _person_id: int) -> Blank:
        return self._blank("own", "requester_id")

    def _is_requester(self, person_id: int) -> bool:
        return person_id == self.told.requester.pk

    def _id(self, label: str, value: str) -> Blank:
        place = self.places.get((label, value))
        if place is None:
            raise Uncastable(f"{label} {value} is not of the ticket that speaks of it.")
        return self._blank("id", (label, place))

    def _blank(self, kind: str, key: Any) -> Blank:
        known = self.blanks[kind]
        known.setdefault(key, len(known))
        return Blank(kind, key)


_HAPPENED: Final = {
    ("kernel.Entry", "at"),
    ("conversations.Message", "said_at"),
    ("tickets.CustodySpell", "started_at"),
}
"""Columns whose moments have passed when a ticket is told; others may lie ahead."""
_WALKED: Final = {
    "conversations.InboundMail.findings",
    "notices.Notice.values",
    "conversations.Message.to",
    "conversations.Message.cc",
    "servicelevels.Clock.shares",
    "servicelevels.Clock.taken",
    "servicelevels.Timing.taken",
    "tickets.Ticket.priority_basis",
    "tickets.Ticket.script_answers",
}
"""JSON in which nothing is the ticket's own but words and moments."""


def _keys(value: Any) -> set[str]:
    return set(value) if isinstance(value, dict) else set()


def _sums(counts: list[int]) -> list[int]:
    total, sums = 0, []
    for count in counts:
        total += count
        sums.append(total)
    return sums


def _micro(value: str) -> int:
    """Return a moment as the database writes it, in microseconds since 1970."""
    return (datetime.fromisoformat(value) - EPOCH) // timedelta(microseconds=1)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
