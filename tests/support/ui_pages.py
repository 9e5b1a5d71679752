"""A small web server on loopback that shows the style guide without a database."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings
from django.urls import include, path

urlpatterns = [path("ui/", include("ansvar.ui.urls"))]
handler404 = "ansvar.ui.errors.not_found"

MIDDLEWARE = [
    "ansvar.ui.static_files.StaticFiles",
    "ansvar.ui.middleware.SecurityHeaders",
    "django.middleware.csrf.CsrfViewMiddleware",
]


class _Server(ThreadingMixIn, WSGIServer):
    """A browser opens connections ahead; one at a time would wait for the unused ones."""

    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Leave the terminal to the tests."""


@contextmanager
def served_guide() -> Iterator[str]:
    """Serve the guide while the block runs; gives its address."""
    with override_settings(
        ROOT_URLCONF="ui_pages", MIDDLEWARE=MIDDLEWARE, ALLOWED_HOSTS=["127.0.0.1"], DEBUG=False
    ):
        server = make_server(
            "127.0.0.1", 0, WSGIHandler(), server_class=_Server, handler_class=_Silent
        )
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
