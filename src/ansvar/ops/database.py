"""Which PostgreSQL this process talks to."""

from typing import Any

from ansvar.ops.config import Config
from ansvar.ops.trouble import ConfigurationWrong, Trouble

OLDEST = 15
# Requests are not the only ones to connect: health, live news and jobs take theirs from it, too.
_BESIDE_THREADS = 4


def django_settings(config: Config) -> dict[str, Any]:
    """Describe the database of *config* in Django's words; it need not be running."""
    address = _given(config.database_url) if config.database_url else _embedded(config)
    options: dict[str, Any] = {
        # Plans are kept by the server: seven joined tables cost 15 ms to plan and 1 ms to run.
        "server_side_binding": True,
        "prepare_threshold": 2,
        **address.pop("OPTIONS", {}),
    }
    if config.pool:
        size = config.pool if config.pool > 0 else config.threads + _BESIDE_THREADS
        options["pool"] = {"min_size": 0, "max_size": size, "timeout": 15, "max_idle": 300}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **address,
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": None},
    }


def is_embedded(config: Config) -> bool:
    """Whether Ansvar brings and starts its own server."""
    return not config.database_url


def _embedded(config: Config) -> dict[str, Any]:
    from ansvar.ops import place, postgres  # noqa: PLC0415  # not needed with a server of one's own

    return {
        "NAME": postgres.DATABASE,
        "USER": postgres.ROLE,
        "PASSWORD": "",
        "HOST": str(place.locate(config.data).sockets),
        "PORT": str(postgres.PORT),
    }


def _given(url: str) -> dict[str, Any]:
    from psycopg import ProgrammingError  # noqa: PLC0415  # keeps `ansvar --version` fast
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415  # as above

    if not url.startswith(("postgresql://", "postgres://")):
        raise ConfigurationWrong("DATABASE_URL must begin with postgresql://.")
    try:
        parts: dict[str, Any] = conninfo_to_dict(url)
    except ProgrammingError:
        # The driver's message quotes the address, and with it the password.
        raise ConfigurationWrong(
            "DATABASE_URL cannot be understood; it must look like "
            "postgresql://user:password@host:5432/database."
        ) from None
    if not parts.get("dbname"):
        raise ConfigurationWrong("DATABASE_URL names no database after the last slash.")
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
    address = {django: parts.pop(libpq, "") for django, libpq in named.items()}
    return {**address, "PORT": str(parts.pop("port", "") or ""), "OPTIONS": parts}


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

    Raises: Trouble when it cannot be reached or is too old.
    """
    import psycopg  # noqa: PLC0415  # keeps `ansvar --version` fast

    try:
        with psycopg.connect(**connection_parameters(config), connect_timeout=10) as connection:
            version = connection.info.server_version
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        if is_embedded(config):
            raise Trouble(
                f"The embedded database does not answer; start `ansvar serve` first ({reason})."
            ) from None
        raise Trouble(f"The server of DATABASE_URL cannot be used: {reason}.") from None
    if objection := version_objection(version):
        raise Trouble(objection)
    major, minor = divmod(version, 10_000)
    return f"{major}.{minor}"


def connection_parameters(config: Config) -> dict[str, Any]:
    """Describe the database of *config* in the driver's words, for a connection of one's own."""
    described = django_settings(config)
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
