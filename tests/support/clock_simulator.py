"""What the clocks of a ticket show, found by living through every minute of its story.

It is written from the rules in words (`src/ansvar/servicelevels/README.md`) and shares no
arithmetic with the clock engine: it looks at the wall clock minute by minute, and counts. It is
slow, plain, and there to disagree.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from wall_minutes import Holidays, OpenMinutes, known_holidays, minute_of

from ansvar.servicelevels.decisions.choosing import Book, Kept, Version
from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.terms import LevelKind, Measure

OPEN_STATES = {"new", "assigned", "in_work", "waiting"}
REACTED = {"in_work", "waiting", "resolved", "closed"}
PAUSE_HOLDS_FOR = {Measure.REACTION, Measure.RESOLUTION, Measure.UPDATE, Measure.HOLD}
PROMISED_BY = {
    Measure.REACTION: (LevelKind.SLA,),
    Measure.RESOLUTION: (LevelKind.SLA,),
    Measure.UPDATE: (LevelKind.SLA, LevelKind.CARE),
    Measure.ACKNOWLEDGE: (LevelKind.CARE,),
    Measure.CLOSING: (LevelKind.CARE,),
    Measure.THIRD_PARTY: (LevelKind.CARE,),
    Measure.HOLD: (LevelKind.OLA,),
    Measure.SUPPLIER: (LevelKind.UC,),
}


class Seen(NamedTuple):
    """What a clock shows. Times are minutes since 1970, amounts are minutes."""

    measure: str
    number: int
    version_id: int
    row: int
    target: int
    started_at: int
    used: int
    counting_since: int | None
    due_at: int | None
    stopped_at: int | None
    team_id: int | None
    supplier_id: int | None
    shares: tuple[tuple[str, int, int], ...]


class Situation(NamedTuple):
    """Who has the ticket in which state."""

    state: str = "new"
    waiting: str = ""
    supplier: int | None = None
    team: int | None = None
    person: int | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def awaits(self) -> str:
        return self.waiting if self.state == "waiting" else ""

    @property
    def standing(self) -> str:
        return f"waiting:{self.waiting}" if self.state == "waiting" else self.state

    @property
    def holder(self) -> tuple[str, int]:
        if self.awaits == "requester":
            return ("requester", 0)
        if self.awaits == "supplier":
            return ("supplier", self.supplier or 0)
        return ("person", self.person) if self.person is not None else ("team", self.team or 0)


class Likeness(NamedTuple):
    """What the ticket is like."""

    kind: str = "incident"
    priority: int = 3
    service: int | None = None
    site: int | None = None
    level: int | None = None


class Run(NamedTuple):
    """From when to when a clock runs."""

    start: int
    stop: int | None
    team: int | None = None
    supplier: int | None = None


class Promise(NamedTuple):
    """Which version gives a target, in which row, and by which hours it is to be kept."""

    version: Version
    row: int
    hours: Hours | None
    """Nothing when the calendar is gone; no clock can run then."""


class Life:
    """A ticket, lived through from the minute in which it was opened to its last change."""

    def __init__(
        self,
        story: Sequence[tuple[datetime, Mapping[str, Any]]],
        book: Book,
        *,
        desk_id: int,
        holidays_of: Holidays = known_holidays,
    ) -> None:
        self.book = book
        self.desk_id = desk_id
        self.holidays_of = holidays_of
        self.open_minutes: dict[int, OpenMinutes] = {}
        self.by_desk = bool(story[0][1].get("by_desk"))
        self.opened = minute_of(story[0][0])
        happened: dict[int, list[Mapping[str, Any]]] = {}
        latest = self.opened
        for at, changes in story:
            # Time does not go back, whatever the clock of the computer says.
            latest = max(latest, minute_of(at))
            happened.setdefault(latest, []).append(changes)
        self.last = latest
        self.moments = sorted(happened)
        self._live(happened)
        self._listen(happened)

    def clocks(self) -> dict[tuple[str, int], Seen]:
        """Return what each clock with a target shows."""
        shown = {}
        for measure, runs in self._runs():
            for number, run in enumerate(runs, 1):
                seen = self._seen(measure, number, run)
                if seen is not None:
                    shown[str(measure), number] = seen
        return shown

    def _live(self, happened: Mapping[int, Sequence[Mapping[str, Any]]]) -> None:
        """Note for each minute what the ticket is like in it, after what happened at its start."""
        situation, likeness = Situation(), Likeness()
        self.legs: list[Situation] = []
        self.leg_begins: list[int] = []
        self.leg_in: list[int] = []
        self.likeness_in: list[Likeness] = []
        for minute, following in pairwise((*self.moments, self.last + 1)):
            for changes in happened[minute]:
                situation = situation._replace(
                    **{name: changes[name] for name in Situation._fields if name in changes}
                )
                likeness = likeness._replace(
                    **{name: changes[name] for name in Likeness._fields if name in changes}
                )
            if not self.legs or situation != self.legs[-1]:
                self.legs.append(situation)
                self.leg_begins.append(minute)
            self.leg_in += [len(self.legs) - 1] * (following - minute)
            self.likeness_in += [likeness] * (following - minute)

    def _listen(self, happened: Mapping[int, Sequence[Mapping[str, Any]]]) -> None:
        """Note what was said to the people of the ticket and not taken back."""
        said: dict[int, tuple[int, bool]] = {}
        for minute in self.moments:
            for changes in happened[minute]:
                if "said" in changes:
                    said[changes["said"]] = (minute, bool(changes.get("auto")))
                if "unsaid" in changes:
                    said.pop(changes["unsaid"], None)
        self.heard = sorted(said.values())
        self.heard_person = {minute for minute, automatic in self.heard if not automatic}

    def situation(self, minute: int) -> Situation:
        return self.legs[self.leg_in[minute - self.opened]]

    def before(self, minute: int) -> Situation | None:
        """Return the situation until that minute; none before the ticket was opened."""
        return self.situation(minute - 1) if minute > self.opened else None

    def _runs(self) -> Iterator[tuple[Measure, list[Run]]]:
        yield Measure.REACTION, [self._reaction()]
        yield Measure.RESOLUTION, self._resolutions()
        if not self.by_desk:
            yield Measure.ACKNOWLEDGE, [self._acknowledgement()]
        yield Measure.UPDATE, list(self._updates())
        yield Measure.CLOSING, list(self._closings())
        yield Measure.THIRD_PARTY, list(self._third_parties())
        yield Measure.HOLD, list(self._holdings())
        yield Measure.SUPPLIER, list(self._suppliers())

    def _reaction(self) -> Run:
        for minute in self.moments:
            if self.situation(minute).state in REACTED or minute in self.heard_person:
                return Run(self.opened, minute)
        return Run(self.opened, None)

    def _openings(self) -> list[Run]:
        """Return the times for which the ticket was open; it may be opened for no time at all."""
        runs, start = [], self.opened
        was_open = True
        for minute in self.moments:
            is_open = self.situation(minute).is_open
            if was_open and not is_open:
                runs.append(Run(start, minute))
            elif is_open and not was_open:
                start = minute
            was_open = is_open
        return [*runs, Run(start, None)] if was_open else runs

    def _resolutions(self) -> list[Run]:
        openings = self._openings()
        whole = Run(self.opened, openings[-1].stop)
        promise = self._promise(Measure.RESOLUTION, whole)
        return openings if promise and promise.version.terms.restarts else [whole]

    def _acknowledgement(self) -> Run:
        for minute in self.moments:
            if not self.situation(minute).is_open or minute in self.heard_person:
                return Run(self.opened, minute)
            if any(at == minute for at, _ in self.heard):
                promise = self._promise(Measure.ACKNOWLEDGE, Run(self.opened, minute))
                if promise and promise.version.terms.automatic_acknowledges:
                    return Run(self.opened, minute)
        return Run(self.opened, None)

    def _updates(self) -> Iterator[Run]:
        for opening in self._openings():
            if opening.start == opening.stop:
                continue
            start = opening.start
            for minute in sorted(self.heard_person):
                if minute > start and (opening.stop is None or minute < opening.stop):
                    yield Run(start, minute)
                    start = minute
            yield Run(start, opening.stop)

    def _closings(self) -> Iterator[Run]:
        for _, start, stop in self._stretches(lambda now: now.state == "resolved" or None):
            told = [at for at, _ in self.heard if at >= start and (stop is None or at < stop)]
            yield Run(start, min(told, default=stop))

    def _third_parties(self) -> Iterator[Run]:
        for awaited, start, stop in self._stretches(
            lambda now: {"supplier": (now.supplier,), "change": ("change",)}.get(now.awaits)
        ):
            yield Run(start, stop, supplier=None if awaited == ("change",) else awaited[0])

    def _holdings(self) -> Iterator[Run]:
        for team, start, stop in self._stretches(lambda now: now.team if now.is_open else None):
            yield Run(start, stop, team=team)

    def _suppliers(self) -> Iterator[Run]:
        for (supplier,), start, stop in self._stretches(
            lambda now: (now.supplier,) if now.awaits == "supplier" else None
        ):
            yield Run(start, stop, supplier=supplier)

    def _stretches(
        self, key_of: Callable[[Situation], Any]
    ) -> Iterator[tuple[Any, int, int | None]]:
        """Return the times through which *key_of* says the same, but not nothing."""
        start, key = self.opened, None
        for minute in self.moments:
            found = key_of(self.situation(minute))
            if found == key:
                continue
            if key is not None:
                yield key, start, minute
            start, key = minute, found
        if key is not None:
            yield key, start, None

    def _promise(self, measure: Measure, run: Run) -> Promise | None:
        """Return the version that gives the target of a clock, its row, and the hours."""
        likeness = self.likeness_in[(self.last if run.stop is None else run.stop) - self.opened]
        for kind in PROMISED_BY[measure]:
            began = self.opened if kind in {LevelKind.SLA, LevelKind.CARE} else run.start
            version = self._version(kind, likeness, run, began)
            if version is None:
                continue
            for number, row in enumerate(version.terms.rows):
                if (
                    measure in row.targets
                    and (not row.kinds or likeness.kind in row.kinds)
                    and (not row.priorities or likeness.priority in row.priorities)
                    and (not row.services or likeness.service in row.services)
                ):
                    hours = self._hours(version, likeness, run, began)
                    return Promise(version, number, hours)
        return None

    def _version(self, kind: LevelKind, likeness: Likeness, run: Run, began: int) -> Version | None:
        if kind == LevelKind.SLA and likeness.level is not None:
            for version in self.book.versions:
                if version.id == likeness.level and version.desk_id == self.desk_id:
                    return version
            return None
        for version in sorted(self.book.versions, key=lambda one: one.position):
            scope = version.terms.scope
            if (
                version.kind == kind
                and version.desk_id == self.desk_id
                and minute_of(version.valid_from) <= began
                and (version.valid_until is None or began < minute_of(version.valid_until))
                and (not scope.services or likeness.service in scope.services)
                and (not scope.sites or likeness.site in scope.sites)
                and (kind != LevelKind.OLA or not scope.teams or run.team in scope.teams)
                and (kind != LevelKind.UC or not scope.suppliers or run.supplier in scope.suppliers)
            ):
                return version
        return None

    def _hours(self, version: Version, likeness: Likeness, run: Run, began: int) -> Hours | None:
        calendar = None
        if version.terms.at_site and likeness.site is not None:
            calendar = _had(self.book.site_calendars.get(likeness.site, ()), began)
        if calendar is None:
            calendar = version.terms.calendar_id
        if calendar is None and version.kind == LevelKind.OLA and run.team is not None:
            calendar = _had(self.book.team_calendars.get(run.team, ()), began)
        if calendar is None:
            calendar = _had(self.book.desk_calendars.get(version.desk_id, ()), began)
        return None if calendar is None else self.book.calendars.get(calendar)

    def _seen(self, measure: Measure, number: int, run: Run) -> Seen | None:
        promise = self._promise(measure, run)
        if promise is None or promise.hours is None:
            return None
        version, row, hours = promise
        target = version.terms.rows[row].targets[measure].minutes
        counts = [self._counts(measure, leg, version) for leg in self.legs]
        lasting = max(self.leg_begins[-1], run.start)
        end = lasting if run.stop is None else run.stop
        minutes = self.open_minutes.setdefault(id(hours), OpenMinutes(hours, self.holidays_of))
        used, due, spent = self._walk(run.start, end, minutes, counts, target)
        goes_on = run.stop is None and counts[-1]
        # A stopped clock shows what it showed in the minute before, if it lived through one.
        counted_last = end > run.start and counts[self.leg_in[end - 1 - self.opened]]
        if due is None and (goes_on or (run.stop is not None and counted_last)):
            due = minutes.after(end, target - used)
        return Seen(
            measure=str(measure),
            number=number,
            version_id=version.id,
            row=row,
            target=target,
            started_at=run.start,
            used=used,
            counting_since=lasting if goes_on else None,
            due_at=due,
            stopped_at=run.stop,
            team_id=run.team if measure == Measure.HOLD else self._team(run.stop),
            supplier_id=run.supplier,
            shares=self._shares(spent),
        )

    def _walk(
        self, start: int, end: int, minutes: OpenMinutes, counts: Sequence[bool], target: int
    ) -> tuple[int, int | None, dict[int, int]]:
        """Walk from minute to minute: what is used, when was it enough, in which legs."""
        used, due = 0, None
        spent: dict[int, int] = {}
        legs = self.leg_in[start - self.opened : end - self.opened]
        for minute, (leg, is_open) in enumerate(
            zip(legs, minutes.between(start, end), strict=True), start
        ):
            if is_open and counts[leg]:
                used += 1
                spent[leg] = spent.get(leg, 0) + 1
                if used == target:
                    due = minute + 1
        return used, due, spent

    @staticmethod
    def _counts(measure: Measure, leg: Situation, version: Version) -> bool:
        if measure == Measure.RESOLUTION and not leg.is_open:
            return False
        return measure not in PAUSE_HOLDS_FOR or leg.standing not in version.terms.pauses

    def _team(self, stop: int | None) -> int | None:
        """Return who held the ticket in the last minute of a clock."""
        if stop is None:
            return self.situation(self.last).team
        return (self.before(stop) or self.situation(stop)).team

    def _shares(self, spent: Mapping[int, int]) -> tuple[tuple[str, int, int], ...]:
        shares: dict[tuple[str, int], int] = {}
        for leg in sorted(spent):
            holder = self.legs[leg].holder
            shares[holder] = shares.get(holder, 0) + spent[leg]
        return tuple((*holder, minutes) for holder, minutes in shares.items())


def _had(kept: Kept, at: int) -> int | None:
    """Return which calendar somebody had."""
    had = None
    for since, calendar in kept:
        if since is None or minute_of(since) <= at:
            had = calendar
    return had
