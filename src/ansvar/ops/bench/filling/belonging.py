"""Which tables hold rows that belong to a ticket: found by their relations, none left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Field, ForeignKey, GeneratedField, Model

from ansvar.kernel.models import Entry
from ansvar.tickets.models import Ticket


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table with the columns that are written, and those of them that lead to a ticket."""

    model: type[Model]
    columns: tuple[str, ...]
    fields: tuple["Field[Any, Any]", ...]
    above: tuple[tuple[int, str], ...]
    """Place of each column that points to a row of a ticket, and the label of its table."""

    @cached_property
    def label(self) -> str:
        """Its name among the models."""
        return self.model._meta.label  # noqa: SLF001 - documented by Django

    @cached_property
    def name(self) -> str:
        """Its name in the database."""
        return self.model._meta.db_table  # noqa: SLF001 - as above

    @cached_property
    def key_place(self) -> int:
        """The place of the primary key among the columns."""
        pk = self.model._meta.pk  # noqa: SLF001 - as above
        return self.fields.index(pk)

    @cached_property
    def is_keyed_by_row_above(self) -> bool:
        """Whether its key is that of the row that it belongs to."""
        return any(place == self.key_place for place, _ in self.above)


def tables_of_tickets() -> list[Table]:
    """Return the tables that belong to tickets, those above first; the journal comes last.

    A new table with a foreign key to one of these is found by itself.
    """
    found: dict[type[Model], Table] = {}
    waiting: list[type[Model]] = [Ticket]
    while waiting:
        model = waiting.pop(0)
        found[model] = table_of(model)
        for other, _relation in _relations():
            if other not in found and other not in waiting and _points_to(other, model):
                waiting.append(other)
    ordered = [_with_above(table, set(found)) for table in _in_order(found)]
    return [*ordered, table_of(Entry)]


def _points_to(model: type[Model], other: type[Model]) -> bool:
    return any(relation.related_model is other for each, relation in _relations() if each is model)


def _relations() -> Iterator[tuple[type[Model], "ForeignKey[Any, Any]"]]:
    for model in apps.get_models(include_auto_created=True):
        for relation in model._meta.concrete_fields:  # noqa: SLF001 - as above
            if isinstance(relation, ForeignKey):
                yield model, relation


def _in_order(found: dict[type[Model], Table]) -> list[Table]:
    """Put each table behind all those that its rows point to."""
    done: list[type[Model]] = []
    left = list(found)
    while left:
        ready = [
            model
            for model in left
            if all(
                other in done or other is model
                for each, relation in _relations()
                if each is model and (other := relation.related_model) in found
            )
        ]
        # Two tables that point to each other: any order will do, relations are checked at the end.
        chosen = ready or left[:1]
        done += chosen
        left = [model for model in left if model not in chosen]
    return [found[model] for model in done]


def table_of(model: type[Model]) -> Table:
    """Return the table of a model, with all columns that are not worked out by the database."""
    fields = [
        field
        for field in model._meta.concrete_fields  # noqa: SLF001 - as above
        if not isinstance(field, GeneratedField)
    ]
    return Table(
        model=model,
        columns=tuple(str(field.column) for field in fields),
        fields=tuple(fields),
        above=(),
    )


def _with_above(table: Table, known: set[type[Model]]) -> Table:
    above = tuple(
        (place, str(related._meta.label))  # noqa: SLF001 - as above
        for place, field in enumerate(table.fields)
        if isinstance(field, ForeignKey)
        and (related := field.related_model) in known
        and not isinstance(related, str)
    )
    return Table(model=table.model, columns=table.columns, fields=table.fields, above=above)


def rows_of_all_tables() -> dict[str, int]:
    """Count the rows of every table, to see afterwards which ones have grown."""
    counted = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy:  # noqa: SLF001 - as above
                cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')  # noqa: S608, SLF001 - a name of ours
                row = cursor.fetchone()
                counted[model._meta.label] = int(row[0]) if row else 0  # noqa: SLF001 - as above
    return counted
