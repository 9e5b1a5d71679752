"""The web server: live news in plain asyncio, pages by Django in a pool of threads, on one port."""

import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any, cast

import uvicorn
from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application
from typing_extensions import override

from ansvar.kernel import live
from ansvar.ops.config import Config

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# A stream for live news is open for as long as its page: it must not hold up the end.
STOP_SECONDS = 3


def application(threads: int) -> Application:
    """Make the ASGI application: `/live` is streamed, everything else goes to Django.

    Django's WSGI handler in threads costs a fifth of its ASGI handler for the same page.
    """
    django: Any = get_wsgi_application()
    # Its annotations name every kind of ASGI message; uvicorn's and ours name none.
    pages = cast("Application", WSGIMiddleware(django, workers=threads))

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/live":
            await live.application(scope, receive, send)
        else:
            await pages(scope, receive, send)

    return dispatch


class Server(uvicorn.Server):
    """The web server, stopped by whoever holds it instead of by signals it catches itself."""

    def __init__(self, config: Config, when_ready: Callable[[], None]) -> None:
        self._when_ready = when_ready
        super().__init__(
            uvicorn.Config(
                application(config.threads),
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=True,
                forwarded_allow_ips=list(config.trusted_proxies),
                timeout_graceful_shutdown=STOP_SECONDS,
                timeout_keep_alive=30,
            )
        )

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._when_ready()

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        live.hub.end()
        await super().shutdown(sockets)

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
