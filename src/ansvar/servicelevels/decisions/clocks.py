"""The clocks of a ticket, worked out from its story; see the README for the rules in words."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import NamedTuple, TypeVar

from ansvar.servicelevels.decisions.choosing import Applied, Book, Question, applied
from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.story import Course, Leg
from ansvar.servicelevels.decisions.terms import PAUSABLE, LevelKind, Measure, Step

T = TypeVar("T")


class Holder(NamedTuple):
    """Who had a ticket during a leg."""

    kind: str
    """`person`, `team`, `supplier` or `requester`."""
    id: int
    """0 for the requester, and for a supplier that nobody named."""


Shares = tuple[tuple[Holder, timedelta], ...]
"""Who used how much working time, in the order in which they first had it."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """From when to when one clock runs, and whom it is about."""

    measure: Measure
    number: int
    """Counts the clocks of a measure on a ticket, from 1."""
    start: datetime
    stop: datetime | None
    team_id: int | None = None
    supplier_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One target running on one ticket; nothing in it depends on what time it is."""

    measure: Measure
    number: int
    version_id: int
    row: int
    target: timedelta
    started_at: datetime
    used: timedelta
    """Working time until it was paused or stopped, or until *counting_since*."""
    counting_since: datetime | None
    """Since when it counts; nothing while it stands still, and once it has stopped."""
    due_at: datetime | None
    """When the target was used up, or will be if it goes on counting; nothing while it is paused
    before that."""
    stopped_at: datetime | None
    team_id: int | None = None
    """Who held the ticket when it stopped, or holds it: the duty to inform is theirs."""
    supplier_id: int | None = None
    shares: Shares = ()
    """Of what is in *used*."""
    hours: Hours = field(repr=False)
    """By which it counts."""

    @property
    def is_late(self) -> bool:
        """Whether more than its target was used before it stopped, paused or went on."""
        return self.used > self.target

    def is_missed_at(self, moment: datetime) -> bool:
        """Tell whether the target is used up by *moment*, and more."""
        if self.stopped_at is not None or self.counting_since is None:
            return self.is_late
        return self.used + self.hours.between(self.counting_since, moment) > self.target


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How one leg went into a clock."""

    leg: Leg
    start: datetime
    """Where leg and clock meet."""
    end: datetime | None
    spent: timedelta
    """Working time counted; of a lasting leg, none yet."""
    why_not: str = ""
    """The standing that pauses the clock; empty while it counts."""


_PROMISED_BY = {
    Measure.REACTION: (LevelKind.SLA,),
    Measure.RESOLUTION: (LevelKind.SLA,),
    # What was agreed with the customer comes before what holds for everybody.
    Measure.UPDATE: (LevelKind.SLA, LevelKind.CARE),
    Measure.ACKNOWLEDGE: (LevelKind.CARE,),
    Measure.CLOSING: (LevelKind.CARE,),
    Measure.THIRD_PARTY: (LevelKind.CARE,),
    Measure.HOLD: (LevelKind.OLA,),
    Measure.SUPPLIER: (LevelKind.UC,),
}
_BY_LEG = frozenset({LevelKind.OLA, LevelKind.UC})
"""Agreed for each time that somebody has the ticket: what was in force when that began counts."""


def clocks_of(course: Course, book: Book, *, desk_id: int) -> list[Clock]:
    """Return all clocks of a ticket that have a target, by measure and number."""
    found = []
    for window in windows_of(course, book, desk_id=desk_id):
        rule = rule_of(window, course, book, desk_id=desk_id)
        if rule is not None and rule.hours is not None:
            found.append(_run(window, rule, rule.hours, course=course))
    return found


def windows_of(course: Course, book: Book, *, desk_id: int) -> Iterator[Window]:
    """Return from when to when each clock of a ticket runs, whether or not it has a target."""
    human = [said.at for said in course.said if not said.is_automatic]
    yield Window(
        measure=Measure.REACTION, number=1, start=course.opened_at, stop=_reaction(course, human)
    )
    yield from _resolutions(course, book, desk_id)
    if not course.is_by_desk:
        yield _acknowledgement(course, book, desk_id)
    yield from _updates(course.legs, human)
    yield from _closings(course)
    yield from _held(course.legs)
    yield from _awaited(course.legs)


def rule_of(window: Window, course: Course, book: Book, *, desk_id: int) -> Applied | None:
    """Return the target of a window: by what the ticket was like when it ended, or is like now."""
    traits = course.traits_at(window.stop)

    def asked(kind: LevelKind, at: datetime) -> Question:
        return Question(
            kind=kind,
            desk_id=desk_id,
            traits=traits,
            at=at,
            team_id=window.team_id,
            supplier_id=window.supplier_id,
        )

    kinds = _PROMISED_BY[window.measure]
    return applied(
        book,
        window.measure,
        (asked(kind, window.start if kind in _BY_LEG else course.opened_at) for kind in kinds),
    )


def legs_in(window: Window, rule: Applied, course: Course) -> Iterator[Counted]:
    """Return how each leg goes into a clock, in order; none where no hours can be counted."""
    pauses = rule.version.terms.pauses if window.measure in PAUSABLE else frozenset()
    for leg in course.legs:
        if leg.end is not None and leg.end <= window.start:
            continue
        if window.stop is not None and window.stop <= leg.start:
            break
        start = max(leg.start, window.start)
        end = _first(leg.end, window.stop)
        if end is not None and end <= start:
            continue
        why_not = leg.standing if leg.standing in pauses or not _is_in(window, leg) else ""
        spent = timedelta()
        if rule.hours is not None and end is not None and not why_not:
            spent = rule.hours.between(start, end)
        yield Counted(leg=leg, start=start, end=end, spent=spent, why_not=why_not)


def shares_at(clock: Clock, course: Course, *, moment: datetime) -> Shares:
    """Return who has used how much of a clock by *moment*, the lasting leg included."""
    if clock.counting_since is None or moment <= clock.counting_since:
        return clock.shares
    spent = clock.hours.between(clock.counting_since, moment)
    return _added(clock.shares, holder_of(course.legs[-1]), spent)


def holder_of(leg: Leg) -> Holder:
    """Return who had the ticket during a leg: whom it waited for, else who worked on it."""
    if leg.standing == "waiting:requester":
        return Holder("requester", 0)
    if leg.standing == "waiting:supplier":
        return Holder("supplier", leg.supplier_id or 0)
    if leg.person_id is not None:
        return Holder("person", leg.person_id)
    return Holder("team", leg.team_id or 0)


MISSED = "missed"
"""The step that every clock has: the target is used up."""


class DueStep(NamedTuple):
    """A step of a clock, and when it is due."""

    at: datetime
    key: str


def steps_ahead(
    clock: Clock, *, steps: Iterable[Step], taken: Collection[str], since: datetime
) -> list[DueStep]:
    """Return the steps that a clock has not taken yet, in the order in which they are due.

    A step whose time had passed when the clock was worked out anew at *since*, because the target
    became shorter, is due then. Of a clock that stands still there are no others.
    """
    if clock.stopped_at is not None:
        return []
    thresholds = [(step.threshold(clock.target), step.key) for step in steps]
    ahead = []
    # The target itself is missed only when more than it is used.
    for amount, key in sorted([*thresholds, (clock.target, MISSED)]):
        if key in taken:
            continue
        if clock.used > amount or (clock.used == amount and key != MISSED):
            ahead.append(DueStep(max(since, clock.counting_since or since), key))
        elif clock.counting_since is not None:
            at = clock.hours.add(clock.counting_since, amount - clock.used)
            if at is not None and key == MISSED:
                # Due as the desk closes, it can still be done in time until the desk opens.
                at = clock.hours.next_opening(at)
            if at is not None:
                ahead.append(DueStep(max(since, at), key))
    # Of those due in one moment the smaller share comes first, as they were worked out.
    return sorted(ahead, key=lambda step: step.at)


def _run(window: Window, rule: Applied, hours: Hours, *, course: Course) -> Clock:
    target = rule.target.amount
    used = timedelta()
    shares: Shares = ()
    counting_since = due_at = None
    for counted in legs_in(window, rule, course):
        if counted.why_not:
            continue
        is_last = counted.end in {None, window.stop}
        if due_at is None and (is_last or used + counted.spent >= target):
            due_at = hours.add(counted.start, target - used)
        if counted.end is None:
            counting_since = counted.start
            break
        used += counted.spent
        shares = _added(shares, holder_of(counted.leg), counted.spent)
    return Clock(
        measure=window.measure,
        number=window.number,
        version_id=rule.version.id,
        row=rule.row,
        target=target,
        started_at=window.start,
        used=used,
        counting_since=counting_since,
        due_at=due_at,
        stopped_at=window.stop,
        team_id=window.team_id if window.team_id is not None else _team_at(course, window.stop),
        supplier_id=window.supplier_id,
        shares=shares,
        hours=hours,
    )


def _is_in(window: Window, leg: Leg) -> bool:
    """Tell whether time of a leg may go into a clock: open, or done for the closing message."""
    return leg.is_open != (window.measure is Measure.CLOSING)


def _added(shares: Shares, holder: Holder, spent: timedelta) -> Shares:
    if not spent:
        return shares
    used = dict(shares)
    used[holder] = used.get(holder, timedelta()) + spent
    return tuple(used.items())


def _team_at(course: Course, stop: datetime | None) -> int | None:
    """Return the team that held the ticket until *stop*."""
    before = [leg for leg in course.legs if stop is None or leg.start < stop]
    return (before or course.legs[:1])[-1].team_id


def _first(*moments: datetime | None) -> datetime | None:
    return min((one for one in moments if one is not None), default=None)


def _reaction(course: Course, human: Sequence[datetime]) -> datetime | None:
    """Return when somebody first did something: began, let it wait, wrote, or ended it."""
    begun = next((leg.start for leg in course.legs if leg.state not in {"new", "assigned"}), None)
    return _first(begun, *human)


def _resolutions(course: Course, book: Book, desk_id: int) -> Iterator[Window]:
    """Return one window to the last solution, or one for each opening where levels want it so."""
    stretches = list(_stretches(course.legs, lambda leg: leg.is_open))
    if not course.legs[0].is_open:
        # Solved in the moment in which it was written down: the best way to keep the promise.
        stretches.insert(0, (course.opened_at, course.opened_at))
    whole = Window(
        measure=Measure.RESOLUTION, number=1, start=course.opened_at, stop=stretches[-1][1]
    )
    rule = rule_of(whole, course, book, desk_id=desk_id)
    if rule is None or not rule.version.terms.restarts:
        yield whole
        return
    for number, (start, stop) in enumerate(stretches, 1):
        yield Window(measure=Measure.RESOLUTION, number=number, start=start, stop=stop)


def _acknowledgement(course: Course, book: Book, desk_id: int) -> Window:
    """Return the time until the people of the ticket heard for the first time that it is there."""
    done = next((leg.start for leg in course.legs if not leg.is_open), None)

    def until(stop: datetime | None) -> Window:
        return Window(
            measure=Measure.ACKNOWLEDGE, number=1, start=course.opened_at, stop=_first(stop, done)
        )

    for said in course.said:
        window = until(said.at)
        if not said.is_automatic:
            return window
        rule = rule_of(window, course, book, desk_id=desk_id)
        if rule is not None and rule.version.terms.automatic_acknowledges:
            return window
    return until(None)


def _updates(legs: Sequence[Leg], human: Sequence[datetime]) -> Iterator[Window]:
    """Return the times between what people wrote to the people of the ticket, while it is open."""
    number = 0
    for start, stop in _stretches(legs, lambda leg: leg.is_open):
        inside = sorted({at for at in human if start < at and (stop is None or at < stop)})
        for begin, end in pairwise([start, *inside, stop]):
            number += 1
            assert begin is not None  # noqa: S101 - only the last of them may be missing
            yield Window(measure=Measure.UPDATE, number=number, start=begin, stop=end)


def _closings(course: Course) -> Iterator[Window]:
    """Return the times from each solution to the message that tells of it, or to its end.

    A ticket closed without a solution was merged: its people hear of the other one.
    """
    solved = _stretches(course.legs, lambda leg: leg.state == "resolved")
    for number, (start, stop) in enumerate(solved, 1):
        told = (said.at for said in course.said if said.at >= start)
        yield Window(measure=Measure.CLOSING, number=number, start=start, stop=_first(stop, *told))


def _held(legs: Sequence[Leg]) -> Iterator[Window]:
    """Return the times during which each team held the ticket, each time anew."""
    held = _grouped(legs, lambda leg: leg.team_id if leg.is_open else None)
    for number, (team_id, start, stop) in enumerate(held, 1):
        yield Window(measure=Measure.HOLD, number=number, start=start, stop=stop, team_id=team_id)


def _awaited(legs: Sequence[Leg]) -> Iterator[Window]:
    """Return the times during which the ticket waited for somebody outside the desk."""
    waits = {"waiting:supplier", "waiting:change"}

    def awaited_in(leg: Leg) -> tuple[str, int | None] | None:
        if leg.standing not in waits:
            return None
        return leg.standing, leg.supplier_id if leg.standing == "waiting:supplier" else None

    awaited = _grouped(legs, awaited_in)
    suppliers = 0
    for number, ((standing, supplier_id), start, stop) in enumerate(awaited, 1):
        yield Window(
            measure=Measure.THIRD_PARTY,
            number=number,
            start=start,
            stop=stop,
            supplier_id=supplier_id,
        )
        if standing == "waiting:supplier":
            suppliers += 1
            yield Window(
                measure=Measure.SUPPLIER,
                number=suppliers,
                start=start,
                stop=stop,
                supplier_id=supplier_id,
            )


def _stretches(
    legs: Sequence[Leg], belongs: Callable[[Leg], bool]
) -> Iterator[tuple[datetime, datetime | None]]:
    for _, start, stop in _grouped(legs, lambda leg: belongs(leg) or None):
        yield start, stop


def _grouped(
    legs: Sequence[Leg], key: Callable[[Leg], T | None]
) -> Iterator[tuple[T, datetime, datetime | None]]:
    """Return the stretches of legs with one key; those whose key is nothing are left out."""
    for value, group in groupby(legs, key):
        together = list(group)
        if value is not None:
            yield value, together[0].start, together[-1].end
