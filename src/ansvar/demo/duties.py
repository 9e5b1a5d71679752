"""Who has which duty at the demo's IT desk, and who is away today."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from ansvar.demo.founding import MAKER, Company
from ansvar.demo.pace import STOCKHOLM
from ansvar.people.models import Person
from ansvar.rota.commands import announce_absence, plan_turns
from ansvar.rota.decisions import Duty, Pattern, Reason, Step, turns_by

_WEEKS: Final = 8
_CHANGE_AT: Final = time(8)
_EVENING: Final = (time(17), time(22))
_AWAY_FOR: Final = timedelta(hours=11)


def found_duties(made: Company, today: date) -> None:
    """Plan the duties of the IT desk, from the Monday of last week on.

    From last week: on a Monday before eight the turns of Sunday still run.
    """
    first_line, others = made.members["Service desk"], made.members["On-site"]
    _plan(made, Duty.QUEUE, first_line, step=Step.DAY, today=today)
    _plan(made, Duty.COMMUNICATION, first_line[1:], step=Step.WEEK, today=today)
    _plan(made, Duty.OPERATIONS, others, step=Step.WEEK, today=today)
    _plan(made, Duty.SHIFT, [*others, *first_line[:2]], step=Step.DAY, today=today)


def send_away(made: Company, now: datetime) -> None:
    """Let the last of the first line be in training today; a colleague stands in."""
    *_, stand_in, away = made.members["Service desk"]
    announce_absence(
        away.pk,
        starts_at=now - timedelta(minutes=1),
        ends_at=now + _AWAY_FOR,
        reason=Reason.TRAINING,
        stand_in=stand_in,
        by=MAKER,
    )


def _plan(made: Company, duty: Duty, people: Sequence[Person], *, step: Step, today: date) -> None:
    monday = today - timedelta(days=today.weekday())
    evening = duty is Duty.SHIFT
    pattern = Pattern(
        people=[person.pk for person in people],
        step=step,
        first=monday - timedelta(weeks=1),
        last=monday + timedelta(weeks=_WEEKS, days=-1),
        change_at=_EVENING[0] if evening else _CHANGE_AT,
        until=_EVENING[1] if evening else None,
        zone=STOCKHOLM,
    )
    plan_turns(made.desks["IT"].pk, duty, turns_by(pattern), by=MAKER)
