"""The Jinja2 environment: where templates lie and what they can say without importing anything."""

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateRuntimeError
from markupsafe import Markup, escape

from ansvar.ui import static_files, wording
from ansvar.ui.addresses import address

PACKAGE = Path(str(files("ansvar")))
DRAWINGS_KEPT: Final = 2048
TEXTS_KEPT: Final = 16_384
"""More than templates hold, in all languages; a text of a person never comes through here."""


@cache
def icon_names() -> frozenset[str]:
    """Return the names the sprite holds, as listed in `icons.txt`."""
    return frozenset((PACKAGE / "ui/icons.txt").read_text().split())


def icon(name: str, label: str | None = None, *, size: str = "") -> Markup:
    """Return the drawing *name*; hidden from screen readers unless it has a *label*.

    Raises: TemplateRuntimeError for a name that the sprite does not hold.
    """
    return _drawn(static_files.url("vendor/icons.svg"), name, label=str(label or ""), size=size)


@lru_cache(maxsize=DRAWINGS_KEPT)
def _drawn(sprite: str, name: str, *, label: str, size: str) -> Markup:
    if name not in icon_names():
        raise TemplateRuntimeError(f"No icon {name!r}: add it to icons.txt, run scripts/vendor.py.")
    hidden = Markup('aria-hidden="true"')
    spoken = Markup('role="img" aria-label="{}"').format(label) if label else hidden
    classes = f"icon {size}".strip()
    href = f"{sprite}#{name}"
    return Markup('<svg class="{}" {}><use href="{}"></use></svg>').format(classes, spoken, href)


def attributes(given: Mapping[str, Any] | None) -> Markup:
    """Return *given* as HTML attributes: None and False are left out, True stands alone.

    Underscores in names become hyphens, so that macros can pass on keyword arguments.
    """
    parts = []
    for name, value in (given or {}).items():
        if value is None or value is False:
            continue
        word = escape(name.replace("_", "-"))
        parts.append(f" {word}" if value is True else f' {word}="{escape(value)}"')
    # Names and values were escaped one by one.
    return Markup("".join(parts))  # noqa: S704


def say(text: str, /, **values: object) -> Markup:
    """Return *text* in the reader's language, with *values* made harmless at their places."""
    language = get_language() or ""
    return _form(language, str(text)) % values if values else _said(language, str(text))


@lru_cache(maxsize=TEXTS_KEPT)
def _form(_language: str, text: str) -> Markup:
    # Catalogues are the product's own, and so is what stands in templates.
    return Markup(gettext(text))  # noqa: S704


@lru_cache(maxsize=TEXTS_KEPT)
def _said(language: str, text: str) -> Markup:
    return _form(language, text) % {}


def template_folders() -> list[Path]:
    """Return the `templates` folder of each context that has one."""
    return sorted(PACKAGE.glob("*/templates"))


def environment(**options: Any) -> Environment:
    """Make the environment for Django's Jinja2 backend (`TEMPLATES` in settings)."""
    options["loader"] = FileSystemLoader(template_folders())
    options["undefined"] = StrictUndefined
    options["trim_blocks"] = options["lstrip_blocks"] = True
    options["extensions"] = ["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"]
    options.setdefault("autoescape", True)
    made = Environment(**options)  # noqa: S701  # autoescape is among the options, True by default
    made.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    made.globals.update(
        static=static_files.url,
        url=address,
        _=say,
        gettext=say,
        icon=icon,
        attributes=attributes,
        script_words=wording.script_words,
        debug=settings.DEBUG,
    )
    made.filters.update(
        ago=wording.ago,
        by_clock=wording.by_clock,
        moment=wording.moment,
        day=wording.day,
        duration=wording.duration,
        filesize=wording.filesize,
        initials=wording.initials,
        paragraphs=wording.paragraphs,
        share=wording.share,
    )
    return made
