"""Figures of ownership: hand-overs, what a rule would have asked, and how tickets were filed."""

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from ansvar.access.middleware import actor_of
from ansvar.api.sections import Section
from ansvar.api.shapes import IdAsked, IdInPath, Shape
from ansvar.catalogue.models import Service
from ansvar.insight import classification_rows, handover_rows
from ansvar.insight.classification import classification_of
from ansvar.insight.custody_reading import AskedCustody
from ansvar.insight.decisions.periods import Period, Step, period_of_days
from ansvar.insight.handovers import asked_of, first_opening, handovers_of
from ansvar.insight.queries import Scope
from ansvar.insight.what_if import what_if
from ansvar.insight.what_if_rows import what_if_as_json
from ansvar.kernel import clock
from ansvar.kernel.replica import from_replica
from ansvar.kernel.rights import may
from ansvar.people.models import Desk
from ansvar.people.queries import working_calendar
from ansvar.tickets.decisions import Kind, Rule, RuleMode

section = Section("Figures of ownership")

Since = Annotated[
    date | None, Query(description="Opened on or after; else from the desk's first ticket on.")
]
Until = Annotated[date | None, Query(description="Opened on or before; else up to today.")]
OfKind = Annotated[
    list[Kind] | None, Query(description="May be repeated; else all kinds but project_work.")
]
After = Annotated[int, Query(ge=1, le=20, description="With `after`: so many are free.")]


class LossShape(Shape):
    """Time and money that went by until tickets were back with a team that had held them."""

    lost_elapsed_minutes: int
    lost_working_minutes: int
    lost_cost: float = Field(description="As far as rates are known, in the desk's currency.")
    lost_cost_of_work: float
    lost_cost_to_business: float
    lost_minutes_without_rate: int = Field(description="Of teams whose rate nobody has said.")
    lost_minutes_without_service_cost: int = Field(
        description="On services of which nobody has said what an hour without them costs."
    )


class WalksShape(LossShape):
    """How some tickets went from team to team."""

    cases: int
    handovers: int
    cases_with_pattern: int = Field(description="With A, B, A at least once.")
    cases_with_two_patterns: int = Field(description="With two such patterns or more.")
    patterns: int = Field(description="Overlapping ones count each.")
    bounces: int = Field(description="Hand-overs to a team that had held the ticket before.")
    cases_with_bounce: int
    never_left_first_line: int
    share_never_left_first_line: float | None


class TeamWalksShape(LossShape):
    """What one team had to do with it; lost is what went by until tickets were back with it."""

    team: str
    line: int
    cases: int
    given: int
    got: int
    given_back: int
    got_back: int


class PairShape(LossShape):
    """What one team handed to another."""

    giver: str
    team: str
    handovers: int
    bounces: int


class ServiceWalksShape(WalksShape):
    """Tickets of one service."""

    service: str = Field(description="Empty: of none.")


class PeriodWalksShape(WalksShape):
    """Tickets that were opened in one month, quarter or year."""

    period: str = Field(examples=["2026-03"])


class HandoversShape(WalksShape):
    """The report of hand-overs of a desk."""

    desk: str
    team: str | None
    service: str | None
    start: datetime
    end: datetime
    kinds: list[str]
    currency: str
    histogram: dict[str, int] = Field(description="Hand-overs to how many tickets had so many.")
    project_work_left_out: int
    teams: list[TeamWalksShape]
    pairs: list[PairShape]
    services: list[ServiceWalksShape]
    periods: list[PeriodWalksShape]


class AnsweredShape(Shape):
    """What one way to answer would have come to."""

    stopped: int
    left: int
    share_stopped: float | None
    saved_elapsed_minutes: int
    saved_working_minutes: int
    saved_cost: float
    saved_cost_of_work: float
    saved_cost_to_business: float
    saved_minutes_without_rate: int
    saved_minutes_without_service_cost: int


class WhatIfShape(LossShape):
    """A hand-over rule held against what has happened."""

    desk: str
    service: str | None
    start: datetime
    end: datetime
    mode: str
    after: int
    cases: int
    handovers: int
    asked: int
    asked_a_week: float
    cases_asked_about: int
    cases_never_asked_about: int
    share_never_asked_about: float | None
    bounces: int
    if_sent: AnsweredShape
    if_refused: AnsweredShape
    currency: str
    assumed: list[str]


class FiledShape(Shape):
    """How some solved tickets were filed first and last."""

    tickets: int
    right_first_time: int
    share_right_first_time: float | None
    filed_anew: int
    changes: int
    usual_working_minutes_before: int | None
    working_minutes_before: int
    elapsed_minutes_before: int


class TeamFiledShape(FiledShape):
    """Those that one team held first."""

    first_team: str


class ChannelFiledShape(FiledShape):
    """Those that came by one channel."""

    channel: str


class MoveShape(Shape):
    """From what to what tickets were filed anew."""

    what: str = Field(description="kind or service.")
    first: str
    at_last: str
    tickets: int


class ClassificationShape(FiledShape):
    """Kind and service at first against those at the end."""

    desk: str
    service: str | None
    start: datetime
    end: datetime
    kinds: list[str]
    never_said: int
    teams: list[TeamFiledShape]
    channels: list[ChannelFiledShape]
    moves: list[MoveShape]


@section.get("/desks/{desk_id}/handovers", HandoversShape, requires="insight.read")
@from_replica
def read_handovers(
    request: HttpRequest,
    desk_id: IdInPath,
    *,
    since: Since = None,
    until: Until = None,
    service: IdAsked = None,
    kind: OfKind = None,
    period: Step = Step.MONTH,
) -> HandoversShape:
    """Read how tickets went from team to team, what came back, and what that has cost."""
    asked = _asked(request, desk_id, since=since, until=until, service=service, kinds=kind)
    report = handovers_of(asked, step=period)
    return HandoversShape(**handover_rows.report_as_json(report))


@section.get("/desks/{desk_id}/handovers/what-if", WhatIfShape, requires="insight.read")
@from_replica
def read_what_if(
    request: HttpRequest,
    desk_id: IdInPath,
    *,
    since: Since = None,
    until: Until = None,
    service: IdAsked = None,
    kind: OfKind = None,
    mode: RuleMode = RuleMode.FREE,
    after: After = 2,
) -> WhatIfShape:
    """Hold a hand-over rule against history: what the owner would have been asked and stopped."""
    asked = _asked(request, desk_id, since=since, until=until, service=service, kinds=kind)
    return WhatIfShape(**what_if_as_json(what_if(asked, Rule(mode=mode, after=after))))


@section.get("/desks/{desk_id}/classification", ClassificationShape, requires="insight.read")
@from_replica
def read_classification(
    request: HttpRequest,
    desk_id: IdInPath,
    *,
    since: Since = None,
    until: Until = None,
    service: IdAsked = None,
    kind: OfKind = None,
) -> ClassificationShape:
    """Read as what solved tickets were filed first, and as what they ended."""
    asked = _asked(request, desk_id, since=since, until=until, service=service, kinds=kind)
    return ClassificationShape(**classification_rows.report_as_json(classification_of(asked)))


def _asked(
    request: HttpRequest,
    desk_id: int,
    *,
    since: date | None,
    until: date | None,
    service: int | None,
    kinds: list[Kind] | None,
) -> AskedCustody:
    """Return what is asked for, of a desk whose figures the asker may see.

    Raises: Desk.DoesNotExist; Service.DoesNotExist.
    """
    desk = Desk.objects.select_related("calendar").get(pk=desk_id)
    if not may(actor_of(request), "insight.read", desk):
        raise Desk.DoesNotExist
    found = None if service is None else Service.objects.get(pk=service, desk=desk)
    return asked_of(Scope(desk=desk, service=found), _period(desk, since, until), kinds or ())


def _period(desk: Desk, since: date | None, until: date | None) -> Period:
    zone, now = working_calendar(desk.calendar).zone, clock.now()
    first = since or (first_opening(desk) or now).astimezone(zone).date()
    return period_of_days(first, until or now.astimezone(zone).date(), zone)
