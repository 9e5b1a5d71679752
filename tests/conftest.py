"""One PostgreSQL for the whole run: an embedded one of its own, or that of DATABASE_URL.

The controller of xdist starts the server; its workers inherit the environment and use it.
"""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings
from mail_servers import mail_server  # noqa: F401 - a fixture for all tests

from ansvar.ops.postgres import EmbeddedPostgres

# A busy machine is slow at random; how fast something is, is measured elsewhere.
settings.register_profile("ansvar", deadline=None)
settings.load_profile("ansvar")

_IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
_SERVER = pytest.StashKey[EmbeddedPostgres]()


def pytest_configure(config: pytest.Config) -> None:
    if _IS_WORKER or os.environ.get("DATABASE_URL") or config.option.collectonly:
        return
    config.stash[_SERVER] = EmbeddedPostgres(Path(os.environ["ANSVAR_DATA"]), durable=False)
    config.stash[_SERVER].start()


def pytest_unconfigure(config: pytest.Config) -> None:
    if server := config.stash.get(_SERVER, None):
        server.stop()
        shutil.rmtree(server.place.root, ignore_errors=True)
    if not _IS_WORKER:
        shutil.rmtree(os.environ["ANSVAR_DATA"], ignore_errors=True)
