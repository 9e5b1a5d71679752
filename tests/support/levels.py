"""Service levels for tests, made through the commands."""

from typing import Any

from builders import a_number

from ansvar.kernel.actor import SYSTEM
from ansvar.people.models import Desk
from ansvar.servicelevels.commands import create_level, publish_level, save_draft
from ansvar.servicelevels.decisions.terms import LevelKind, Measure, Row, Target, Terms
from ansvar.servicelevels.models import Clock, LevelVersion


def a_row(priorities: tuple[int, ...] = (), **minutes: int) -> Row:
    """Return a row of targets: `a_row((1,), reaction=15, resolution=240)`."""
    return Row(
        priorities=frozenset(priorities),
        targets={Measure(name): Target(minutes=amount) for name, amount in minutes.items()},
    )


def a_level(desk: Desk, *rows: Row, kind: LevelKind = LevelKind.SLA, **terms: Any) -> LevelVersion:
    """Return the published version of a new level with the given rows."""
    level = create_level(desk=desk, kind=kind, name=f"Level {a_number()}", by=SYSTEM)
    save_draft(level.pk, terms=Terms(rows=rows, **terms), by=SYSTEM)
    return publish_level(level.pk, by=SYSTEM)


def the_clock(ticket_id: int, measure: str, number: int = 1) -> Clock:
    return Clock.objects.get(ticket=ticket_id, measure=measure, number=number)
