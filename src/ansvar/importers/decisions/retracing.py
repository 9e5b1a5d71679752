"""Which commands the rows of a case stand for. Pure.

A row of a log shows how a case stood after something had been changed. What was done is what
differs from the row before; the commands do the same things at the same moments.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from ansvar.importers.decisions.events import Event, Remark, Remarks
from ansvar.importers.decisions.mapping import Standing
from ansvar.tickets.decisions import DONE, Kind, State, WaitingFor, state_in_hands


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something that was done at a moment, by whom the log names."""

    at: datetime
    author: str = ""


@dataclass(frozen=True, kw_only=True)
class Opening(Step):
    """The case was taken up."""

    requester: str | None
    team: str | None
    subject: str
    description: str
    channel: str
    kind: Kind
    service: str | None
    site: str | None


@dataclass(frozen=True, kw_only=True)
class Edit(Step):
    """Service, site or requester became others; those that are named."""

    service: str | None = None
    site: str | None = None
    requester: str | None = None


@dataclass(frozen=True, kw_only=True)
class Weighing(Step):
    """A priority was set, or impact and urgency from which it follows."""

    priority: int | None
    impact: int | None
    urgency: int | None
    words: str


@dataclass(frozen=True, kw_only=True)
class HandOver(Step):
    """Another team got it, with somebody of it or without."""

    team: str
    person: str


@dataclass(frozen=True, kw_only=True)
class LateHandOver(Step):
    """Another team got it after its end; it stayed resolved."""

    team: str


@dataclass(frozen=True, kw_only=True)
class Assignment(Step):
    """Somebody of the team got it, or nobody any more."""

    team: str | None
    person: str


@dataclass(frozen=True, kw_only=True)
class Beginning(Step):
    """Work began, or went on."""


@dataclass(frozen=True, kw_only=True)
class Wait(Step):
    """It began to wait."""

    waiting_for: WaitingFor


@dataclass(frozen=True, kw_only=True)
class Resumption(Step):
    """It waits no longer, and nobody has begun."""


@dataclass(frozen=True, kw_only=True)
class Resolution(Step):
    """The desk said that it is mended; without words when the log has none."""

    words: str


@dataclass(frozen=True, kw_only=True)
class Closing(Step):
    """It was closed."""


@dataclass(frozen=True, kw_only=True)
class Reopening(Step):
    """It was taken up again."""


AnyStep: TypeAlias = (
    Opening | Edit | Weighing | HandOver | LateHandOver | Assignment | Beginning | Wait | Resumption
    | Resolution | Closing | Reopening
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CaseStory:
    """A case as it is to be told."""

    case: str
    rows: int
    steps: tuple[AnyStep, ...]
    """None when no row of the case can be told."""
    remarks: Remarks
    logged: dict[str, int]
    """The log's own counters in its last row."""

    @property
    def counted(self) -> dict[str, int]:
        """What our counters will be after these steps."""
        return {
            "hand_overs": sum(isinstance(step, HandOver | LateHandOver) for step in self.steps),
            "reopens": sum(isinstance(step, Reopening) for step in self.steps),
        }

    @property
    def teams(self) -> tuple[str | None, ...]:
        """The teams through whose hands it goes, in order; nothing is the desk's first one."""
        return tuple(
            step.team for step in self.steps if isinstance(step, Opening | HandOver | LateHandOver)
        )


@dataclass(kw_only=True)
class Tracer:
    """Follows one case from row to row."""

    case: str
    holds_in: frozenset[State]
    remarks: Remarks
    end: State | None = None
    """How it ends after its last row, if that leaves it open."""
    steps: list[AnyStep] = field(default_factory=list)
    state: State = State.NEW
    waiting_for: WaitingFor | None = None
    team: str | None = None
    person: str = ""
    service: str | None = None
    site: str | None = None
    requester: str | None = None
    weight: tuple[int | None, int | None, int | None] = (None, None, None)
    at: datetime | None = None
    last: Event | None = None
    counters: dict[str, int] = field(default_factory=dict)

    def trace(self, events: Sequence[Event], *, rows: int) -> CaseStory:
        """Return what was done."""
        for event in events:
            if not self.steps:
                self._open(event)
            self._follow(event)
            self.last = event
        self._end()
        return CaseStory(
            case=self.case,
            rows=rows,
            steps=tuple(self.steps),
            remarks=self.remarks,
            logged=events[-1].counters if events else {},
        )

    def _open(self, event: Event) -> None:
        at = min(event.opened_at or event.at, event.at)
        if event.opened_at is not None and event.opened_at > event.at:
            self.remarks.add(Remark.WENT_BACK, f"row {event.row}: opened after it was changed")
        if event.requester is None:
            self.remarks.add(Remark.REQUESTER_UNNAMED, f"row {event.row}")
        self.at, self.team = at, event.team
        self.service, self.site, self.requester = event.service, event.site, event.requester
        # What the counters show now happened before the first row.
        self.counters = dict.fromkeys(event.counters, 0)
        self.steps.append(
            Opening(
                at=at,
                author=event.author,
                requester=event.requester,
                team=event.team,
                subject=event.subject,
                description=event.description,
                channel=event.channel,
                kind=event.kind or Kind.INCIDENT,
                service=event.service,
                site=event.site,
            )
        )

    def _follow(self, event: Event) -> None:
        at = self._later(event)
        wanted = event.standing or Standing(state=self.state, waiting_for=self.waiting_for)
        before = len(self.steps)
        was_done = self.state in DONE
        if was_done and wanted.state not in DONE:
            self.steps.append(Reopening(at=at, author=event.author))
            self.state = state_in_hands(1 if self.person else None)
        self._edit(event, at)
        if self.state in DONE:
            self._stay_done(event, wanted, at)
        else:
            self._weigh(event, at)
            self._pass_on(event, wanted, at)
            self._move(event, wanted, at)
        done = self.steps[before:]
        moves = sum(isinstance(step, HandOver | LateHandOver) for step in done)
        self._check(event, "hand_overs", moves)
        self._check(event, "reopens", sum(isinstance(step, Reopening) for step in done))

    def _later(self, event: Event) -> datetime:
        """Return when it was, as far as time only goes on."""
        if self.at is not None and event.at < self.at:
            self.remarks.add(Remark.WENT_BACK, f"row {event.row}: {event.at:%Y-%m-%d %H:%M}")
            return self.at
        self.at = event.at
        return event.at

    def _edit(self, event: Event, at: datetime) -> None:
        changed = {
            what: said
            for what in ("service", "site", "requester")
            if (said := getattr(event, what)) is not None and said != getattr(self, what)
        }
        if changed:
            self.steps.append(Edit(at=at, author=event.author, **changed))
            for what, said in changed.items():
                setattr(self, what, said)
            if not changed.keys().isdisjoint(("service", "site")):
                # Another service or site makes another priority, and the log's own holds.
                self.weight = (None, None, None)

    def _weigh(self, event: Event, at: datetime) -> None:
        weight = (event.priority, event.impact, event.urgency)
        if weight in (self.weight, (None, None, None)):
            return
        self.weight = weight
        self.steps.append(
            Weighing(
                at=at,
                author=event.author,
                priority=event.priority,
                impact=event.impact,
                urgency=event.urgency,
                words=event.weight_words,
            )
        )

    def _pass_on(self, event: Event, wanted: Standing, at: datetime) -> None:
        """Let the team and the person of the row have it."""
        person = event.person if wanted.state in self.holds_in else None
        if event.team is not None and event.team != self.team:
            self.team, self.person = event.team, person or ""
            self.steps.append(
                HandOver(at=at, author=event.author, team=self.team, person=self.person)
            )
        elif person is not None and person != self.person:
            self.person = person
            self.steps.append(Assignment(at=at, author=event.author, team=self.team, person=person))
        else:
            return
        if self.state is not State.WAITING:
            self.state = state_in_hands(1 if self.person else None)

    def _move(self, event: Event, wanted: Standing, at: datetime) -> None:
        author = event.author
        match wanted.state:
            case State.NEW | State.ASSIGNED if self.state is State.WAITING:
                self.steps.append(Resumption(at=at, author=author))
                self.state = state_in_hands(1 if self.person else None)
            case State.IN_WORK if self.state is not State.IN_WORK:
                self.steps.append(Beginning(at=at, author=author))
                self.state = State.IN_WORK
            case State.WAITING if wanted.waiting_for is not None and (
                self.state is not State.WAITING or self.waiting_for is not wanted.waiting_for
            ):
                self.steps.append(Wait(at=at, author=author, waiting_for=wanted.waiting_for))
                self.state = State.WAITING
            case State.RESOLVED | State.CLOSED:
                self.steps.append(Resolution(at=at, author=author, words=event.resolution))
                if wanted.state is State.CLOSED:
                    self.steps.append(Closing(at=at, author=author))
                self.state = wanted.state
        self.waiting_for = wanted.waiting_for if self.state is State.WAITING else None

    def _stay_done(self, event: Event, wanted: Standing, at: datetime) -> None:
        """Close what was resolved, and let it change teams as the log says.

        Nobody holds a resolved ticket, so no person gets it; the chain of teams is whole.
        """
        where = f"row {event.row}"
        for remark in self._changed(event):
            self.remarks.add(remark, where)
        if event.team is not None and event.team != self.team:
            self.remarks.add(Remark.TEAM_WHILE_DONE, where)
            self.team, self.person = event.team, ""
            self.steps.append(LateHandOver(at=at, author=event.author, team=self.team))
        if self.state is State.RESOLVED and wanted.state is State.CLOSED:
            self.steps.append(Closing(at=at, author=event.author))
            self.state = State.CLOSED
        elif self.state is State.CLOSED and wanted.state is State.RESOLVED:
            self.remarks.add(Remark.RESOLVED_AFTER_CLOSING, where)

    def _end(self) -> None:
        """End a case that its last row leaves open, as the mapping wishes."""
        if self.end is None or self.last is None or self.at is None or self.state in DONE:
            return
        self.remarks.add(Remark.ENDED_BY_MAPPING, f"row {self.last.row}")
        self.steps.append(Resolution(at=self.at, words=self.last.resolution))
        if self.end is State.CLOSED:
            self.steps.append(Closing(at=self.at))
        self.state = self.end

    def _changed(self, event: Event) -> list[Remark]:
        last = self.last
        if last is None:
            return []
        weight = (event.priority, event.impact, event.urgency)
        person = event.person if self.state in self.holds_in else None
        pairs = (
            (Remark.PERSON_WHILE_DONE, person, last.person),
            (Remark.PRIORITY_WHILE_DONE, weight, (last.priority, last.impact, last.urgency)),
        )
        return [remark for remark, said, before in pairs if said is not None and said != before]

    def _check(self, event: Event, counter: str, done: int) -> None:
        """Compare what the log counted in this row with what it shows."""
        counted = event.counters.get(counter)
        if counted is None:
            return
        rise = counted - self.counters.get(counter, 0)
        self.counters[counter] = counted
        unseen, uncounted = _OF_COUNTER[counter]
        where = f"row {event.row}"
        if rise > done:
            self.remarks.add(unseen, where, times=rise - done)
        elif done > rise:
            self.remarks.add(uncounted, where, times=done - rise)


_OF_COUNTER = {
    "hand_overs": (Remark.HAND_OVER_UNSEEN, Remark.HAND_OVER_UNCOUNTED),
    "reopens": (Remark.REOPENING_UNSEEN, Remark.REOPENING_UNCOUNTED),
}
