"""A small web server on loopback that shows the style guide without a database."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import include, path

from ansvar.ui import errors, render
from ansvar.ui.shell import Shell

BEHAVIOUR = """{% extends "ui/workbench.html" %}
{% from "ui/parts/composer.html" import writing %}{% from "ui/parts/button.html" import button %}
{% block title %}Behaviour{% endblock %}
{% block main %}<h1>Behaviour</h1>
<form id="works" method="post" action="/part/" hx-post="/part/" hx-target="#here">
<span data-draft-state></span>{{ writing("text", "Text", draft_url="/draft/") }}
{{ button("Send") }}</form>
<form id="breaks" hx-post="/broken/" hx-target="#here">{{ button("Break") }}</form>
<form id="logged-out" hx-post="/logged-out/" hx-target="#here">{{ button("Late") }}</form>
<div id="here">before</div>
<section id="fresh" data-live="ticket.changed" hx-get="/part/" hx-trigger="live"
 hx-target="find span" hx-swap="innerHTML"><span>old</span></section>
<button type="button" hidden class="pill" data-live-pill="ticket.opened">none</button>
{% endblock %}"""

drafts: list[str] = []
readers: list[SimpleQueue[str]] = []
CHECK_SECONDS = 0.2


def behaviour(request: HttpRequest) -> HttpResponse:
    """Show a page that uses each behaviour once."""
    template = render._environment().from_string(BEHAVIOUR)
    shell = Shell(live_url="/live/" if "live" in request.GET else "")
    return HttpResponse(template.render(render._context(request, {"shell": shell})))


def draft(request: HttpRequest) -> HttpResponse:
    """Keep a draft; refuse one that says so."""
    text = request.POST["text"]
    drafts.append(text)
    return HttpResponse(status=500 if "refuse" in text else 204)


def part(request: HttpRequest) -> HttpResponse:
    """Answer with a fragment."""
    return HttpResponse(f'<div id="here">got {request.POST.get("text", "news")}</div>')


def tell(*kinds: str) -> None:
    """Send news to every page that listens."""
    for reader in readers:
        for kind in kinds:
            reader.put(f"event: {kind}\ndata: {{}}\n\n")


def _stream() -> Iterator[str]:
    reader: SimpleQueue[str] = SimpleQueue()
    readers.append(reader)
    try:
        yield ": here\n\n"
        while True:
            try:
                yield reader.get(timeout=CHECK_SECONDS)
            except Empty:
                # Writing is how a server learns that the page is gone.
                yield ": still here\n\n"
    finally:
        readers.remove(reader)


def live(_request: HttpRequest) -> StreamingHttpResponse:
    """Keep a stream of news open."""
    return StreamingHttpResponse(_stream(), content_type="text/event-stream")


def broken(request: HttpRequest) -> HttpResponse:
    """Answer as a fault does."""
    return errors.server_error(request)


def logged_out(request: HttpRequest) -> HttpResponse:
    """Answer as a log-in page does."""
    return render.page(request, "ui/samples/log-in.html")


urlpatterns = [
    path("ui/", include("ansvar.ui.urls")),
    path("behaviour/", behaviour),
    path("draft/", draft),
    path("part/", part),
    path("live/", live),
    path("broken/", broken),
    path("logged-out/", logged_out),
]
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
