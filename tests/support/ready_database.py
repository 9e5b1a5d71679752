"""A database with all tables, made once: bringing one up to date from nothing takes ten seconds.

The controller of a test run makes it in the background, while the workers look for tests. Each of
them has a copy for its own database, and so has a test that starts the product on a data folder
which was used before. It stays in pytest's cache for later runs, until anything changes that it is
made from.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from ansvar.ops import place as places
from ansvar.ops.postgres import DATABASE, EmbeddedPostgres

TEMPLATE = DATABASE
"""The database of the run's server that those of the workers are copied from."""
_PROJECT = Path(__file__).resolve().parents[2]
_MADE_FROM = (
    "pyproject.toml",
    "requirements/dev.txt",
    "src/ansvar/**/migrations/*.py",
    "src/ansvar/ops/*.py",
    "src/ansvar/settings.py",
)


class ServerOfRun:
    """The embedded server of a test run, which becomes ready in the background."""

    def __init__(self, data: Path, cache: Path | None) -> None:
        self._data = data
        self._cache = cache
        self._server = EmbeddedPostgres(data, durable=False)
        places.prepare(self._server.place)
        # Held until the database is there: whoever needs it waits for the lock.
        self._lock = _lock_of(data).open("wb")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._maker = threading.Thread(target=self._make)
        self._maker.start()

    def stop(self) -> None:
        """Stop the server and remove its database, once it has been made."""
        self._maker.join()
        self._server.stop()
        shutil.rmtree(self._server.place.root, ignore_errors=True)

    def _make(self) -> None:
        try:
            if self._cache is None:
                _make_anew(_kept_in(self._data))
            else:
                _take_from(self._cache, _kept_in(self._data))
            _copy(_kept_in(self._data), self._server.place.root)
            self._server.start()
            self._lock.write(b"ready")
        finally:
            self._lock.close()


def wait_for_database(run: Path) -> None:
    """Wait until the server of the run whose data folder is given is ready."""
    if _lock_of(run).exists():
        with _lock_of(run).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            assert lock.read() == b"ready", "The database of the test run could not be made."


def give_database(data: Path, *, run: Path) -> bool:
    """Give a data folder the database with all tables, as if the product had made it there.

    A run on a server of somebody else's has none to give: then it tells so.
    """
    wait_for_database(run)
    if not _kept_in(run).exists():
        return False
    place = places.locate(data)
    places.prepare(place)
    _copy(_kept_in(run), place.root)
    return True


def _lock_of(run: Path) -> Path:
    return run / "ready.lock"


def _kept_in(run: Path) -> Path:
    return run / "ready"


def _take_from(cache: Path, target: Path) -> None:
    """Copy the database from the cache, where it is made when it is not there."""
    with (cache / "lock").open("wb") as lock:
        # Of runs that begin at the same time, one makes it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = cache / fingerprint()
        if not kept.exists():
            for outdated in cache.glob("*/"):
                shutil.rmtree(outdated)
            _make_anew(target)
            _copy(target, kept.with_suffix(".making"))
            kept.with_suffix(".making").rename(kept)
        else:
            _copy(kept, target)


def fingerprint(*more: Path) -> str:
    """Return what changes with anything that a database is made from, *more* files among them."""
    found = hashlib.sha256(sys.version.encode())
    made_from = {path for pattern in _MADE_FROM for path in _PROJECT.glob(pattern)} | {*more}
    for path in sorted(made_from):
        found.update(str(path.relative_to(_PROJECT)).encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:32]


def _make_anew(target: Path) -> None:
    data = target.with_name("making")
    server = EmbeddedPostgres(data, durable=False)
    server.start()
    try:
        subprocess.run(
            [sys.executable, "-m", "ansvar", "migrate"],
            env=os.environ
            | {"ANSVAR_DATA": str(data), "DJANGO_SETTINGS_MODULE": "ansvar.settings"},
            stdout=subprocess.DEVNULL,
            check=True,
        )
    finally:
        server.stop()
    _copy(server.place.root, target)
    shutil.rmtree(server.place.root)


def _copy(source: Path, target: Path) -> None:
    """Copy the cluster of a server that does not run, with its owner."""
    target.mkdir(parents=True, exist_ok=True)
    clusters = [str(one) for one in source.glob("pg*") if one.is_dir()]
    subprocess.run(["cp", "-Rp", *clusters, str(target)], check=True)
