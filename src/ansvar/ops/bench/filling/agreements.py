"""What was promised about the services of a bench, so that every ticket has clocks."""

from collections.abc import Mapping
from typing import Final

from ansvar.kernel import clock
from ansvar.ops.bench.filling.founding import MAKER, House
from ansvar.servicelevels.commands import create_level, publish_level, save_draft
from ansvar.servicelevels.decisions.terms import (
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

HOUR: Final = 60
DAY: Final = 12 * HOUR
"""Minutes for which the desk is open on a day."""
_GROUPS: Final = 4
"""Agreements with customers, each about its share of the services."""
_WARN: Final = (
    Step(key="ahead", measures=frozenset({Measure.RESOLUTION}), percent=75),
    Step(key="over", percent=100, action=Action.NOTIFY, to=Addressee.LEAD),
)


def found_agreements(house: House) -> None:
    """Put an agreement with customers in force for each service, and one for the teams behind."""
    for group in range(_GROUPS):
        services = frozenset(service.pk for service in house.services[group::_GROUPS])
        factor = 1 + group * 0.25
        figures = {
            (1,): {Measure.REACTION: 30 * factor, Measure.RESOLUTION: 8 * HOUR * factor},
            (2,): {Measure.REACTION: HOUR * factor, Measure.RESOLUTION: DAY * factor},
            (3,): {Measure.REACTION: 2 * HOUR * factor, Measure.RESOLUTION: 3 * DAY * factor},
            (): {Measure.REACTION: 4 * HOUR * factor, Measure.RESOLUTION: 8 * DAY * factor},
        }
        _agree(
            house,
            LevelKind.SLA,
            name=f"Customers, group {group + 1}",
            terms=Terms(
                scope=Scope(services=services),
                rows=_rows(figures),
                pauses=frozenset({"waiting:requester", "waiting:date"}),
                steps=_WARN,
            ),
        )
    behind = frozenset(team.pk for team in house.teams[1:])
    hold: dict[tuple[int, ...], dict[Measure, float]] = {
        (1, 2): {Measure.HOLD: 6 * HOUR},
        (): {Measure.HOLD: 3 * DAY},
    }
    _agree(
        house,
        LevelKind.OLA,
        name="Teams behind the first line",
        terms=Terms(
            scope=Scope(teams=behind),
            rows=_rows(hold),
            pauses=frozenset({"waiting:requester", "waiting:supplier", "waiting:date"}),
            steps=(_WARN[1],),
        ),
    )


def _rows(figures: Mapping[tuple[int, ...], Mapping[Measure, float]]) -> tuple[Row, ...]:
    agreed_on = clock.now().date()
    return tuple(
        Row(
            priorities=frozenset(priorities),
            targets={
                measure: Target(
                    minutes=int(minutes),
                    objective=90,
                    origin=Origin.AGREED,
                    origin_by="Heads of the departments",
                    origin_on=agreed_on,
                    origin_note="Agreed when the desk began",
                )
                for measure, minutes in targets.items()
            },
        )
        for priorities, targets in figures.items()
    )


def _agree(house: House, kind: LevelKind, *, name: str, terms: Terms) -> None:
    level = create_level(
        desk=house.desk, kind=kind, name=name, party="Heads of the departments", by=MAKER
    )
    save_draft(level.pk, terms=terms, by=MAKER)
    publish_level(level.pk, by=MAKER)
