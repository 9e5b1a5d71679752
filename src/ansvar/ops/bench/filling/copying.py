"""Writing rows into the database by COPY, several tables at a time."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from django.db import connection
from psycopg import sql

from ansvar.ops.bench.filling.belonging import Table

_AT_ONCE: Final = 4 * 1024 * 1024
"""Characters of a table that are kept before they are written."""


class Copying:
    """Text of rows by table; written when there is enough of it, and at the end."""

    def __init__(self) -> None:
        self._tables: dict[str, tuple[Table, Sequence[str]]] = {}
        self._waiting: dict[str, list[str]] = defaultdict(list)
        self._sizes: dict[str, int] = defaultdict(int)

    def add(self, table: Table, row: Sequence[str | None]) -> None:
        """Write a row of single values, in the order of the table's columns."""
        line = "\t".join("\\N" if value is None else escaped(value) for value in row)
        self.add_text(table, f"{line}\n")

    def add_text(self, table: Table, text: str) -> None:
        """Write rows that are in the database's own form already, each with an end of line."""
        self._tables.setdefault(table.label, (table, table.columns))
        self._waiting[table.label].append(text)
        self._sizes[table.label] += len(text)
        if self._sizes[table.label] > _AT_ONCE:
            self._write(table.label)

    def finish(self) -> None:
        """Write what is left, and let the tables go on counting behind it."""
        for label in self._waiting:
            self._write(label)
        for table, _ in self._tables.values():
            _count_on(table)

    def _write(self, label: str) -> None:
        table, columns = self._tables[label]
        text = "".join(self._waiting[label])
        self._waiting[label].clear()
        self._sizes[label] = 0
        statement = sql.SQL("COPY {name} ({columns}) FROM STDIN").format(
            name=sql.Identifier(table.name),
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        )
        with connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
            copy.write(text)


def escaped(text: str) -> str:
    """Return a text as COPY reads it."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _count_on(table: Table) -> None:
    """Let new rows be numbered behind those that are there."""
    key = table.columns[table.key_place]
    statement = sql.SQL(
        "SELECT setval(pg_get_serial_sequence(%s, %s), max({key})) FROM {name}"
        " WHERE pg_get_serial_sequence(%s, %s) IS NOT NULL HAVING max({key}) IS NOT NULL"
    ).format(key=sql.Identifier(key), name=sql.Identifier(table.name))
    with connection.cursor() as cursor:
        cursor.execute(statement, [table.name, key, table.name, key])
