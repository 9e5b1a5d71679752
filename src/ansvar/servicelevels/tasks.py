"""Scheduled work on clocks."""

from ansvar.kernel.work import schedule, task
from ansvar.people.models import Desk
from ansvar.servicelevels.commands import (
    act,
    find_stuck,
    learn_normals,
    remind_of_stuck,
    renew_clocks,
    take_due_steps,
)
from ansvar.servicelevels.models import BookEdition, Timing

RENEWED_AT_ONCE = 2000
"""Tickets whose clocks are worked out anew in one run; the rest follow at the next."""


@schedule("servicelevels.take_steps", cron="* * * * *")
def take_steps() -> None:
    """Warn, call and escalate where the time of a target runs out."""
    take_due_steps()


@schedule("servicelevels.watch_stuck", cron="*/5 * * * *")
def watch_stuck() -> None:
    """Find tickets that stand still for longer than is normal, and remind of them."""
    find_stuck()
    remind_of_stuck()


@schedule("servicelevels.learn_normals", cron="23 2 * * *")
def learn_what_is_normal() -> None:
    """Work out for how long tickets normally stand still, from those closed of late."""
    for desk_id in Desk.objects.filter(is_active=True).values_list("pk", flat=True):
        learn_normals(desk_id)


@schedule("servicelevels.renew", cron="* * * * *")
def renew_running_clocks() -> None:
    """Work running clocks out anew when a calendar was changed."""
    wanted = BookEdition.objects.values_list("renewed_at", flat=True).first()
    if not wanted:
        return
    behind = Timing.objects.filter(is_running=True, edition__lt=wanted).order_by("edition")
    for ticket_id in list(behind.values_list("ticket", flat=True)[:RENEWED_AT_ONCE]):
        renew_clocks(ticket_id)


@task("servicelevels.act", about=lambda **named: f"ticket {named['ticket_id']}, {named['key']}")
def act_by_step(*, ticket_id: int, version_id: int, key: str) -> None:
    """Raise the priority of a ticket, or give it to others, as a step foresees."""
    act(ticket_id, version_id=version_id, key=key)
