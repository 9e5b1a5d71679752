"""A clock at a glance, in words: how it stands, by when it is due, who used how much of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from ansvar.servicelevels.decisions.choosing import Version
from ansvar.servicelevels.decisions.clocks import Counted, Holder, holder_of
from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.story import Leg
from ansvar.servicelevels.decisions.terms import Measure
from ansvar.servicelevels.models import MEASURE_NAMES
from ansvar.servicelevels.running import Run, Timed
from ansvar.servicelevels.saying import STANDING_NAMES
from ansvar.tickets.decisions import State, WaitingFor
from ansvar.tickets.models import STATE_NAMES, WAITING_NAMES

Names = Mapping[tuple[str, int], str]
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
WEEK = 7
NOUNS = {"person": "person", "team": "team", "supplier": "organisation"}
"""What `kernel.names` calls each kind of holder."""
SOON = 80
"""Per cent of a target after which somebody should look at it."""


class Standing(StrEnum):
    """How a clock stands."""

    COUNTING = "counting"
    PAUSED = "paused"
    LATE = "late"
    """It counts, and more than the target is used."""
    MET = "met"
    MISSED = "missed"


STANDING_WORDS = {
    Standing.COUNTING: gettext_lazy("running"),
    Standing.PAUSED: gettext_lazy("stands still"),
    Standing.LATE: gettext_lazy("late"),
    Standing.MET: gettext_lazy("met"),
    Standing.MISSED: gettext_lazy("missed"),
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """A stretch of the strip of a clock."""

    holder: str
    kind: str
    """person, team, supplier, requester; left for what is not used yet."""
    seconds: int
    """Working time; its share of the width."""
    spent: str
    is_counted: bool = True
    is_over: bool = False
    """After the target."""
    is_now: bool = False


@dataclass(frozen=True, kw_only=True)
class Glance:
    """A clock in a few words, and the parts of its strip."""

    measure: str
    number: int
    title: str
    standing: Standing
    words: str
    """How much is left, or by how much it was met or missed."""
    due_at: datetime | None
    used: str
    target: str
    percent: int
    """Of the target, used; more than 100 when it is late."""
    parts: list[Part]

    @property
    def is_running(self) -> bool:
        """Whether it has not stopped yet."""
        return self.standing not in {Standing.MET, Standing.MISSED}

    @property
    def tone(self) -> str:
        """The colour that says whether somebody must act: amber, red or none."""
        if self.standing is Standing.LATE:
            return "red"
        if self.standing is Standing.COUNTING and self.percent >= SOON:
            return "amber"
        return ""


def names_wanted(told: Timed) -> set[tuple[str, int]]:
    """Return the nouns and ids that the clocks of a ticket speak of."""
    found: set[tuple[str, int]] = set()
    for leg in told.course.legs:
        pairs = (("team", leg.team_id), ("person", leg.person_id))
        found |= {(noun, pk) for noun, pk in (*pairs, ("organisation", leg.supplier_id)) if pk}
    return found


def glance_at(run: Run, names: Names, *, now: datetime) -> Glance:
    """Return a clock in a few words."""
    clock, used = run.clock, run.used_at(now)
    standing = standing_of(run, now=now)
    return Glance(
        measure=str(clock.measure),
        number=clock.number,
        title=title_of(run, names),
        standing=standing,
        words=_words(run, standing, used=used, now=now),
        due_at=clock.due_at,
        used=amount(used),
        target=amount(clock.target),
        percent=int(100 * (used / clock.target)),
        parts=_parts(run, names, now=now),
    )


def standing_of(run: Run, *, now: datetime) -> Standing:
    """Return how a clock stands."""
    clock = run.clock
    if clock.stopped_at is not None:
        return Standing.MISSED if clock.is_late else Standing.MET
    if clock.counting_since is None:
        return Standing.PAUSED
    return Standing.LATE if clock.is_missed_at(now) else Standing.COUNTING


def title_of(run: Run, names: Names) -> str:
    """Return what a clock is called on a ticket."""
    clock = run.clock
    if clock.measure is Measure.HOLD and clock.team_id is not None:
        team = names.get(("team", clock.team_id), "")
        return _("Time in the team %(team)s") % {"team": team}
    if clock.measure in {Measure.SUPPLIER, Measure.THIRD_PARTY} and clock.supplier_id is not None:
        name = names.get(("organisation", clock.supplier_id), "")
        return _("Waiting for %(name)s") % {"name": name}
    words = str(MEASURE_NAMES[clock.measure])
    return words[:1].upper() + words[1:]


def level_in_words(version: Version) -> str:
    """Return which version of which level it is."""
    return _("%(level)s, version %(number)s") % {"level": version.level, "number": version.number}


def holder_in_words(holder: Holder, names: Names) -> str:
    """Return who had a ticket."""
    if holder.kind == "requester":
        return _("the requester")
    if holder.kind == "supplier" and not holder.id:
        return _("a supplier")
    return names.get((NOUNS[holder.kind], holder.id), _("somebody unknown"))


def state_in_words(leg: Leg) -> str:
    """Return in which state a ticket was: of a waiting one, for what it waited."""
    if leg.state == State.WAITING:
        return _("waiting for %(what)s") % {"what": WAITING_NAMES[WaitingFor(leg.waiting)]}
    return str(STATE_NAMES[State(leg.state)])


def amount(span: timedelta) -> str:
    """Say working time in hours and minutes, never in days: a working day has not 24 hours."""
    minutes = abs(span) // MINUTE
    hours, rest = divmod(minutes, 60)
    if not minutes and span:
        return _("under 1 min")
    parts = [_("%(n)s h") % {"n": hours}] if hours else []
    if rest or not hours:
        parts.append(_("%(n)s min") % {"n": rest})
    return " ".join(parts)


def exactly(span: timedelta) -> str:
    """Say working time to the second, for sums that are to come out even."""
    seconds = int(abs(span).total_seconds())
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    pairs = ((hours, _("%(n)s h")), (minutes, _("%(n)s min")), (rest, _("%(n)s s")))
    parts = [words % {"n": number} for number, words in pairs if number]
    return " ".join(parts) or _("%(n)s min") % {"n": 0}


def short(span: timedelta) -> str:
    """Say working time for a column: hours and minutes with a colon, many hours without."""
    hours, minutes = divmod(abs(span) // MINUTE, 60)
    if hours >= 10:  # noqa: PLR2004 - then nobody asks for minutes
        return _("%(n)s h") % {"n": hours}
    return f"{hours}:{minutes:02}"


def when(moment: datetime, *, now: datetime) -> str:
    """Say a moment by the clock of the reader, with weekday or date when it is not today."""
    local, today = timezone.localtime(moment), timezone.localtime(now)
    days = abs((local.date() - today.date()).days)
    if not days:
        return f"{local:%H:%M}"
    if days < WEEK:
        form = pgettext("date format", "D H:i")
    elif local.year == today.year:
        form = pgettext("date format", "D j M H:i")
    else:
        form = pgettext("date format", "j M Y H:i")
    return formats.date_format(local, form)


def _words(run: Run, standing: Standing, *, used: timedelta, now: datetime) -> str:
    clock = run.clock
    left = clock.target - used
    values = {
        "used": amount(used),
        "target": amount(clock.target),
        "over": amount(used - clock.target),
        "left": amount(left) if left > timedelta() else _("nothing"),
    }
    if standing is Standing.MET:
        words = _("%(used)s of %(target)s")
    elif standing is Standing.MISSED:
        words = _("by %(over)s, %(used)s of %(target)s")
    elif standing is Standing.LATE:
        words = _("%(over)s over %(target)s")
    elif standing is Standing.PAUSED:
        values["why"] = _paused_because(run)
        words = _("%(over)s over, %(why)s") if left < timedelta() else _("%(left)s left, %(why)s")
    elif (opens := clock.hours.next_opening(now)) is not None and opens > now:
        values["when"] = when(opens, now=now)
        words = _("%(left)s left, goes on %(when)s")
    else:
        words = _("%(left)s of %(target)s left")
    return words % values


def _paused_because(run: Run) -> str:
    standing = run.legs[-1].why_not if run.legs else ""
    return str(STANDING_NAMES.get(standing, _("it is not counted now")))


def _parts(run: Run, names: Names, *, now: datetime) -> list[Part]:
    """Return the strip: who had it how long, what is left, cut where the target ends."""
    parts: list[Part] = []
    used, target = timedelta(), run.clock.target
    for leg in run.legs:
        spent = spent_in(leg, run.rule.hours, now=now)
        over = max(timedelta(), used + spent - target) if not leg.why_not else timedelta()
        over = min(over, spent)
        for size, is_over in ((spent - over, False), (over, True)):
            if size or (leg.end is None and not is_over and not over):
                _join(
                    parts,
                    _part(leg, names, size=size, is_over=is_over, is_last=is_over == bool(over)),
                )
        if not leg.why_not:
            used += spent
    if used < target:
        left = target - used
        parts.append(
            Part(
                holder=_("left") if run.clock.stopped_at is None else _("to spare"),
                kind="left",
                seconds=max(1, int(left.total_seconds())),
                spent=amount(left),
                is_counted=False,
            )
        )
    return parts


def spent_in(leg: Counted, hours: Hours | None, *, now: datetime) -> timedelta:
    """Return the working time of a leg, counted or not, up to now while it lasts."""
    if not leg.why_not and leg.end is not None:
        return leg.spent
    return hours.between(leg.start, leg.end or now) if hours else timedelta()


def _part(leg: Counted, names: Names, *, size: timedelta, is_over: bool, is_last: bool) -> Part:
    holder = holder_of(leg.leg)
    return Part(
        holder=holder_in_words(holder, names),
        kind=holder.kind,
        # A stretch of no length would have no width.
        seconds=max(1, int(size.total_seconds())),
        spent=amount(size),
        is_counted=not leg.why_not,
        is_over=is_over,
        is_now=leg.end is None and is_last,
    )


def _join(parts: list[Part], part: Part) -> None:
    """Add a part, or make the last one longer when it goes on alike."""

    def alike(one: Part) -> tuple[object, ...]:
        return one.holder, one.kind, one.is_counted, one.is_over

    if parts and alike(parts[-1]) == alike(part):
        last = parts.pop()
        seconds = last.seconds + part.seconds
        part = Part(
            holder=part.holder,
            kind=part.kind,
            seconds=seconds,
            spent=amount(timedelta(seconds=seconds)),
            is_counted=part.is_counted,
            is_over=part.is_over,
            is_now=part.is_now,
        )
    parts.append(part)


def in_order(glances: Iterable[Glance]) -> list[Glance]:
    """Return clocks with the ones that run first, by when they are due; what stands still last."""

    def place(one: Glance) -> tuple[bool, bool, float]:
        due = one.due_at.timestamp() if one.due_at else 0.0
        return not one.is_running, one.standing is Standing.PAUSED, due

    return sorted(glances, key=place)
