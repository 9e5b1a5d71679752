"""A real SMTP server on loopback that can be told what it takes."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class SmallServer:
    """What a server has taken, and what it refuses."""

    def __init__(self, refuses: bytes) -> None:
        self.refuses = refuses.decode()
        self.taken: list[bytes] = []
        self.port = 0

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(envelope.content)
        return "250 OK"


@contextmanager
def a_small_server(
    *, size: int = 1_000_000, utf8: bool = True, refuses: bytes = b""
) -> Iterator[SmallServer]:
    """Run a server that takes mails up to *size*, addresses in UTF-8 or not, or nobody."""
    handler = SmallServer(refuses)

    class _Controller(Controller):
        def factory(self) -> SMTP:
            return SMTP(
                handler, hostname="mx.corp.test", data_size_limit=size, enable_SMTPUTF8=utf8
            )

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        handler.port = probe.getsockname()[1]
    controller = _Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()
