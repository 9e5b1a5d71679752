"""Every text a reader sees goes through gettext."""

import ast
import builtins
import re
from pathlib import Path

import pytest
import rules
from jinja2 import Environment

TEMPLATES = sorted(
    path
    for path in rules.SOURCE.rglob("templates/**/*.html")
    if "samples" not in path.parts and path.name != "guide.html"
)
SHOWN_ATTRIBUTES = ("title", "placeholder", "aria-label", "alt", "data-confirm")
WORD = re.compile(r"[A-Za-zÅÄÖåäö]{2,}")
# The name of the product, and units that are the same in every language.
UNTRANSLATED = {"Ansvar", "ms", "kB", "MB", "GB", "Ctrl", "Esc", "Enter", "CSV", "JSON"}


def untranslated(source: str) -> list[str]:
    """Words in a template's own text, outside `_()`, tags, scripts and entities."""
    # Names of classes given to a block are not text.
    source = re.sub(r"{% block \w+_class %}.*?{% endblock %}", "", source)
    tokens = Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).lex(source)
    text = "".join(value if kind == "data" else "\x00" for _line, kind, value in tokens)
    shown = [
        value for name in SHOWN_ATTRIBUTES for value in re.findall(rf'\s{name}="([^"\x00]+)"', text)
    ]
    outside = re.sub(r"<(script|style|code|kbd)\b.*?</\1>", " ", text, flags=re.DOTALL)
    outside = re.sub(r"<[^>]*>", " ", re.sub(r"<!--.*?-->", " ", outside, flags=re.DOTALL))
    outside = re.sub(r"&\w+;", " ", outside)
    return [
        word
        for part in (outside, *shown)
        for word in WORD.findall(part)
        if word not in UNTRANSLATED
    ]


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: path.relative_to(rules.SOURCE).as_posix()
)
def test_a_templates_text_is_translatable(path: Path):
    assert untranslated(path.read_text()) == []


def test_untranslated_text_is_found():
    assert untranslated('<p>Good {{ _("morning") }}</p>') == ["Good"]
    assert untranslated('<a title="Go back">{{ icon("x") }}</a>') == ["Go", "back"]
    assert untranslated('<p class="big">{{ _("Good morning") }} · Ansvar &nbsp;</p>') == []


def untranslated_refusals(path: str, text: str) -> list[str]:
    """Refusals whose words are written as they stand, not through gettext."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            if ast.unparse(node.exc.func) in vars(builtins):
                continue  # for builders: a person never sees them
            words = node.exc.args[0]
            if isinstance(words, ast.JoinedStr) or (
                isinstance(words, ast.Constant) and isinstance(words.value, str)
            ):
                found.append(f"{path}:{node.lineno}")
    return found


# Words for whoever runs or builds the product: in English, as logs are.
FOR_BUILDERS = (
    "api/",
    "ops/",
    "kernel/registry",
    "kernel/clock",
    "kernel/journal",
    "kernel/secrets",
    "conversations/scanner_address",
    "conversations/scanning",
    "ui/",
)


def test_refusals_are_translatable():
    found = [
        finding
        for path, text in rules.sources()
        if not path.startswith(FOR_BUILDERS)
        for finding in untranslated_refusals(path, text)
    ]
    assert found == []


def test_an_untranslated_refusal_is_found():
    assert untranslated_refusals("x.py", 'raise NothingSaid("Say something.")')
    assert untranslated_refusals("x.py", 'raise NothingSaid(f"Say {what}.")')
    assert not untranslated_refusals("x.py", 'raise NothingSaid(_("Say something."))')
