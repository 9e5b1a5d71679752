"""Times between the key points of a ticket, and how long each state and team had it (R92)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.story import Course, Leg

K = TypeVar("K")


class Milestone(StrEnum):
    """A key point in the life of a ticket."""

    REACTION = "reaction"
    ANSWER = "answer"
    ASSIGNMENT = "assignment"
    RESOLUTION = "resolution"
    CLOSING = "closing"


@dataclass(frozen=True, kw_only=True)
class Reached:
    """When a key point was reached, and what had passed since the opening."""

    milestone: Milestone
    at: datetime
    elapsed: timedelta
    working: timedelta


@dataclass(frozen=True, kw_only=True)
class Spent:
    """How long something lasted altogether."""

    elapsed: timedelta
    working: timedelta


def milestones(course: Course, hours: Hours) -> list[Reached]:
    """Return the key points that were reached, in their usual order.

    Of solutions and closings the last counts, if the ticket was not taken up again after it.
    """
    human = min((said.at for said in course.said if not said.is_automatic), default=None)
    begun = _first(course.legs, lambda leg: leg.state not in {"new", "assigned"})
    last = course.legs[-1]
    found = {
        Milestone.REACTION: min((at for at in (begun, human) if at is not None), default=None),
        Milestone.ANSWER: human,
        Milestone.ASSIGNMENT: _first(course.legs, lambda leg: leg.person_id is not None),
        Milestone.RESOLUTION: None if last.is_open else _last_solved(course.legs),
        Milestone.CLOSING: last.start if last.state == "closed" else None,
    }
    return [
        Reached(
            milestone=milestone,
            at=at,
            elapsed=at - course.opened_at,
            working=hours.between(course.opened_at, at),
        )
        for milestone, at in found.items()
        if at is not None
    ]


def spent_by(
    course: Course, hours: Hours, *, until: datetime, key: Callable[[Leg], K]
) -> dict[K, Spent]:
    """Return how long the legs of each *key* lasted before the ticket was closed, in order."""
    found: dict[K, Spent] = {}
    for leg in course.legs:
        if leg.state == "closed":
            continue
        end = min(leg.end or until, until)
        before = found.get(key(leg), Spent(elapsed=timedelta(), working=timedelta()))
        found[key(leg)] = Spent(
            elapsed=before.elapsed + max(timedelta(), end - leg.start),
            working=before.working + hours.between(leg.start, end),
        )
    return found


def _first(legs: Iterable[Leg], fits: Callable[[Leg], bool]) -> datetime | None:
    return next((leg.start for leg in legs if fits(leg)), None)


def _last_solved(legs: Iterable[Leg]) -> datetime | None:
    """Return since when a ticket that is not open was done with."""
    since = None
    for leg in legs:
        if leg.is_open:
            since = None
        elif since is None:
            since = leg.start
    return since
