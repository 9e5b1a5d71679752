"""One PostgreSQL for the whole run: an embedded one of its own, or that of DATABASE_URL.

The controller of xdist starts the server; its workers inherit the environment and use it.
"""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings
from mail_servers import mail_server  # noqa: F401 - a fixture for all tests
from ready_database import ServerOfRun, wait_for_database

# A busy machine is slow at random; how fast something is, is measured elsewhere.
settings.register_profile("ansvar", deadline=None)
settings.load_profile("ansvar")

_IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
_SERVER = pytest.StashKey[ServerOfRun]()


def pytest_configure(config: pytest.Config) -> None:
    if _IS_WORKER or os.environ.get("DATABASE_URL") or config.option.collectonly:
        return
    cache: pytest.Cache | None = getattr(config, "cache", None)
    config.stash[_SERVER] = ServerOfRun(
        Path(os.environ["ANSVAR_DATA"]), cache.mkdir("database") if cache else None
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    if server := config.stash.get(_SERVER, None):
        server.stop()
    if not _IS_WORKER:
        shutil.rmtree(os.environ["ANSVAR_DATA"], ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Let the first test that needs the database wait until it is there."""
    wait_for_database(Path(os.environ["ANSVAR_DATA"]))
