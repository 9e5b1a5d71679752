"""A PostgreSQL as a machine's administrator runs it: Debian's, with a port and passwords.

Its folder lies below one that only its user enters. As root it runs as the user postgres, as
PostgreSQL insists.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from product import free_port, kill_tree

HOST = "127.0.0.1"
OWNER = "postgres"
PASSWORD = "known-to-the-test"
DATABASE = "desk"
START_SECONDS = 60
_PLACES = ("/usr/lib/postgresql",)
# Nobody misses these data after a power cut, and kill -9 of a process loses nothing without it.
_SETTINGS = {
    "listen_addresses": HOST,
    "fsync": "off",
    "full_page_writes": "on",
    "wal_level": "replica",
    "wal_log_hints": "on",
    "shared_buffers": "64MB",
    "max_connections": "100",
    "jit": "off",
}


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL server installed, or nothing."""
    found = [
        one.parent
        for place in _PLACES
        for one in Path(place).glob("*/bin/postgres")
        if os.access(one, os.X_OK)
    ]
    return max(found, key=lambda one: float(one.parent.name), default=None)


def as_owner() -> dict[str, Any]:
    """Return how a program is started as the user of the database."""
    return {"user": OWNER, "group": OWNER, "extra_groups": []} if os.getuid() == 0 else {}


def own(folder: Path) -> Path:
    """Make a folder of the database's user."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if os.getuid() == 0:
        shutil.chown(folder, OWNER, OWNER)
    return folder


@contextlib.contextmanager
def state_folder() -> Iterator[Path]:
    """Give a folder that the database's user can reach, and remove it."""
    folder = Path(tempfile.mkdtemp(prefix="ansvar-growing-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(*command: str | Path, **more: Any) -> None:
    """Run a program as the user of the database, to its end."""
    done = subprocess.run(
        [str(part) for part in command],
        check=False, capture_output=True, text=True, cwd="/", **as_owner(), **more,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def duplicate(source: Path, target: Path) -> None:
    """Copy a folder with the owners of its files, which `shutil` would not keep."""
    subprocess.run(["cp", "-Rp", "--reflink=auto", str(source), str(target)], check=True)


class PostgresServer:
    """A server on a data folder of its own."""

    def __init__(self, state: Path, name: str) -> None:
        found = programs()
        assert found is not None, "PostgreSQL is not installed."
        self.programs = found
        self.folder = own(state / name)
        self.data = self.folder / "data"
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def initialise(self) -> None:
        """Make an empty cluster with a superuser, and somebody who may replicate."""
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        run(
            self.programs / "initdb", "-D", self.data, "-U", OWNER, f"--pwfile={secret}",
            "-E", "UTF8", "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=scram-sha-256",
            "--no-sync",
        )  # fmt: skip
        with (self.data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host replication all {HOST}/32 scram-sha-256\n")

    def copy_of(self, cluster: Path) -> None:
        """Begin with what a stopped server has left."""
        duplicate(cluster, self.data)

    def follow(self, leader: "PostgresServer") -> None:
        """Begin as a copy of *leader* that follows it."""
        run(
            self.programs / "pg_basebackup", "-D", self.data, "-R", "-X", "stream",
            "--checkpoint=fast", "--no-sync", "-d", leader.url(OWNER, database="postgres"),
        )  # fmt: skip

    def start(self, **settings: str) -> None:
        """Start and return when it answers."""
        wanted = {
            **_SETTINGS,
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            **settings,
        }
        options = [part for name, value in wanted.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(self.programs / "postgres"), "-D", str(self.data), *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                start_new_session=True, **as_owner(),
            )  # fmt: skip
        self._wait_until_it_answers()

    def stop(self) -> None:
        """End it as `systemctl stop` does."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End it, with all its children, as a fault of the machine does."""
        if self.process is not None:
            kill_tree(self.process.pid)
            self._end(signal.SIGKILL)

    def url(self, user: str = "desk", *, database: str = DATABASE, **more: str) -> str:
        """Return its address with a password."""
        query = "&".join(f"{name}={value}" for name, value in more.items())
        address = f"postgresql://{user}:{PASSWORD}@{HOST}:{self.port}/{database}"
        return f"{address}?{query}" if query else address

    def ask(self, question: str, *values: object, database: str = DATABASE) -> list[Any]:
        """Return the rows of a statement that the superuser sends."""
        with psycopg.connect(self.url(OWNER, database=database), autocommit=True) as connection:
            cursor = connection.execute(question.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def _end(self, by: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(by)
            self.process.wait(START_SECONDS)
            self.process = None

    def _wait_until_it_answers(self) -> None:
        give_up = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url(OWNER, database="postgres")).close()
            except psycopg.OperationalError:
                ended = self.process is None or self.process.poll() is not None
                if ended or time.monotonic() > give_up:
                    said = (self.folder / "log").read_text()
                    raise RuntimeError(f"PostgreSQL does not answer: {said}") from None
                time.sleep(0.05)
            else:
                return
