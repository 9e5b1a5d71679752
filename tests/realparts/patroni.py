"""Two PostgreSQL servers under Patroni: when the leader dies, the other one takes over.

Patroni asks etcd who leads. A leader that dies with its Patroni is missed after 20 seconds, the
least that Patroni allows.
"""

import contextlib
import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from postgres_server import (
    DATABASE,
    HOST,
    OWNER,
    PASSWORD,
    START_SECONDS,
    as_owner,
    duplicate,
    own,
    programs,
)
from product import free_port, kill_tree

MISSED_AFTER_SECONDS = 20
_NAMES = ("one", "two")


def missing_program() -> str | None:
    """Return which of the programs is not installed, or nothing."""
    return next((one for one in ("patroni", "etcd") if shutil.which(one) is None), None)


class PatroniCluster:
    """Two servers, the first of which begins with the data of a stopped one."""

    def __init__(self, state: Path, cluster: Path) -> None:
        self._folder = own(state / "patroni")
        self._etcd, self._peers = free_port(), free_port()
        self.ports = {name: free_port() for name in _NAMES}
        self._watches = {name: free_port() for name in _NAMES}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        duplicate(cluster, self._folder / _NAMES[0])

    @property
    def url(self) -> str:
        """Return an address that names both and finds the one that takes writes."""
        hosts = ",".join(f"{HOST}:{port}" for port in self.ports.values())
        return f"postgresql://desk:{PASSWORD}@{hosts}/{DATABASE}?target_session_attrs=read-write"

    @property
    def owners_url(self) -> str:
        """Return the same for the superuser."""
        return self.url.replace("//desk:", f"//{OWNER}:")

    def __enter__(self) -> Self:
        try:
            self._come_up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _come_up(self) -> None:
        client, peer = f"http://{HOST}:{self._etcd}", f"http://{HOST}:{self._peers}"
        self._start(
            "etcd", "etcd", "--name", "only", "--data-dir", str(self._folder / "etcd"),
            "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
            "--initial-cluster", f"only={peer}", "--log-level", "warn",
        )  # fmt: skip
        self._wait(lambda: self._ask(f"{client}/health").get("health") == "true")
        self._start_patroni(_NAMES[0])
        self._wait(lambda: self.leader() == _NAMES[0])
        self._start_patroni(_NAMES[1])
        # Only now is a commit on both before it is acknowledged.
        self._wait(lambda: "sync_standby" in self._roles().values())

    def __exit__(self, *_: object) -> None:
        # Nobody misses the data. Patroni before its server, or it would start it again.
        servers = [self._postmaster(name) for name in _NAMES]
        for process in self._running.values():
            kill_tree(process.pid)
            process.wait(START_SECONDS)
        for server in servers:
            kill_tree(server or 0)

    def leader(self) -> str | None:
        """Return which of them leads, or nothing in between."""
        return next((name for name, role in self._roles().items() if role == "leader"), None)

    def kill(self, name: str) -> None:
        """End a server and its Patroni as a fault of the machine does."""
        postmaster = self._postmaster(name)
        patroni = self._running.pop(name)
        kill_tree(patroni.pid)
        kill_tree(postmaster or 0)
        patroni.wait(START_SECONDS)

    def _start_patroni(self, name: str) -> None:
        path = self._folder / f"{name}.json"
        # What is valid JSON is valid YAML.
        path.write_text(json.dumps(self._settings(name)))
        if os.getuid() == 0:
            shutil.chown(path, OWNER, OWNER)
        path.chmod(0o600)
        self._start(name, "patroni", str(path))

    def _settings(self, name: str) -> dict[str, Any]:
        found = programs()
        return {
            "scope": "desk",
            "name": name,
            "restapi": {
                "listen": f"{HOST}:{self._watches[name]}",
                "connect_address": f"{HOST}:{self._watches[name]}",
            },
            "etcd3": {"host": f"{HOST}:{self._etcd}"},
            "bootstrap": {
                "dcs": {
                    "ttl": MISSED_AFTER_SECONDS,
                    "loop_wait": 1,
                    "retry_timeout": 5,
                    "maximum_lag_on_failover": 1_048_576,
                    "synchronous_mode": True,
                    "postgresql": {
                        "use_pg_rewind": True,
                        "parameters": {
                            "wal_level": "replica",
                            "hot_standby": "on",
                            "wal_log_hints": "on",
                            "max_wal_senders": 5,
                            "max_replication_slots": 5,
                            "max_connections": 100,
                        },
                    },
                }
            },
            "postgresql": {
                "listen": f"{HOST}:{self.ports[name]}",
                "connect_address": f"{HOST}:{self.ports[name]}",
                "data_dir": str(self._folder / name),
                "bin_dir": str(found),
                "pgpass": str(self._folder / f"{name}.pgpass"),
                "basebackup": [{"checkpoint": "fast"}, "no-sync"],
                "authentication": {
                    "superuser": {"username": OWNER, "password": PASSWORD},
                    "replication": {"username": "replicator", "password": PASSWORD},
                },
                "pg_hba": [
                    "local all all trust",
                    f"host all all {HOST}/32 scram-sha-256",
                    f"host replication replicator {HOST}/32 scram-sha-256",
                ],
                "parameters": {
                    "unix_socket_directories": str(self._folder),
                    "shared_buffers": "64MB",
                    "fsync": "off",
                    "jit": "off",
                },
            },
        }

    def _start(self, name: str, *command: str) -> None:
        # Debian's own Python must not find the packages of this one.
        environment = {"PATH": os.environ["PATH"], "HOME": str(self._folder), "LC_ALL": "C.UTF-8"}
        with (self._folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                env=environment, start_new_session=True, **as_owner(),
            )  # fmt: skip

    def _postmaster(self, name: str) -> int | None:
        path = self._folder / name / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, IndexError):
            pid = int(path.read_text().split()[0])
            if f"{self._folder / name}" in Path(f"/proc/{pid}/cmdline").read_text():
                return pid
        return None

    def _roles(self) -> dict[str, str]:
        for name in self._running:
            members = self._ask(f"http://{HOST}:{self._watches.get(name, 1)}/cluster").get(
                "members"
            )
            if members:
                return {one["name"]: one["role"] for one in members}
        return {}

    def _ask(self, address: str) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                found: dict[str, Any] = json.load(answer)
        except (OSError, ValueError):
            return {}
        return found

    def _wait(self, is_true: Any) -> None:
        give_up = time.monotonic() + 2 * START_SECONDS
        while not is_true():
            ended = [name for name, one in self._running.items() if one.poll() is not None]
            if ended or time.monotonic() > give_up:
                said = "\n".join(self._logs())
                raise RuntimeError(f"The cluster does not come up; ended: {ended}\n{said}")
            time.sleep(0.1)

    def _logs(self) -> Iterator[str]:
        for path in sorted(self._folder.glob("*.log")):
            yield f"--- {path.name}\n{path.read_text()[-2000:]}"
