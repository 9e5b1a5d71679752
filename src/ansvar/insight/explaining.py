"""What the figures of insight are in words that a requester or an owner would accept."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ansvar.insight.decisions.drift import Direction
from ansvar.insight.decisions.promises import HOURS_OF_DAY, PROMISED_SHARE, Unit
from ansvar.insight.models import Promise


def figure_in_words(promise: Promise) -> str:
    """Say the figure of a promise, as working time unless the desk is open day and night."""
    amount = promise.amount or 0
    if promise.time is None:
        return ""
    if promise.unit == Unit.MINUTE:
        words = ngettext("%(n)s minute of working time", "%(n)s minutes of working time", amount)
    elif promise.unit == Unit.HOUR:
        words = ngettext("%(n)s working hour", "%(n)s working hours", amount)
    elif promise.unit == Unit.WEEK:
        words = ngettext("%(n)s working week", "%(n)s working weeks", amount)
    elif promise.time == amount * HOURS_OF_DAY:
        words = ngettext("%(n)s day", "%(n)s days", amount)
    else:
        words = ngettext("%(n)s working day", "%(n)s working days", amount)
    return words % {"n": amount}


def promise_in_words(promise: Promise) -> str:
    """Say a promise in the form of R101, with what it rests on; nothing without a figure."""
    if promise.time is None:
        return ""
    values = {
        "share": round(100 * PROMISED_SHARE),
        "figure": figure_in_words(promise),
        "basis": _basis(promise),
    }
    if promise.service_id is None:
        return _("%(share)s %% of all matters here are solved within %(figure)s (%(basis)s).") % (
            values
        )
    return _("%(share)s %% of these are solved within %(figure)s (%(basis)s).") % values


def _basis(promise: Promise) -> str:
    values = {
        "within": number_format(promise.within or 0, force_grouping=True),
        "sample": number_format(promise.sample, force_grouping=True),
        "months": promise.months,
    }
    if promise.is_cut:
        return _("%(within)s of the latest %(sample)s closed") % values
    return (
        ngettext(
            "%(within)s of %(sample)s closed in the last month",
            "%(within)s of %(sample)s closed in the last %(months)s months",
            promise.months,
        )
        % values
    )


def sureness_in_words(promise: Promise) -> str:
    """Say between which shares the true one lies; nothing without a figure."""
    if promise.low is None or promise.high is None:
        return ""
    return _("true share, with 95 %% confidence: %(low)s to %(high)s %%") % {
        "low": int(100 * promise.low),
        "high": round(100 * promise.high),
    }


def how_it_is_counted() -> str:
    """Say what counts in a promise."""
    return _(
        "From opening to the solution, in the desk’s working hours, without the time in which we"
        " waited for an answer of yours."
    )


def direction_in_words(direction: Direction) -> str:
    """Say how a share moved against the quarter before."""
    return str(
        {
            Direction.BETTER: _("better than the 90 days before"),
            Direction.WORSE: _("worse than the 90 days before"),
            Direction.SAME: _("as in the 90 days before"),
            Direction.TOO_FEW: _("too few tickets to compare with the 90 days before"),
        }[direction]
    )
