"""Where a virus scanner, clamd, listens, and how to hear whether it is there: without Django."""

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from typing_extensions import override

CONNECT_SECONDS: Final = 3.0
_LONGEST_ANSWER: Final = 4_096


class ScannerUnreachable(Exception):
    """The scanner does not answer; the text says where and why."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where clamd listens: a TCP port, or a socket on this machine."""

    host: str = ""
    port: int = 0
    path: str = ""

    @override
    def __str__(self) -> str:
        return f"unix:{self.path}" if self.path else f"tcp://{self.host}:{self.port}"

    def connection(self) -> socket.socket:
        """Return a connection; the operating system says what is wrong with it."""
        if not self.path:
            return socket.create_connection((self.host, self.port), timeout=CONNECT_SECONDS)
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.settimeout(CONNECT_SECONDS)
        try:
            made.connect(self.path)
        except OSError:
            made.close()
            raise
        return made


def address_of(url: str) -> Address | None:
    """Return where the scanner listens, from `tcp://host:port` or `unix:/path`; nothing for none.

    Raises: ValueError.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme == "unix" and parts.path.startswith("/") and not parts.netloc:
        return Address(path=parts.path)
    if parts.scheme == "tcp" and parts.hostname and parts.port and parts.path in {"", "/"}:
        return Address(host=parts.hostname, port=parts.port)
    raise ValueError(url)


def ping(address: Address) -> None:
    """Make sure that the scanner answers.

    Raises: ScannerUnreachable.
    """
    with connected(address) as scanner:
        scanner.sendall(b"zPING\0")
        heard = answer(scanner)
    if heard != "PONG":
        raise ScannerUnreachable(f"{address} answers “{heard[:80]}”: is that clamd?")


@contextlib.contextmanager
def connected(address: Address) -> Iterator[socket.socket]:
    """Give a connection to the scanner.

    Raises: ScannerUnreachable, also when it breaks within.
    """
    try:
        with address.connection() as scanner:
            yield scanner
    except OSError as error:
        why = error.strerror or str(error) or type(error).__name__
        raise ScannerUnreachable(f"{address} does not answer: {why}.") from error


def answer(scanner: socket.socket) -> str:
    """Return what the scanner says, up to its end mark; empty when it hangs up."""
    heard = b""
    while b"\0" not in heard and len(heard) < _LONGEST_ANSWER:
        piece = scanner.recv(_LONGEST_ANSWER)
        if not piece:
            break
        heard += piece
    return heard.partition(b"\0")[0].decode("utf-8", "replace").strip()
