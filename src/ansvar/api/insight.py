"""Figures of a desk: promises from facts, silence by team, what was kept of service levels."""

from datetime import date, datetime, timedelta
from typing import Annotated

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from ansvar.access.middleware import actor_of
from ansvar.api.sections import Section
from ansvar.api.shapes import IdInPath, Ref, Shape
from ansvar.insight.attainment import Asked, Attained, LevelLine, TargetLine, attainment_of
from ansvar.insight.clock_figures import TOLD
from ansvar.insight.explaining import promise_in_words
from ansvar.insight.models import Promise, ShownPromise
from ansvar.insight.silence import Longest, Silence, silence_of
from ansvar.kernel import clock
from ansvar.kernel.replica import from_replica
from ansvar.kernel.rights import may
from ansvar.people.models import Desk

section = Section("Figures")

MOST_DAYS = 180
MINUTE = timedelta(minutes=1)
Days = Annotated[
    int, Query(ge=1, le=MOST_DAYS, description="How many days back from now.", examples=[30])
]


class PromiseShape(Shape):
    """Within which time nine in ten closed tickets were solved."""

    service: Ref | None = Field(description="Nothing: all tickets of the desk.")
    kind: str | None = Field(description="Nothing: all kinds that requesters open.")
    sentence: str = Field(
        description="Empty while there are fewer than 20 tickets.",
        examples=["90 % of these are solved within 3 working days (214 of 233 closed ...)."],
    )
    amount: int | None = Field(examples=[3])
    unit: str | None = Field(description="minute, hour, day or week.", examples=["day"])
    working_minutes: int | None = Field(description="What the figure comes to.", examples=[1440])
    within: int | None = Field(examples=[214])
    sample: int = Field(examples=[233])
    low: float | None = Field(description="Lower bound of the share, 95 % confidence.")
    high: float | None = Field(description="Upper bound of the share, 95 % confidence.")
    months: int = Field(description="From how many months it was taken.")
    is_shown: bool = Field(description="Whether requesters may read it.")
    computed_at: datetime


class PromisesShape(Shape):
    """All promises of a desk, as they were taken from facts last night."""

    items: list[PromiseShape]


class HeardShape(Shape):
    """How often people were to hear something, and how often it came late."""

    due: int
    late: int


class LongestShape(Shape):
    """A silence on one ticket."""

    ticket: Ref
    working_minutes: int
    elapsed_minutes: int
    still_lasts: bool


class SilenceShape(Shape):
    """What people heard of a team, or for a priority."""

    name: str = Field(examples=["Network"])
    id: int = Field(description="Of the team, 0 for none; or the priority.")
    acknowledge: HeardShape
    update: HeardShape
    closing: HeardShape
    solved: int
    never_informed: int
    only_automatic: int
    longest: LongestShape | None


class SilenceReportShape(Shape):
    """Silence on a desk in the days before now."""

    start: datetime
    end: datetime
    whole: SilenceShape
    teams: list[SilenceShape]
    priorities: list[SilenceShape]


class MonthShape(Shape):
    """What ended in one month."""

    month: date = Field(description="Its first day.")
    kept: int
    late: int


class TargetShape(Shape):
    """What was kept of one target."""

    measure: str = Field(examples=["resolution"])
    kinds: list[str]
    priorities: list[int]
    services: list[int]
    minutes: int = Field(examples=[240])
    objective: float = Field(description="Per cent of the cases.", examples=[90.0])
    origin: str = Field(description="asked, agreed or assumed.", examples=["agreed"])
    kept: int
    late: int
    running: int
    overdue: int
    months: list[MonthShape]


class HolderShape(Shape):
    """What one team or supplier kept."""

    kind: str = Field(description="team, supplier or requester.")
    id: int
    name: str
    kept: int
    late: int


class BlameShape(Shape):
    """How much of the working time beyond the targets one holder took, in proportion."""

    kind: str = Field(description="team, supplier or requester.")
    id: int
    name: str
    minutes: int
    share: float = Field(examples=[0.48])


class LevelShape(Shape):
    """What was kept of one service level."""

    id: int
    name: str
    kind: str = Field(description="sla, ola, uc or care.")
    targets: list[TargetShape]
    holders: list[HolderShape]
    minutes_beyond: int
    blames: list[BlameShape]


class AttainmentShape(Shape):
    """What was kept of the service levels of a desk in the days before now."""

    start: datetime
    end: datetime
    levels: list[LevelShape]
    opened: int
    opened_without_level: int
    closed: int
    closed_without_solution: int


@section.get("/desks/{desk_id}/promises", PromisesShape, requires="insight.read")
def list_promises(request: HttpRequest, desk_id: IdInPath) -> PromisesShape:
    """List what the facts of a desk let it promise."""
    desk = _desk(request, desk_id)
    rows = Promise.objects.filter(desk=desk).select_related("service").order_by("service", "kind")
    shown = set(ShownPromise.objects.filter(desk=desk).values_list("service_id", flat=True))
    return PromisesShape(items=[_promise(row, is_shown=row.service_id in shown) for row in rows])


@section.get("/desks/{desk_id}/silence", SilenceReportShape, requires="insight.read")
@from_replica
def read_silence(request: HttpRequest, desk_id: IdInPath, days: Days = 30) -> SilenceReportShape:
    """Read who never heard from the desk, who heard late, and how long the longest silence was."""
    end = clock.now()
    report = silence_of(_desk(request, desk_id), start=end - timedelta(days=days), end=end)
    return SilenceReportShape(
        start=report.start,
        end=report.end,
        whole=_silence(report.whole),
        teams=[_silence(one) for one in report.teams],
        priorities=[_silence(one) for one in report.priorities],
    )


@section.get("/desks/{desk_id}/levels", AttainmentShape, requires="insight.read")
@from_replica
def read_attainment(request: HttpRequest, desk_id: IdInPath, days: Days = 30) -> AttainmentShape:
    """Read what was kept of each target, and whose time the missed ones took."""
    end = clock.now()
    report = attainment_of(
        Asked(desk=_desk(request, desk_id), start=end - timedelta(days=days), end=end)
    )
    return AttainmentShape(
        start=report.asked.start,
        end=end,
        levels=[_level(one) for one in report.levels],
        opened=report.doubts.opened,
        opened_without_level=report.doubts.without_level,
        closed=report.doubts.closed,
        closed_without_solution=report.doubts.without_solution,
    )


def _desk(request: HttpRequest, desk_id: int) -> Desk:
    """Return a desk whose figures the asker may see; others do not exist.

    Raises: Desk.DoesNotExist.
    """
    desk = Desk.objects.select_related("calendar").get(pk=desk_id)
    if not may(actor_of(request), "insight.read", desk):
        raise Desk.DoesNotExist
    return desk


def _promise(row: Promise, *, is_shown: bool) -> PromiseShape:
    return PromiseShape(
        service=Ref.to(row.service),
        kind=row.kind or None,
        sentence=promise_in_words(row),
        amount=row.amount,
        unit=row.unit or None,
        working_minutes=None if row.time is None else row.time // MINUTE,
        within=row.within,
        sample=row.sample,
        low=row.low,
        high=row.high,
        months=row.months,
        is_shown=is_shown,
        computed_at=row.computed_at,
    )


def _silence(one: Silence) -> SilenceShape:
    acknowledge, update, closing = (
        HeardShape(due=one.told[measure].due, late=one.told[measure].late) for measure in TOLD
    )
    return SilenceShape(
        name=one.name,
        id=one.key,
        acknowledge=acknowledge,
        update=update,
        closing=closing,
        solved=one.solved,
        never_informed=one.never,
        only_automatic=one.only_automatic,
        longest=_longest(one.longest) if one.longest else None,
    )


def _longest(one: Longest) -> LongestShape:
    return LongestShape(
        ticket=Ref(id=one.ticket_id, name=one.reference),
        working_minutes=one.working // MINUTE,
        elapsed_minutes=one.elapsed // MINUTE,
        still_lasts=one.is_lasting,
    )


def _level(one: LevelLine) -> LevelShape:
    return LevelShape(
        id=one.id,
        name=one.name,
        kind=str(one.kind),
        targets=[_target(line) for line in one.targets],
        holders=[
            HolderShape(
                kind=holder.kind,
                id=holder.id,
                name=holder.name,
                kept=attained.kept,
                late=attained.late,
            )
            for holder, attained in one.holders
        ],
        minutes_beyond=one.beyond // MINUTE,
        blames=[
            BlameShape(
                kind=blame.holder.kind,
                id=blame.holder.id,
                name=blame.holder.name,
                minutes=blame.beyond // MINUTE,
                share=round(blame.share, 4),
            )
            for blame in one.blames
        ],
    )


def _target(line: TargetLine) -> TargetShape:
    whole: Attained = line.whole
    return TargetShape(
        measure=str(line.measure),
        kinds=sorted(line.row.kinds),
        priorities=sorted(line.row.priorities),
        services=sorted(line.row.services),
        minutes=line.target.minutes,
        objective=line.objective,
        origin=str(line.target.origin),
        kept=whole.kept,
        late=whole.late,
        running=whole.running,
        overdue=whole.overdue,
        months=[
            MonthShape(month=month, kept=one.kept, late=one.late)
            for month, one in sorted(line.months.items())
        ],
    )
