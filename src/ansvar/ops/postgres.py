"""The embedded PostgreSQL: made at the first start, shared by processes, stopped by the last."""

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import psycopg
import structlog

from ansvar.ops import place as places
from ansvar.ops.trouble import Trouble

log = structlog.get_logger(__name__)

ROLE = "ansvar"
DATABASE = "ansvar"
PORT = 5432  # only a part of the socket's file name: nothing listens on the network
_BOOTSTRAP_ROLE = "postgres"
_BUILTIN_LOCALE_SINCE = 17
_UNICODE_FAST_SINCE = 18
_START_SECONDS = 300  # a recovery after a crash may take minutes, and must be let finish
_RETRY_SECONDS = 30
_STOP_SECONDS = 120
_WATCH_SECONDS = 2
_LONG_LOG = 10 * 1024 * 1024

# What a small machine needs; an operator may change it in postgresql.conf of the data folder.
_CONFIGURATION = """
# Written by Ansvar when it made this database; yours to change.
shared_buffers = 64MB
effective_cache_size = 512MB
max_connections = 100
max_wal_size = 1GB
wal_compression = on
wal_level = replica
random_page_cost = 1.1
jit = off
log_checkpoints = off
idle_in_transaction_session_timeout = 10min
shared_preload_libraries = 'pg_stat_statements'
log_timezone = 'UTC'
timezone = 'UTC'
"""

# For data that nobody will miss: test runs.
_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# Servers this process has started and others still use: kept, or Python would complain about a
# child that was forgotten while it runs.
_left_running: list[subprocess.Popen[bytes]] = []


class EmbeddedPostgres:
    """One user of the embedded database of a data folder; several may exist at a time."""

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.place = places.locate(data)
        self._durable = durable
        self._users: IO[bytes] | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._programs: Path | None = None

    @property
    def connection(self) -> dict[str, Any]:
        """How psycopg connects to it."""
        return self._connection(ROLE, DATABASE)

    @property
    def log_path(self) -> Path:
        """Where the server writes what it has to say."""
        return self.place.data / "postgresql.log"

    def start(self) -> None:
        """Start the server unless it runs already, and count this process among its users.

        Raises: Trouble.
        """
        places.prepare(self.place)
        with self._control():
            users = self._opened("database-users.lock")
            # The kernel drops the lock of a killed process, so the count of users stays right.
            fcntl.flock(users, fcntl.LOCK_SH)
            self._users = users
            try:
                self._programs = places.programs(self.place)
                cluster = self._cluster()
                if not self._answers():
                    self._launch(cluster)
                self._prepare_database()
            except BaseException:
                self._leave()
                raise

    def watch(self, stopping: threading.Event) -> None:
        """Start the server again whenever it has died, until *stopping*."""
        while not stopping.wait(_WATCH_SECONDS):
            if self._is_alive():
                continue
            log.error("database_died", log=str(self.log_path))
            try:
                with self._control():
                    if not stopping.is_set() and not self._answers():
                        self._launch(self._cluster())
            except Trouble as trouble:
                log.error("database_not_restarted", reason=str(trouble))  # noqa: TRY400  # the sentence says it

    def stop(self) -> bool:
        """Stop counting as a user; the last one stops the server and gets True."""
        if self._users is None:
            return False
        with self._control():
            return self._leave()

    def _leave(self) -> bool:
        """Give the user's lock up and stop the server when nobody else holds one."""
        if self._users is None:
            return False
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if self._server is not None:
                _left_running.append(self._server)
            return False
        else:
            self._shut_down()
            return True
        finally:
            self._users.close()
            self._users = None

    @contextlib.contextmanager
    def _control(self) -> Iterator[None]:
        """Let one process at a time start or stop the server."""
        with self._opened("database-control.lock") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _opened(self, name: str) -> IO[bytes]:
        try:
            return (self.place.data / name).open("ab")
        except OSError as error:
            raise Trouble(
                f"The data folder {self.place.data} cannot be written: {error.strerror}; "
                "choose another with ANSVAR_DATA or mend its permissions."
            ) from error

    def _connection(self, role: str, database: str) -> dict[str, Any]:
        return {
            "host": str(self.place.sockets),
            "port": PORT,
            "user": role,
            "dbname": database,
            "connect_timeout": 10,
        }

    def _as_user(self) -> dict[str, Any]:
        """Options for programs of PostgreSQL: their user, and nothing of our environment."""
        options: dict[str, Any] = {
            "cwd": "/",
            "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            "stdin": subprocess.DEVNULL,
        }
        if self.place.is_other_user:
            user = self.place.user
            options |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        return options

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603  # our own programs and arguments
            [str(self._program(program)), *arguments],
            check=False,
            capture_output=True,
            text=True,
            **self._as_user(),
        )

    def _program(self, name: str) -> Path:
        if self._programs is None:
            raise RuntimeError("the programs are looked up when the server is started")
        return self._programs / name

    def _major(self) -> int:
        done = self._run("postgres", "--version")
        if done.returncode != 0:
            raise Trouble(
                f"PostgreSQL cannot be run on this machine: {_last_line(done.stderr)}; "
                "set DATABASE_URL to a server of yours."
            )
        return int(done.stdout.split()[2].split(".")[0])

    def _cluster(self) -> Path:
        """Return the folder of the cluster, made if there is none."""
        major = self._major()
        cluster = self.place.root / f"pg{major}"
        if (cluster / "PG_VERSION").exists():
            if cluster.stat().st_uid != self.place.user.pw_uid:
                owner = places.name_of(cluster.stat().st_uid)
                raise Trouble(f"The database in {cluster} belongs to {owner}; start as {owner}.")
            return cluster
        others = sorted(self.place.root.glob("pg[0-9]*[0-9]"))
        if others:
            raise Trouble(
                f"{others[-1]} was made by another version of PostgreSQL than the present {major}; "
                "carry it over with pg_upgrade, or with a dump, first."
            )
        self._make_cluster(cluster, major)
        return cluster

    def _make_cluster(self, cluster: Path, major: int) -> None:
        """Make an empty cluster under a temporary name, so that a half one is never used."""
        temporary = cluster.with_name(f"{cluster.name}.making")
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(mode=0o700)
        if self.place.is_other_user:
            os.chown(temporary, self.place.user.pw_uid, self.place.user.pw_gid)
        locale = []
        if major >= _BUILTIN_LOCALE_SINCE:
            name = "PG_UNICODE_FAST" if major >= _UNICODE_FAST_SINCE else "C.UTF-8"
            locale = ["--locale-provider=builtin", f"--builtin-locale={name}"]
        done = self._run(
            "initdb",
            f"--pgdata={temporary}",
            f"--username={_BOOTSTRAP_ROLE}",
            "--auth=reject",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-instructions",
            *locale,
        )
        if done.returncode != 0:
            raise Trouble(f"The database could not be made: {_last_line(done.stderr)}.")
        names = sorted({self.place.user.pw_name, places.name_of(os.geteuid())})
        roles = (ROLE, _BOOTSTRAP_ROLE)
        mapped = "".join(f"ansvar {name} {role}\n" for name in names for role in roles)
        (temporary / "pg_hba.conf").write_text("local all all peer map=ansvar\n", encoding="utf-8")
        (temporary / "pg_ident.conf").write_text(mapped, encoding="utf-8")
        with (temporary / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(_CONFIGURATION)
        temporary.rename(cluster)

    def _launch(self, cluster: Path) -> None:
        """Start the server and wait until it answers.

        A server killed a moment ago may not be gone yet; the new one then refuses its lock file or
        shared memory, and is started again.
        """
        with contextlib.suppress(FileNotFoundError):
            if self.log_path.stat().st_size > _LONG_LOG:
                self.log_path.rename(self.log_path.with_suffix(".log.1"))
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.place.sockets),
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            **({} if self._durable else _CARELESS),
        }
        arguments = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        give_up = time.monotonic() + _RETRY_SECONDS
        while True:
            said = self._attempt([str(self._program("postgres")), "-D", str(cluster), *arguments])
            if said is None:
                return
            still_there = "postmaster.pid" in said or "shared memory" in said
            if not still_there or time.monotonic() > give_up:
                raise Trouble(
                    f"The database did not start: {_last_line(said)}. More in {self.log_path}."
                )
            time.sleep(0.3)

    def _attempt(self, command: list[str]) -> str | None:
        """Start the server once; returns what it said when it ended instead of answering."""
        with self.log_path.open("ab") as log:
            begin = log.tell()
            # Its own session: Ctrl-C in the terminal must not reach the database before us.
            self._server = subprocess.Popen(  # noqa: S603  # our own program and arguments
                command, stdout=log, stderr=log, start_new_session=True, **self._as_user()
            )
        give_up = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._server.poll() is not None:
                self._server = None
                with self.log_path.open("rb") as log:
                    log.seek(begin)
                    return log.read().decode(errors="replace")
            if time.monotonic() > give_up:
                raise Trouble(f"The database has not answered; see {self.log_path}.")
            time.sleep(0.05)
        return None

    def _is_alive(self) -> bool:
        """Whether the server's process exists, whoever of its users has started it."""
        self._reap()
        for cluster in self.place.root.glob("pg[0-9]*[0-9]"):
            try:
                os.kill(int((cluster / "postmaster.pid").read_text().split()[0]), 0)
            except (FileNotFoundError, ProcessLookupError, IndexError):
                continue
            return True
        return False

    def _reap(self) -> None:
        """Let go of a server of ours that has ended: as a zombie it would pass for alive."""
        if self._server is not None and self._server.poll() is not None:
            self._server = None

    def _answers(self) -> bool:
        try:
            psycopg.connect(**self._connection(_BOOTSTRAP_ROLE, "postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def _prepare_database(self) -> None:
        """Make the product's role, which is no superuser, and its database, unless they are."""
        with psycopg.connect(
            **self._connection(_BOOTSTRAP_ROLE, "postgres"), autocommit=True
        ) as connection:
            has_role = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
            if has_role.fetchone() is None:
                connection.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
                connection.execute(f"GRANT pg_monitor TO {ROLE}")
            has_one = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if has_one.fetchone() is not None:
                return
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
        with psycopg.connect(
            **self._connection(_BOOTSTRAP_ROLE, DATABASE), autocommit=True
        ) as connection:
            # The only extension wanted that an owner who is no superuser may not add.
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")

    def _shut_down(self) -> None:
        if self._programs is None:
            return
        self._reap()
        for cluster in self.place.root.glob("pg[0-9]*[0-9]"):
            if (cluster / "postmaster.pid").exists():
                wait = ("-w", "-t", str(_STOP_SECONDS))
                self._run("pg_ctl", "-D", str(cluster), *wait, "-m", "fast", "stop")
        if self._server is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._server.wait(timeout=10)
            self._server = None


@contextlib.contextmanager
def running(data: Path, *, durable: bool = True) -> Iterator[EmbeddedPostgres]:
    """Keep the embedded database of *data* running for as long as the block lasts."""
    server = EmbeddedPostgres(data, durable=durable)
    server.start()
    stopping = threading.Event()
    watcher = threading.Thread(target=server.watch, args=[stopping], daemon=True)
    watcher.start()
    try:
        yield server
    finally:
        stopping.set()
        watcher.join()
        server.stop()


def _last_line(text: str) -> str:
    """Return the last thing a program of PostgreSQL said, without its time and level."""
    lines = [line for line in text.splitlines() if line.strip() and "HINT:" not in line]
    if not lines:
        return "it gave no reason"
    return re.sub(r"^.*?\b(?:FATAL|ERROR|PANIC|LOG|error):\s+", "", lines[-1]).strip().rstrip(".")
