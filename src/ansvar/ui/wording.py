"""How values are said on a page: times, durations, sizes, names."""

import json
import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 86_400
KILO: Final = 1024
DAYS_KEPT: Final = 2048
LANGUAGES_KEPT: Final = 32


def duration(value: timedelta | float) -> str:
    """Say a span by its two largest units: "2 h 9 min", "1 d 2 h"; a number counts seconds."""
    seconds = int(abs(value.total_seconds() if isinstance(value, timedelta) else value))
    if seconds < MINUTE:
        return _("under 1 min")
    days, rest = divmod(seconds, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes = rest // MINUTE
    if days:
        parts = [_("%(n)s d") % {"n": days}, *([_("%(n)s h") % {"n": hours}] if hours else [])]
    elif hours:
        parts = [
            _("%(n)s h") % {"n": hours},
            *([_("%(n)s min") % {"n": minutes}] if minutes else []),
        ]
    else:
        parts = [_("%(n)s min") % {"n": minutes}]
    return " ".join(parts)


def _spoken(value: datetime, now: datetime) -> str:
    """Say when it was: by distance within an hour, then by clock, weekday and date."""
    seconds = (now - value).total_seconds()
    minutes = int(abs(seconds) // MINUTE)
    if abs(seconds) < HOUR:
        if minutes == 0:
            return _("now")
        if seconds > 0:
            return _("%(n)s min ago") % {"n": minutes}
        return _("in %(n)s min") % {"n": minutes}
    local, today = timezone.localtime(value), timezone.localtime(now)
    clock = f"{local:%H:%M}"
    distance = (today.date() - local.date()).days
    if distance == 0:
        return clock
    week = 7
    if abs(distance) < week:
        return f"{formats.date_format(local, 'D')} {clock}"
    return day(local)


def _element(value: datetime, text: str, *, ticking: bool) -> Markup:
    local = timezone.localtime(value)
    title = f"{_whole_day(get_language(), local.date())}, {local:%H:%M:%S}"
    mark = " data-relative" if ticking else ""
    # Only the words can hold anything that HTML would mind.
    return Markup(  # noqa: S704
        f'<time datetime="{value.isoformat(timespec="seconds")}" title="{escape(title)}"{mark}>'
        f"{escape(text)}</time>"
    )


@lru_cache(maxsize=DAYS_KEPT)
def _whole_day(_language: str | None, value: date) -> str:
    """Say a day in full, in the reader's language: a page names the same few days many times."""
    return formats.date_format(value, "l j F Y")


def ago(value: datetime | None) -> Markup:
    """Return a time element: relative while fresh, absolute on hover, in the reader's zone.

    The text keeps itself up to date in the browser.
    """
    if value is None:
        return Markup("")
    return _element(value, _spoken(value, timezone.now()), ticking=True)


def moment(value: datetime | None, form: str = "H:i") -> Markup:
    """Return a time element with the absolute time in Django's date format *form*.

    A form that names the day without the year gets the year when it is not this one.
    """
    if value is None:
        return Markup("")
    local = timezone.localtime(value)
    if "j M" in form and "Y" not in form and local.year != timezone.localtime().year:
        form = form.replace("j M", "j M Y")
    return _element(value, formats.date_format(local, form), ticking=False)


def by_clock(value: datetime | None) -> Markup:
    """Return a time element: "14:10" today, with weekday or date on other days; never relative."""
    if value is None:
        return Markup("")
    local, today = timezone.localtime(value), timezone.localtime()
    week = 7
    if local.date() == today.date():
        form = "H:i"
    elif abs((local.date() - today.date()).days) < week:
        form = pgettext("date format", "D H:i")
    else:
        form = pgettext("date format", "D j M H:i")
    return moment(value, form)


def day(value: date | None) -> str:
    """Say a date: "3 Nov", with the year when it is not this one."""
    if value is None:
        return ""
    this_year = timezone.localtime().year == value.year
    return formats.date_format(value, "j M" if this_year else "j M Y")


def filesize(size: int) -> str:
    """Say a number of bytes: "1.2 MB"."""
    if size < KILO:
        return ngettext("%(n)s byte", "%(n)s bytes", size) % {"n": size}
    value = float(size)
    for unit in ("KB", "MB", "GB"):
        value /= KILO
        if value < KILO or unit == "GB":
            break
    whole = 10
    places = 0 if value >= whole else 1
    # number_format cuts off, so the rounding is done before it.
    return f"{formats.number_format(round(value, places), places)} {unit}"


def initials(name: object) -> str:
    """Return one or two capitals for a person's picture."""
    words: list[str] = re.findall(r"\w+", str(name))
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def paragraphs(text: str) -> Markup:
    """Return plain text as paragraphs with line breaks; nothing in it is taken for HTML."""
    blocks = [part for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()) if part]
    # Escaped as a whole: a line break is no letter that HTML would mind.
    return Markup(  # noqa: S704
        "".join("<p>{}</p>".format(str(escape(block)).replace("\n", "<br>")) for block in blocks)
    )


def share(part: float, whole: float) -> int:
    """Return *part* of *whole* in per cent, from 1 to 100, for widths that must be seen."""
    return max(1, min(100, round(100 * part / whole))) if whole > 0 else 100


def script_words() -> str:
    """Return as JSON the few texts that scripts write on a page."""
    return _script_words(get_language())


@lru_cache(maxsize=LANGUAGES_KEPT)
def _script_words(_language: str | None) -> str:
    return json.dumps(
        {
            "now": _("now"),
            "ago": _("%(n)s min ago") % {"n": "{n}"},
            "in": _("in %(n)s min") % {"n": "{n}"},
            "undo": _("Undo"),
            "close": _("Close"),
            "saving": _("Saving"),
            "saved": _("Draft saved"),
            "unsaved": _("Not saved, your text is kept here"),
            "offline": _("No connection. What you typed is kept; try again."),
            "failed": _("That did not work. What you typed is kept; try again."),
            "new": _("{n} new, show"),
            "nothing": pgettext("command palette", "Nothing found. Try fewer letters."),
            "actions": pgettext("command palette", "On this page"),
            "places": pgettext("command palette", "Go to"),
            "found": pgettext("command palette", "Found"),
        }
    )
