"""Many open pages: streams of live news, held by one small client that counts who hears what."""

import asyncio
import contextlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from ansvar.ops.bench.parts import HOST
from ansvar.ops.trouble import Trouble

AT_ONCE = 50
"""Streams that are opened at the same time."""
_PATIENCE_SECONDS = 60
_LONGEST_HEAD = 65_536


@dataclass
class Streams:
    """Open streams of one server; `heard` counts by the number in the news who has heard it."""

    port: int
    cookies: Sequence[str]
    """One for each stream: who opens it."""
    heard: dict[int, int] = field(default_factory=dict)
    last_at: float = 0.0
    closed: int = 0
    _tasks: "list[asyncio.Task[None]]" = field(default_factory=list)
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def open(self) -> None:
        """Open all of them.

        Raises: Trouble when one is refused.
        """
        room = asyncio.Semaphore(AT_ONCE)

        async def begin(cookie: str) -> None:
            async with room:
                await self._begin(cookie)

        async with asyncio.TaskGroup() as group:
            for cookie in self.cookies:
                group.create_task(begin(cookie))

    async def wait_for(self, number: int, count: int) -> float:
        """Return when the last of *count* streams has heard the news with *number*.

        Raises: Trouble when not all of them hear it.
        """
        give_up = time.perf_counter() + _PATIENCE_SECONDS
        while self.heard.get(number, 0) < count:
            if time.perf_counter() > give_up:
                heard = self.heard.get(number, 0)
                raise Trouble(f"{heard} of {count} streams heard a piece of news.")
            await asyncio.sleep(0.002)
        return self.last_at

    async def close(self) -> None:
        """Close all of them."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.close()
        for writer in self._writers:
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _begin(self, cookie: str) -> None:
        reader, writer = await asyncio.open_connection(HOST, self.port, limit=_LONGEST_HEAD)
        self._writers.append(writer)
        writer.write(
            f"GET /live HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nCookie: {cookie}\r\n\r\n".encode()
        )
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _PATIENCE_SECONDS)
        if not head.startswith(b"HTTP/1.1 200"):
            raise Trouble(f"A stream was refused: {head.splitlines()[0].decode()}")
        # It counts as open when the server has told how to come back.
        await asyncio.wait_for(reader.readuntil(b"retry:"), _PATIENCE_SECONDS)
        self._tasks.append(asyncio.create_task(self._listen(reader)))

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while line := await reader.readline():
                if line.startswith(b"data: {"):
                    number = json.loads(line[6:]).get("number")
                    if number is not None:
                        self.heard[number] = self.heard.get(number, 0) + 1
                        self.last_at = time.perf_counter()
        self.closed += 1
