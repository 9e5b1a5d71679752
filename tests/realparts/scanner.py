"""A real virus scanner on loopback: clamd with a database of one signature of its own.

What it finds is the harmless test file of the EICAR institute. It is put together only when it is
needed, so that no scanner takes offence at this project.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
from waiting import wait_until

from ansvar.conversations.scanner_address import Address, ScannerUnreachable, ping
from realparts import missing

SIGNATURE = "Test-Signature"
MOST_BYTES = 300_000
_PLACES = ("/usr/sbin/clamd", "/usr/local/sbin/clamd", "/usr/bin/clamd")
_CONFIG = """
Foreground yes
TCPSocket {port}
TCPAddr 127.0.0.1
DatabaseDirectory {state}/db
LogFile {state}/clamd.log
StreamMaxLength {most}
MaxThreads 2
"""


def harmful() -> bytes:
    """Return the test file that every scanner finds."""
    return b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"-".join(
        [b"EICAR", b"STANDARD", b"ANTIVIRUS", b"TEST"]
    ) + b"-FILE!$H+H*"  # fmt: skip


class Scanner:
    """A running clamd."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._state = Path(tempfile.mkdtemp(prefix="ansvar-scanner-"))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.address = Address(host="127.0.0.1", port=free.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        # clamd gives up the rights of root, and its user has to read these.
        self._state.chmod(0o777)
        database = self._state / "db"
        database.mkdir()
        (database / "test.ndb").write_text(f"{SIGNATURE}:0:*:{harmful().hex()}\n")
        config = self._state / "clamd.conf"
        config.write_text(
            _CONFIG.format(port=self.address.port, state=self._state, most=MOST_BYTES)
        )
        self._process = subprocess.Popen(
            [self._program, "-c", str(config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TZ": "UTC"},
        )
        wait_until(self._answers)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)
        shutil.rmtree(self._state, ignore_errors=True)

    def _answers(self) -> bool:
        with contextlib.suppress(ScannerUnreachable):
            ping(self.address)
            return True
        return False


@pytest.fixture(scope="module")
def scanner() -> Iterator[Scanner]:
    """Give the tests of a module a virus scanner."""
    program = next((one for one in _PLACES if Path(one).exists()), None)
    if program is None:
        missing("clamd")
    with Scanner(program) as running:
        yield running
