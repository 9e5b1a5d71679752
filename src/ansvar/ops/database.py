"""Which PostgreSQL this process talks to, and on which ways."""

from typing import TYPE_CHECKING, Any

from ansvar.ops.config import Config
from ansvar.ops.trouble import ConfigurationWrong, Trouble

if TYPE_CHECKING:
    from ansvar.ops.servers import Server

OLDEST = 15
# Requests are not the only ones to connect: health, live news and jobs take theirs from it, too.
_BESIDE_THREADS = 4
# A page never waits for another's connection, so whoever waits this long waits for a database that
# is away; giving up soon makes the next attempt soon, too.
_WAIT_SECONDS = 6
_RECONNECT_SECONDS = 3
# A machine that vanishes says nothing: without these, its connections are believed for hours.
_PATIENCE = {
    "connect_timeout": "5",
    "keepalives_idle": "20",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}


def all_settings(config: Config) -> dict[str, dict[str, Any]]:
    """Describe every way to the database in Django's words, by alias."""
    found = {"default": django_settings(config)}
    if config.direct_url:
        found["direct"] = direct_settings(config)
    if config.reports_url:
        found["reports"] = _settings(
            _given(config.reports_url, "ANSVAR_REPORTS_URL"), pool=_pool(config)
        )
    return found


def django_settings(config: Config) -> dict[str, Any]:
    """Describe the database of *config* in Django's words; it need not be running."""
    if is_embedded(config):
        return _settings(_embedded(config), pool=_pool(config))
    address = _given(config.database_url or "", "DATABASE_URL")
    is_pooled = config.direct_url is not None
    return _settings(
        address, pool=_pool(config), is_pooled=is_pooled, prepares=config.pooler_prepares
    )


def direct_settings(config: Config) -> dict[str, Any]:
    """Describe the connection past a pooler, or the only one there is."""
    if config.direct_url:
        return _settings(_given(config.direct_url, "ANSVAR_DIRECT_URL"), pool={})
    return django_settings(config)


def is_embedded(config: Config) -> bool:
    """Whether Ansvar brings and starts its own server."""
    return not config.database_url


def _pool(config: Config) -> dict[str, Any]:
    if not config.pool:
        return {}
    size = config.pool if config.pool > 0 else config.threads + _BESIDE_THREADS
    return {
        "min_size": 0,
        "max_size": size,
        "timeout": _WAIT_SECONDS,
        "reconnect_timeout": _RECONNECT_SECONDS,
        "max_idle": 300,
    }


def _settings(
    address: dict[str, Any],
    *,
    pool: dict[str, Any],
    is_pooled: bool = False,
    prepares: bool = False,
) -> dict[str, Any]:
    options: dict[str, Any] = {
        # Plans are kept by the server: seven joined tables cost 15 ms to plan and 1 ms to run.
        "server_side_binding": True,
        # A pooler gives each transaction another session, where the plan may not be.
        "prepare_threshold": 2 if prepares or not is_pooled else None,
        **address.pop("OPTIONS", {}),
    }
    if pool:
        options["pool"] = pool
    return {
        "ENGINE": "django.db.backends.postgresql",
        **address,
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        # Cursors that outlive their transaction belong to a session.
        "DISABLE_SERVER_SIDE_CURSORS": is_pooled,
        "TEST": {"NAME": None},
    }


def _embedded(config: Config) -> dict[str, Any]:
    from ansvar.ops import place, postgres  # noqa: PLC0415  # not needed with a server of one's own

    return {
        "NAME": postgres.DATABASE,
        "USER": postgres.ROLE,
        "PASSWORD": "",
        "HOST": str(place.locate(config.data).sockets),
        "PORT": str(postgres.PORT),
    }


def _given(url: str, variable: str) -> dict[str, Any]:
    from psycopg import ProgrammingError  # noqa: PLC0415  # keeps `ansvar --version` fast
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415  # as above

    if not url.startswith(("postgresql://", "postgres://")):
        raise ConfigurationWrong(f"{variable} must begin with postgresql://.")
    try:
        parts: dict[str, Any] = conninfo_to_dict(url)
    except ProgrammingError:
        # The driver's message quotes the address, and with it the password.
        raise ConfigurationWrong(
            f"{variable} cannot be understood; it must look like "
            "postgresql://user:password@host:5432/database."
        ) from None
    if not parts.get("dbname"):
        raise ConfigurationWrong(f"{variable} names no database after the last slash.")
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
    address = {django: parts.pop(libpq, "") for django, libpq in named.items()}
    port = str(parts.pop("port", "") or "")
    return {**address, "PORT": port, "OPTIONS": {**_PATIENCE, **parts}}


def version_objection(version: int) -> str | None:
    """Say why a server of *version*, as in 150004, cannot be used, or nothing."""
    major, minor = divmod(version, 10_000)
    if major >= OLDEST:
        return None
    return (
        f"The server of DATABASE_URL is PostgreSQL {major}.{minor}, but Ansvar needs {OLDEST} "
        "or newer; upgrade it, or unset DATABASE_URL to use the embedded one."
    )


def ensure_usable(config: Config) -> str:
    """Return the version of the server of *config* in words.

    Raises: Trouble when it cannot be reached, is too old, is a copy that cannot be written to, or
    lies behind a pooler that changes sessions although no way past it was named.
    """
    from ansvar.ops import servers  # noqa: PLC0415  # keeps `ansvar --version` fast

    if config.direct_url:
        server = _looked_at(direct_settings(config), "ANSVAR_DIRECT_URL")
        _looked_at(django_settings(config), "DATABASE_URL")
    else:
        server = _looked_at(django_settings(config), "" if is_embedded(config) else "DATABASE_URL")
        if server.pooling is servers.Pooling.TRANSACTION:
            raise Trouble(
                "DATABASE_URL leads through a pooler that gives each transaction another session; "
                "name the way past it in ANSVAR_DIRECT_URL."
            )
    if objection := version_objection(server.version):
        raise Trouble(objection)
    if server.is_replica:
        raise Trouble(
            "DATABASE_URL leads to a copy of the database that cannot be written to; name all "
            "servers and add ?target_session_attrs=read-write."
        )
    return server.version_in_words


def _looked_at(described: dict[str, Any], variable: str) -> "Server":
    from ansvar.ops import servers  # noqa: PLC0415  # keeps `ansvar --version` fast

    try:
        return servers.look_at(parameters_of(described))
    except servers.Unreachable as error:
        if not variable:
            raise Trouble(
                f"The embedded database does not answer; start `ansvar serve` first ({error})."
            ) from None
        raise Trouble(f"The server of {variable} cannot be used: {error}.") from None


def connection_parameters(config: Config) -> dict[str, Any]:
    """Describe the database of *config* in the driver's words, for a connection of one's own."""
    return parameters_of(django_settings(config))


def parameters_of(described: dict[str, Any]) -> dict[str, Any]:
    """Put what is *described* in Django's words into those of the driver."""
    ours = {"server_side_binding", "prepare_threshold", "pool"}
    return {
        **{key: value for key, value in described["OPTIONS"].items() if key not in ours},
        **{
            key: value
            for key, value in (
                ("dbname", described["NAME"]),
                ("user", described["USER"]),
                ("password", described["PASSWORD"]),
                ("host", described["HOST"]),
                ("port", described["PORT"]),
            )
            if value
        },
    }
