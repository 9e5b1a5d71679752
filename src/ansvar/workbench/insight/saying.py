"""How figures are said on the pages of insight."""

from datetime import timedelta

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ansvar.servicelevels.clock_words import amount
from ansvar.ui.wording import duration


def plain_number(value: float) -> str:
    """Say a number to a tenth, without the tenth when it is whole."""
    rounded = round(value, 1)
    return number_format(rounded, 1 if rounded % 1 else 0, force_grouping=True)


def percent(share: float | None) -> str:
    """Say a share in whole per cent, never as none or all when it is not; nothing of nothing."""
    if share is None:
        return "–"
    rounded = round(100 * share)
    if rounded == 0 and share > 0:
        return "<1 %"
    return "<100 %" if rounded == 100 and share < 1 else f"{rounded} %"  # noqa: PLR2004 - all


def working_time(time: timedelta, day: timedelta) -> str:
    """Say a time in hours and minutes, from a whole working day on in such days."""
    if time < day or time < timedelta(hours=1):
        return duration(time)
    days = round(time / day, 1)
    return ngettext("%(n)s working day", "%(n)s working days", 1 if days == 1 else 2) % {
        "n": plain_number(days)
    }


def working_hours(time: timedelta) -> str:
    """Say working time for a picture or a sentence: from ten hours on nobody asks for minutes."""
    if time < timedelta(hours=10):
        return amount(time)
    return _("%(n)s h") % {"n": plain_number(round(time / timedelta(hours=1)))}
