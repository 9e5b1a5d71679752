"""Reminding: what waits too long for an owner, for whom others asked, or for who holds it."""

from dataclasses import replace
from datetime import datetime, timedelta

from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM, Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.models import Entry
from ansvar.kernel.rights import require
from ansvar.notices.commands import Telling, singly_or_summed, tell
from ansvar.notices.models import Notice
from ansvar.ownership import telling_hand_overs, telling_tasks
from ansvar.ownership.addressing import here_among, told_of_task
from ansvar.ownership.facts import HolderReminded
from ansvar.people.decisions import BadHours
from ansvar.people.decisions.calendars import NeverOpen
from ansvar.people.models import Calendar
from ansvar.people.queries import working_calendar
from ansvar.tickets.commands import HandOverSettled, escalate_hand_over
from ansvar.tickets.commands.locking import require_open
from ansvar.tickets.deciding import deciders_of
from ansvar.tickets.models import HandOverRequest, Task, Ticket

REMINDED_AGAIN_AFTER = timedelta(hours=1)
A_DAY = timedelta(hours=8)
"""Working time after which whoever was asked is reminded; twice of it, whoever asked."""
LOOKED_BACK = timedelta(days=30)
"""What nobody has answered for longer than that, nobody is going to."""
AT_ONCE = 500
TOLD_EACH = 5
"""Reminders of one run for one person; of more than that one notice tells how many."""


@command
def remind_holder(ticket_id: int, *, by: Actor) -> bool:
    """Ask whoever holds a ticket how it stands; tell whether that was done.

    Within an hour of the last reminder it is silent: one is enough for anybody.

    Raises: NotPermitted; MoveNotAllowed for a ticket that is done.
    Records: HolderReminded.
    """
    rows = Ticket.objects.select_for_update(of=("self",)).select_related("service")
    ticket = rows.get(pk=ticket_id)
    require(by, "ticket.remind", ticket)
    require_open(ticket)
    lately = Entry.objects.filter(
        subject_type="ticket",
        subject_id=ticket.pk,
        fact=HolderReminded.name,
        at__gt=clock.now() - REMINDED_AGAIN_AFTER,
    )
    if lately.exists():
        return False
    record(
        HolderReminded(
            subject_id=ticket.pk, team_id=ticket.team_id, assignee_id=ticket.assignee_id
        ),
        by=by,
    )
    return True


def escalate_overdue_hand_overs() -> int:
    """Let the supervisors decide what the owners have not in their time; return how much it was."""
    late = HandOverRequest.objects.filter(
        answer="", escalated_at=None, opens_at__lte=clock.now()
    ).order_by("opens_at")
    count = 0
    for pk in list(late.values_list("pk", flat=True)[:AT_ONCE]):
        try:
            escalate_hand_over(pk, by=SYSTEM)
        except HandOverSettled:
            # Decided in this moment.
            continue
        count += 1
    return count


@command
def remind_deciders() -> int:
    """Remind owners once, at half of their time, of what waits for them."""
    now = clock.now()
    waiting = HandOverRequest.objects.filter(answer="", escalated_at=None, opens_at__gt=now)
    rows = waiting.select_related("ticket", "service", "giver", "team", "desk__calendar")
    tellings = []
    for request in rows.order_by("opens_at")[:AT_ONCE]:
        if now >= _half_time(request):
            owners = here_among(deciders_of(request.service, request.desk_id).owners, now)
            tellings.append(telling_hand_overs.telling_of(request, owners, "half"))
    return tell(*tellings)


@command
def remind_of_tasks() -> int:
    """Remind those who were asked after a working day, and whoever asked after two."""
    now = clock.now()
    rows = Task.objects.filter(
        ended_at=None, asked_at__gt=now - LOOKED_BACK, asked_at__lte=now - A_DAY
    ).select_related("ticket", "team", "person", "asked_by", "desk__calendar")
    tellings = []
    for task in rows.order_by("asked_at")[:AT_ONCE]:
        asker = task.asked_by.name if task.asked_by else ""
        if now >= _later(task.desk.calendar, task.asked_at, A_DAY):
            people = told_of_task(task, now)
            tellings.append(telling_tasks.telling_of(task, people, "open", asker=asker))
        if task.asked_by_id and now >= _later(task.desk.calendar, task.asked_at, 2 * A_DAY):
            whom = str(task.person or task.team)
            tellings.append(
                telling_tasks.telling_of(task, {task.asked_by_id}, "unanswered", whom=whom)
            )
    summed = f"{telling_tasks.KIND}:many:{now.date()}"
    return tell(
        *(
            # Summed once a day: what is summed leaves no notice of its own to be known by.
            replace(one, key=summed) if one.sentence == "many" else one
            for one in singly_or_summed(_untold(tellings), most=TOLD_EACH)
        )
    )


def _untold(tellings: list[Telling]) -> list[Telling]:
    """Leave out what was told at an earlier run."""
    rows = Notice.objects.filter(key__in={one.key for one in tellings})
    told = set(rows.values_list("key", flat=True))
    return [one for one in tellings if one.key not in told]


def _half_time(request: HandOverRequest) -> datetime:
    half = (request.opens_at - request.asked_at) / 2
    try:
        calendar = working_calendar(request.desk.calendar)
        worked = calendar.working_time_between(request.asked_at, request.opens_at)
        return calendar.add_working_time(request.asked_at, worked / 2)
    except (BadHours, NeverOpen):
        return request.asked_at + half


def _later(calendar: Calendar, start: datetime, amount: timedelta) -> datetime:
    try:
        return working_calendar(calendar).add_working_time(start, amount)
    except (BadHours, NeverOpen):
        return start + amount
