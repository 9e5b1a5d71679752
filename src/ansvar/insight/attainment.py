"""Attainment: what was kept of each target, and whose time the missed ones took."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth

from ansvar.insight.decisions.drift import Tally
from ansvar.kernel.names import names_of
from ansvar.people.models import Desk
from ansvar.people.queries import working_calendar
from ansvar.servicelevels.decisions.terms import MEASURES, LevelKind, Measure, Row, Target, Terms
from ansvar.servicelevels.models import Clock, LevelVersion
from ansvar.tickets.decisions import State
from ansvar.tickets.models import OPEN_STATES, Ticket

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

    @property
    def months(self) -> list[date]:
        """The months that anything ended in, by their first days."""
        return sorted({day for one in self.levels for line in one.targets for day in line.months})


def attainment_of(asked: Asked) -> Attainment:
    """Report what was kept of each level; those of which nothing ran are left out."""
    book = _Lines(asked)
    zone = working_calendar(asked.desk.calendar).zone
    stopped = asked.stopped()
    counts = {"all": Count("pk"), "late": Count("pk", filter=Q(used__gt=F("target")))}
    by_target = stopped.annotate(month=TruncMonth("stopped_at", tzinfo=zone))
    keys = ("version_id", "row", "measure")
    for row in by_target.values(*keys, "month").annotate(**counts).order_by():
        line = book.target(row["version_id"], row["row"], row["measure"])
        line.whole.add(all_=row["all"], late=row["late"])
        line.months[row["month"].date()].add(all_=row["all"], late=row["late"])
    for row in _running(asked).values(*keys).annotate(
        all=Count("pk"),
        over=Count("pk", filter=Q(used__gt=F("target")) | Q(due_at__lt=asked.end)),
    ).order_by():  # fmt: skip
        line = book.target(row["version_id"], row["row"], row["measure"])
        line.whole.running += row["all"]
        line.whole.overdue += row["over"]
    by_holder = stopped.values("version_id", "measure", "team_id", "supplier_id")
    _add_holders(book, by_holder.annotate(**counts).order_by())
    _add_blames(book, asked)
    return Attainment(asked=asked, levels=book.in_order(), doubts=doubts_of(asked))


def _running(asked: Asked) -> QuerySet[Clock]:
    return Clock.objects.filter(
        # Both arms have an index of their own; only tickets that are not closed have clocks.
        Q(ticket__state__in=OPEN_STATES) | Q(ticket__state=State.RESOLVED),
        ticket__desk=asked.desk,
        desk=asked.desk,
        measure__in=asked.measures,
        stopped_at=None,
        version__level__kind__in=asked.kinds,
    )


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


def _add_holders(book: _Lines, rows: Iterable[Any]) -> None:
    found: dict[int, dict[tuple[str, int], Attained]] = defaultdict(lambda: defaultdict(Attained))
    levels: dict[int, LevelLine] = {}
    for row in rows:
        level = book.level(row["version_id"])
        levels[level.id] = level
        if level.kind is LevelKind.UC:
            key = (SUPPLIER, row["supplier_id"] or 0)
        else:
            key = (TEAM, row["team_id"] or 0)
        found[level.id][key].add(all_=row["all"], late=row["late"])
    holders = _named(key for ones in found.values() for key in ones)
    for pk, ones in found.items():
        levels[pk].holders = sorted(
            ((holders[key], attained) for key, attained in ones.items()),
            key=lambda pair: (-pair[1].late, -pair[1].kept, pair[0].name),
        )


_BLAME: Final = """
    WITH missed AS (
        SELECT c.ticket_id, c.team_id, c.version_id, c.shares,
               extract(epoch FROM c.used) AS used, extract(epoch FROM c.used - c.target) AS beyond
        FROM servicelevels_clock c
        JOIN servicelevels_levelversion v ON v.id = c.version_id
        JOIN servicelevels_servicelevel l ON l.id = v.level_id
        WHERE c.desk_id = %(desk)s AND c.measure = ANY(%(measures)s) AND l.kind = ANY(%(kinds)s)
          AND c.stopped_at >= %(start)s AND c.stopped_at < %(end)s AND c.used > c.target
    )
    SELECT m.version_id, share ->> 0,
           CASE share ->> 0 WHEN 'person' THEN coalesce(held.team_id, m.team_id)
                            ELSE (share ->> 1)::bigint END AS holder_id,
           sum(m.beyond * (share ->> 2)::float / m.used)
    FROM missed m CROSS JOIN LATERAL jsonb_array_elements(m.shares) AS share
    LEFT JOIN LATERAL (
        SELECT s.team_id FROM tickets_custodyspell s
        WHERE share ->> 0 = 'person' AND s.ticket_id = m.ticket_id
          AND s.person_id = (share ->> 1)::bigint
        ORDER BY s.started_at LIMIT 1
    ) held ON TRUE
    GROUP BY 1, 2, 3
"""
"""A person's time is that of the team for which the person held the ticket."""


def _add_blames(book: _Lines, asked: Asked) -> None:
    """Share out the time beyond the targets among those who had the tickets, in proportion."""
    values: dict[str, Any] = {
        "desk": asked.desk.pk,
        "measures": asked.measures,
        "kinds": [str(kind) for kind in asked.kinds],
        "start": asked.start,
        "end": asked.end,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BLAME, values)
        rows = cursor.fetchall()
    spent: dict[int, dict[tuple[str, int], float]] = defaultdict(lambda: defaultdict(float))
    levels: dict[int, LevelLine] = {}
    for version_id, kind, holder_id, seconds in rows:
        level = book.level(version_id)
        levels[level.id] = level
        spent[level.id][TEAM if kind == "person" else kind, holder_id or 0] += float(seconds)
    holders = _named(key for ones in spent.values() for key in ones)
    for pk, ones in spent.items():
        whole = sum(ones.values())
        levels[pk].beyond = timedelta(seconds=round(whole))
        levels[pk].blames = [
            Blame(
                holder=holders[key],
                beyond=timedelta(seconds=round(seconds)),
                share=seconds / whole if whole else 0.0,
            )
            for key, seconds in sorted(ones.items(), key=lambda pair: -pair[1])
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
    promised = Clock.objects.filter(
        ticket=OuterRef("pk"), measure__in=[Measure.REACTION, Measure.RESOLUTION]
    )
    opened = Ticket.objects.filter(
        desk=asked.desk, opened_at__gte=asked.start, opened_at__lt=asked.end
    ).aggregate(all=Count("pk"), without=Count("pk", filter=~Exists(promised)))
    closed = Ticket.objects.filter(
        desk=asked.desk,
        changed_at__gte=asked.start,
        closed_at__gte=asked.start,
        closed_at__lt=asked.end,
    ).aggregate(all=Count("pk"), without=Count("pk", filter=Q(resolved_at=None)))
    return Doubts(
        opened=opened["all"],
        without_level=opened["without"],
        closed=closed["all"],
        without_solution=closed["without"],
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
