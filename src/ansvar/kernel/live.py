"""Live news for open pages: one LISTEN connection per process, fanned out as Server-Sent Events.

A page gets only ids and the kind of news; it asks for what it may see through the ordinary URLs.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import psycopg
import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection

from ansvar.kernel.journal import is_history
from ansvar.kernel.registry import Registry

log = structlog.get_logger(__name__)

CHANNEL = "ansvar_live"
KEEP_ALIVE_SECONDS = 25
QUEUE_LENGTH = 100
"""News kept for a slow reader; when it is full the page is told to load itself again."""
RECONNECT_SECONDS = 2

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

audiences: Registry[Callable[[str], Iterable[str] | None]] = Registry("audiences")
"""Filed as "session": from a session key to the audiences its person belongs to, or nothing."""


@dataclass(frozen=True)
class News:
    """What open pages are told: that something of a kind changed, and which."""

    audience: str
    """Who listens, such as `desk:1`."""
    kind: str
    ids: Mapping[str, int | str]


def publish(audience: str, kind: str, **ids: int | str) -> None:
    """Tell open pages of *audience* (such as `desk:1`) that something of *kind* changed.

    Delivered when the transaction commits; equal news of one transaction arrive once.
    """
    publish_all([News(audience, kind, ids)])


def publish_all(told: Sequence[News]) -> None:
    """Publish several news with one statement."""
    if is_history() or not told:
        return
    texts = [json.dumps({"audience": one.audience, "kind": one.kind, **one.ids}) for one in told]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(['pg_notify(%s, %s)'] * len(texts))}",
            [part for text in texts for part in (CHANNEL, text)],
        )


@dataclass(eq=False)
class Reader:
    """One open stream."""

    audiences: frozenset[str]
    news: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(QUEUE_LENGTH))

    def tell(self, event: str) -> None:
        """Queue an event; a reader that fell behind gets one "reload" in place of the rest."""
        if self.news.full():
            while not self.news.empty():
                self.news.get_nowait()
            event = "event: reload\ndata: {}\n\n"
        self.news.put_nowait(event)


class Hub:
    """The process's single listener and all its readers."""

    def __init__(self) -> None:
        self.readers: set[Reader] = set()
        self._listener: asyncio.Task[None] | None = None

    def join(self, reader: Reader) -> None:
        """Add a reader; the first one starts the listener."""
        self.readers.add(reader)
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen())

    def leave(self, reader: Reader) -> None:
        """Remove a reader; the last one ends the listener."""
        self.readers.discard(reader)
        if not self.readers and self._listener is not None:
            self._listener.cancel()
            self._listener = None

    def spread(self, payload: str) -> None:
        """Hand news to the readers whose audience it is for."""
        news = json.loads(payload)
        audience, kind = news.pop("audience"), news.pop("kind")
        event = f"event: {kind}\ndata: {json.dumps(news)}\n\n"
        for reader in self.readers:
            if audience in reader.audiences:
                reader.tell(event)

    async def _listen(self) -> None:
        lost = False
        while True:
            try:
                parameters = await sync_to_async(_connection_parameters)()
                listening = await psycopg.AsyncConnection.connect(**parameters, autocommit=True)
                async with listening:
                    await listening.execute(f"LISTEN {CHANNEL}")
                    if lost:
                        # News may have been missed while the database was away.
                        for reader in self.readers:
                            reader.tell("event: reload\ndata: {}\n\n")
                    lost = False
                    async for notice in listening.notifies():
                        self.spread(notice.payload)
            except psycopg.Error as error:
                lost = True
                log.warning("live_listener_lost", error=str(error))
                await asyncio.sleep(RECONNECT_SECONDS)


hub = Hub()


def _connection_parameters() -> dict[str, Any]:
    parameters = connection.get_connection_params()
    wanted = ("dbname", "host", "port", "user", "password", "sslmode", "sslrootcert")
    return {key: parameters[key] for key in wanted if parameters.get(key)}


def _session_key(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"cookie":
            cookie: SimpleCookie = SimpleCookie()
            with contextlib.suppress(Exception):  # a broken cookie is no cookie
                cookie.load(value.decode("latin-1"))
            morsel = cookie.get(settings.SESSION_COOKIE_NAME)
            if morsel:
                return morsel.value
    return None


def _found(find: Callable[[str], Iterable[str] | None], key: str) -> Iterable[str] | None:
    """Ask for audiences and give the connection back: no request of Django's ends here."""
    try:
        return find(key)
    finally:
        connection.close()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve `/live`: the stream of news for the person of the session cookie."""
    key = _session_key(scope)
    find = audiences.get("session")
    mine = await sync_to_async(_found)(find, key) if key and find else None
    if mine is None:
        # 204 makes an EventSource stop trying; a log-in loads the page anew anyway.
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        return
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    reader = Reader(audiences=frozenset(mine))
    gone = asyncio.create_task(_until_gone(receive))
    hub.join(reader)
    try:
        await _feed(reader, gone, send)
    finally:
        hub.leave(reader)
        gone.cancel()


async def _feed(reader: Reader, gone: "asyncio.Task[None]", send: Send) -> None:
    await send({"type": "http.response.body", "body": b"retry: 3000\n\n", "more_body": True})
    while not gone.done():
        coming = asyncio.create_task(reader.news.get())
        await asyncio.wait(
            {coming, gone}, timeout=KEEP_ALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        if coming.done():
            body = coming.result().encode()
        else:
            coming.cancel()
            body = b": still here\n\n"
        if not gone.done():
            await send({"type": "http.response.body", "body": body, "more_body": True})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
