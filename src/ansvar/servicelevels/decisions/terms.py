"""What one version of a service level says: targets, pauses, hours and steps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Self


class LevelKind(StrEnum):
    """Between whom a promise holds."""

    SLA = "sla"
    """With the customers of a service."""
    OLA = "ola"
    """With a team, for each time it holds a ticket."""
    UC = "uc"
    """With a supplier, for each time a ticket waits for it."""
    CARE = "care"
    """With everybody: how often the people of a ticket hear from the desk."""


class Measure(StrEnum):
    """What a target measures."""

    REACTION = "reaction"
    RESOLUTION = "resolution"
    HOLD = "hold"
    SUPPLIER = "supplier"
    ACKNOWLEDGE = "acknowledge"
    UPDATE = "update"
    CLOSING = "closing"
    THIRD_PARTY = "third_party"


MEASURES: Mapping[LevelKind, tuple[Measure, ...]] = {
    LevelKind.SLA: (Measure.REACTION, Measure.RESOLUTION, Measure.UPDATE),
    LevelKind.OLA: (Measure.HOLD,),
    LevelKind.UC: (Measure.SUPPLIER,),
    LevelKind.CARE: (Measure.ACKNOWLEDGE, Measure.UPDATE, Measure.CLOSING, Measure.THIRD_PARTY),
}
"""Which measures a level of each kind may set targets for."""

PAUSABLE = frozenset({Measure.REACTION, Measure.RESOLUTION, Measure.HOLD, Measure.UPDATE})
"""The others run only in one state, or must not stand still."""

STANDINGS = (
    "new",
    "assigned",
    "in_work",
    "waiting:requester",
    "waiting:supplier",
    "waiting:change",
    "waiting:date",
)
"""The states of an open ticket, waiting ones by what for: each of them may pause a level."""


class Origin(StrEnum):
    """Where a target comes from (R105): promises that nobody asked for cost as much as others."""

    ASKED = "asked"
    AGREED = "agreed"
    ASSUMED = "assumed"


class Action(StrEnum):
    """What a step does."""

    NOTIFY = "notify"
    PAGE = "page"
    RAISE = "raise"
    ASSIGN = "assign"


class Addressee(StrEnum):
    """Whom a step tells, or to whom it gives the ticket."""

    ASSIGNEE = "assignee"
    """Who works on the ticket; the members of its team while nobody does."""
    TICKET_OWNER = "ticket_owner"
    TEAM = "team"
    LEAD = "lead"
    """Who leads the team that holds the ticket."""
    SERVICE_OWNER = "service_owner"
    """The one accountable for the ticket's service, and the deputy."""
    PERSON = "person"


@dataclass(frozen=True, kw_only=True)
class Target:
    """One promise: at most so much working time, in so many of a hundred cases."""

    minutes: int
    objective: float | None = None
    """Share of cases in per cent in which it is to be kept; nothing means every one."""
    origin: Origin = Origin.ASSUMED
    origin_by: str = ""
    """Who asked or agreed, in words."""
    origin_on: date | None = None
    origin_note: str = ""

    @property
    def amount(self) -> timedelta:
        """The working time."""
        return timedelta(minutes=self.minutes)


@dataclass(frozen=True, kw_only=True)
class Row:
    """The targets for tickets of some kinds, priorities and services; empty means all of them."""

    kinds: frozenset[str] = frozenset()
    priorities: frozenset[int] = frozenset()
    services: frozenset[int] = frozenset()
    targets: Mapping[Measure, Target]

    def fits(self, *, kind: str, priority: int, service_id: int | None) -> bool:
        """Tell whether the row speaks of such a ticket."""
        return (
            (not self.kinds or kind in self.kinds)
            and (not self.priorities or priority in self.priorities)
            and (not self.services or service_id in self.services)
        )


@dataclass(frozen=True, kw_only=True)
class Scope:
    """For what a level holds; an empty set leaves it open."""

    services: frozenset[int] = frozenset()
    sites: frozenset[int] = frozenset()
    teams: frozenset[int] = frozenset()
    """The holding team, for an OLA alone."""
    suppliers: frozenset[int] = frozenset()
    """The awaited supplier, for a UC alone."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something done once for each clock when it has used up so much."""

    key: str
    """Names the step within its version, for ever."""
    measures: frozenset[Measure] = frozenset()
    """Empty means all of the level's."""
    percent: int | None = None
    """Of the target."""
    minutes: int | None = None
    """Working time before (negative) or after the target instead."""
    action: Action = Action.NOTIFY
    to: Addressee = Addressee.ASSIGNEE
    person_id: int | None = None
    team_id: int | None = None
    """For ASSIGN: the team that gets the ticket; nothing leaves it where it is."""

    def threshold(self, target: timedelta) -> timedelta:
        """Return the working time after which the step is due; never before the start."""
        if self.percent is not None:
            return target * self.percent / 100
        return max(timedelta(), target + timedelta(minutes=self.minutes or 0))


@dataclass(frozen=True, kw_only=True)
class Terms:
    """All that one version of a level says."""

    scope: Scope = field(default_factory=Scope)
    rows: tuple[Row, ...] = ()
    """The first that fits a ticket and has a target for a measure gives it."""
    pauses: frozenset[str] = frozenset()
    """Of `STANDINGS`: while a ticket stands so, the pausable clocks of the level stand still."""
    calendar_id: int | None = None
    """Nothing: an OLA counts by the hours of the team, all others by those of the desk."""
    at_site: bool = False
    """Count by the opening hours of the ticket's site where it has its own."""
    restarts: bool = False
    """A reopened ticket starts its resolution clock from zero; else the used time goes on."""
    automatic_acknowledges: bool = True
    """An automatic answer counts as acknowledgement; of CARE alone."""
    steps: tuple[Step, ...] = ()

    def stored(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "scope": {
                name: sorted(getattr(self.scope, name)) for name in Scope.__dataclass_fields__
            },
            "rows": [
                {
                    "kinds": sorted(row.kinds),
                    "priorities": sorted(row.priorities),
                    "services": sorted(row.services),
                    "targets": {
                        str(measure): _stored_target(target)
                        for measure, target in row.targets.items()
                    },
                }
                for row in self.rows
            ],
            "pauses": sorted(self.pauses),
            "calendar_id": self.calendar_id,
            "at_site": self.at_site,
            "restarts": self.restarts,
            "automatic_acknowledges": self.automatic_acknowledges,
            "steps": [_stored_step(step) for step in self.steps],
        }

    @classmethod
    def restore(cls, stored: Mapping[str, Any]) -> Self:
        """Return the terms that were stored; what is missing has its default."""
        scope = stored.get("scope", {})
        return cls(
            scope=Scope(
                **{name: frozenset(scope.get(name, ())) for name in Scope.__dataclass_fields__}
            ),
            rows=tuple(_row(one) for one in stored.get("rows", ())),
            pauses=frozenset(stored.get("pauses", ())),
            calendar_id=stored.get("calendar_id"),
            at_site=stored.get("at_site", False),
            restarts=stored.get("restarts", False),
            automatic_acknowledges=stored.get("automatic_acknowledges", True),
            steps=tuple(_step(one) for one in stored.get("steps", ())),
        )

    def row_for(
        self, measure: Measure, *, kind: str, priority: int, service_id: int | None
    ) -> int | None:
        """Return the number of the row that gives the target, from 0, or nothing."""
        for number, row in enumerate(self.rows):
            if measure in row.targets and row.fits(
                kind=kind, priority=priority, service_id=service_id
            ):
                return number
        return None

    def steps_of(self, measure: Measure) -> Iterable[Step]:
        """Return the steps that clocks of *measure* take."""
        return (step for step in self.steps if not step.measures or measure in step.measures)


def _stored_target(target: Target) -> dict[str, Any]:
    return {
        "minutes": target.minutes,
        "objective": target.objective,
        "origin": str(target.origin),
        "origin_by": target.origin_by,
        "origin_on": target.origin_on.isoformat() if target.origin_on else None,
        "origin_note": target.origin_note,
    }


def _row(stored: Mapping[str, Any]) -> Row:
    return Row(
        kinds=frozenset(stored.get("kinds", ())),
        priorities=frozenset(stored.get("priorities", ())),
        services=frozenset(stored.get("services", ())),
        targets={
            Measure(name): Target(
                minutes=one["minutes"],
                objective=one.get("objective"),
                origin=Origin(one.get("origin", Origin.ASSUMED)),
                origin_by=one.get("origin_by", ""),
                origin_on=date.fromisoformat(one["origin_on"]) if one.get("origin_on") else None,
                origin_note=one.get("origin_note", ""),
            )
            for name, one in stored.get("targets", {}).items()
        },
    )


def _stored_step(step: Step) -> dict[str, Any]:
    return {
        "key": step.key,
        "measures": sorted(step.measures),
        "percent": step.percent,
        "minutes": step.minutes,
        "action": str(step.action),
        "to": str(step.to),
        "person_id": step.person_id,
        "team_id": step.team_id,
    }


def _step(stored: Mapping[str, Any]) -> Step:
    return Step(
        key=stored["key"],
        measures=frozenset(Measure(name) for name in stored.get("measures", ())),
        percent=stored.get("percent"),
        minutes=stored.get("minutes"),
        action=Action(stored.get("action", Action.NOTIFY)),
        to=Addressee(stored.get("to", Addressee.ASSIGNEE)),
        person_id=stored.get("person_id"),
        team_id=stored.get("team_id"),
    )
