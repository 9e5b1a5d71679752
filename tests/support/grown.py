"""Ansvar beyond one machine: its parts as processes of their own, around somebody's PostgreSQL."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx
import product
from postgres_server import PostgresServer
from small_world import PASSWORD

PATIENCE_SECONDS = 120


@dataclass(kw_only=True)
class House:
    """An installation whose database is somebody's PostgreSQL."""

    state: Path
    data: Path
    server: PostgresServer
    world: dict[str, Any]

    def environment(self, url: str = "", **more: str) -> dict[str, str]:
        """Return the settings of one of its processes."""
        return environment(self.data, url or self.server.url(), **more)

    def jobs(self, states: str = "todo doing", *, but: str = "") -> int:
        """Count the jobs in some states that are not yet due at the next full minute."""
        (found,) = self.server.ask(
            "SELECT count(*) FROM procrastinate_jobs WHERE status::text = ANY(%s)"
            " AND task_name <> %s AND coalesce(scheduled_at, now()) <= now()",
            states.split(), but,
        )[0]  # fmt: skip
        number: int = found
        return number

    def tickets(self, subject: str) -> int:
        """Count the tickets with a subject."""
        number: int = self.server.ask(
            "SELECT count(*) FROM tickets_ticket WHERE subject = %s", subject
        )[0][0]
        return number


class Part:
    """One process of the product: `ansvar web`, `ansvar worker`, `ansvar receive`."""

    def __init__(self, environment: Mapping[str, str], *arguments: str) -> None:
        self.name = arguments[0]
        self.said: list[str] = []
        self._told = threading.Event()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ansvar", *arguments],
            env=dict(environment), cwd=tempfile.gettempdir(),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, start_new_session=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=[self.process.stdout])
        self._reader.start()

    def wait_until_ready(self) -> None:
        """Wait for the line with which every part says that it works."""
        ready = self._told.wait(PATIENCE_SECONDS) and self.process.poll() is None
        assert ready, f"{self.name} did not start:\n{''.join(self.said)}"

    def kill(self) -> None:
        """End it as a fault of the machine does."""
        self.process.kill()
        self.stop()

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE_SECONDS)
        self._reader.join(PATIENCE_SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _read(self, lines: IO[str]) -> None:
        for line in lines:
            self.said.append(line)
            if "Ctrl-C stops it" in line or "Serving pages at" in line:
                self._told.set()
        self._told.set()


class Web(Part):
    """`ansvar web` at a port of its own."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.port = product.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        super().__init__({**environment, "ANSVAR_PORT": str(self.port)}, "web")

    @contextlib.contextmanager
    def browser(self, login: str) -> Iterator[httpx.Client]:
        """Give somebody's logged-in browser."""
        with httpx.Client(base_url=self.url, timeout=60) as client:
            client.get("/log-in/")
            form = {"username": login, "password": PASSWORD}
            answer = self.send(client, "/log-in/", form)
            assert answer.status_code == 302, "".join(self.said[-20:])
            yield client

    def send(self, client: httpx.Client, path: str, form: Mapping[str, str]) -> httpx.Response:
        """Send a form to this process with the cookies of a browser, wherever it got them."""
        token = client.cookies.get("csrftoken") or ""
        headers = {"X-CSRFToken": token, "Referer": self.url}
        return client.post(f"{self.url}{path}", data=dict(form), headers=headers)

    def program(self, token: str) -> httpx.Client:
        """Return a program that talks to the interface."""
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=60)


@contextlib.contextmanager
def running(*parts: Part) -> Iterator[None]:
    """Wait until the parts work, for the block; end them in any case."""
    try:
        for part in parts:
            part.wait_until_ready()
        yield
    finally:
        for part in parts:
            part.stop()


def environment(data: Path, database_url: str, **more: str) -> dict[str, str]:
    """Return the settings that all processes of one installation share."""
    keys = {
        "ANSVAR_SECRET_KEY": "the same on every machine, of fifty characters or more",
        "ANSVAR_ENCRYPTION_KEY": "b25seSB0byBiZSB1c2VkIHdpdGhpbiB0ZXN0cyEhISE=",
        "PYTHONUNBUFFERED": "1",
        "TZ": os.environ.get("TZ", "UTC"),
    }
    return product.environment(data, DATABASE_URL=database_url, **keys, **more)
