"""Rendering parts alone, and a browser for the style guide."""

from collections.abc import Callable, Iterator
from typing import Any

import browser
import pytest
from django.utils import translation
from jinja2 import Environment
from playwright.sync_api import Browser, Page
from ui_pages import served_guide

from ansvar.ui.environment import environment


@pytest.fixture(scope="session")
def templates() -> Environment:
    return environment(autoescape=True)


@pytest.fixture
def drawn(templates: Environment) -> Callable[..., str]:
    def draw(source: str, **context: Any) -> str:
        with translation.override("en"):
            return templates.from_string(source).render(**context)

    return draw


@pytest.fixture
def guide_address() -> Iterator[str]:
    # For one test only: while the guide is served, nothing else of the product can be.
    with served_guide() as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as running:
        yield running


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console said; a test that provokes an error takes it out."""
    return []


@pytest.fixture
def opened(
    chromium: Browser, guide_address: str, complaints: list[str]
) -> Iterator[Callable[..., Page]]:
    pages: list[Page] = []

    def open_page(path: str, *, width: int = 1440) -> Page:
        page = chromium.new_page(viewport={"width": width, "height": 900})
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type == "error" else None,
        )
        pages.append(page)
        page.goto(f"{guide_address}/{path}", wait_until="load")
        return page

    yield open_page
    for page in pages:
        page.close()
    assert complaints == []
