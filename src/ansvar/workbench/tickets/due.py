"""What the page of a ticket shows of its clocks: what is due, the strips, the agreement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from ansvar.kernel.names import names_of
from ansvar.servicelevels.clock_words import (
    Glance,
    Standing,
    glance_at,
    in_order,
    level_in_words,
    names_wanted,
)
from ansvar.servicelevels.decisions.terms import Measure
from ansvar.servicelevels.running import ON_TICKET, Timed
from ansvar.workbench.conversation import Known

_TO_PEOPLE = (Measure.UPDATE, Measure.ACKNOWLEDGE)


@dataclass(frozen=True, kw_only=True)
class Board:
    """The clocks of a ticket at a glance."""

    running: list[Glance]
    finished: list[Glance]
    """Without the updates: a long ticket has many of them."""
    updates: int
    """How many times between two messages are over."""
    late_updates: int
    reaction: Glance | None
    update: Glance | None
    """By when its people hear from the desk."""
    work: Glance | None
    """What runs out next of the time for the work itself."""
    agreement: str
    """The agreement with customers that applies; empty when none does."""
    is_by_hand: bool

    @property
    def work_title(self) -> str:
        """What is due, or was."""
        return _title(self.work) if self.work else ""


def board_of(told: Timed, known: Known, *, now: datetime) -> Board:
    """Return the clocks of a ticket; names that are not known yet are looked up."""
    known.names |= names_of(names_wanted(told) - set(known.names))
    glances = [glance_at(run, known.names, now=now) for run in told.runs]
    running = in_order(one for one in glances if one.is_running)
    over = [one for one in glances if not one.is_running]
    updates = [one for one in over if one.measure == Measure.UPDATE]
    agreement = told.agreement
    return Board(
        running=running,
        finished=[one for one in over if one.measure != Measure.UPDATE],
        updates=len(updates),
        late_updates=sum(one.standing is Standing.MISSED for one in updates),
        reaction=_first(glances, (Measure.REACTION,)),
        update=_first(running, _TO_PEOPLE),
        work=_first(running, ON_TICKET) or _last_work(over),
        agreement=level_in_words(agreement) if agreement else "",
        is_by_hand=told.course.traits_at(None).level is not None,
    )


def _first(glances: Iterable[Glance], measures: tuple[Measure, ...]) -> Glance | None:
    return next((one for one in glances if one.measure in measures), None)


def _last_work(over: list[Glance]) -> Glance | None:
    return next((one for one in reversed(over) if one.measure == Measure.RESOLUTION), None)


def _title(glance: Glance) -> str:
    if glance.standing is Standing.PAUSED:
        return _("%(title)s: stands still") % {"title": glance.title}
    if glance.standing in {Standing.MET, Standing.MISSED}:
        return glance.title
    if glance.standing is Standing.LATE:
        return _("%(title)s: was due") % {"title": glance.title}
    return _("%(title)s: due") % {"title": glance.title}
