"""Which version of which level applies to a ticket, and why not the others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.story import Traits
from ansvar.servicelevels.decisions.terms import LevelKind, Measure, Scope, Target, Terms


@dataclass(frozen=True, kw_only=True)
class Version:
    """One published version of a level, as clocks see it."""

    id: int
    level_id: int
    level: str
    """The level's name."""
    kind: LevelKind
    desk_id: int
    position: int
    """Levels of a kind are tried in this order, see `in_order`."""
    number: int
    valid_from: datetime
    valid_until: datetime | None = None
    terms: Terms

    def holds_at(self, moment: datetime) -> bool:
        """Tell whether the version is in force for what begins at *moment*."""
        return self.valid_from <= moment and (self.valid_until is None or moment < self.valid_until)


def in_order(scope: Scope, level_id: int) -> tuple[int, bool, bool, bool, bool, int]:
    """Return by what levels of a kind are sorted: the narrower scope comes first.

    More conditions come before fewer; of equally many, services come before teams, suppliers and
    sites; of the same, the older level.
    """
    conditions = (scope.services, scope.teams, scope.suppliers, scope.sites)
    services, teams, suppliers, sites = (not condition for condition in conditions)
    return (
        sum(map(bool, (services, teams, suppliers, sites))),
        services,
        teams,
        suppliers,
        sites,
        level_id,
    )


def overlap(one: Scope, other: Scope) -> bool:
    """Tell whether neither of two scopes is the narrower one and something fits both."""
    names = Scope.__dataclass_fields__
    pairs = [(getattr(one, name), getattr(other, name)) for name in names]
    return all(bool(a) == bool(b) and (not a or bool(a & b)) for a, b in pairs)


class Verdict(StrEnum):
    """Why a level applies or does not."""

    APPLIES = "applies"
    LATER = "later"
    """It fits as well, but another one before it applied."""
    OTHER_SERVICE = "other_service"
    OTHER_SITE = "other_site"
    OTHER_TEAM = "other_team"
    OTHER_SUPPLIER = "other_supplier"
    BY_HAND = "by_hand"
    """Somebody chose this one, or none, for the ticket."""
    NOT_CHOSEN = "not_chosen"
    """Somebody chose otherwise."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """For what a level is looked for."""

    kind: LevelKind
    desk_id: int
    traits: Traits
    at: datetime
    """When that began to which the level would apply: the ticket, the holding, the waiting."""
    team_id: int | None = None
    supplier_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The level that applies, if one does, and what was said of each that was considered."""

    version: Version | None
    considered: tuple[tuple[Version, Verdict], ...]


@dataclass(frozen=True, kw_only=True)
class Book:
    """All levels and calendars of an installation, as they came to be."""

    versions: tuple[Version, ...] = ()
    """Published ones, by position of their levels."""
    calendars: Mapping[int, Hours] = field(default_factory=dict)
    desk_calendars: Mapping[int, "Kept"] = field(default_factory=dict)
    team_calendars: Mapping[int, "Kept"] = field(default_factory=dict)
    site_calendars: Mapping[int, "Kept"] = field(default_factory=dict)

    def choose(self, asked: Question) -> Choice:
        """Return the first level in order whose scope fits; no level at all is a good answer."""
        found: Version | None = None
        considered: list[tuple[Version, Verdict]] = []
        for version, verdict in self._considered(asked):
            if verdict is not Verdict.APPLIES and verdict is not Verdict.BY_HAND:
                considered.append((version, verdict))
            elif found is None:
                found = version
                considered.append((version, verdict))
            else:
                considered.append((version, Verdict.LATER))
        return Choice(version=found, considered=tuple(considered))

    def version_for(self, asked: Question) -> Version | None:
        """Return the version that `choose` finds, without asking about all the others."""
        for version, verdict in self._considered(asked):
            if verdict is Verdict.APPLIES or verdict is Verdict.BY_HAND:
                return version
        return None

    def _considered(self, asked: Question) -> Iterator[tuple[Version, Verdict]]:
        chosen = asked.traits.level if asked.kind is LevelKind.SLA else None
        for version in self._of_desk.get((asked.kind, asked.desk_id), ()):
            if chosen is not None and version.id == chosen:
                yield version, Verdict.BY_HAND
            elif not version.holds_at(asked.at):
                continue
            elif chosen is not None:
                yield version, Verdict.NOT_CHOSEN
            else:
                yield version, _verdict(version.terms.scope, asked)

    @cached_property
    def _of_desk(self) -> Mapping[tuple[LevelKind, int], Sequence[Version]]:
        """The versions of each kind and desk: a book has many, and each clock asks about some."""
        found: dict[tuple[LevelKind, int], list[Version]] = {}
        for version in self.versions:
            found.setdefault((version.kind, version.desk_id), []).append(version)
        return found

    def hours_of(
        self, version: Version, *, site_id: int | None, team_id: int | None, at: datetime
    ) -> Hours | None:
        """Return the hours by which a version counts what began at *at*."""
        terms = version.terms
        if terms.at_site and site_id is not None:
            at_site = kept_at(self.site_calendars.get(site_id, ()), at)
            if at_site is not None:
                return self.calendars.get(at_site)
        calendar_id = terms.calendar_id
        if calendar_id is None and version.kind is LevelKind.OLA and team_id is not None:
            calendar_id = kept_at(self.team_calendars.get(team_id, ()), at)
        if calendar_id is None:
            return self.hours_of_desk(version.desk_id, at)
        return self.calendars.get(calendar_id)

    def hours_of_desk(self, desk_id: int, at: datetime) -> Hours | None:
        """Return the hours of the calendar that a desk had at a moment."""
        calendar_id = kept_at(self.desk_calendars.get(desk_id, ()), at)
        return self.calendars.get(calendar_id) if calendar_id is not None else None


Kept = tuple[tuple[datetime | None, int | None], ...]
"""The calendar somebody had through time: from when (the first from ever), and which."""


def kept_at(kept: Kept, at: datetime) -> int | None:
    """Return which calendar somebody had at a moment."""
    found = None
    for since, calendar_id in kept:
        if since is None or since <= at:
            found = calendar_id
    return found


@dataclass(frozen=True, kw_only=True)
class Applied:
    """A target that applies, with where it stands."""

    version: Version
    row: int
    target: Target
    hours: Hours | None
    """Nothing where the calendar is gone: nothing can be counted then."""


def applied(book: Book, measure: Measure, asked: Iterable[Question]) -> Applied | None:
    """Return the target for a measure: that of the first question whose level has one."""
    for question in asked:
        version = book.version_for(question)
        if version is None:
            continue
        traits = question.traits
        row = version.terms.row_for(
            measure, kind=traits.kind, priority=traits.priority, service_id=traits.service_id
        )
        if row is not None:
            return Applied(
                version=version,
                row=row,
                target=version.terms.rows[row].targets[measure],
                hours=book.hours_of(
                    version, site_id=traits.site_id, team_id=question.team_id, at=question.at
                ),
            )
    return None


def _verdict(scope: Scope, asked: Question) -> Verdict:
    traits = asked.traits
    checks = (
        (scope.services, traits.service_id, Verdict.OTHER_SERVICE),
        (scope.sites, traits.site_id, Verdict.OTHER_SITE),
        (scope.teams, asked.team_id, Verdict.OTHER_TEAM),
        (scope.suppliers, asked.supplier_id, Verdict.OTHER_SUPPLIER),
    )
    for wanted, value, verdict in checks:
        if wanted and value not in wanted:
            return verdict
    return Verdict.APPLIES
