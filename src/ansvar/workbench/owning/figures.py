"""What a board counts of services: what is open and for how long, and what was kept of promised."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.catalogue.models import Dependency, Service
from ansvar.insight.clock_figures import KEPT
from ansvar.insight.counting import counted
from ansvar.insight.decisions.drift import Tally
from ansvar.insight.decisions.need import midnight
from ansvar.insight.decisions.periods import Period
from ansvar.insight.decisions.sums import Sums, parts_of
from ansvar.insight.gathering import agreed_for
from ansvar.insight.stretches import Stretch
from ansvar.kernel import clock
from ansvar.people.queries import working_calendar
from ansvar.servicelevels.book import present_book
from ansvar.servicelevels.decisions.choosing import Book
from ansvar.servicelevels.decisions.terms import LevelKind, Measure, Origin, Row
from ansvar.workbench.insight.saying import percent
from ansvar.workbench.owning.whose import Owned

MONTH = timedelta(days=30)
WEEKS = 12
SHOWN = 12
"""Services that others run and mine rest on; the worst come first."""
_DAY = timedelta(days=1)
BANDS = (
    ("today", gettext_lazy("under a day"), timedelta(), _DAY),
    ("days", gettext_lazy("1 to 3 days"), _DAY, 3 * _DAY),
    ("week", gettext_lazy("3 to 7 days"), 3 * _DAY, 7 * _DAY),
    ("month", gettext_lazy("7 to 30 days"), 7 * _DAY, 30 * _DAY),
    ("older", gettext_lazy("over 30 days"), 30 * _DAY, None),
)
"""Key, words, and from which age up to which."""
SPARK_WIDTH, SPARK_HEIGHT = 84, 20


@dataclass(kw_only=True)
class Kept:
    """What was kept of what a service has promised: solved in time."""

    service: Service
    kept: int = 0
    all: int = 0
    """Of the time asked for."""
    promised: float = 0.0
    """Sum of the objectives, in per cent, of those that ended."""
    weeks: dict[date, Tally] = field(default_factory=dict)
    objectives: set[float] = field(default_factory=set)
    """Of the targets in force."""
    is_assumed: bool = False
    """Whether one of them, of what was counted, was asked for by nobody."""

    @property
    def has_level(self) -> bool:
        """Whether anything is promised."""
        return bool(self.objectives)

    @property
    def share(self) -> float | None:
        """The share that was in time."""
        return Tally(kept=self.kept, all=self.all).share

    @property
    def objective(self) -> float | None:
        """The share, in per cent, that should have been: weighed by what ended."""
        return self.promised / self.all if self.all else min(self.objectives, default=None)

    @property
    def is_below(self) -> bool:
        """Whether less was in time than should have been."""
        share, objective = self.share, self.objective
        return share is not None and objective is not None and share < objective / 100

    @property
    def words(self) -> str:
        """The share and what it should be, such as "98 % of 95 %"."""
        if self.share is None:
            return ""
        return _("%(share)s %% of %(objective)s %%") % {
            "share": _to_a_tenth(100 * self.share),
            "objective": _to_a_tenth(self.objective or 0),
        }

    @property
    def spark(self) -> str:
        """The points of the line of weeks; empty when there are too few to draw."""
        shares = [(week, tally.share or 0.0) for week, tally in sorted(self.weeks.items())]
        if len(shares) < 2:  # noqa: PLR2004 - a line has two ends
            return ""
        first, last = shares[0][0], shares[-1][0]
        return " ".join(
            f"{(SPARK_WIDTH - 4) * ((week - first) / (last - first)) + 2:.1f},"
            f"{2 + (SPARK_HEIGHT - 4) * (1 - share):.1f}"
            for week, share in shares
        )

    @property
    def trend(self) -> str:
        """The line of weeks in words."""
        weeks = [percent(tally.share) for _week, tally in sorted(self.weeks.items())]
        return _("by weeks: %(shares)s") % {"shares": ", ".join(weeks)}


@dataclass(frozen=True, kw_only=True)
class Band:
    """The open tickets of one age."""

    label: str
    count: int
    with_others: int
    share: int
    """Of the biggest band, in per cent."""
    is_old: bool


@dataclass(frozen=True, kw_only=True)
class OneService:
    """A line of the services that somebody answers for."""

    service: Service
    is_deputy: bool
    open: int
    with_others: int
    kept: Kept
    rule: str
    """Its hand-over rule in words; empty for none."""

    @property
    def gaps(self) -> list[str]:
        """What nobody has said of it yet."""
        return [
            *([] if self.service.deputy_id else [_("no deputy")]),
            *([] if self.rule else [_("no rule for hand-overs")]),
            *([] if self.kept.has_level else [_("nothing promised")]),
        ]


def counts_of(owned: Owned) -> dict[int, dict[str, int]]:
    """Return how many tickets of each service are open, with others, and of each age."""
    now = clock.now()
    others = Q(service__team=None) | ~Q(team=F("service__team"))
    wanted: dict[str, Count] = {"open": Count("pk"), "with_others": Count("pk", filter=others)}
    for key, _label, since, until in BANDS:
        of_age = Q(opened_at__lte=now - since)
        if until is not None:
            of_age &= Q(opened_at__gt=now - until)
        wanted[key] = Count("pk", filter=of_age)
        wanted[f"{key}_with_others"] = Count("pk", filter=of_age & others)
    names = list(wanted)
    rows = owned.tickets().values_list("service_id").annotate(**wanted).order_by()
    return {pk: dict(zip(names, counts, strict=True)) for pk, *counts in rows}


def bands_of(counts: Mapping[int, Mapping[str, int]]) -> list[Band]:
    """Return the ages of what is open, the youngest first."""
    sums = {key: sum(one[key] for one in counts.values()) for key, *_rest in BANDS}
    biggest = max(sums.values(), default=0)
    return [
        Band(
            label=str(label),
            count=sums[key],
            with_others=sum(one[f"{key}_with_others"] for one in counts.values()),
            share=round(100 * sums[key] / biggest) if biggest else 0,
            is_old=key == "older" and sums[key] > 0,
        )
        for key, label, *_ages in BANDS
    ]


def services_rested_on(owned: Owned) -> list[Service]:
    """Return what the services rest on directly and somebody else answers for."""
    rows = Dependency.objects.filter(service__in=owned.ids).exclude(rests_on__in=owned.ids)
    found = rows.exclude(rests_on__state=Service.State.RETIRED)
    with_all = found.select_related("rests_on__owner", "rests_on__desk__calendar")
    return list({row.rests_on_id: row.rests_on for row in with_all}.values())


def kept_by(services: Iterable[Service], period: Period | None = None) -> dict[int, Kept]:
    """Return what was kept of each service.

    The share is that of the *period*, else of the last thirty days, and of today so far; the weeks
    are those before its end. Both begin with a whole day of the desk.
    """
    now, book = clock.now(), present_book()
    found = promised_by(services, at=min(period.end if period else now, now))
    targets = {one.id: one.terms.rows for one in book.versions}
    desks = {one.service.desk_id: one.service.desk for one in found.values()}
    for desk in desks.values():
        calendar = working_calendar(desk.calendar)
        end = period.end if period else now
        start = period.start if period else midnight(calendar, now, days_before=MONTH.days)
        ids = [pk for pk, one in found.items() if one.service.desk_id == desk.pk]
        since = midnight(calendar, end, days_before=WEEKS * 7)
        for begins, add in ((start, _add_solved), (min(start, since), _add_weeks)):
            stretch = Stretch(desk=desk, start=begins, end=end, service_ids=frozenset(ids))
            solved = counted(KEPT, stretch, parts=[str(pk) for pk in ids])
            for (_month, pk), sums in solved.by_part.items():
                add(found[int(pk)], sums, targets)
    return found


def promised_by(services: Iterable[Service], *, at: datetime) -> dict[int, Kept]:
    """Return what is promised of each service at a moment, and nothing counted yet."""
    book = present_book()
    found = {service.pk: Kept(service=service) for service in services}
    for one in found.values():
        _add_agreed(one, book, at)
    return found


def _add_solved(one: Kept, sums: Sums, targets: Mapping[int, Sequence[Row]]) -> None:
    late = sums.table("late")
    for key, all_ in sums.table("all").items():
        version, row = (int(part) for part in parts_of(key))
        rows = targets.get(version)
        target = rows[row].targets.get(Measure.RESOLUTION) if rows else None
        if target is not None and target.origin is Origin.ASSUMED:
            one.is_assumed = True
        one.kept += all_ - late.get(key, 0)
        one.all += all_
        one.promised += ((target.objective if target else None) or 100.0) * all_


def _add_weeks(one: Kept, sums: Sums, _targets: object) -> None:
    late = sums.table("week_late")
    for key, all_ in sums.table("week_all").items():
        week = date.fromisoformat(key)
        before = one.weeks.get(week, Tally(kept=0, all=0))
        one.weeks[week] = Tally(kept=before.kept + all_ - late.get(key, 0), all=before.all + all_)


def worst_first(kept: Iterable[Kept]) -> list[Kept]:
    """Return those below what was promised first, then by name."""
    return sorted(kept, key=lambda one: (not one.is_below, one.service.name))


def _add_agreed(one: Kept, book: Book, now: datetime) -> None:
    in_force = [
        version
        for version in book.versions
        if version.kind is LevelKind.SLA
        and version.desk_id == one.service.desk_id
        and version.holds_at(now)
    ]
    agreed = [
        found for found in agreed_for(one.service, in_force) if found.measure is Measure.RESOLUTION
    ]
    # Of several that fit the first one holds.
    for found in agreed:
        if found.version is agreed[0].version:
            target = found.terms.targets[Measure.RESOLUTION]
            one.objectives.add(target.objective or 100.0)
            one.is_assumed = one.is_assumed or target.origin is Origin.ASSUMED


def _to_a_tenth(value: float) -> str:
    """Say per cent so that what lies just below an objective is not rounded up to it."""
    cut = int(value * 10) / 10
    return number_format(cut, 0 if cut == int(cut) else 1)
