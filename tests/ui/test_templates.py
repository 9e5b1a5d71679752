import re
from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import Environment, TemplateRuntimeError

import ansvar
from ansvar.ui import environment

PACKAGE = Path(ansvar.__file__).parent
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
SOURCES = [*TEMPLATES, *sorted(PACKAGE.glob("**/*.py"))]
ICON_NAMED = re.compile(
    r"""\bicon\(\s*["']([\w-]+)["']|\bicon(?:_name)?\s*=\s*["']([\w-]+)["']|["']icon["']\s*:\s*["']([\w-]+)["']"""
)
INLINE = {
    "a style attribute": re.compile(r"<[a-z][^>{]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style[\s>]", re.IGNORECASE),
    "an event attribute": re.compile(r"<[a-z][^>{]*\son[a-z]+\s*=", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "htmx evaluating script": re.compile(r"\bhx-on\b|[\"']js:|[\"']javascript:"),
}


def test_there_are_templates_to_check():
    assert len(TEMPLATES) > 20


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_template_can_be_compiled(path: Path, templates: Environment):
    templates.get_template(
        path.relative_to(PACKAGE / path.relative_to(PACKAGE).parts[0] / "templates").as_posix()
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_inline_that_the_policy_forbids(path: Path):
    text = path.read_text()
    assert [what for what, pattern in INLINE.items() if pattern.search(text)] == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('<p style="color:red">', "a style attribute"),
        ("<style>p{}</style>", "a style element"),
        ('<a onclick="go()">', "an event attribute"),
        ("<script>go()</script>", "an inline script"),
        ('<a hx-on:click="go()">', "htmx evaluating script"),
    ],
)
def test_guard_against_inline_finds_it(text: str, what: str):
    assert INLINE[what].search(text)


def test_every_icon_named_is_in_the_sprite():
    named = {
        (next(name for name in match.groups() if name), path.name)
        for path in SOURCES
        for match in ICON_NAMED.finditer(path.read_text())
    }
    drawn = set(
        re.findall(r'<symbol id="([\w-]+)"', (PACKAGE / "ui/static/vendor/icons.svg").read_text())
    )
    assert len(named) > 20
    assert {pair for pair in named if pair[0] not in drawn} == set()


def test_sprite_holds_what_the_list_names():
    drawn = re.findall(
        r'<symbol id="([\w-]+)"', (PACKAGE / "ui/static/vendor/icons.svg").read_text()
    )
    assert set(drawn) == environment.icon_names()


def test_unknown_icon_is_refused():
    with pytest.raises(TemplateRuntimeError, match="no-such-thing"):
        environment.icon("no-such-thing")


def test_icon_with_a_label_is_spoken_and_escaped():
    assert 'aria-label="&lt;b&gt;"' in environment.icon("check", "<b>")
    assert "aria-hidden" in environment.icon("check")


def test_values_are_escaped(drawn: Callable[..., str]):
    html = drawn("{% from 'ui/parts/mark.html' import tag %}{{ tag(text) }}", text="<script>")
    assert "&lt;script&gt;" in html
