"""The terms of a service level, as programs send and get them."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import Field

from ansvar.api.shapes import Given, Id, Shape, Text
from ansvar.servicelevels.decisions.terms import (
    Action,
    Addressee,
    Measure,
    Origin,
    Row,
    Scope,
    Step,
    Target,
    Terms,
)
from ansvar.tickets.decisions import Kind

MOST_LINES = 100
MOST_NAMED = 2000
LONGEST_MINUTES = 10**9
Priority = Annotated[int, Field(ge=1, le=5)]
Ids = Annotated[list[Id], Field(max_length=MOST_NAMED)]


class TargetGiven(Given):
    """One promise."""

    measure: Annotated[Measure, Field(strict=False)]
    minutes: Annotated[int, Field(ge=1, le=LONGEST_MINUTES)] = Field(examples=[240])
    objective: Annotated[float, Field(gt=0, le=100)] | None = Field(
        default=None, description="Share of cases in per cent; nothing: every one.", examples=[90.0]
    )
    origin: Annotated[Origin, Field(strict=False)] = Origin.ASSUMED
    origin_by: Annotated[Text, Field(max_length=200)] = ""
    origin_on: Annotated[date | None, Field(strict=False)] = None
    origin_note: Annotated[Text, Field(max_length=500)] = ""


class LineGiven(Given):
    """The targets for tickets of some kinds, priorities and services; an empty list means all."""

    kinds: list[Annotated[Kind, Field(strict=False)]] = []
    priorities: list[Priority] = []
    services: Ids = []
    targets: list[TargetGiven] = Field(max_length=len(Measure))


class StepGiven(Given):
    """Something done once when so much of the time is used."""

    key: Annotated[Text, Field(min_length=1, max_length=40)] = Field(
        description="Names the step within its version, for ever.", examples=["warning"]
    )
    measures: list[Annotated[Measure, Field(strict=False)]] = []
    percent: Annotated[int, Field(ge=1, le=1000)] | None = Field(default=None, examples=[80])
    minutes: Annotated[int, Field(ge=-LONGEST_MINUTES, le=LONGEST_MINUTES)] | None = Field(
        default=None, description="Before (negative) or after the end of the time, instead."
    )
    action: Annotated[Action, Field(strict=False)] = Action.NOTIFY
    to: Annotated[Addressee, Field(strict=False)] = Addressee.ASSIGNEE
    person: Id | None = None
    team: Id | None = None


class GivenTerms(Given):
    """All that a version says; what is left out has its usual value."""

    services: Ids = Field(default=[], description="For what it holds; empty means everything.")
    sites: Ids = []
    teams: Ids = []
    suppliers: Ids = []
    lines: list[LineGiven] = Field(
        max_length=MOST_LINES, description="The first that fits a ticket gives its target."
    )
    pauses: list[Annotated[Text, Field(max_length=40)]] = Field(
        default=[], description="States in which clocks stand still.", examples=[["waiting:date"]]
    )
    calendar: Id | None = None
    at_site: bool = False
    restarts: bool = False
    automatic_acknowledges: bool = True
    steps: list[StepGiven] = Field(default=[], max_length=MOST_LINES)


class TargetShape(Shape):
    """One promise."""

    measure: str
    minutes: int
    objective: float | None
    origin: str
    origin_by: str
    origin_on: date | None
    origin_note: str


class LineShape(Shape):
    """The targets of some tickets."""

    kinds: list[str]
    priorities: list[int]
    services: list[int]
    targets: list[TargetShape]


class StepShape(Shape):
    """Something done once when so much of the time is used."""

    key: str
    measures: list[str]
    percent: int | None
    minutes: int | None
    action: str
    to: str
    person: int | None
    team: int | None


class TermsShape(Shape):
    """All that a version says."""

    services: list[int]
    sites: list[int]
    teams: list[int]
    suppliers: list[int]
    lines: list[LineShape]
    pauses: list[str]
    calendar: int | None
    at_site: bool
    restarts: bool
    automatic_acknowledges: bool
    steps: list[StepShape]


def terms_of(given: GivenTerms) -> Terms:
    """Return the terms that a program sent."""
    return Terms(
        scope=Scope(
            services=frozenset(given.services),
            sites=frozenset(given.sites),
            teams=frozenset(given.teams),
            suppliers=frozenset(given.suppliers),
        ),
        rows=tuple(
            Row(
                kinds=frozenset(line.kinds),
                priorities=frozenset(line.priorities),
                services=frozenset(line.services),
                targets=_targets(line.targets),
            )
            for line in given.lines
        ),
        pauses=frozenset(given.pauses),
        calendar_id=given.calendar,
        at_site=given.at_site,
        restarts=given.restarts,
        automatic_acknowledges=given.automatic_acknowledges,
        steps=tuple(
            Step(
                key=step.key,
                measures=frozenset(step.measures),
                percent=step.percent,
                minutes=step.minutes,
                action=step.action,
                to=step.to,
                person_id=step.person,
                team_id=step.team,
            )
            for step in given.steps
        ),
    )


def terms_shape(terms: Terms) -> TermsShape:
    """Return how terms look to a program."""
    return TermsShape(
        services=sorted(terms.scope.services),
        sites=sorted(terms.scope.sites),
        teams=sorted(terms.scope.teams),
        suppliers=sorted(terms.scope.suppliers),
        lines=[
            LineShape(
                kinds=sorted(row.kinds),
                priorities=sorted(row.priorities),
                services=sorted(row.services),
                targets=[
                    TargetShape(measure=measure, **vars(target))
                    for measure, target in row.targets.items()
                ],
            )
            for row in terms.rows
        ],
        pauses=sorted(terms.pauses),
        calendar=terms.calendar_id,
        at_site=terms.at_site,
        restarts=terms.restarts,
        automatic_acknowledges=terms.automatic_acknowledges,
        steps=[
            StepShape(
                key=step.key,
                measures=sorted(step.measures),
                percent=step.percent,
                minutes=step.minutes,
                action=step.action,
                to=step.to,
                person=step.person_id,
                team=step.team_id,
            )
            for step in terms.steps
        ],
    )


def _targets(given: list[TargetGiven]) -> Mapping[Measure, Target]:
    return {
        one.measure: Target(
            minutes=one.minutes,
            objective=one.objective,
            origin=one.origin,
            origin_by=one.origin_by,
            origin_on=one.origin_on,
            origin_note=one.origin_note,
        )
        for one in given
    }
