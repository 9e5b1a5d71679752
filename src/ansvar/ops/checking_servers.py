"""What `ansvar check` says of each way to a database: reachable, a copy, pooled, behind."""

from collections.abc import Iterator

from ansvar.ops import database
from ansvar.ops.config import Config
from ansvar.ops.finding import Finding

_POOLED = "a pooler that gives each transaction another session"


def findings(loaded: Config) -> Iterator[Finding]:
    """Look at every server that is named; one database alone was looked at already."""
    if loaded.direct_url:
        yield from _pooled(loaded)
        yield from _direct(loaded)
    elif loaded.database_url:
        yield from _plain(loaded)
    if loaded.reports_url:
        yield from _copy(loaded)


def _plain(loaded: Config) -> Iterator[Finding]:
    from ansvar.ops import servers  # noqa: PLC0415  # keeps `ansvar --version` fast

    seen = servers.look_at(database.connection_parameters(loaded))
    if seen.pooling is servers.Pooling.SESSION:
        yield Finding("DATABASE_URL: through a pooler that keeps sessions together")


def _pooled(loaded: Config) -> Iterator[Finding]:
    from ansvar.ops import servers  # noqa: PLC0415  # keeps `ansvar --version` fast

    seen = servers.look_at(database.connection_parameters(loaded), thoroughly=True)
    if seen.pooling is not servers.Pooling.TRANSACTION:
        yield Finding(
            f"DATABASE_URL: no pooler seen that changes sessions (pooling: {seen.pooling}).",
            "Without such a pooler leave ANSVAR_DIRECT_URL out: statements are prepared then.",
            is_grave=False,
        )
    elif loaded.pooler_prepares and not seen.prepares:
        yield Finding(
            f"DATABASE_URL: through {_POOLED}; it loses prepared statements.",
            "Unset ANSVAR_POOLER_PREPARES, or use PgBouncer 1.22+ with max_prepared_statements.",
        )
    elif seen.prepares and not loaded.pooler_prepares:
        yield Finding(
            f"DATABASE_URL: through {_POOLED}; it keeps prepared statements.",
            "Set ANSVAR_POOLER_PREPARES=1: pages get faster.",
            is_grave=False,
        )
    else:
        kept = "kept" if seen.prepares else "not used"
        yield Finding(f"DATABASE_URL: through {_POOLED}; prepared statements are {kept}")


def _direct(loaded: Config) -> Iterator[Finding]:
    from ansvar.ops import servers  # noqa: PLC0415  # keeps `ansvar --version` fast

    seen = servers.look_at(database.parameters_of(database.direct_settings(loaded)))
    if seen.pooling is servers.Pooling.TRANSACTION:
        yield Finding(
            f"ANSVAR_DIRECT_URL leads through {_POOLED}: live news and jobs come late or never.",
            "Name the server itself, or a pooler in session mode.",
        )
    else:
        yield Finding("ANSVAR_DIRECT_URL: answers, past the pooler")


def _copy(loaded: Config) -> Iterator[Finding]:
    from ansvar.ops import servers  # noqa: PLC0415  # keeps `ansvar --version` fast

    described = database.all_settings(loaded)["reports"]
    try:
        seen = servers.look_at(database.parameters_of(described))
    except servers.Unreachable as error:
        yield Finding(
            f"The copy of ANSVAR_REPORTS_URL does not answer: {error}.",
            "Start it; until then figures are read from the database itself.",
            is_grave=False,
        )
        return
    if not seen.is_replica:
        yield Finding(
            "ANSVAR_REPORTS_URL leads to a server that takes writes, not to a copy.",
            "Name the copy, or several servers with ?target_session_attrs=prefer-standby.",
            is_grave=False,
        )
    elif seen.lag is None or seen.lag > loaded.reports_lag:
        behind = "has received nothing" if seen.lag is None else f"is {seen.lag:.0f} s behind"
        yield Finding(
            f"The copy of ANSVAR_REPORTS_URL {behind}; figures are read from the database itself.",
            f"See why; {loaded.reports_lag} s are allowed by ANSVAR_REPORTS_LAG.",
            is_grave=False,
        )
    else:
        yield Finding(f"ANSVAR_REPORTS_URL: a copy, {seen.lag:.1f} s behind")
