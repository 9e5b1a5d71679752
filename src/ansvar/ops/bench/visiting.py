"""A visitor of the product: one connection that is kept, cookies, a log-in, and little else."""

import gzip
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from ansvar.ops.bench import cast
from ansvar.ops.bench.parts import HOST
from ansvar.ops.trouble import Trouble

PATIENCE_SECONDS = 120
# The server closes a connection that is not used for some time; a little sooner it is left.
_IDLE_SECONDS = 20
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back, and how long that took."""

    path: str
    status: int
    headers: dict[str, str]
    body: bytes
    """As it came, compressed if it was."""
    seconds: float

    @property
    def content(self) -> bytes:
        """What it says, unpacked."""
        if self.headers.get("content-encoding") == "gzip":
            return gzip.decompress(self.body)
        return self.body

    @property
    def text(self) -> str:
        """What it says, as text."""
        return self.content.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """What it says, as values."""
        return json.loads(self.content)


class Visitor:
    """Somebody at a browser, or a program with a token."""

    def __init__(self, port: int, token: str = "") -> None:
        self._port = port
        self._connection = HTTPConnection(HOST, port, timeout=PATIENCE_SECONDS)
        self._used_at = 0.0
        self.cookies: dict[str, str] = {}
        self._always = {"Host": f"{HOST}:{port}", "Accept-Encoding": "gzip"}
        if token:
            self._always["Authorization"] = f"Bearer {token}"

    def log_in(self, login: str, password: str = cast.PASSWORD) -> None:
        """Log in as one of the people of the bench.

        Raises: Trouble when that is refused.
        """
        form = _TOKEN.search(self.get("/log-in/").text)
        fields = {
            "csrfmiddlewaretoken": form[1] if form else "",
            "username": login,
            "password": password,
        }
        answer = self.post("/log-in/", fields)
        if answer.status != HTTPStatus.FOUND:
            raise Trouble(f"{login} could not log in (status {answer.status}): is the data filled?")

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """Send a form."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://{HOST}:{self._port}",
        }
        return self._ask("POST", path, body=urlencode(fields).encode(), more=headers)

    def send(self, path: str, values: Mapping[str, Any], *, key: str = "") -> Answer:
        """Send values as a program does; with a *key*, the same again is done only once."""
        body = json.dumps(dict(values)).encode()
        more = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        return self._ask("POST", path, body=body, more=more)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        more: dict[str, str] | None = None,
    ) -> Answer:
        headers = self._always | (more or {})
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if time.monotonic() - self._used_at > _IDLE_SECONDS:
            self._connection.close()
        begun = time.perf_counter()
        try:
            self._connection.request(method, path, body=body, headers=headers)
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException):
            # The next request begins a connection of its own.
            self._connection.close()
            raise
        finally:
            self._used_at = time.monotonic()
        seconds = time.perf_counter() - begun
        for value in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.update({key: one.value for key, one in SimpleCookie(value).items()})
        return Answer(
            path=path,
            status=answer.status,
            headers={key.lower(): value for key, value in answer.headers.items()},
            body=content,
            seconds=seconds,
        )
