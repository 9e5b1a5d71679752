"""What the database has to do for the product: processor time of its backends, and statements."""

import re
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from ansvar.ops import postgres
from ansvar.ops.bench import processes

# Begins and ends of transactions and what sets a session up: no question to the data.
_BESIDE = re.compile(
    r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET|RESET|SHOW|DISCARD|DEALLOCATE|START)\b",
    re.IGNORECASE,
)
# The database's own look whether the row exists that a new one refers to.
_OF_RELATIONS = re.compile(r"SELECT \$?\w+ FROM ONLY .* FOR KEY SHARE OF x$", re.DOTALL)
_PARALLEL_COUNTED_SINCE = 180_000


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What one kind of statement came to."""

    text: str
    calls: int
    milliseconds: float
    rows: int
    blocks: int
    """Pages of the database it touched, in memory or not."""
    parallel: int = 0
    """Parallel workers that were started for it."""

    @property
    def is_question(self) -> bool:
        """Whether the product asked it, and it does not merely begin or end."""
        return not (_BESIDE.match(self.text) or _OF_RELATIONS.match(self.text))


@dataclass(frozen=True, kw_only=True)
class Backend:
    """One process of the database that serves a connection."""

    part: str
    """Which part of the product is at the other end, by the name it connected with."""
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What had been spent at a moment."""

    backends: dict[int, Backend]
    ended: float
    """By processes of the database that have ended."""
    others: float
    """By those that serve nobody: writers, the checkpointer, autovacuum."""
    statements: dict[tuple[Any, ...], Statement]


class Cluster:
    """The running database of a data folder, watched from a connection that is not counted."""

    def __init__(
        self, server: postgres.EmbeddedPostgres, *, database: str = postgres.DATABASE
    ) -> None:
        parameters = server.connection | {"user": "postgres", "dbname": database}
        self.connection = psycopg.connect(**parameters, autocommit=True, application_name="bench")
        self._is_parallel_counted = self.connection.info.server_version >= _PARALLEL_COUNTED_SINCE
        self.log = server.log_path
        self._root = server.place.root

    @property
    def postmaster(self) -> int:
        """The process all others of the database come from."""
        (kept,) = self._root.glob("pg[0-9]*[0-9]/postmaster.pid")
        return int(kept.read_text(encoding="utf-8").split(maxsplit=1)[0])

    def close(self) -> None:
        """End the connection."""
        self.connection.close()

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database something that is not counted."""
        return self.connection.execute(sql.encode(), values or None).fetchall()

    def value(self, sql: str, *values: Any) -> Any:
        """Ask for one value."""
        return self.rows(sql, *values)[0][0]

    def spent(self) -> Spent:
        """Return what had been spent until now."""
        backends, others = {}, 0.0
        found = self.rows(
            "SELECT pid, usename, coalesce(application_name, ''), backend_type"
            " FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        )
        for pid, user, part, kind in found:
            seconds = processes.processor_seconds(pid)
            if user == postgres.ROLE and kind in {"client backend", "parallel worker"}:
                backends[pid] = Backend(part=part, seconds=seconds)
            else:
                others += seconds
        return Spent(
            backends=backends,
            ended=processes.seconds_of_ended_children(self.postmaster),
            others=others,
            statements=self._statements(),
        )

    def _statements(self) -> dict[tuple[Any, ...], Statement]:
        parallel = "parallel_workers_launched" if self._is_parallel_counted else "0"
        # Only names of this file are in it.
        asked = f"""
            SELECT s.userid, s.queryid, s.toplevel, s.query AS text, s.calls, s.rows,
                s.total_exec_time AS milliseconds, s.shared_blks_hit + s.shared_blks_read AS blocks,
                {parallel} AS parallel
            FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
            WHERE r.rolname = %s AND s.dbid = (
                SELECT oid FROM pg_database WHERE datname = current_database())
            """  # noqa: S608
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(asked.encode(), [postgres.ROLE]).fetchall()
        return {
            (row.pop("userid"), row.pop("queryid"), row.pop("toplevel")): Statement(**row)
            for row in rows
        }


def backend_seconds(before: Spent, after: Spent, part: str | None = None) -> float:
    """Return the processor time of backends between two moments, of all or of one *part*.

    Parallel workers and closed connections have ended; what they used is known in sum only, and
    is counted when there were any. An autovacuum that ends at such a moment is counted with them.
    """
    end = sum(one.seconds for one in after.backends.values() if part in {None, one.part})
    begun = sum(one.seconds for one in before.backends.values() if part in {None, one.part})
    gone = any(
        pid not in after.backends and part in {None, one.part}
        for pid, one in before.backends.items()
    )
    was_parallel = any(one.parallel for one in new_statements(before, after))
    return end - begun + (after.ended - before.ended if gone or was_parallel else 0.0)


def new_statements(before: Spent, after: Spent) -> list[Statement]:
    """Return what was asked between two moments, the dearest first."""
    found = []
    for key, now in after.statements.items():
        then = before.statements.get(key)
        # Fewer calls than before: it had been forgotten meanwhile and was counted anew.
        if then is None or now.calls < then.calls:
            found.append(now)
        elif now.calls > then.calls:
            found.append(
                Statement(
                    text=now.text,
                    calls=now.calls - then.calls,
                    milliseconds=now.milliseconds - then.milliseconds,
                    rows=now.rows - then.rows,
                    blocks=now.blocks - then.blocks,
                    parallel=now.parallel - then.parallel,
                )
            )
    return sorted(found, key=lambda one: -one.milliseconds)
