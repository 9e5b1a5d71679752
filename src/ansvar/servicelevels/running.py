"""The clocks of a ticket with all that explains them: worked out when somebody looks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Extract, JSONObject

from ansvar.servicelevels.book import book_of
from ansvar.servicelevels.decisions.choosing import (
    Applied,
    Book,
    Choice,
    Question,
    Version,
)
from ansvar.servicelevels.decisions.clocks import (
    Clock,
    Counted,
    Window,
    clocks_of,
    legs_in,
    rule_of,
    windows_of,
)
from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.story import Course, Story, Traits, course_of, restored
from ansvar.servicelevels.decisions.terms import LevelKind, Measure
from ansvar.servicelevels.models import BookEdition, Timing
from ansvar.servicelevels.models import Clock as ClockRow
from ansvar.tickets.models import Ticket

ON_TICKET = (Measure.REACTION, Measure.RESOLUTION, Measure.HOLD)
"""Measures that a ticket's own due time tells of."""
OF_EACH_LEG = frozenset({LevelKind.OLA, LevelKind.UC})


@dataclass(frozen=True, kw_only=True)
class Run:
    """One clock, from when to when it runs, and the target that applies to it."""

    clock: Clock
    window: Window
    rule: Applied
    legs: tuple[Counted, ...]

    def used_at(self, now: datetime) -> timedelta:
        """Return the working time used by *now*."""
        clock = self.clock
        if clock.counting_since is None:
            return clock.used
        return clock.used + clock.hours.between(clock.counting_since, now)


@dataclass(frozen=True, kw_only=True)
class Timed:
    """A ticket as its clocks see it."""

    desk_id: int
    course: Course
    book: Book
    runs: Sequence[Run]

    def choice_for(self, window: Window, kind: LevelKind) -> Choice:
        """Return which level of a kind applies to a clock, and why not the others."""
        begins = window.start if kind in OF_EACH_LEG else self.course.opened_at
        return self.book.choose(
            Question(
                kind=kind,
                desk_id=self.desk_id,
                traits=self.course.traits_at(window.stop),
                at=begins,
                team_id=window.team_id,
                supplier_id=window.supplier_id,
            )
        )

    @property
    def agreement(self) -> Version | None:
        """The agreement with customers that applies to the ticket as it is now, if one does."""
        return self._agreement(self.course.traits_at(None))

    @property
    def agreement_by_rule(self) -> Version | None:
        """The one that would apply if nobody had chosen by hand."""
        return self._agreement(replace(self.course.traits_at(None), level=None))

    def _agreement(self, traits: Traits) -> Version | None:
        return self.book.choose(
            Question(
                kind=LevelKind.SLA, desk_id=self.desk_id, traits=traits, at=self.course.opened_at
            )
        ).version

    @property
    def hours(self) -> Hours | None:
        """The hours of the desk, as it had them when the ticket was opened."""
        return self.book.hours_of_desk(self.desk_id, self.course.opened_at)

    def run(self, measure: str, number: int) -> Run | None:
        """Return one of the clocks."""
        wanted = (one for one in self.runs if one.clock.measure == measure)
        return next((one for one in wanted if one.clock.number == number), None)

    def latest(self, measure: Measure) -> Run | None:
        """Return the last clock of a measure."""
        return next((one for one in reversed(self.runs) if one.clock.measure == measure), None)


def with_story(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Let tickets bring along what their clocks are worked out from, at no query of its own."""
    story = Timing.objects.filter(ticket=OuterRef("pk")).values("story")[:1]
    return tickets.annotate(told_story=Subquery(story), book_edition=_edition())


def timed_of(ticket: Ticket) -> Timed | None:
    """Return the clocks of a ticket; nothing when none were ever kept for it.

    A ticket read by `with_story` costs no query.
    """
    if not hasattr(ticket, "told_story"):
        ticket = with_story(Ticket.objects.filter(pk=ticket.pk)).only("desk_id").get()
    found: Any = ticket
    if not found.told_story:
        return None
    book = book_of(found.book_edition)
    return timed(restored(found.told_story), book, desk_id=ticket.desk_id)


def timed(story: Story, book: Book, *, desk_id: int) -> Timed:
    """Return the clocks that follow from a story and the book."""
    course = course_of(story)
    clocks = {(one.measure, one.number): one for one in clocks_of(course, book, desk_id=desk_id)}
    runs = []
    for window in windows_of(course, book, desk_id=desk_id):
        clock = clocks.get((window.measure, window.number))
        if clock is None:
            continue
        rule = rule_of(window, course, book, desk_id=desk_id)
        if rule is not None:
            legs = tuple(legs_in(window, rule, course))
            runs.append(Run(clock=clock, window=window, rule=rule, legs=legs))
    return Timed(desk_id=desk_id, course=course, book=book, runs=runs)


def _edition() -> Coalesce:
    return Coalesce(Subquery(BookEdition.objects.values("number")[:1]), 0)


@dataclass(frozen=True, kw_only=True)
class NextDue:
    """How far the clock of a ticket is whose target runs out next."""

    at: datetime
    left: timedelta
    """Working time; negative when it is late."""
    percent: int
    """Of the target, used."""
    target: timedelta
    level: str
    """The agreement that sets it."""
    kind: LevelKind

    @property
    def is_late(self) -> bool:
        """Whether more than the target is used."""
        return self.left < timedelta()


def next_due_along(measures: Sequence[Measure] = ON_TICKET) -> dict[str, Any]:
    """Return what lists of tickets bring along for `next_due_of`, at no query of its own.

    Without other *measures* it is what the ticket's own due time tells of.
    """
    counting = ClockRow.objects.filter(
        ticket=OuterRef("pk"),
        measure__in=measures,
        counting_since__isnull=False,
        due_at__isnull=False,
    )
    clock = counting.order_by("due_at").values(
        found=JSONObject(
            version=F("version_id"),
            team=F("team_id"),
            target=Extract("target", "epoch"),
            used=Extract("used", "epoch"),
            since=F("counting_since"),
            started=F("started_at"),
            due=F("due_at"),
        )
    )
    return {"next_clock": Subquery(clock[:1]), "book_edition": _edition()}


def next_due_of(ticket: Ticket, *, now: datetime) -> NextDue | None:
    """Return how far the next clock is of a ticket that was read with `next_due_along`."""
    brought: Any = ticket
    told = getattr(brought, "next_clock", None)
    if told is None:
        return None
    book = book_of(brought.book_edition)
    version = next((one for one in book.versions if one.id == told["version"]), None)
    if version is None:
        return None
    started = datetime.fromisoformat(told["started"])
    hours = book.hours_of(
        version,
        site_id=ticket.site_id,
        team_id=told["team"],
        at=started if version.kind in OF_EACH_LEG else ticket.opened_at,
    )
    if hours is None:
        return None
    target = timedelta(seconds=float(told["target"]))
    used = timedelta(seconds=float(told["used"]))
    used += hours.between(datetime.fromisoformat(told["since"]), now)
    return NextDue(
        at=datetime.fromisoformat(told["due"]),
        left=target - used,
        percent=min(100, int(100 * (used / target))),
        target=target,
        level=version.level,
        kind=version.kind,
    )
