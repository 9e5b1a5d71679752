"""What an installation can be told: read from the environment and an optional file."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from ansvar.conversations.scanner_address import address_of
from ansvar.ops import content_place, keys
from ansvar.ops.trouble import ConfigurationWrong

FILE_NAME = "ansvar.toml"
FILE_VARIABLE = "ANSVAR_CONFIG"
MASK = "••••••"

T = TypeVar("T")


def setting(default: T, meaning: str, *, secret: bool = False, variable: str = "") -> T:
    """Declare one setting: its default and what it means, once, for reading and for listing."""
    metadata = {"meaning": meaning, "secret": secret, "variable": variable}
    return field(default=default, repr=not secret, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of one installation."""

    data: Path = setting(Path("data"), "Folder that holds the database, files and keys")
    host: str = setting("127.0.0.1", "Address to listen on; 0.0.0.0 for every network")
    port: int = setting(8000, "Port to listen on")
    base_url: str = setting("", "Address people reach Ansvar at, as written in links in mails")
    allowed_hosts: tuple[str, ...] = setting((), "Host names answered to, beside loopback")
    trusted_proxies: tuple[str, ...] = setting(
        ("127.0.0.1",), "Addresses of proxies whose X-Forwarded headers are believed"
    )
    database_url: str | None = setting(
        None,
        "PostgreSQL 15 or newer to use instead of the embedded one: postgresql://user:pw@host/db",
        secret=True,
        variable="DATABASE_URL",
    )
    direct_url: str | None = setting(
        None,
        "The same database without the pooler that DATABASE_URL leads to (PgBouncer in "
        "transaction mode): for live news, the queue and migrations",
        secret=True,
    )
    pooler_prepares: bool = setting(
        False, "The pooler keeps prepared statements: PgBouncer 1.22+, max_prepared_statements"
    )
    reports_url: str | None = setting(
        None, "A copy of the database, kept by replication, to read figures from", secret=True
    )
    reports_lag: int = setting(
        30, "Seconds that copy may lag behind before figures are read from the database itself"
    )
    pool: int = setting(-1, "Database connections kept per process: -1 by threads, 0 none")
    threads: int = setting(8, "Pages made at the same time by one process")
    content_store: str = setting(
        "", "Where files of messages lie: s3://bucket/prefix; empty for the data folder"
    )
    s3_endpoint: str = setting(
        "", "Address of an object store of one's own: https://s3.example.com; empty for AWS"
    )
    s3_region: str = setting("", "Region of the object store, if it has several")
    s3_access_key: str = setting(
        "", "Key of the object store; without it, what its cloud gives this machine", secret=True
    )
    s3_secret_key: str = setting("", "Secret that belongs to ANSVAR_S3_ACCESS_KEY", secret=True)
    lmtp: str = setting(
        "", "Take mail by LMTP at this port or host:port, such as 2424; empty for not at all"
    )
    worker_jobs: int = setting(2, "Background jobs done at the same time by one worker")
    clamav: str = setting(
        "", "Virus scanner (clamd) for files: tcp://127.0.0.1:3310 or unix:/run/clamav/clamd.ctl"
    )
    debug: bool = setting(False, "Tracebacks in the terminal and on pages; never on a network")
    log_level: str = setting("info", "Least important kind of line logged: debug to error")
    given_secret_key: str = setting(
        "", "Signs sessions and links; same on every machine; made if empty", secret=True
    )
    given_encryption_key: str = setting(
        "", "Fernet key for secrets at rest; same on every machine; made if empty", secret=True
    )
    sources: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def secret_key(self) -> str:
        """The key that signs sessions and links; made in the data folder when first needed."""
        return self.given_secret_key or keys.kept_key(
            self.data / "secret-key", keys.new_signing_key
        )

    @cached_property
    def encryption_key(self) -> str:
        """The Fernet key for secrets at rest; made in the data folder when first needed."""
        return self.given_encryption_key or keys.kept_key(
            self.data / "encryption-key", keys.new_encryption_key
        )


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One setting as `ansvar check --settings` shows it, with its secrets masked."""

    name: str
    variable: str
    value: str
    source: str
    meaning: str


def load(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Config:
    """Read the configuration of this process; *folder* stands for the working directory.

    Raises: ConfigurationWrong.
    """
    environ = os.environ if environ is None else environ
    folder = folder or Path.cwd()
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    path = _file(environ, folder)
    if path is not None:
        values = _file_values(path)
        sources = dict.fromkeys(values, str(path))
        # A file found in the data folder cannot move that folder away from itself.
        if "data" in values and path == _data_folder(environ, folder) / FILE_NAME:
            raise ConfigurationWrong(f"{path}: `data` cannot be set here; set ANSVAR_DATA.")
    for key, spec in _specs().items():
        variable = _variable(key, spec.metadata)
        # An empty variable counts as not set: that is how compose files leave one out.
        if text := environ.get(variable, ""):
            values[key] = _parsed(text, spec.type, f"{variable} in the environment")
            sources[key] = "environment"
    return _completed(Config(**values, sources=MappingProxyType(sources)), folder)


def listed(config: Config) -> list[Listed]:
    """List every setting with its value and source; secrets are masked."""
    return [
        Listed(
            name=_public(key),
            variable=_variable(key, spec.metadata),
            value=_shown(getattr(config, key), secret=spec.metadata["secret"])
            or (MASK if key.startswith("given_") else ""),
            source=_source(config, key),
            meaning=spec.metadata["meaning"],
        )
        for key, spec in _specs().items()
    ]


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Name the variables that look like settings of Ansvar but are none: typing errors."""
    known = {_variable(key, spec.metadata) for key, spec in _specs().items()}
    return sorted(
        name
        for name in environ
        if name.startswith("ANSVAR_") and name not in known and name != FILE_VARIABLE
    )


def masked_url(url: str) -> str:
    """Return *url* with its password replaced by dots; all of it where that is not certain."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # raises for an address that only looks like one
    except ValueError:
        return MASK
    if not url.startswith(("postgresql://", "postgres://")):
        return MASK
    netloc = parts.netloc
    if "@" in netloc:
        who, _, where = netloc.rpartition("@")
        user, colon, _ = who.partition(":")
        netloc = f"{user}{colon}{MASK if colon else ''}@{where}"
    query = "&".join(
        f"{name}={MASK}" if "password" in name.lower() else f"{name}{equals}{value}"
        for name, equals, value in (pair.partition("=") for pair in parts.query.split("&"))
    )
    return urlunsplit((parts.scheme, netloc, parts.path, query, ""))


def _source(config: Config, key: str) -> str:
    if key in config.sources:
        return config.sources[key]
    if key.startswith("given_"):
        return f"the file {_public(key).replace('_', '-')} in the data folder"
    return "default"


def _specs() -> dict[str, Any]:
    return {spec.name: spec for spec in fields(Config) if "meaning" in spec.metadata}


def _public(key: str) -> str:
    return key.removeprefix("given_")


def _variable(key: str, metadata: Mapping[str, Any]) -> str:
    return metadata["variable"] or f"ANSVAR_{_public(key).upper()}"


def _shown(value: object, *, secret: bool) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, tuple):
        return ", ".join(value)
    if not secret:
        return str(value)
    return masked_url(str(value))


def _file(environ: Mapping[str, str], folder: Path) -> Path | None:
    if named := environ.get(FILE_VARIABLE):
        path = folder / named
        if not path.is_file():
            raise ConfigurationWrong(f"{FILE_VARIABLE} names {path}, but there is no such file.")
        return path
    places = (folder / FILE_NAME, _data_folder(environ, folder) / FILE_NAME)
    # os.access is False, where Path.is_file would raise, for a folder that may not be entered.
    return next((path for path in places if os.access(path, os.F_OK)), None)


def _data_folder(environ: Mapping[str, str], folder: Path) -> Path:
    return folder / (environ.get("ANSVAR_DATA") or "data")


def _file_values(path: Path) -> dict[str, Any]:
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationWrong(f"{path} is not readable as TOML: {error}.") from error
    except OSError as error:
        raise ConfigurationWrong(f"{path} cannot be read: {error.strerror}.") from error
    keys_by_name = {_public(key): key for key in _specs()}
    values: dict[str, Any] = {}
    for name, entry in entries.items():
        if name not in keys_by_name:
            raise ConfigurationWrong(
                f"{path}: there is no setting {name!r}; `ansvar check --settings` lists them all."
            )
        key = keys_by_name[name]
        values[key] = _parsed(entry, _specs()[key].type, f"{name} in {path}")
    if "data" in values:
        values["data"] = path.parent / values["data"]
    return values


def _parsed(value: object, kind: Any, where: str) -> Any:
    words = {int: "a whole number", bool: "true or false (1 or 0)"}
    try:
        return _converted(value, kind)
    except (TypeError, ValueError):
        wanted = words.get(kind, "a text")
        raise ConfigurationWrong(f"{where} must be {wanted}, not {value!r}.") from None


def _converted(value: object, kind: Any) -> Any:
    if kind is bool:
        texts = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
        return value if isinstance(value, bool) else _looked_up(texts, str(value).lower())
    if kind is int:
        if isinstance(value, bool | float):
            raise TypeError
        return int(str(value))
    if kind == tuple[str, ...]:
        parts = value if isinstance(value, list) else str(value).split(",")
        return tuple(text for part in parts if (text := str(part).strip()))
    if not isinstance(value, str):
        raise TypeError
    return Path(value).expanduser() if kind is Path else value


def _looked_up(texts: dict[str, bool], text: str) -> bool:
    if text not in texts:
        raise ValueError(text)
    return texts[text]


def _completed(config: Config, folder: Path) -> Config:
    """Check what only makes sense together and fill in what follows from other settings."""
    highest = 65_535
    if not 0 < config.port <= highest:
        raise ConfigurationWrong(f"The port must be between 1 and {highest}, not {config.port}.")
    if config.threads < 1 or config.worker_jobs < 1:
        raise ConfigurationWrong("The settings threads and worker_jobs must be at least 1.")
    if (config.direct_url or config.reports_url) and not config.database_url:
        raise ConfigurationWrong("direct_url and reports_url need the database_url they belong to.")
    if config.reports_lag < 1:
        raise ConfigurationWrong("The setting reports_lag must be at least 1 second.")
    if config.log_level.lower() not in {"debug", "info", "warning", "error"}:
        raise ConfigurationWrong(
            f"log_level must be debug, info, warning or error, not {config.log_level!r}."
        )
    content_place.require_sense(config.content_store, config.s3_endpoint)
    if bool(config.s3_access_key) != bool(config.s3_secret_key):
        raise ConfigurationWrong("s3_access_key and s3_secret_key are set together or not at all.")
    try:
        address_of(config.clamav)
    except ValueError:
        raise ConfigurationWrong(
            "clamav must look like tcp://127.0.0.1:3310 or unix:/run/clamav/clamd.ctl, not "
            f"{config.clamav!r}."
        ) from None
    shown_host = config.host if config.host not in {"0.0.0.0", "::"} else "127.0.0.1"  # noqa: S104  # compared, not bound
    shown_host = f"[{shown_host}]" if ":" in shown_host else shown_host
    base_url = (config.base_url or f"http://{shown_host}:{config.port}").rstrip("/")
    address = urlsplit(base_url)
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise ConfigurationWrong(
            f"base_url must look like https://desk.example.com, not {config.base_url!r}."
        )
    hosts = ("localhost", "127.0.0.1", "[::1]", address.hostname, *config.allowed_hosts)
    return replace(
        config,
        data=(folder / config.data).resolve(),
        base_url=base_url,
        log_level=config.log_level.lower(),
        allowed_hosts=tuple(dict.fromkeys(hosts)),
    )
