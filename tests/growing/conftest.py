"""A desk in a PostgreSQL of its own, made once and copied for every file of tests.

Making the tables takes as long as all the rest; what is made stays in pytest's cache until
anything changes that it is made from, as in `ready_database`.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grown
import product
import pytest
from postgres_server import (
    DATABASE,
    OWNER,
    PASSWORD,
    PostgresServer,
    duplicate,
    programs,
    state_folder,
)
from ready_database import fingerprint
from small_world import make_world

from realparts import missing

_SUPPORT = Path(__file__).parents[1] / "support"
_WORLD_FROM = ("small_world.py", "builders.py", "mails.py")


@pytest.fixture(scope="session")
def cluster(pytestconfig: pytest.Config) -> Iterator[Path]:
    """Give the folder of a stopped cluster that holds the desk, and `world.json` beside it."""
    if programs() is None:
        missing("PostgreSQL")
    cache: pytest.Cache | None = getattr(pytestconfig, "cache", None)
    with state_folder() as state:
        if cache is None:
            _make(state / "made")
            yield state / "made"
            return
        shelf = cache.mkdir("growing")
        with (shelf / "lock").open("wb") as lock:
            # Of processes that run tests at the same time, one makes it.
            fcntl.flock(lock, fcntl.LOCK_EX)
            kept = shelf / fingerprint(*(_SUPPORT / name for name in _WORLD_FROM))
            if not kept.exists():
                for outdated in shelf.glob("*/"):
                    shutil.rmtree(outdated)
                _make(state / "made")
                # Not to be taken for ready when it is interrupted.
                _copy(state / "made", kept.with_suffix(".making"))
                kept.with_suffix(".making").rename(kept)
        yield kept


@pytest.fixture(scope="session")
def world(cluster: Path) -> dict[str, Any]:
    """Return the ids and tokens of the desk."""
    found: dict[str, Any] = json.loads((cluster / "world.json").read_text())
    return found


@pytest.fixture(scope="module")
def house(cluster: Path, world: dict[str, Any]) -> Iterator[grown.House]:
    """Give a running server with the desk, for one file of tests."""
    with state_folder() as state:
        server = PostgresServer(state, "server")
        server.copy_of(cluster / "data")
        server.start()
        data = state / "data"
        data.mkdir()
        try:
            yield grown.House(state=state, data=data, server=server, world=world)
        finally:
            server.stop()


def _make(target: Path) -> None:
    server = PostgresServer(target.parent, "making")
    server.initialise()
    server.start()
    try:
        for statement in (
            f"CREATE ROLE desk LOGIN PASSWORD '{PASSWORD}'",
            f"CREATE ROLE replicator LOGIN REPLICATION PASSWORD '{PASSWORD}'",
            f"CREATE DATABASE {DATABASE} OWNER desk",
        ):
            server.ask(statement, database="postgres")
        settings = grown.environment(target.parent, server.url())
        made = product.ansvar(target.parent, "migrate", **settings)
        assert made.returncode == 0, made.stderr
        world = make_world(settings)
    finally:
        server.stop()
    target.mkdir(mode=0o711)
    (target / "world.json").write_text(json.dumps(world))
    server.data.rename(target / "data")
    if os.getuid() == 0:
        shutil.chown(target / "data", OWNER, OWNER)


def _copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    duplicate(source, target)
