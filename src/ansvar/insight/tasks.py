"""Scheduled work of insight: the promises of the night, and the roll-ups of every minute."""

from ansvar.insight.commands import recompute_promises
from ansvar.insight.rolling import bring_up_to_date
from ansvar.kernel.work import schedule, task
from ansvar.people.models import Desk


@task("insight.recompute_promises")
def recompute(desk_id: int) -> None:
    """Take the promises of a desk from its facts; doing it twice changes nothing."""
    recompute_promises(desk_id)


@schedule("insight.roll_up", cron="20 1 * * *")
def roll_up_every_night() -> None:
    """Queue the roll-ups of all desks, each by itself, so that one failing holds up no other."""
    for pk in Desk.objects.filter(is_active=True).values_list("pk", flat=True):
        recompute.later_once(str(pk), desk_id=pk)


@schedule("insight.count_days", cron="* * * * *")
def count_every_minute() -> None:
    """Count the days on which something has changed."""
    bring_up_to_date()
