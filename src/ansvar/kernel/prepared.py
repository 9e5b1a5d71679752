"""Statements on one table that run so often that composing them must cost nothing.

The ORM composes its SQL anew each time, which takes longer than the database takes to answer a
look-up by index. These few are composed once.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Field, Model

M = TypeVar("M", bound=Model)


def rows(model: type[M], condition: str, *values: object) -> list[M]:
    """Return the rows of a table for which *condition* holds, as instances.

    *condition* is what stands behind WHERE, ordering and locks too: a constant of the program with
    `%s` for each of *values*.
    """
    return list(model._default_manager.raw(_composed(model, condition), list(values)))  # noqa: SLF001 - documented


def first(model: type[M], condition: str, *values: object) -> M | None:
    """Return the first of those rows, or nothing."""
    return next(iter(rows(model, condition, *values)), None)


def put(
    model: type[M], rows: Sequence[M], *, key: tuple[str, ...], changing: tuple[str, ...]
) -> None:
    """Write rows with one statement: new ones whole, of those there by *key* what is *changing*.

    Both name columns. Instances are not told the ids that the database gives them.
    """
    if not rows:
        return
    values = [
        field.get_db_prep_save(getattr(row, field.attname), connection)
        for row in rows
        for field in _written(model)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_putting(model, len(rows), key, changing), values)


@cache
def _written(model: type[Model]) -> "tuple[Field[Any, Any], ...]":
    fields = model._meta.concrete_fields  # noqa: SLF001 - as below
    return tuple(one for one in fields if not one.generated and one is not model._meta.auto_field)  # noqa: SLF001 - as below


@cache
def _putting(model: type[Model], count: int, /, *names: tuple[str, ...]) -> str:
    key, changing = names
    columns = [f'"{field.column}"' for field in _written(model)]
    row = f"({', '.join(['%s'] * len(columns))})"
    changes = ", ".join(f'"{name}" = EXCLUDED."{name}"' for name in changing)
    # No value from outside is in it.
    return (
        f'INSERT INTO "{model._meta.db_table}" ({", ".join(columns)})'  # noqa: S608, SLF001 - as below
        f" VALUES {', '.join([row] * count)}"
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes}"
    )


@cache
def _composed(model: type[Model], condition: str) -> str:
    meta = model._meta  # noqa: SLF001 - Django's own name for what it tells about a model
    columns = ", ".join(f'"{one.column}"' for one in meta.concrete_fields if not one.generated)
    # No value from outside is in it.
    return f'SELECT {columns} FROM "{meta.db_table}" WHERE {condition}'  # noqa: S608
