"""PgBouncer in transaction mode: each transaction of a client may have another session."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

from postgres_server import DATABASE, HOST, PASSWORD, START_SECONDS, PostgresServer, as_owner, own
from product import free_port

_CONFIG = """
[databases]
{database} = host={host} port={server} dbname={database}
[pgbouncer]
listen_addr = {host}
listen_port = {port}
auth_type = plain
auth_file = {folder}/users
pool_mode = {mode}
default_pool_size = 10
max_client_conn = 200
unix_socket_dir =
logfile =
pidfile =
"""


def program() -> str | None:
    """Return where PgBouncer is installed, or nothing."""
    places = ("/usr/sbin/pgbouncer",)
    return shutil.which("pgbouncer") or next(
        (one for one in places if os.access(one, os.X_OK)), None
    )


class PgBouncer:
    """A pooler before a server, for the block."""

    def __init__(self, state: Path, server: PostgresServer, *, mode: str = "transaction") -> None:
        self.port = free_port()
        self._folder = own(state / f"bouncer-{self.port}")
        (self._folder / "users").write_text(f'"desk" "{PASSWORD}"\n')
        values = {
            "database": DATABASE, "host": HOST, "server": server.port, "port": self.port,
            "folder": self._folder, "mode": mode,
        }  # fmt: skip
        (self._folder / "config").write_text(_CONFIG.format(**values))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the address at which it stands for the server."""
        return f"postgresql://desk:{PASSWORD}@{HOST}:{self.port}/{DATABASE}"

    def __enter__(self) -> Self:
        found = program()
        assert found is not None, "PgBouncer is not installed."
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [found, str(self._folder / "config")],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                start_new_session=True, **as_owner(),
            )  # fmt: skip
        give_up = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection((HOST, self.port), timeout=5).close()
            except OSError:
                if self._process.poll() is not None or time.monotonic() > give_up:
                    said = (self._folder / "log").read_text()
                    raise RuntimeError(f"PgBouncer does not answer: {said}") from None
                time.sleep(0.05)
            else:
                return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(START_SECONDS)
