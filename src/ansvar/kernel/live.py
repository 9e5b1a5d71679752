"""Live news for open pages: one LISTEN connection per process, fanned out as Server-Sent Events.

A page gets only ids and the kind of news; it asks for what it may see through the ordinary URLs.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from math import ceil
from random import randrange
from typing import Any
from urllib.parse import parse_qs

import psycopg
import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import connection

from ansvar.kernel.journal import is_history
from ansvar.kernel.reaching import RETRY_AFTER_SECONDS, direct_parameters, is_away
from ansvar.kernel.registry import Registry

log = structlog.get_logger(__name__)

CHANNEL = "ansvar_live"
KEEP_ALIVE_SECONDS = 25
QUEUE_LENGTH = 100
"""News kept for a slow reader; when it is full the page is told to load itself again."""
RECONNECT_SECONDS = 2
LONGEST_PLACE = 60
PAUSE_PER_READER = 0.00025
"""Seconds of rest for each stream that was written to, which takes about a fifth of that."""
RELOAD = "event: reload\ndata: {}\n\n"
_SHORTEST_RETRY, _RETRY_SPREAD = 2_000, 4_000
_SHOWN = 200
_ASKERS = 2

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
    is_gone: bool = False
    _events: list[str] = field(default_factory=list)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, *events: str) -> None:
        """Queue events; a reader that fell behind gets one "reload" in place of all of them."""
        self._events += events
        if len(self._events) > QUEUE_LENGTH:
            self._events = [RELOAD]
        self._woken.set()

    def end(self) -> None:
        """Let the stream end."""
        self.is_gone = True
        self._woken.set()

    async def coming(self) -> bytes:
        """Return what is to be sent next, several events in one piece; nothing at the end."""
        await self._woken.wait()
        self._woken.clear()
        events, self._events = self._events, []
        return b"" if self.is_gone else "".join(events).encode()


class Hub:
    """The process's single listener and all its readers."""

    def __init__(self) -> None:
        self.readers: set[Reader] = set()
        self._by_audience: dict[str, set[Reader]] = {}
        self._by_place: dict[str, set[Reader]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._waiting: list[tuple[str, str]] = []
        self._next_at = 0.0

    def join(self, reader: Reader) -> None:
        """Add a reader; the first one starts the listener."""
        self.readers.add(reader)
        for audience in reader.audiences:
            self._by_audience.setdefault(audience, set()).add(reader)
        if reader.place:
            self._by_place.setdefault(reader.place, set()).add(reader)
        self._tell_who_is_at(reader.place)
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._listen()),
                asyncio.create_task(self._keep_alive()),
            ]

    def leave(self, reader: Reader) -> None:
        """Remove a reader; the last one ends the listener."""
        self.readers.discard(reader)
        for audience in reader.audiences:
            _take_out(self._by_audience, audience, reader)
        if reader.place:
            _take_out(self._by_place, reader.place, reader)
        self._tell_who_is_at(reader.place)
        if not self.readers:
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    def end(self) -> None:
        """Let all streams end, so that the process can; their pages come back by themselves."""
        for reader in self.readers:
            reader.end()

    def spread(self, payload: str) -> None:
        """Hand news to the readers whose audience it is for; in a flood, several at a time.

        To write to a stream takes processor time in which no page is made. So news that follow
        others closely wait a little and go out together.
        """
        try:
            news = json.loads(payload)
            audience, kind = news.pop("audience"), news.pop("kind")
        except (ValueError, KeyError, AttributeError, TypeError):
            log.warning("live_news_unreadable", payload=payload[:_SHOWN])
            return
        self._waiting.append((audience, f"event: {kind}\ndata: {json.dumps(news)}\n\n"))
        if len(self._waiting) == 1:
            loop = asyncio.get_running_loop()
            loop.call_at(max(loop.time(), self._next_at), self._hand_out)

    def _hand_out(self) -> None:
        waiting, self._waiting = self._waiting, []
        coming: dict[str, dict[str, None]] = {}
        for audience, event in waiting:
            # Equal news once, in the order in which they came.
            coming.setdefault(audience, {})[event] = None
        told = 0
        for audience, events in coming.items():
            readers = self._by_audience.get(audience, ())
            told += len(readers)
            for reader in readers:
                reader.tell(*events)
        self._next_at = asyncio.get_running_loop().time() + told * PAUSE_PER_READER

    def _tell_who_is_at(self, place: str) -> None:
        """Tell everybody at a place who else is there: of this process, whose streams it holds."""
        there = self._by_place.get(place, ())
        for reader in there:
            names = sorted({other.name for other in there} - {reader.name})
            reader.tell(f"event: looking\ndata: {json.dumps({'names': names})}\n\n")

    async def _keep_alive(self) -> None:
        """Write to every stream now and then, a few at a time, so that no proxy closes it."""
        while True:
            readers = list(self.readers)
            portion = ceil(len(readers) / KEEP_ALIVE_SECONDS)
            for second in range(KEEP_ALIVE_SECONDS):
                await asyncio.sleep(1)
                for reader in readers[second * portion : (second + 1) * portion]:
                    reader.tell(": still here\n\n")

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
                            reader.tell(RELOAD)
                    lost = False
                    async for notice in listening.notifies():
                        self.spread(notice.payload)
            except Exception as error:  # noqa: BLE001  # whatever it was, pages must hear again
                lost = True
                log.warning("live_listener_lost", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(RECONNECT_SECONDS)


hub = Hub()


def _take_out(kept: dict[str, set[Reader]], key: str, reader: Reader) -> None:
    kept[key].discard(reader)
    if not kept[key]:
        del kept[key]


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


async def _asked(function: Callable[..., Any], *arguments: Any) -> Any:
    """Ask the database in one of few threads: when all pages come back at once, they take turns."""
    return await asyncio.get_running_loop().run_in_executor(_askers, function, *arguments)


_askers = ThreadPoolExecutor(_ASKERS, thread_name_prefix="live")


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve `/live`: the stream of news for the person of the session cookie."""
    key = _session_key(scope)
    find = listeners.get("session")
    try:
        who = await _asked(_found, find, key) if key and find else None
    except DatabaseTrouble as error:
        if not is_away(error):
            raise
        await _send_off(send)
        return
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
    reader = Reader(audiences=who.audiences, name=who.name, place=_place(scope, who.audiences))
    gone = asyncio.create_task(_until_gone(receive))
    gone.add_done_callback(lambda _gone: reader.end())
    hub.join(reader)
    try:
        await _feed(reader, send)
    finally:
        hub.leave(reader)
        gone.cancel()


async def _send_off(send: Send) -> None:
    """Refuse for now; the page comes again by itself."""
    headers = [(b"retry-after", str(RETRY_AFTER_SECONDS).encode())]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _feed(reader: Reader, send: Send) -> None:
    # When a server starts anew, its pages must not all come back in the same moment.
    retry = _SHORTEST_RETRY + randrange(_RETRY_SPREAD)  # noqa: S311  # nobody gains by guessing it
    body = f"retry: {retry}\n\n".encode()
    while body:
        await send({"type": "http.response.body", "body": body, "more_body": True})
        body = await reader.coming()
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
