"""Small tables that a process remembers for as long as nobody changes them.

Desks, teams, services and the like are asked for with every request and change a few times a day.
The database marks each change of such a table: a trigger gives it a new mark within the very
transaction (`kernel.models.TableMark`). Whoever wants to know something from it reads the marks of
all of them, which is one look at a handful of rows, and what was remembered under other marks is
read anew. So a change holds at once, in every process, and one that is rolled back never did.

A table takes part by a trigger in a migration of its context, see `people.0005_small_tables`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, Generic, TypeVar

from django.db import connection
from django.db.models import Model

from ansvar.kernel import prepared
from ansvar.kernel.registry import Registry
from ansvar.kernel.replica import reading_itself

M = TypeVar("M", bound=Model)
V = TypeVar("V")

Marks = Mapping[str, str]

READ: Final = "/* remembered */"
"""What statements begin with that read something to be remembered."""

_seen: ContextVar["list[Marks] | None"] = ContextVar("seen_marks", default=None)
remembered: "Registry[Remembered[Any]]" = Registry("remembered things")


class Remembered(Generic[V]):
    """What a process works out from small tables: once for each of their states.

    It is shared by all threads and never changed.
    """

    def __init__(self, name: str, work_out: Callable[[], V], *, of: tuple[str, ...]) -> None:
        self._work_out = work_out
        self.of = of
        """Marks that tell of a change: names of tables, or those that their triggers give."""
        self._kept: tuple[tuple[str, ...], V] | None = None
        remembered.add(name)(self)

    def present(self) -> V:
        """Return it as it is now."""
        marks = _marks()
        wanted = tuple(marks.get(name, "") for name in self.of)
        kept = self._kept
        if kept is not None and kept[0] == wanted:
            return kept[1]
        # The marks were read before: what is found is as new as they are, or newer.
        with reading_itself():
            value = self._work_out()
        # A table without a mark was never changed since there are marks, or has no trigger.
        if all(wanted):
            self._kept = wanted, value
        return value

    def forget(self) -> None:
        """Read it anew when it is wanted next."""
        self._kept = None


class SmallTable(Generic[M]):
    """The rows of one table; each asking gets instances of its own, free to be changed and saved.

    What lies in a JSON column is shared, and only to be read.
    """

    def __init__(self, model: type[M], *, order: str = "id") -> None:
        self._model = model
        self._order = order
        table = model._meta.db_table  # noqa: SLF001 - documented
        self._rows = Remembered(table, self._read, of=(table,))

    def get(self, pk: int | None, **wanted: Any) -> M | None:
        """Return the row with this id, if its columns have the *wanted* values; or nothing."""
        row = None if pk is None else self._rows.present().get(pk)
        if row is None or not self._fits(row, self._places(wanted)):
            return None
        return prepared.made(self._model, row)

    def where(self, **wanted: Any) -> list[M]:
        """Return the rows whose columns have these values: `where(desk_id=1, is_active=True)`."""
        places = self._places(wanted)
        rows = self._rows.present().values()
        return [prepared.made(self._model, row) for row in rows if self._fits(row, places)]

    def first(self, **wanted: Any) -> M | None:
        """Return the first of those rows, or nothing."""
        return next(iter(self.where(**wanted)), None)

    def values_of(
        self, column: str, ids: "set[int] | None" = None, **wanted: Any
    ) -> dict[int, Any]:
        """Return one column by id, of those rows; of these *ids* alone if they are given."""
        place, places = prepared.names_read(self._model).index(column), self._places(wanted)
        rows = self._rows.present()
        found = rows.items() if ids is None else [(pk, rows[pk]) for pk in ids if pk in rows]
        return {pk: row[place] for pk, row in found if self._fits(row, places)}

    def _places(self, wanted: Mapping[str, Any]) -> list[tuple[int, Any]]:
        names = prepared.names_read(self._model)
        return [(names.index(name), value) for name, value in wanted.items()]

    @staticmethod
    def _fits(row: Sequence[Any], places: list[tuple[int, Any]]) -> bool:
        return all(row[place] == value for place, value in places)

    def _read(self) -> dict[int, Sequence[Any]]:
        names = prepared.names_read(self._model)
        key = names.index(self._model._meta.pk.attname)  # noqa: SLF001 - documented
        rows = prepared.values(self._model, f"true ORDER BY {self._order}", note=READ)
        return {row[key]: row for row in rows}


@contextmanager
def at_one_moment() -> Iterator[None]:
    """Ask for the marks once inside: for a request that only reads, or one hot command.

    Nothing inside may change a small table and then look at it.
    """
    if _seen.get() is not None:
        yield
        return
    token = _seen.set([])
    try:
        yield
    finally:
        _seen.reset(token)


def _marks() -> Marks:
    seen = _seen.get()
    if seen:
        return seen[0]
    found: dict[str, str] = {}
    with connection.cursor() as cursor:
        # Of the database itself, never of a copy that lags behind.
        cursor.execute("SELECT name, mark::text FROM kernel_tablemark ORDER BY mark")
        for name, mark in cursor.fetchall():
            # Several, when changes of one table were under way at the same time.
            found[name] = found.get(name, "") + mark
    if seen is not None:
        seen.append(found)
    return found
