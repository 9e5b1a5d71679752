"""One PostgreSQL for the whole run: an embedded one of its own, or that of DATABASE_URL.

The folder and the environment are made here, while pytest reads its first file, because the
settings are imported soon after. The controller of xdist starts the server; its workers inherit
the environment and use it.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from ansvar.ops.postgres import EmbeddedPostgres

_IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ

if not _IS_WORKER:
    # Ansvar's own settings of the person who runs the tests must not reach the tests.
    for _name in [name for name in os.environ if name.startswith("ANSVAR_")]:
        del os.environ[_name]
    os.environ["ANSVAR_DATA"] = tempfile.mkdtemp(prefix="ansvar-tests-")
    # Test databases are made and dropped behind a pool's back.
    os.environ["ANSVAR_POOL"] = "0"


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
