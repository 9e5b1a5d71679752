"""The Jinja2 environment: where templates lie and what they can say without importing anything."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateRuntimeError
from markupsafe import Markup, escape

from ansvar.ui import static_files, wording

PACKAGE = Path(str(files("ansvar")))


@cache
def icon_names() -> frozenset[str]:
    """Return the names the sprite holds, as listed in `icons.txt`."""
    return frozenset((PACKAGE / "ui/icons.txt").read_text().split())


def icon(name: str, label: str | None = None, *, size: str = "") -> Markup:
    """Return the drawing *name*; hidden from screen readers unless it has a *label*.

    Raises: TemplateRuntimeError for a name that the sprite does not hold.
    """
    if name not in icon_names():
        raise TemplateRuntimeError(f"No icon {name!r}: add it to icons.txt, run scripts/vendor.py.")
    hidden = Markup('aria-hidden="true"')
    spoken = Markup('role="img" aria-label="{}"').format(label) if label else hidden
    classes = f"icon {size}".strip()
    href = f"{static_files.url('vendor/icons.svg')}#{name}"
    return Markup('<svg class="{}" {}><use href="{}"></use></svg>').format(classes, spoken, href)


def url(name: str, *args: object, **kwargs: object) -> str:
    """Return the address of the page called *name*."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def attributes(given: dict[str, Any] | None) -> Markup:
    """Return *given* as HTML attributes: None and False are left out, True stands alone.

    Underscores in names become hyphens, so that macros can pass on keyword arguments.
    """
    parts = []
    for name, value in (given or {}).items():
        if value is None or value is False:
            continue
        html_name = escape(name.replace("_", "-"))
        parts.append(
            Markup(" {}").format(html_name)
            if value is True
            else Markup(' {}="{}"').format(html_name, value)
        )
    return Markup("").join(parts)


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
        url=url,
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
