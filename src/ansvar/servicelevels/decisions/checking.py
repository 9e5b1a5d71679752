"""What is wrong with the terms of a level, before anybody relies on them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ansvar.servicelevels.decisions.terms import (
    MEASURES,
    STANDINGS,
    Action,
    Addressee,
    LevelKind,
    Row,
    Step,
    Terms,
)

LONGEST_TARGET = 10 * 366 * 24 * 60
"""Minutes: ten years of days and nights."""
LARGEST_PERCENT = 1000


class FaultCode(StrEnum):
    """What is wrong."""

    NO_TARGET = "no_target"
    EMPTY_ROW = "empty_row"
    WRONG_MEASURE = "wrong_measure"
    TARGET_TOO_SHORT = "target_too_short"
    TARGET_TOO_LONG = "target_too_long"
    BAD_OBJECTIVE = "bad_objective"
    NEVER_REACHED = "never_reached"
    UNKNOWN_STANDING = "unknown_standing"
    ALWAYS_PAUSED = "always_paused"
    STEP_WITHOUT_TIME = "step_without_time"
    STEP_PERCENT = "step_percent"
    STEP_TWICE = "step_twice"
    STEP_MEASURE = "step_measure"
    STEP_WITHOUT_PERSON = "step_without_person"
    SCOPE_TEAMS = "scope_teams"
    SCOPE_SUPPLIERS = "scope_suppliers"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is wrong, and where."""

    code: FaultCode
    row: int | None = None
    """Of the rows, from 0."""
    step: int | None = None
    """Of the steps, from 0."""
    what: str = ""


def faults_of(terms: Terms, kind: LevelKind) -> list[Fault]:
    """Return all faults of the terms of a level of *kind*; none in what may be published."""
    return [*_of_scope(terms, kind), *_of_rows(terms, kind), *_of_steps(terms, kind)]


def _of_scope(terms: Terms, kind: LevelKind) -> Iterator[Fault]:
    if terms.scope.teams and kind is not LevelKind.OLA:
        yield Fault(code=FaultCode.SCOPE_TEAMS)
    if terms.scope.suppliers and kind is not LevelKind.UC:
        yield Fault(code=FaultCode.SCOPE_SUPPLIERS)
    for standing in sorted(terms.pauses - set(STANDINGS)):
        yield Fault(code=FaultCode.UNKNOWN_STANDING, what=standing)
    if terms.pauses >= set(STANDINGS):
        yield Fault(code=FaultCode.ALWAYS_PAUSED)


def _of_rows(terms: Terms, kind: LevelKind) -> Iterator[Fault]:
    if not any(row.targets for row in terms.rows):
        yield Fault(code=FaultCode.NO_TARGET)
        return
    for number, row in enumerate(terms.rows):
        if not row.targets:
            yield Fault(code=FaultCode.EMPTY_ROW, row=number)
        for measure, target in row.targets.items():
            if measure not in MEASURES[kind]:
                yield Fault(code=FaultCode.WRONG_MEASURE, row=number, what=measure)
            if target.minutes < 1:
                yield Fault(code=FaultCode.TARGET_TOO_SHORT, row=number, what=measure)
            if target.minutes > LONGEST_TARGET:
                yield Fault(code=FaultCode.TARGET_TOO_LONG, row=number, what=measure)
            if target.objective is not None and not 0 < target.objective <= 100:  # noqa: PLR2004 - per cent
                yield Fault(code=FaultCode.BAD_OBJECTIVE, row=number, what=measure)
        if any(_covers(earlier, row) for earlier in terms.rows[:number]):
            yield Fault(code=FaultCode.NEVER_REACHED, row=number)


def _covers(earlier: Row, row: Row) -> bool:
    """Tell whether nothing is left for *row*: all that fits it fits the earlier one."""
    pairs = (
        (earlier.kinds, row.kinds),
        (earlier.priorities, row.priorities),
        (earlier.services, row.services),
    )
    return (
        bool(row.targets)
        and row.targets.keys() <= earlier.targets.keys()
        and all(not wide or (narrow and narrow <= wide) for wide, narrow in pairs)
    )


def _of_steps(terms: Terms, kind: LevelKind) -> Iterator[Fault]:
    keys: set[str] = set()
    for number, step in enumerate(terms.steps):
        if step.key in keys:
            yield Fault(code=FaultCode.STEP_TWICE, step=number, what=step.key)
        keys.add(step.key)
        for code in _of_step(step, kind):
            yield Fault(code=code, step=number)


def _of_step(step: Step, kind: LevelKind) -> Iterator[FaultCode]:
    if (step.percent is None) == (step.minutes is None):
        yield FaultCode.STEP_WITHOUT_TIME
    elif step.percent is not None and not 0 < step.percent <= LARGEST_PERCENT:
        yield FaultCode.STEP_PERCENT
    if not step.measures <= set(MEASURES[kind]):
        yield FaultCode.STEP_MEASURE
    needs_person = step.to is Addressee.PERSON and step.action is not Action.RAISE
    if needs_person and step.person_id is None:
        yield FaultCode.STEP_WITHOUT_PERSON
