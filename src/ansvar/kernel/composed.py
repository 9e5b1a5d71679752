"""Questions that pages ask over and over, put into SQL once.

The ORM composes the SQL of a queryset anew each time it is asked, which takes longer than the
database takes to answer a question about fifty rows. Here a function states the question with
places for what changes, it is composed at its first use, and from then on only the values travel:

    @composed
    def _open_of() -> QuerySet[Ticket]:
        return Ticket.objects.filter(requester=Given("person"), state__in=OPEN_STATES)

    _open_of().rows(person=person_id)

Whatever the function takes as arguments decides the shape of the question: each combination is
composed by itself, so they are few, such as the name of a view, and never ids or times.

Everything else in the question is written into the statement: so the plan that the database keeps
for a statement may use an index on a part of a table, which it cannot for values yet to come.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Generic, ParamSpec, TypeVar, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connections, router
from django.db.models import (
    BooleanField,
    Expression,
    F,
    Field,
    Func,
    Model,
    Q,
    QuerySet,
    prefetch_related_objects,
)
from django.db.models.query import ModelIterable, get_related_populators
from psycopg import sql as literals
from psycopg.types.numeric import Int8
from typing_extensions import override

M = TypeVar("M", bound=Model)
P = ParamSpec("P")

SHAPES_KEPT = 256
"""Of one question; more would mean that something is an argument that should be given."""


class FrozenTime(Exception):
    """A time got into a question as it is composed: it would stay as it is for ever."""


class Given(Expression):
    """The place of a value that is told each time the question is asked."""

    def __init__(self, name: str, output_field: "Field[Any, Any] | None" = None) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    @override
    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]  # typed for one backend
        return "%s", [_Place(self.name)]


class IdsGiven(Given):
    """The place of any number of ids; see `among`."""

    @override
    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]  # as above
        return "%s::bigint[]", [_Place(self.name)]


class _Place:
    """Stands among the values of a statement until the value itself is known."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class _Among(Func):
    """Whether a column has one of given ids, as a condition."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    conditional = True
    output_field = BooleanField()


def among(column: str, ids: "Collection[int] | IdsGiven | ArraySubquery") -> Q:
    """Return the condition that a column has one of *ids*; they may be given later, or asked for.

    However many are given, the statement stays the same, and with it what the database prepared.
    What is asked for by a subquery is known before the rows are looked for, so that an index finds
    them also where this is one of several conditions joined by "or"; of an IN with a subquery it
    would not.
    """
    if isinstance(ids, IdsGiven | ArraySubquery):
        return Q(_Among(F(column), ids))
    return Q(**{f"{column}__in": ids})


class Composed(Generic[M]):
    """A question in SQL, with all that it takes to read the answer."""

    def __init__(self, asked: "QuerySet[M, Any]") -> None:
        alias = asked.db
        compiler: Any = asked.query.get_compiler(using=alias)
        self.model = asked.model
        statement, values = compiler.as_sql()
        self.sql = _written(statement, values, alias)
        columns = [column for column, _sql, _alias in compiler.select[: compiler.col_count]]
        self._converters = list(compiler.get_converters(columns).items())
        inner = cast("Any", asked)
        self._prefetched = inner._prefetch_related_lookups  # noqa: SLF001 - known by no other name
        self._is_of_instances = inner._iterable_class is ModelIterable  # noqa: SLF001 - as above
        if self._is_of_instances:
            fields = compiler.klass_info["select_fields"]
            self._own = slice(fields[0], fields[-1] + 1)
            self._names = [one[0].target.attname for one in compiler.select[self._own]]
            self._related = cast("Any", get_related_populators)(
                compiler.klass_info, compiler.select, alias
            )
            self._annotations = list((compiler.annotation_col_map or {}).items())

    def tuples(self, **given: Any) -> list[tuple[Any, ...]]:
        """Return the answer row by row, in the order of its columns."""
        found = _answer(self.model, self.sql, given)
        if not self._converters:
            return found
        connection = connections[router.db_for_read(self.model)]
        return [self._converted(row, connection) for row in found]

    def _converted(self, row: Sequence[Any], connection: Any) -> tuple[Any, ...]:
        values = list(row)
        for position, (converters, column) in self._converters:
            for convert in converters:
                values[position] = convert(values[position], column, connection)
        return tuple(values)

    def rows(self, **given: Any) -> list[M]:
        """Return the answer as instances, with all that was selected and annotated."""
        if not self._is_of_instances:
            raise TypeError("A question for values is answered by tuples().")
        alias = router.db_for_read(self.model)
        made = [self._instance(row, alias) for row in self.tuples(**given)]
        if self._prefetched and made:
            prefetch_related_objects(made, *self._prefetched)
        return made

    def first(self, **given: Any) -> M | None:
        """Return the first instance of the answer, or nothing."""
        return next(iter(self.rows(**given)), None)

    def _instance(self, row: tuple[Any, ...], alias: str) -> M:
        made: M = self.model.from_db(alias, self._names, row[self._own])
        for related in self._related:
            related.populate(row, made)
        for name, position in self._annotations:
            setattr(made, name, row[position])
        return made


class Tally:
    """Several questions as one statement that tells how many rows each finds.

    Each is bounded by its own slice: counting further would cost with the number of all rows.
    """

    def __init__(self, asked: "Mapping[str, QuerySet[Any, Any]]") -> None:
        parts = {name: Composed(one) for name, one in asked.items()}
        # Of composed statements, in which no value from outside can be.
        counted = ", ".join(f"(SELECT count(*) FROM ({one.sql}) counted)" for one in parts.values())  # noqa: S608
        self._sql = f"SELECT {counted}"
        self._names = list(parts)
        self._model = next(iter(parts.values())).model

    def of(self, **given: Any) -> dict[str, int]:
        """Return the numbers by the names of the questions."""
        (found,) = _answer(self._model, self._sql, given)
        return dict(zip(self._names, found, strict=True))


def composed(state: "Callable[P, QuerySet[M, Any]]") -> Callable[P, Composed[M]]:
    """Let a function that states a question answer with the question composed."""

    @lru_cache(maxsize=SHAPES_KEPT)
    def compose(*args: P.args, **kwargs: P.kwargs) -> Composed[M]:
        return Composed(state(*args, **kwargs))

    return cast("Callable[P, Composed[M]]", compose)


def carry(owners: Sequence[Model], relation: str, found: Iterable[Any], *, by: str) -> None:
    """Let rows carry their related ones that were *found*, as if Django had read them ahead.

    *by* is the attribute of a found row that holds its owner's id.
    """
    theirs: dict[Any, list[Any]] = {owner.pk: [] for owner in owners}
    for row in found:
        theirs[getattr(row, by)].append(row)
    for owner in owners:
        related: Any = getattr(owner, relation).all()
        related._result_cache = theirs[owner.pk]  # noqa: SLF001 - where Django puts them itself
        read_ahead = vars(owner).setdefault("_prefetched_objects_cache", {})
        read_ahead[relation] = related


def _written(statement: str, values: Sequence[Any], alias: str) -> str:
    """Write into a statement all values that are no places; places are named in it.

    Raises: FrozenTime.
    """
    if any(isinstance(value, date) for value in values):
        raise FrozenTime(statement)
    connection = connections[alias]
    connection.ensure_connection()

    def word(value: Any) -> str:
        if isinstance(value, _Place):
            return f"%({value.name})s"
        written = literals.Literal(value).as_string(connection.connection)
        return str(written).replace("%", "%%")

    pieces = statement.split("%s")
    words = [*map(word, values), ""]
    return "".join(part for pair in zip(pieces, words, strict=True) for part in pair)


def _answer(model: type[Model], statement: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    values = {name: _told(value) for name, value in given.items()}
    with connections[router.db_for_read(model)].cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _told(value: Any) -> Any:
    """Return a value in a form whose type does not depend on how big or how many it is.

    The database prepares a statement anew for other types.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return Int8(value)
    if isinstance(value, list | tuple | set | frozenset):
        return f"{{{','.join(map(str, value))}}}"
    return value
