"""Moulds: a told ticket with all its rows, in which everything of its own has become a blank."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any, Final

from ansvar.kernel.models import Entry
from ansvar.ops.bench.filling.belonging import Table
from ansvar.ops.bench.filling.blanks import Blank, Blanks, Piece
from ansvar.ops.bench.filling.columns import Columns
from ansvar.ops.bench.filling.gathering import Told

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HAPPENED: Final = {
    "conversations.Message": "said_at",
    "kernel.Entry": "at",
    "tickets.CustodySpell": "started_at",
}
"""Columns whose moments have passed when a ticket is told; others may lie ahead."""


@dataclass(frozen=True, kw_only=True)
class Template:
    """The rows of one table, as text in which the blanks are left open."""

    text: str
    getter: Callable[[Sequence[Any]], Any]
    """Takes what the blanks are filled with from the values of a mould, in their order."""
    moments: tuple[int, ...] = ()
    """When each row came to be, in microseconds since 1970; for tables written in that order."""


@dataclass(frozen=True, kw_only=True)
class Mould:
    """All rows of a ticket; its values are those of *ids*, *days*, *moments* and *own* in turn."""

    ids: tuple[tuple[str, int], ...]
    """Table and place among the rows of the ticket there."""
    counts: Mapping[str, int]
    """How many rows the ticket has in each table."""
    days: tuple[int, ...]
    """As ordinals."""
    moments: tuple[int, ...]
    """Microseconds since 1970."""
    own: tuple[str, ...]
    templates: Mapping[str, Template]
    language: str
    state: str
    opened: datetime
    last: datetime
    """When the last thing happened that has happened."""


def mould_of(told: Told, tables: Sequence[Table], *, in_order: Mapping[str, str]) -> Mould:
    """Make a mould of a told ticket.

    *in_order* names, by table, the column by which its rows are written in the order of time.

    Raises: gathering.Uncastable.
    """
    present = [table for table in tables if told.rows[table.label]]
    places = {
        (table.label, str(row[table.key_place])): place
        for table in present
        if table.model is not Entry
        for place, row in enumerate(told.rows[table.label])
    }
    blanks = Blanks(told, places)
    columns = Columns(told, blanks)
    # All rows first: the place of a blank is known when all of them are.
    pieces = {
        table.label: [columns.row(table, row) for row in told.rows[table.label]]
        for table in present
    }
    happened = [
        moment
        for table in present
        if (column := _HAPPENED.get(table.label))
        for moment in _moments(told, table, column)
    ]
    return Mould(
        ids=tuple(blanks.listed["id"]),
        counts={table.label: len(told.rows[table.label]) for table in present},
        days=tuple(blanks.listed["day"]),
        moments=tuple(blanks.listed["moment"]),
        own=tuple(blanks.listed["own"]),
        templates={
            table.label: _template(
                blanks,
                pieces[table.label],
                _moments(told, table, column) if (column := in_order.get(table.label)) else (),
            )
            for table in present
        },
        language=told.language,
        state=told.state,
        opened=EPOCH + timedelta(microseconds=min(happened)),
        last=EPOCH + timedelta(microseconds=max(happened)),
    )


def _template(blanks: Blanks, rows: list[list[Piece]], moments: tuple[int, ...]) -> Template:
    text: list[str] = []
    places: list[int] = []
    for row in rows:
        for piece in row:
            if isinstance(piece, Blank):
                text.append("%s")
                places.append(blanks.place_of(piece))
            else:
                text.append(piece.replace("%", "%%"))
        text.append("\n")
    return Template(text="".join(text), getter=itemgetter(*places), moments=moments)


def _moments(told: Told, table: Table, column: str) -> tuple[int, ...]:
    place = table.columns.index(column)
    return tuple(_micros(str(row[place])) for row in told.rows[table.label])


def _micros(value: str) -> int:
    """Return a moment as the database writes it, in microseconds since 1970."""
    return (datetime.fromisoformat(value) - EPOCH) // timedelta(microseconds=1)
