"""Queries of one table that are asked so often that composing them must cost nothing.

The ORM composes its SQL anew each time, which takes longer than the database takes to answer a
look-up by index. These few are composed once.
"""

from functools import cache
from typing import TypeVar

from django.db.models import Model

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


@cache
def _composed(model: type[Model], condition: str) -> str:
    meta = model._meta  # noqa: SLF001 - Django's own name for what it tells about a model
    columns = ", ".join(f'"{one.column}"' for one in meta.concrete_fields if not one.generated)
    # No value from outside is in it.
    return f'SELECT {columns} FROM "{meta.db_table}" WHERE {condition}'  # noqa: S608
