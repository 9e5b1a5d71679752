"""The line above which answers are written; the way out draws it, the way in cuts at it."""

import re

from django.utils.translation import gettext as _

REPLY_LINE_MARK = "-=-=-=-"
"""Begins the line in every language: plain letters that no mail program changes on the way."""

_LINE = re.compile(rf"^[> ]*{re.escape(REPLY_LINE_MARK)}\s\S")


def reply_line() -> str:
    """Return the line in the language in force."""
    words = _("Please answer above this line")
    return f"{REPLY_LINE_MARK} {words} {REPLY_LINE_MARK}"


def is_reply_line(line: str) -> bool:
    """Tell whether a line is one that a mail of ours carried, quoted or not."""
    return bool(_LINE.match(line))
