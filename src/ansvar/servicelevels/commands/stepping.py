"""Taking the steps that service levels foresee when time runs out: each once, none forgotten."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from ansvar.kernel import clock, journal, prepared
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.journal import record
from ansvar.kernel.work import tasks
from ansvar.notices.commands import Telling, singly_or_summed, tell
from ansvar.servicelevels.addressing import Addresses
from ansvar.servicelevels.book import present_book
from ansvar.servicelevels.commands.keeping import KEY, STEPPED, set_steps
from ansvar.servicelevels.decisions.clocks import MISSED, Holder, holder_of
from ansvar.servicelevels.decisions.story import EPOCH, MICROSECOND, Leg
from ansvar.servicelevels.decisions.terms import Action, Step, Terms
from ansvar.servicelevels.facts import StepTaken, TargetMissed
from ansvar.servicelevels.models import Clock
from ansvar.servicelevels.warning import TOLD_EACH, warning_of
from ansvar.tickets.models import Ticket

AT_ONCE = 500
"""Clocks dealt with in one transaction."""
TOO_LATE_TO_TELL = timedelta(days=1)
"""A step that is due for longer is noted, but nobody is told: the product stood still, or the
ticket was imported, and a flood of old warnings helps nobody."""
TELLING = frozenset({Action.NOTIFY, Action.PAGE})


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A step that was taken just now, and whom it is to tell."""

    ticket: Ticket
    clock: Clock
    step: Step | None
    """Nothing when the target itself was missed."""
    at: datetime
    told: tuple[int, ...] = ()


def take_due_steps() -> int:
    """Take all steps that are due, in batches, and return how many; each costs only itself.

    Tickets that somebody is changing in this moment are left for the next time.

    Records: StepTaken; TargetMissed.
    """
    taken = 0
    while True:
        with transaction.atomic(), journal.together():
            found = _due(clock.now())
            taken += len(_take(found, now=clock.now()))
        if len(found) < AT_ONCE:
            return taken


def _due(now: datetime) -> list[Clock]:
    # Clock and ticket are locked without waiting, so that no command can be waiting for this one
    # while this one waits for it.
    rows = Clock.objects.filter(next_step_at__lt=now).order_by("next_step_at")
    locked = rows.select_for_update(of=("self", "ticket"), skip_locked=True)
    wanted = ("desk", "reference", "subject", "team", "assignee", "owner", "service", "priority",
              "state", "waiting_for", "supplier")  # fmt: skip
    fields = [field.name for field in Clock._meta.concrete_fields]  # noqa: SLF001 - documented
    narrow = locked.select_related("ticket").only(*fields, *(f"ticket__{one}" for one in wanted))
    return list(narrow[:AT_ONCE])


def _take(rows: list[Clock], *, now: datetime) -> list[Taken]:
    terms = {version.id: version.terms for version in present_book().versions}
    addresses = Addresses([row.ticket for row in rows])
    taken = [one for row in rows for one in _of(row, terms.get(row.version_id), addresses, now=now)]
    for one in taken:
        _note(one)
    warnings = [_warning(one, one.step, now=now) for one in taken if one.step and one.told]
    tell(*singly_or_summed(warnings, most=TOLD_EACH))
    prepared.put(Clock, rows, key=KEY, changing=STEPPED)
    return taken


def _of(row: Clock, terms: Terms | None, addresses: Addresses, *, now: datetime) -> Iterable[Taken]:
    """Take the due steps out of a clock, and say what they were."""
    steps = {step.key: step for step in terms.steps} if terms else {}
    limit = (now - EPOCH) // MICROSECOND
    due = [step for step in row.steps if step[0] < limit]
    set_steps(row, row.steps[len(due) :])
    row.taken = [*row.taken, *(key for _, key in due)]
    for moment, key in due:
        at = EPOCH + moment * MICROSECOND
        step = steps.get(key)
        if step is None and key != MISSED:
            continue
        tells = step is not None and step.action in TELLING and now - at <= TOO_LATE_TO_TELL
        told = addresses.of(step, row.ticket) if step is not None and tells else ()
        yield Taken(ticket=row.ticket, clock=row, step=step, at=at, told=told)


def _note(taken: Taken) -> None:
    row, step = taken.clock, taken.step
    if step is None:
        record(_missed(row), by=SYSTEM)
        return
    record(
        StepTaken(
            subject_id=row.ticket_id,
            measure=row.measure,
            number=row.number,
            version_id=row.version_id,
            key=step.key,
            percent=step.percent,
            minutes=step.minutes,
            action=str(step.action),
            told=list(taken.told),
        ),
        by=SYSTEM,
    )
    if step.action not in TELLING:
        tasks["servicelevels.act"].later(
            ticket_id=row.ticket_id, version_id=row.version_id, key=step.key
        )


def _warning(taken: Taken, step: Step, *, now: datetime) -> Telling:
    is_urgent = step.action is Action.PAGE
    return warning_of(taken.clock, step.key, people=taken.told, is_urgent=is_urgent, now=now)


def _missed(row: Clock) -> TargetMissed:
    ticket = row.ticket
    leg = Leg(
        start=row.started_at,
        end=None,
        state=ticket.state,
        waiting=ticket.waiting_for,
        supplier_id=ticket.supplier_id,
        team_id=ticket.team_id,
        person_id=ticket.assignee_id,
    )
    return TargetMissed(
        subject_id=row.ticket_id,
        measure=row.measure,
        number=row.number,
        version_id=row.version_id,
        target_minutes=int(row.target.total_seconds() // 60),
        due_at=row.due_at,
        team_id=row.team_id,
        supplier_id=row.supplier_id,
        shares=_shares_when_missed(row, holder_of(leg)),
    )


def _shares_when_missed(row: Clock, holder: Holder) -> list[tuple[str, int, float]]:
    """Return who had used how much when the target was used up: the present holder the rest."""
    used = {Holder(kind, pk): seconds for kind, pk, seconds in row.shares}
    rest = (row.target - row.used).total_seconds()
    if rest > 0:
        used[holder] = used.get(holder, 0.0) + rest
    return [(*one, seconds) for one, seconds in used.items()]
