"""Attainment: what was kept of each target, and whose time the missed ones took."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import F, QuerySet

from ansvar.insight.clock_figures import LEVELS, MICROSECONDS
from ansvar.insight.counting import counted
from ansvar.insight.decisions.drift import Tally
from ansvar.insight.decisions.sums import Sums, as_number, parts_of
from ansvar.insight.present import present_of
from ansvar.insight.stretches import Stretch
from ansvar.kernel.names import names_of
from ansvar.people.models import Desk
from ansvar.servicelevels.decisions.terms import MEASURES, LevelKind, Measure, Row, Target, Terms
from ansvar.servicelevels.models import Clock, LevelVersion

TEAM, SUPPLIER, REQUESTER = "team", "supplier", "requester"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which clocks are looked at: of a desk, stopped in a period, of some kinds of level."""

    desk: Desk
    start: datetime
    end: datetime
    kinds: Collection[LevelKind] = tuple(LevelKind)

    @property
    def measures(self) -> list[str]:
        """The measures of those kinds; an update may be promised by two of them."""
        return sorted({str(one) for kind in self.kinds for one in MEASURES[kind]})

    def stopped(self) -> QuerySet[Clock]:
        """Return the clocks that stopped in the period, along their index."""
        return Clock.objects.filter(
            desk=self.desk,
            measure__in=self.measures,
            stopped_at__gte=self.start,
            stopped_at__lt=self.end,
            version__level__kind__in=self.kinds,
        )


@dataclass(kw_only=True)
class Attained:
    """How often something was in time and late, and how often it is open yet."""

    kept: int = 0
    late: int = 0
    running: int = 0
    overdue: int = 0
    """Of the running ones: over the target already."""

    @property
    def tally(self) -> Tally:
        """What was in time, of what has ended."""
        return Tally(kept=self.kept, all=self.kept + self.late)

    def add(self, *, all_: int, late: int) -> None:
        """Count some that have ended."""
        self.kept += all_ - late
        self.late += late


@dataclass(kw_only=True)
class TargetLine:
    """One target row of a level: equal rows of several versions are one."""

    measure: Measure
    row: Row
    target: Target
    versions: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """The versions that say so, each with the numbers of its rows."""
    whole: Attained = field(default_factory=Attained)
    months: dict[date, Attained] = field(default_factory=lambda: defaultdict(Attained))

    @property
    def objective(self) -> float:
        """The share in per cent that is to be kept."""
        return self.target.objective or 100.0

    @property
    def is_below(self) -> bool:
        """Whether less than the objective was in time."""
        share = self.whole.tally.share
        return share is not None and share < self.objective / 100


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Whose time it was: a team, a supplier or the requester."""

    kind: str
    id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class Blame:
    """How much of the time beyond the targets one holder took, in proportion."""

    holder: Holder
    beyond: timedelta
    share: float


@dataclass(kw_only=True)
class LevelLine:
    """A service level with its targets, who met them, and whose time the missed ones took."""

    id: int
    name: str
    kind: LevelKind
    party: str
    targets: list[TargetLine] = field(default_factory=list)
    holders: list[tuple[Holder, Attained]] = field(default_factory=list)
    """By the team that had it at the end; of a contract by the supplier."""
    missed: int = 0
    beyond: timedelta = timedelta()
    blames: list[Blame] = field(default_factory=list)
    """Who took most of it first."""


@dataclass(frozen=True, kw_only=True)
class Doubts:
    """What to know before one believes the figures (R103)."""

    opened: int
    without_level: int
    """Opened in the period and under no agreement with customers."""
    closed: int
    without_solution: int
    """Closed in the period, and nobody knows when it was solved."""


@dataclass(frozen=True, kw_only=True)
class Attainment:
    """What was kept of the levels of a desk in a period that ends now."""

    asked: Asked
    levels: list[LevelLine]
    doubts: Doubts
    as_of: datetime | None = None
    """Up to when what is stored tells; nothing when everything was counted this moment."""

    @property
    def months(self) -> list[date]:
        """The months that anything ended in, by their first days."""
        return sorted({day for one in self.levels for line in one.targets for day in line.months})


def attainment_of(asked: Asked) -> Attainment:
    """Report what was kept of each level; those of which nothing ran are left out."""
    book = _Lines(asked)
    found = counted(LEVELS, Stretch(desk=asked.desk, start=asked.start, end=asked.end))
    whole = found.whole
    for day, sums in found.by_day.items():
        for line, all_, late in book.counts(sums, "target", "target_late"):
            line.whole.add(all_=all_, late=late)
            line.months[day].add(all_=all_, late=late)
    running = present_of(asked.desk, now=asked.end)
    for line, all_, over in book.counts(running, "running", "over"):
        line.whole.running += all_
        line.whole.overdue += over
    _add_holders(book, whole)
    _add_blames(book, whole)
    return Attainment(asked=asked, levels=book.in_order(), doubts=_doubts(whole), as_of=found.as_of)


class _Lines:
    """The lines of a report, made when something is counted on them."""

    def __init__(self, asked: Asked) -> None:
        rows = LevelVersion.objects.filter(
            level__desk=asked.desk, level__kind__in=asked.kinds
        ).select_related("level")
        self._versions = {row.pk: (row, Terms.restore(row.terms)) for row in rows}
        self._levels: dict[int, LevelLine] = {}
        self._targets: dict[tuple[int, Measure, str], TargetLine] = {}

    def level(self, version_id: int) -> LevelLine:
        """Return the line of a version's level."""
        level = self._versions[version_id][0].level
        return self._levels.setdefault(
            level.pk,
            LevelLine(id=level.pk, name=level.name, kind=LevelKind(level.kind), party=level.party),
        )

    def knows(self, version_id: int) -> bool:
        """Tell whether a version is of a level that is asked for."""
        return version_id in self._versions

    def counts(self, sums: Sums, all_: str, some: str) -> Iterator[tuple[TargetLine, int, int]]:
        """Walk over the targets in two tables: how often in all, and how often in the second."""
        part = sums.table(some)
        for key, count in sums.table(all_).items():
            version, row, measure = parts_of(key)
            if self.knows(int(version)):
                line = self.target(int(version), int(row), measure)
                yield line, count, part.get(key, 0)

    def target(self, version_id: int, number: int, measure_name: str) -> TargetLine:
        """Return the line of a target; equal ones of several versions share it."""
        level, measure = self.level(version_id), Measure(measure_name)
        row = self._versions[version_id][1].rows[number]
        target = row.targets[measure]
        same = (sorted(row.kinds), sorted(row.priorities), sorted(row.services), target)
        key = (level.id, measure, repr(same))
        line = self._targets.get(key)
        if line is None:
            line = self._targets[key] = TargetLine(measure=measure, row=row, target=target)
            level.targets.append(line)
        line.versions[version_id].add(number)
        return line

    def in_order(self) -> list[LevelLine]:
        """Return the levels by kind and name, their targets by measure and urgency."""
        kinds, measures = list(LevelKind), list(Measure)
        for level in self._levels.values():
            level.targets.sort(
                key=lambda one: (
                    measures.index(one.measure),
                    min(one.row.priorities, default=9),
                    one.target.minutes,
                )
            )
        return sorted(self._levels.values(), key=lambda one: (kinds.index(one.kind), one.name))


def _add_holders(book: _Lines, sums: Sums) -> None:
    found: dict[int, dict[tuple[str, int], Attained]] = defaultdict(lambda: defaultdict(Attained))
    levels: dict[int, LevelLine] = {}
    late = sums.table("holder_late")
    for key, count in sums.table("holder").items():
        version, kind, holder = parts_of(key)
        if not book.knows(int(version)):
            continue
        level = book.level(int(version))
        levels[level.id] = level
        found[level.id][kind, as_number(holder) or 0].add(all_=count, late=late.get(key, 0))
    holders = _named(key for ones in found.values() for key in ones)
    for pk, ones in found.items():
        levels[pk].holders = sorted(
            ((holders[key], attained) for key, attained in ones.items()),
            key=lambda pair: (-pair[1].late, -pair[1].kept, pair[0].name),
        )


def _add_blames(book: _Lines, sums: Sums) -> None:
    """Share out the time beyond the targets among those who had the tickets, in proportion."""
    spent: dict[int, dict[tuple[str, int], int]] = defaultdict(lambda: defaultdict(int))
    levels: dict[int, LevelLine] = {}
    for (version, kind, holder), micro in sums.rows("beyond"):
        if book.knows(int(version)):
            level = book.level(int(version))
            levels[level.id] = level
            key = (TEAM if kind == "person" else kind, as_number(holder) or 0)
            spent[level.id][key] += micro
    holders = _named(key for ones in spent.values() for key in ones)
    for pk, ones in spent.items():
        whole = sum(ones.values())
        levels[pk].beyond = timedelta(seconds=round(whole / MICROSECONDS))
        levels[pk].blames = [
            Blame(
                holder=holders[key],
                beyond=timedelta(seconds=round(micro / MICROSECONDS)),
                share=micro / whole if whole else 0.0,
            )
            for key, micro in sorted(ones.items(), key=lambda pair: -pair[1])
        ]
    for level in book.in_order():
        level.missed = sum(line.whole.late for line in level.targets)


def _named(keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Holder]:
    nouns = {TEAM: "team", SUPPLIER: "organisation"}
    wanted = set(keys)
    names = names_of({(nouns[kind], pk) for kind, pk in wanted if kind in nouns and pk})
    return {
        (kind, pk): Holder(kind=kind, id=pk, name=names.get((nouns.get(kind, ""), pk), ""))
        for kind, pk in wanted
    }


def doubts_of(asked: Asked) -> Doubts:
    """Count what the figures of the period know nothing of."""
    stretch = Stretch(desk=asked.desk, start=asked.start, end=asked.end)
    return _doubts(counted(LEVELS, stretch).whole)


def _doubts(sums: Sums) -> Doubts:
    return Doubts(
        opened=sums.total("opened"),
        without_level=sums.total("opened_without"),
        closed=sums.total("closed"),
        without_solution=sums.total("closed_without"),
    )


@dataclass(frozen=True, kw_only=True)
class MissedAsked:
    """Which missed targets are listed, the latest first."""

    asked: Asked
    level_id: int | None = None
    measure: str = ""
    team_id: int | None = None
    before: tuple[datetime, int] | None = None
    """Only those that stopped before, or at the same moment with a lower number."""


def missed_clocks(wanted: MissedAsked, *, limit: int) -> list[Clock]:
    """Return clocks that used more than their target, with what a line of a list shows."""
    found = wanted.asked.stopped().filter(used__gt=F("target"))
    if wanted.level_id is not None:
        found = found.filter(version__level=wanted.level_id)
    if wanted.measure:
        found = found.filter(measure=wanted.measure)
    if wanted.team_id is not None:
        found = found.filter(team=wanted.team_id)
    if wanted.before is not None:
        at, pk = wanted.before
        found = found.filter(stopped_at__lte=at).exclude(stopped_at=at, pk__gte=pk)
    # Numbers are sorted first, and only the few that are shown are joined with their tickets.
    latest = list(found.order_by("-stopped_at", "-pk").values_list("pk", flat=True)[:limit])
    rows = Clock.objects.filter(pk__in=latest).select_related(
        "ticket", "team", "supplier", "version__level"
    )
    return list(rows.order_by("-stopped_at", "-pk"))


def attainment_rows(
    report: Attainment,
) -> Iterator[tuple[LevelLine, TargetLine, date, Attained]]:
    """Walk over the report in its finest form: level, target and month."""
    for level in report.levels:
        for line in level.targets:
            for month, attained in sorted(line.months.items()):
                yield level, line, month, attained
