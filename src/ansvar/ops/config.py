"""What an installation can be told: read from the environment and an optional file."""

import os
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of one installation."""

    data: Path
    host: str = "127.0.0.1"
    port: int = 8000
    database_url: str | None = None
    debug: bool = False
    threads: int = 8
    allowed_hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    base_url: str = "http://127.0.0.1:8000"
    secret_key: str = field(default="", repr=False)


def load() -> Config:
    """Read the configuration of this process."""
    return Config(
        data=Path(os.environ.get("ANSVAR_DATA", "data")).resolve(),
        database_url=os.environ.get("DATABASE_URL"),
        debug=os.environ.get("ANSVAR_DEBUG") == "1",
        secret_key="insecure-until-the-data-folder-has-one",
    )
