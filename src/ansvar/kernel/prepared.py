"""Statements on one table that run so often that composing them must cost nothing.

The ORM composes its SQL anew each time, which takes longer than the database takes to answer a
look-up by index. These few are composed once.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, Model
from typing_extensions import override

M = TypeVar("M", bound=Model)

Converter = tuple[int, Callable[..., Any]]
"""The place of a column, and what makes a value of what the database gives."""


def rows(model: type[M], condition: str, *given: Any) -> list[M]:
    """Return the rows of a table for which *condition* holds, as instances.

    *condition* is what stands behind WHERE, ordering and locks too: a constant of the program with
    `%s` for each of *given*.
    """
    return [made(model, row) for row in values(model, condition, *given)]


def values(model: type[Model], condition: str, *given: Any, note: str = "") -> list[Sequence[Any]]:
    """Return those rows as the values of the columns that `names_read` names.

    *note* is a comment before the statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(note + _composed(model, condition), given)
        found = cursor.fetchall()
    converters = _converters(model)
    return [_converted(row, converters) for row in found] if converters else found


@cache
def names_read(model: type[Model]) -> list[str]:
    """Return the columns that are read, by the names that instances have for them."""
    return [field.attname for field in _read(model)]


def made(model: type[M], row: Sequence[Any]) -> M:
    """Return an instance of the values of such a row."""
    return model.from_db(DEFAULT_DB_ALIAS, names_read(model), row)


def first(model: type[M], condition: str, *given: Any) -> M | None:
    """Return the first of those rows, or nothing."""
    return next(iter(rows(model, condition, *given)), None)


def insert(row: Model) -> None:
    """Write a new row, and tell the instance the id that the database gave it."""
    insert_all([row])


def insert_all(rows: Sequence[Model]) -> None:
    """Write new rows of one table with one statement, and tell each the id that it was given.

    Either all of them bring their ids or none; composed for each number of rows, so few of them.
    """
    if not rows:
        return
    model, has_ids = type(rows[0]), rows[0].pk is not None
    fields = _written(model, with_id=has_ids)
    written = [_value(field, row) for row in rows for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(_inserting(model, len(rows), with_id=has_ids), written)
        given = [] if has_ids else cursor.fetchall()
    for row, (pk,) in zip(rows, given, strict=False):
        row.pk = pk
    for row in rows:
        # As the ORM leaves what it has saved.
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001 - no other name


def update(row: Model, *names: str) -> None:
    """Write some fields of a row that is there, like `save(update_fields=...)`."""
    fields = _named(type(row), names)
    written = [_value(field, row) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(_updating(type(row), fields), [*written, row.pk])


def put(
    model: type[M], rows: Sequence[M], *, key: tuple[str, ...], changing: tuple[str, ...]
) -> None:
    """Write rows with one statement: new ones whole, of those there by *key* what is *changing*.

    Both name columns. Instances are not told the ids that the database gives them.
    """
    if not rows:
        return
    fields = _written(model, with_id=False)
    told = [{one.column: getattr(row, one.attname) for one in fields} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_putting(model, key, changing), [json.dumps(told, cls=_Columns)])


class _Columns(json.JSONEncoder):
    """Writes values as the database reads them, times to the microsecond."""

    @override
    def default(self, o: Any) -> Any:
        if isinstance(o, datetime):
            return o.isoformat()
        if isinstance(o, timedelta):
            return f"{o.days} days {o.seconds} seconds {o.microseconds} microseconds"
        return super().default(o)


def _value(field: "Field[Any, Any]", row: Model) -> Any:
    return field.get_db_prep_save(getattr(row, field.attname), connection)


def _converted(row: Sequence[Any], converters: Sequence[Converter]) -> Sequence[Any]:
    converted = list(row)
    for place, convert in converters:
        converted[place] = convert(converted[place], None, connection)
    return converted


@cache
def _converters(model: type[Model]) -> list[Converter]:
    return [
        (place, convert)
        for place, field in enumerate(_read(model))
        for convert in field.get_db_converters(connection)
    ]


@cache
def _read(model: type[Model]) -> "tuple[Field[Any, Any], ...]":
    return tuple(one for one in model._meta.concrete_fields if not one.generated)  # noqa: SLF001 - as below


@cache
def _written(model: type[Model], *, with_id: bool) -> "tuple[Field[Any, Any], ...]":
    given = None if with_id else model._meta.auto_field  # noqa: SLF001 - as below
    return tuple(one for one in _read(model) if one is not given)


@cache
def _named(model: type[Model], names: tuple[str, ...]) -> "tuple[Field[Any, Any], ...]":
    fields = (model._meta.get_field(name) for name in names)  # noqa: SLF001 - as below
    return tuple(cast("Field[Any, Any]", one) for one in fields)


@cache
def _inserting(model: type[Model], count: int, *, with_id: bool) -> str:
    meta, columns = model._meta, _columns(model, with_id=with_id)  # noqa: SLF001 - as below
    row = f"({', '.join(['%s'] * len(_written(model, with_id=with_id)))})"
    # No value from outside is in it.
    inserted = f'INSERT INTO "{meta.db_table}" ({columns}) VALUES {", ".join([row] * count)}'  # noqa: S608
    return inserted if with_id else f'{inserted} RETURNING "{meta.pk.column}"'


@cache
def _updating(model: type[Model], fields: "tuple[Field[Any, Any], ...]") -> str:
    meta = model._meta  # noqa: SLF001 - as below
    changes = ", ".join(f'"{one.column}" = %s' for one in fields)
    # No value from outside is in it.
    return f'UPDATE "{meta.db_table}" SET {changes} WHERE "{meta.pk.column}" = %s'  # noqa: S608


@cache
def _putting(model: type[Model], key: tuple[str, ...], changing: tuple[str, ...]) -> str:
    table, columns = model._meta.db_table, _columns(model, with_id=False)  # noqa: SLF001 - as below
    changes = ", ".join(f'"{name}" = EXCLUDED."{name}"' for name in changing)
    # One value, however many rows: it stays one statement, which the database keeps prepared. No
    # value from outside is in it.
    return (
        f'INSERT INTO "{table}" ({columns})'  # noqa: S608
        f' SELECT {columns} FROM json_populate_recordset(NULL::"{table}", %s::json)'
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes}"
    )


def _columns(model: type[Model], *, with_id: bool) -> str:
    return ", ".join(f'"{field.column}"' for field in _written(model, with_id=with_id))


@cache
def _composed(model: type[Model], condition: str) -> str:
    columns = ", ".join(f'"{one.column}"' for one in _read(model))
    # No value from outside is in it.
    return f'SELECT {columns} FROM "{model._meta.db_table}" WHERE {condition}'  # noqa: S608, SLF001 - Django's own name for what it tells about a model
