"""`ansvar serve` as a person starts it: its own process, data folder and port."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ready_database import give_database

from ansvar.ops import place

PATIENCE_SECONDS = 300


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(data: Path, **more: str) -> dict[str, str]:
    """Return an environment in which only *data* and *more* are Ansvar's settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ANSVAR_", "PYTEST_", "DJANGO_")) and name != "DATABASE_URL"
    }
    return kept | {"ANSVAR_DATA": str(data), "NO_COLOR": "1"} | more


@contextlib.contextmanager
def used_data_folder() -> Iterator[Path]:
    """Give a data folder in which the product has made its tables already."""
    with data_folder() as data:
        if not give_database(data, run=Path(os.environ["ANSVAR_TESTS_DATA"])):
            ansvar(data, "migrate")
        yield data


@contextlib.contextmanager
def data_folder() -> Iterator[Path]:
    """Give a folder that the database's user can reach, and remove it with its database."""
    parent = Path(tempfile.mkdtemp(prefix="ansvar-product-"))
    parent.chmod(0o711)
    data = parent / "data"
    try:
        yield data
    finally:
        shutil.rmtree(place.locate(data).root, ignore_errors=True)
        shutil.rmtree(parent, ignore_errors=True)


def ansvar(
    data: Path, *arguments: str, stdin: str = "", **more: str
) -> subprocess.CompletedProcess[str]:
    """Run one command of the product to its end."""
    return subprocess.run(
        [sys.executable, "-m", "ansvar", *arguments],
        env=environment(data, **more),
        cwd=tempfile.gettempdir(),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


class Product:
    """A running `ansvar serve`."""

    def __init__(self, data: Path, port: int, *arguments: str, **more: str) -> None:
        self.data = data
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.said: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ansvar", "serve", "--port", str(port), *arguments],
            env=environment(data, **more),
            cwd=tempfile.gettempdir(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._ready = threading.Event()
        assert self.process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=[self.process.stdout])
        self._reader.start()

    def wait_until_ready(self) -> None:
        """Wait for the line that tells the address."""
        if not self._ready.wait(PATIENCE_SECONDS) or self.process.poll() is not None:
            raise AssertionError("It did not become ready:\n" + "".join(self.said))

    def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end, as Ctrl-C or a supervisor does; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(by)
        code = self.process.wait(PATIENCE_SECONDS)
        self._reader.join(PATIENCE_SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def _read(self, lines: IO[str]) -> None:
        for line in lines:
            self.said.append(line)
            if "Ansvar is ready" in line:
                self._ready.set()
        self._ready.set()


@contextlib.contextmanager
def running(data: Path, *arguments: str, **more: str) -> Iterator[Product]:
    """Run `ansvar serve` for the block."""
    product = Product(data, free_port(), *arguments, **more)
    try:
        product.wait_until_ready()
        yield product
    finally:
        product.stop()


def tree_of(pid: int) -> list[int]:
    """Return *pid* and the ids of all its descendants."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [pid, *(one for child in children for one in tree_of(int(child)))]


def kill_tree(pid: int) -> None:
    """Kill *pid* and all its descendants at once, as a power cut would."""
    for one in tree_of(pid):
        # A process of a closed connection may end by itself meanwhile.
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
