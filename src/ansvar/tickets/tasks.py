"""Scheduled work on tickets."""

from datetime import timedelta

from django.db.models import DateTimeField, ExpressionWrapper, F

from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.work import schedule, task
from ansvar.tickets.commands import MoveNotAllowed, close_ticket, resume_ticket
from ansvar.tickets.commands.passing import go_on_passing
from ansvar.tickets.decisions import State
from ansvar.tickets.models import Ticket

AT_ONCE = 500
"""Tickets dealt with in one run; the rest follow at the next."""


@schedule("tickets.close_quiet", cron="*/10 * * * *")
def close_quiet_tickets() -> None:
    """Close resolved tickets whose quiet period has passed."""
    due = ExpressionWrapper(
        F("resolved_at") + F("desk__quiet_days") * timedelta(days=1), output_field=DateTimeField()
    )
    quiet = (
        Ticket.objects.filter(state=State.RESOLVED, resolved_at__lt=clock.now())
        .annotate(due=due)
        .filter(due__lte=clock.now())
        .order_by("resolved_at")
    )
    for pk in list(quiet.values_list("pk", flat=True)[:AT_ONCE]):
        try:
            close_ticket(pk, how="quiet", by=SYSTEM)
        except MoveNotAllowed:
            continue  # somebody took it up again in this very moment


@schedule("tickets.end_waiting", cron="* * * * *")
def end_waiting_that_is_due() -> None:
    """Wake waiting tickets whose reminder has come."""
    due = Ticket.objects.filter(state=State.WAITING, waiting_until__lte=clock.now())
    for pk in list(due.order_by("waiting_until").values_list("pk", flat=True)[:AT_ONCE]):
        resume_ticket(pk, why="the reminder came", by=SYSTEM)


@task("tickets.pass_on", about=lambda passing_id: f"tickets of hand-over {passing_id}")
def pass_on(passing_id: int) -> None:
    """Pass the next tickets of a large hand-over on, and come again for the rest."""
    if go_on_passing(passing_id):
        pass_on.later(passing_id=passing_id)
