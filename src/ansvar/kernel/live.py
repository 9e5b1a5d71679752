"""Live news for open pages: one LISTEN connection per process, fanned out as Server-Sent Events.

A page gets only ids and the kind of news; it asks for what it may see through the ordinary URLs.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs

import psycopg
import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection

from ansvar.kernel.journal import is_history
from ansvar.kernel.reaching import direct_parameters
from ansvar.kernel.registry import Registry

log = structlog.get_logger(__name__)

CHANNEL = "ansvar_live"
KEEP_ALIVE_SECONDS = 25
QUEUE_LENGTH = 100
"""News kept for a slow reader; when it is full the page is told to load itself again."""
RECONNECT_SECONDS = 2
LONGEST_PLACE = 60

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True)
class Listener:
    """Whoever is behind a stream."""

    name: str
    audiences: frozenset[str]
    """Whose news they may hear."""


listeners: Registry[Callable[[str], Listener | None]] = Registry("listeners")
"""Filed as "session": from a session key to who it is, or nothing."""


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
    name: str = ""
    place: str = ""
    """What their page shows, such as `1/IT-1042`; others at the same place hear who is there."""
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
        self._tell_who_is_at(reader.place)
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen())

    def leave(self, reader: Reader) -> None:
        """Remove a reader; the last one ends the listener."""
        self.readers.discard(reader)
        self._tell_who_is_at(reader.place)
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

    def _tell_who_is_at(self, place: str) -> None:
        """Tell everybody at a place who else is there: of this process, whose streams it holds."""
        if not place:
            return
        there = [reader for reader in self.readers if reader.place == place]
        for reader in there:
            names = sorted({other.name for other in there} - {reader.name})
            reader.tell(f"event: looking\ndata: {json.dumps({'names': names})}\n\n")

    async def _listen(self) -> None:
        lost = False
        while True:
            try:
                parameters = await sync_to_async(direct_parameters)()
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


def _place(scope: Scope, audiences: Collection[str]) -> str:
    """Return the place that a page names, if its reader may hear of it: `desk/what`."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    place = query.get("at", [""])[0][:LONGEST_PLACE]
    desk, _sep, what = place.partition("/")
    return place if what and f"desk:{desk}" in audiences else ""


def _found(find: Callable[[str], Listener | None], key: str) -> Listener | None:
    """Ask who it is and give the connection back: no request of Django's ends here."""
    try:
        return find(key)
    finally:
        connection.close()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve `/live`: the stream of news for the person of the session cookie."""
    key = _session_key(scope)
    find = listeners.get("session")
    who = await sync_to_async(_found)(find, key) if key and find else None
    if who is None:
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
    place = _place(scope, who.audiences)
    reader = Reader(audiences=who.audiences, name=who.name, place=place)
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
