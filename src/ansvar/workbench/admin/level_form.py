"""Between the terms of a level and the one form in which they are edited, as they are typed."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from django.http import QueryDict
from django.utils.translation import gettext as _

from ansvar.servicelevels.decisions.amounts import BadAmount, read_amount, typed_amount
from ansvar.servicelevels.decisions.terms import (
    MEASURES,
    Action,
    Addressee,
    LevelKind,
    Measure,
    Origin,
    Row,
    Scope,
    Step,
    Target,
    Terms,
)
from ansvar.servicelevels.models import LevelVersion
from ansvar.tickets.decisions import Kind

MOST_LINES = 100
PRIORITIES = frozenset(range(1, 6))
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class TypedTarget:
    """One target, as typed."""

    amount: str = ""
    objective: str = ""
    origin: str = Origin.ASSUMED.value
    by: str = ""
    on: str = ""
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed that would be lost."""
        return not (self.amount or self.objective or self.by or self.on or self.note)


@dataclass(frozen=True, kw_only=True)
class TypedRow:
    """One line of targets, as typed."""

    kinds: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    targets: Mapping[str, TypedTarget] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TypedStep:
    """One step, as typed."""

    key: str
    when: str = "percent"
    """`percent` of the time, or an amount `before` or `after` its end."""
    amount: str = ""
    measures: tuple[str, ...] = ()
    action: str = Action.NOTIFY.value
    to: str = Addressee.ASSIGNEE.value
    person: str = ""
    team: str = ""


@dataclass(frozen=True, kw_only=True)
class Typed:
    """All that the form says."""

    services: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()
    rows: tuple[TypedRow, ...] = ()
    steps: tuple[TypedStep, ...] = ()
    pauses: tuple[str, ...] = ()
    calendar: str = ""
    at_site: bool = False
    restarts: bool = False
    automatic: bool = False
    words: str = ""
    review_on: str = ""


@dataclass(frozen=True, kw_only=True)
class Read:
    """What was made of the form; the terms count only while nothing is wrong."""

    terms: Terms
    review_on: date | None
    wrong: Mapping[str, str]
    """Names of fields to what is wrong with them."""


def fingerprint_of(version: LevelVersion) -> str:
    """Return a short mark of a version, by which a stale form is known."""
    said = [version.terms, version.words, str(version.review_on or "")]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def typed_of(version: LevelVersion) -> Typed:
    """Return a version as somebody would type it."""
    terms = version.agreed
    return Typed(
        services=_ids(terms.scope.services),
        sites=_ids(terms.scope.sites),
        teams=_ids(terms.scope.teams),
        suppliers=_ids(terms.scope.suppliers),
        rows=tuple(_typed_row(row) for row in terms.rows) or (TypedRow(),),
        steps=tuple(_typed_step(step) for step in terms.steps),
        pauses=tuple(sorted(terms.pauses)),
        calendar=str(terms.calendar_id or ""),
        at_site=terms.at_site,
        restarts=terms.restarts,
        automatic=terms.automatic_acknowledges,
        words=version.words,
        review_on=version.review_on.isoformat() if version.review_on else "",
    )


def read_typed(sent: QueryDict) -> Typed:
    """Return what a form sent, unfinished as it may be."""
    return Typed(
        services=(*sent.getlist("services"),),
        sites=(*sent.getlist("sites"),),
        teams=(*sent.getlist("teams"),),
        suppliers=(*sent.getlist("suppliers"),),
        rows=tuple(_sent_row(sent, f"r{n}") for n in range(MOST_LINES) if f"r{n}" in sent),
        steps=tuple(_sent_step(sent, f"s{n}") for n in range(MOST_LINES) if f"s{n}-key" in sent),
        pauses=(*sent.getlist("pauses"),),
        calendar=sent.get("calendar", ""),
        at_site="at_site" in sent,
        restarts="restarts" in sent,
        automatic="automatic" in sent,
        # Browsers send line breaks as two characters.
        words=sent.get("words", "").replace("\r\n", "\n").strip(),
        review_on=sent.get("review_on", "").strip(),
    )


def edited(typed: Typed, do: str) -> Typed:
    """Return the form after a step of the editor, such as `raise-row:2`; others change nothing."""
    what, _sep, number = do.partition(":")
    at = int(number) if number.isdecimal() else -1
    verb, _sep, noun = what.partition("-")
    if noun == "row":
        return replace(typed, rows=_moved(typed.rows, verb, at=at, fresh=TypedRow()))
    if noun == "step":
        fresh = TypedStep(key=_free_key(typed.steps), amount="80")
        return replace(typed, steps=_moved(typed.steps, verb, at=at, fresh=fresh))
    return typed


def read_terms(typed: Typed, kind: LevelKind, *, day: int) -> Read:
    """Return the terms that were typed; a working day has *day* minutes."""
    wrong: dict[str, str] = {}
    terms = Terms(
        scope=Scope(
            services=_numbers(typed.services),
            sites=_numbers(typed.sites),
            teams=_numbers(typed.teams),
            suppliers=_numbers(typed.suppliers),
        ),
        rows=tuple(
            _row(row, f"r{number}", kind, day=day, wrong=wrong)
            for number, row in enumerate(typed.rows)
        ),
        pauses=frozenset(typed.pauses),
        calendar_id=int(typed.calendar) if typed.calendar.isdecimal() else None,
        at_site=typed.at_site,
        restarts=typed.restarts,
        automatic_acknowledges=typed.automatic or kind is not LevelKind.CARE,
        steps=tuple(
            _step(step, f"s{number}", day=day, wrong=wrong)
            for number, step in enumerate(typed.steps)
        ),
    )
    review_on = _day(typed.review_on, "review_on", wrong)
    return Read(terms=terms, review_on=review_on, wrong=wrong)


def _moved(all_of: tuple[T, ...], verb: str, *, at: int, fresh: T) -> tuple[T, ...]:
    if verb == "add" and len(all_of) < MOST_LINES:
        return (*all_of, fresh)
    found = list(all_of)
    if not 0 <= at < len(found):
        return all_of
    if verb == "delete":
        del found[at]
    elif verb == "copy" and len(all_of) < MOST_LINES:
        found.insert(at, found[at])
    elif verb == "raise" and at > 0:
        found[at - 1], found[at] = found[at], found[at - 1]
    elif verb == "lower" and at + 1 < len(found):
        found[at + 1], found[at] = found[at], found[at + 1]
    return tuple(found)


def _free_key(steps: tuple[TypedStep, ...]) -> str:
    taken = {step.key for step in steps}
    return next(
        key for number in range(1, MOST_LINES + 2) if (key := f"step-{number}") not in taken
    )


def _ids(ids: frozenset[int]) -> tuple[str, ...]:
    return tuple(str(pk) for pk in sorted(ids))


def _numbers(ids: tuple[str, ...]) -> frozenset[int]:
    return frozenset(int(pk) for pk in ids if pk.isdecimal())


def _typed_row(row: Row) -> TypedRow:
    return TypedRow(
        kinds=tuple(sorted(row.kinds)),
        priorities=_ids(row.priorities),
        services=_ids(row.services),
        targets={
            str(measure): TypedTarget(
                amount=typed_amount(target.minutes),
                objective="" if target.objective is None else f"{target.objective:g}",
                origin=str(target.origin),
                by=target.origin_by,
                on=target.origin_on.isoformat() if target.origin_on else "",
                note=target.origin_note,
            )
            for measure, target in row.targets.items()
        },
    )


def _typed_step(step: Step) -> TypedStep:
    minutes = step.minutes or 0
    when = "percent" if step.percent is not None else "before" if minutes < 0 else "after"
    amount = str(step.percent) if step.percent is not None else typed_amount(minutes)
    return TypedStep(
        key=step.key,
        when=when,
        amount=amount if step.percent is not None or step.minutes is not None else "",
        measures=tuple(sorted(step.measures)),
        action=str(step.action),
        to=str(step.to),
        person=str(step.person_id or ""),
        team=str(step.team_id or ""),
    )


def _sent_row(sent: QueryDict, start: str) -> TypedRow:
    return TypedRow(
        kinds=(*sent.getlist(f"{start}-kinds"),),
        priorities=(*sent.getlist(f"{start}-priorities"),),
        services=(*sent.getlist(f"{start}-services"),),
        targets={
            str(measure): TypedTarget(
                amount=sent.get(f"{start}-{measure}-amount", "").strip(),
                objective=sent.get(f"{start}-{measure}-objective", "").strip(),
                origin=sent.get(f"{start}-{measure}-origin", Origin.ASSUMED),
                by=sent.get(f"{start}-{measure}-by", "").strip(),
                on=sent.get(f"{start}-{measure}-on", "").strip(),
                note=sent.get(f"{start}-{measure}-note", "").strip(),
            )
            for measure in Measure
            if f"{start}-{measure}-amount" in sent
        },
    )


def _sent_step(sent: QueryDict, start: str) -> TypedStep:
    return TypedStep(
        key=sent.get(f"{start}-key", "")[:40],
        when=sent.get(f"{start}-when", "percent"),
        amount=sent.get(f"{start}-amount", "").strip(),
        measures=(*sent.getlist(f"{start}-measures"),),
        action=sent.get(f"{start}-action", Action.NOTIFY),
        to=sent.get(f"{start}-to", Addressee.ASSIGNEE),
        person=sent.get(f"{start}-person", ""),
        team=sent.get(f"{start}-team", ""),
    )


def _row(row: TypedRow, start: str, kind: LevelKind, *, day: int, wrong: dict[str, str]) -> Row:
    targets = {}
    for name, typed in row.targets.items():
        measure = Measure(name)
        if typed.is_empty and measure not in MEASURES[kind]:
            continue
        if target := _target(typed, f"{start}-{name}", day=day, wrong=wrong):
            targets[measure] = target
    return Row(
        kinds=frozenset(row.kinds) & set(Kind),
        priorities=_numbers(row.priorities) & PRIORITIES,
        services=_numbers(row.services),
        targets=targets,
    )


def _target(typed: TypedTarget, start: str, *, day: int, wrong: dict[str, str]) -> Target | None:
    if not typed.amount:
        if not typed.is_empty:
            wrong[f"{start}-amount"] = _("Give the time, or clear the rest of the line.")
        return None
    return Target(
        minutes=_amount(typed.amount, f"{start}-amount", day=day, wrong=wrong),
        objective=_objective(typed.objective, f"{start}-objective", wrong),
        origin=_known(Origin, typed.origin, Origin.ASSUMED),
        origin_by=typed.by[:200],
        origin_on=_day(typed.on, f"{start}-on", wrong),
        origin_note=typed.note[:500],
    )


def _step(step: TypedStep, start: str, *, day: int, wrong: dict[str, str]) -> Step:
    percent = minutes = None
    name = f"{start}-amount"
    if step.when == "percent":
        text = step.amount.removesuffix("%").strip()
        if text and not text.isdecimal():
            wrong[name] = _("Write a whole number of per cent, such as 80.")
        percent = int(text) if text.isdecimal() else None
    elif step.amount:
        sign = -1 if step.when == "before" else 1
        minutes = sign * _amount(step.amount, name, day=day, wrong=wrong)
    return Step(
        key=step.key,
        measures=frozenset(Measure(one) for one in step.measures if one in set(Measure)),
        percent=percent,
        minutes=minutes,
        action=_known(Action, step.action, Action.NOTIFY),
        to=_known(Addressee, step.to, Addressee.ASSIGNEE),
        person_id=int(step.person) if step.person.isdecimal() else None,
        team_id=int(step.team) if step.team.isdecimal() else None,
    )


Choice = TypeVar("Choice", Origin, Action, Addressee)


def _known(choices: type[Choice], value: str, usual: Choice) -> Choice:
    """Return the choice that was sent; a select can send nothing else."""
    return next((one for one in choices if one.value == value), usual)


def _amount(text: str, name: str, *, day: int, wrong: dict[str, str]) -> int:
    try:
        return read_amount(text, day=day)
    except BadAmount as fault:
        wrong[name] = str(fault)
        return 0


def _objective(text: str, name: str, wrong: dict[str, str]) -> float | None:
    if not text:
        return None
    try:
        share = float(text.removesuffix("%").strip().replace(",", "."))
    except ValueError:
        share = math.nan
    if not math.isfinite(share):
        wrong[name] = _("Write a share in per cent, such as 90.")
        return None
    return share


def _day(text: str, name: str, wrong: dict[str, str]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        wrong[name] = _("Write the day like 2026-12-24.")
        return None
