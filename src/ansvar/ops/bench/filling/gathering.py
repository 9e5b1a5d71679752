"""Gathering the rows of told tickets from all tables that hold any."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db import connection
from psycopg import sql

from ansvar.kernel.models import Entry
from ansvar.ops.bench.filling.belonging import Table
from ansvar.people.models import Person

Row = tuple[str | None, ...]
TICKETS = "tickets.Ticket"


class Uncastable(Exception):
    """A row says something of which it is not known how it is to be cast.

    It was not there when the bench was written: it has to be told here what becomes of it.
    """


@dataclass(kw_only=True)
class Told:
    """A told ticket: what of it is its own, and its rows by table."""

    reference: str
    language: str
    state: str
    requester: Person
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))


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
    if table.label == TICKETS:
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
