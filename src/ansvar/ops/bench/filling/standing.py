"""How a database of the bench stands: empty, filled but not settled yet, or ready."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db import connection

from ansvar.insight.commands import recompute_promises
from ansvar.insight.rolling import rebuild
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.verification import verifiers
from ansvar.people.models import Person
from ansvar.servicelevels.commands import learn_normals

_TABLE: Final = "bench_filling"
_FILLED: Final = "filled"
_READY: Final = "ready"
_VERIFIED: Final = 300
"""Tickets of the sample that is verified."""
_SETTLING: Final = "Settling the database"


class NotEmpty(Refusal):
    """Only a database that nobody has used is filled."""

    status = 409


class Disagreeing(Refusal):
    """What was filled in is not what the commands would have written."""


class HalfFilled(Refusal):
    """The database was filled, but what comes after was interrupted: figures would be wrong."""

    status = 409


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a database was filled with."""

    tickets: int
    is_ready: bool


def standing() -> Standing | None:
    """Tell how the database stands; nothing when it was not filled by the bench."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [_TABLE])
        row = cursor.fetchone()
        if row is None or row[0] is None:
            return None
        cursor.execute(f"SELECT tickets, state FROM {_TABLE}")  # noqa: S608 - a name of ours
        tickets, state = cursor.fetchone()
    return Standing(tickets=tickets, is_ready=state == _READY)


def require_ready() -> Standing:
    """Return what the database holds, if it can be measured.

    Raises: NotEmpty when others filled it, or nobody; HalfFilled.
    """
    found = standing()
    if found is None:
        raise NotEmpty(said("This database was not filled for measuring."))
    if not found.is_ready:
        raise HalfFilled(said("This database is half filled. Remove its folder and fill it anew."))
    return found


def require_empty() -> None:
    """Refuse a database in which there is anything.

    Raises: NotEmpty; HalfFilled.
    """
    found = standing()
    if found is not None and not found.is_ready:
        require_ready()
    if found is not None or Person.objects.exists():
        raise NotEmpty(said("There is something in this database. Choose an empty folder."))


def note_filled(tickets: int) -> None:
    """Note what was filled in, in the transaction in which it was."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {_TABLE} (tickets bigint NOT NULL, state text NOT NULL)")
        cursor.execute(
            f"INSERT INTO {_TABLE} VALUES (%s, %s)",  # noqa: S608 - a name of ours
            [tickets, _FILLED],
        )


def settle(desk_id: int, told: Callable[[str, int, int], None]) -> None:
    """Bring the database to where it would be after years: vacuumed, counted, worked out."""
    steps: tuple[Callable[[], object], ...] = (
        lambda: _run("VACUUM (ANALYZE)"),
        lambda: recompute_promises(desk_id),
        lambda: learn_normals(desk_id),
        lambda: rebuild(told),
        lambda: _run("VACUUM (ANALYZE) insight_rollup"),
        _require_agreement,
        lambda: _run(f"UPDATE {_TABLE} SET state = '{_READY}'"),  # noqa: S608 - names of ours
    )
    for number, step in enumerate(steps):
        told(_SETTLING, number, len(steps))
        step()
    told(_SETTLING, len(steps), len(steps))


def _require_agreement() -> None:
    """Prove of a sample that what is stored is what the journal says.

    Raises: Disagreeing.
    """
    for verifier in verifiers.values():
        for progress in verifier(_VERIFIED):
            if progress.differences:
                raise Disagreeing(
                    said("What was filled in is wrong: %(first)s."),
                    first=str(progress.differences[0]),
                )


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
