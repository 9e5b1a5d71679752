"""Taking indexes and constraints away while many rows are written, and putting them back as were.

Making an index of all rows at once is several times cheaper than row by row, and so is checking a
relation; the check at the end is the same as any other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import connection
from psycopg import sql

_INDEXES = """
    SELECT t.relname, i.relname, pg_get_indexdef(x.indexrelid)
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
    WHERE t.relname = ANY(%s) AND t.relnamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = x.indexrelid
                      AND c.contype IN ('p', 'u', 'x'))
    ORDER BY t.relname, i.relname
"""
_CONSTRAINTS = """
    SELECT t.relname, c.conname, pg_get_constraintdef(c.oid)
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
    WHERE t.relname = ANY(%s) AND t.relnamespace = current_schema()::regnamespace
      AND c.contype IN ('f', 'u')
    ORDER BY c.contype DESC, t.relname, c.conname
"""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """An index or constraint that was taken away."""

    table: str
    name: str
    definition: str
    is_constraint: bool


def loosen(tables: Sequence[str]) -> list[Taken]:
    """Take away what makes writing dear; primary keys stay, since rows come in their order."""
    with connection.cursor() as cursor:
        # What was written before in this transaction is checked now, not at its end.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        taken = []
        for statement, is_constraint in ((_CONSTRAINTS, True), (_INDEXES, False)):
            cursor.execute(statement, [list(tables)])
            taken += [
                Taken(table=table, name=name, definition=definition, is_constraint=is_constraint)
                for table, name, definition in cursor.fetchall()
            ]
        for one in reversed(taken):
            cursor.execute(_dropping(one))
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return taken


def fasten(taken: Sequence[Taken], told: Callable[[int, int], None]) -> None:
    """Put back what was taken away, exactly as it was; relations last, when all rows are found."""
    ordered = sorted(taken, key=lambda one: one.definition.startswith("FOREIGN KEY"))
    with connection.cursor() as cursor:
        for number, one in enumerate(ordered):
            told(number, len(ordered))
            cursor.execute(_making(one))
    told(len(ordered), len(ordered))


def _dropping(one: Taken) -> sql.Composed:
    if one.is_constraint:
        return sql.SQL("ALTER TABLE {table} DROP CONSTRAINT {name}").format(
            table=sql.Identifier(one.table), name=sql.Identifier(one.name)
        )
    return sql.SQL("DROP INDEX {name}").format(name=sql.Identifier(one.name))


def _making(one: Taken) -> sql.Composed:
    # Definitions are the database's own words.
    definition = sql.SQL(one.definition)
    if one.is_constraint:
        return sql.SQL("ALTER TABLE {table} ADD CONSTRAINT {name} {definition}").format(
            table=sql.Identifier(one.table), name=sql.Identifier(one.name), definition=definition
        )
    return sql.Composed([definition])
