"""How figures are said on the pages of insight."""

from datetime import timedelta
from decimal import Decimal
from functools import lru_cache

from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from ansvar.insight.decisions.losing import Loss
from ansvar.servicelevels.clock_words import amount
from ansvar.ui.wording import duration


def plain_number(value: float) -> str:
    """Say a number to a tenth, without the tenth when it is whole."""
    return _plain_number(get_language(), round(value, 1))


@lru_cache(maxsize=20_000)
def _plain_number(_language: str | None, rounded: float) -> str:
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


def money(amount_: Decimal, currency: str) -> str:
    """Say an amount of money: without hundredths from a hundred on."""
    places = 2 if abs(amount_) < 100 and amount_ % 1 else 0  # noqa: PLR2004 - see above
    return f"{number_format(round(amount_, places), places, force_grouping=True)} {currency}"


def loss_doubts(lost: Loss, currency: str) -> list[str]:
    """Say what a loss rests on: what is assumed of it, and what nobody knows."""
    if not lost.working:
        return []
    said = []
    if lost.without_rate < lost.working:
        said.append(
            _(
                "Work is reckoned as if one person of the holding team worked on it all the time:"
                " %(cost)s, the most it can have cost."
            )
            % {"cost": money(lost.work, currency)}
        )
    if lost.without_rate:
        said.append(
            _("%(hours)s of it were with teams of which nobody has said what an hour costs.")
            % {"hours": working_hours(lost.without_rate)}
        )
    if lost.without_service_cost < lost.working:
        said.append(
            _("What the business lost without the services comes to %(cost)s.")
            % {"cost": money(lost.business, currency)}
        )
    if lost.without_service_cost:
        said.append(
            _(
                "%(hours)s of it were on services of which nobody has said what an hour without"
                " them costs, or on none."
            )
            % {"hours": working_hours(lost.without_service_cost)}
        )
    return said
