"""Parts of the product, started as an operator starts them: their own processes and ports."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import IO

from ansvar.ops.bench import processes
from ansvar.ops.trouble import Trouble

HOST = "127.0.0.1"
_READY_SECONDS = 180
_STOP_SECONDS = 60
_LOOK_SECONDS = 0.05


class Part:
    """One running command of the product, such as `ansvar web`."""

    def __init__(self, data: Path, *arguments: str, **settings: str) -> None:
        self.name = arguments[0]
        self._log: IO[bytes] = (data / f"bench-{self.name}.log").open("w+b")
        self._process = subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-m", "ansvar", *arguments],
            env=_environment(data, self.name) | settings,
            cwd=tempfile.gettempdir(),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    @property
    def seconds(self) -> float:
        """The processor time it has used so far, without that of the database."""
        return processes.processor_seconds(self.pid)

    def said(self) -> str:
        """Return what it has written so far."""
        self._log.flush()
        return Path(self._log.name).read_text(encoding="utf-8", errors="replace")

    def ensure_alive(self) -> None:
        """Refuse to go on when it has ended by itself.

        Raises: Trouble.
        """
        if self._process.poll() is not None:
            last = self.said().strip().splitlines()[-1:] or ["it said nothing"]
            raise Trouble(f"`ansvar {self.name}` has ended by itself: {last[0]}")

    def wait_for(self, words: str) -> None:
        """Wait until it has said *words*.

        Raises: Trouble.
        """
        self._wait(lambda: words in self.said())

    def wait_until_healthy(self, port: int) -> None:
        """Wait until it serves pages.

        Raises: Trouble.
        """
        self._wait(lambda: _is_healthy(port))

    def _wait(self, is_ready: Callable[[], bool]) -> None:
        give_up = time.monotonic() + _READY_SECONDS
        while not is_ready():
            self.ensure_alive()
            if time.monotonic() > give_up:
                raise Trouble(f"`ansvar {self.name}` did not become ready; see {self._log.name}.")
            time.sleep(_LOOK_SECONDS)

    def stop(self) -> None:
        """End it in order, or at once when it does not heed."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(data: Path, *arguments: str, **settings: str) -> Iterator[Part]:
    """Run one command of the product for the block."""
    part = Part(data, *arguments, **settings)
    try:
        yield part
    finally:
        part.stop()


@contextlib.contextmanager
def web(data: Path, **settings: str) -> Iterator[tuple[Part, int]]:
    """Run the web server alone: no worker takes processor time in the same process."""
    port = free_port()
    with running(data, "web", "--host", HOST, "--port", str(port), **settings) as part:
        part.wait_until_healthy(port)
        yield part, port


def _environment(data: Path, name: str) -> dict[str, str]:
    ours = ("ANSVAR_", "DJANGO_", "PYTEST_", "PG")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    kept.pop("DATABASE_URL", None)
    # By the name the database tells whose backend it is.
    return kept | {"ANSVAR_DATA": str(data), "NO_COLOR": "1", "PGAPPNAME": name}


def _is_healthy(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200  # noqa: PLR2004  # HTTP's own number
    except OSError:
        return False
    finally:
        connection.close()
