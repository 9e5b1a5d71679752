"""The custody strip: who held a ticket how long, and what handing back has cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ansvar.kernel import clock
from ansvar.tickets.models import Ticket
from ansvar.tickets.queries import Custody, Holding, custody_of
from ansvar.ui.wording import duration


@dataclass(frozen=True, kw_only=True)
class Strip:
    """What the part `custody` draws."""

    spells: list[dict[str, object]]
    total: str
    note: str
    """What bounces have cost, or nothing."""
    why: list[str]
    names: Mapping[tuple[str, int], str]
    """Of everybody who held it, by noun and id."""


def strip_of(ticket: Ticket) -> Strip:
    """Return the strip of a ticket as it is now."""
    return strip_from(custody_of(ticket, at=clock.now()))


def strip_from(custody: Custody) -> Strip:
    """Return the strip of what is known to have happened."""
    note = ""
    if custody.bounces:
        bounces = ngettext("%(n)s bounce", "%(n)s bounces", custody.bounces)
        note = _("%(bounces)s, %(lost)s lost") % {
            "bounces": bounces % {"n": custody.bounces},
            "lost": duration(custody.lost),
        }
    return Strip(
        spells=[_spell(holding) for holding in custody.holdings],
        total=duration(custody.total),
        note=note,
        why=_why(custody),
        names=custody.names,
    )


def _spell(holding: Holding) -> dict[str, object]:
    return {
        "holder": holding.team,
        "duration": duration(holding.held),
        # A spell of no length would have no width.
        "seconds": max(1, int(holding.held.total_seconds())),
        "bounce": holding.is_bounce,
        "now": holding.is_now,
    }


def _why(custody: Custody) -> list[str]:
    sentences = []
    holdings = custody.holdings
    for before, holding in pairwise(holdings):
        if holding.is_bounce:
            sentences.append(
                _("%(team)s held it before; %(from)s handed it back after %(held)s.")
                % {"team": holding.team, "from": before.team, "held": duration(before.held)}
            )
    if sentences:
        sentences.append(_("The time between leaving a team and coming back to it counts as lost."))
    return sentences
