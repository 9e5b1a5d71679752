"""Chromium driving the real web server: live news, policy and threads as in the product.

A test asks for `opened`, after it has made what the page shows; the database is committed to.
"""

import asyncio
import os
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from desktops import client_of
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

from ansvar.ops.web import Server
from ansvar.people.models import Person
from realparts import missing

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).with_name("axe.min.js").read_text()
RUN_AXE = """async theme => {
    document.documentElement.dataset.theme = theme;
    const {violations} = await axe.run(document, {resultTypes: ["violations"]});
    return violations.map(one => [one.id, one.nodes.map(node => node.html.slice(0, 160))]);
}"""
STICKING_OUT = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")]
        .filter(one => one.checkVisibility() && one.getBoundingClientRect().right > width + 1)
        .map(one => one.outerHTML.slice(0, 160)).slice(0, 5);
}"""
PATIENCE_SECONDS = 30
Opened = Callable[..., Page]


_running: list[Browser] = []


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give the one browser of this process; where everything has to be there, it is missed loudly.

    Whoever asks first starts and ends it; whoever asks meanwhile gets the same: two drivers in one
    thread do not bear each other.
    """
    if not CHROMIUM.exists():
        missing("Chromium")
    if _running:
        yield _running[0]
        return
    # The driver keeps an event loop in this thread, in which Django would refuse to ask the
    # database; nothing of ours runs in it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        _running.append(browser)
        yield browser
        _running.clear()
        browser.close()


@pytest.fixture(scope="session", name="chromium")
def the_browser() -> Iterator[Browser]:
    """The browser as a fixture."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def served(transactional_db: None) -> Iterator[str]:
    """The product's web server on a free port; gives its address."""
    ready = threading.Event()
    server = Server(settings.CONFIG, ready.set)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
        thread.start()
        assert ready.wait(PATIENCE_SECONDS), "The web server did not become ready."
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console said; a test that provokes an error takes it out."""
    return []


@pytest.fixture
def opened(chromium: Browser, served: str, complaints: list[str]) -> Iterator[Opened]:
    """Open a page as somebody: `opened("/queue/mine/", as_=person)`."""
    contexts: list[Any] = []

    def open_page(path: str, *, as_: Person | None = None, width: int = 1440) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        if as_ is not None:
            key = client_of(as_).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": served}]
            )
        page: Page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type == "error" else None,
        )
        page.goto(f"{served}{path}", wait_until="load")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def accessibility_problems(page: Page) -> list[str]:
    """Return what axe finds on a page, in both themes and narrow, with everything unfolded."""
    for details in page.locator("details:not([data-close-outside])").all():
        details.evaluate("element => { element.open = true; }")
    page.evaluate(AXE)
    found = []
    for theme, width in (("light", 1440), ("dark", 1440), ("light", 360)):
        page.set_viewport_size({"width": width, "height": 900})
        for rule, nodes in page.evaluate(RUN_AXE, theme):
            found += [f"{rule} ({theme}, {width} px): {node}" for node in nodes]
    return found


def problems_of_pages(
    opened: Opened, addresses: Iterable[str], *, as_: Person | None = None
) -> list[str]:
    """Return what axe finds on pages and what sticks out of them on the narrowest screens.

    One tab shows them all: to open one for each costs as much again as to look at it.
    """
    first, *others = addresses
    page = opened(first, as_=as_)
    found = _problems_as_shown(page, first)
    for address in others:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(urljoin(page.url, address), wait_until="load")
        found += _problems_as_shown(page, address)
    return found


def _problems_as_shown(page: Page, address: str) -> list[str]:
    found = [f"{address}: {problem}" for problem in accessibility_problems(page)]
    page.set_viewport_size({"width": 320, "height": 900})
    return [*found, *(f"{address}: sticks out at 320 px: {one}" for one in overflow(page))]


def overflow(page: Page) -> list[str]:
    """Return what sticks out of the window at the right, or nothing when the page fits."""
    found: list[str] = page.evaluate(STICKING_OUT)
    return found
