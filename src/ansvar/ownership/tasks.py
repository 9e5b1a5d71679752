"""Scheduled work: what waits too long goes on to others, and the letters of the month."""

from ansvar.kernel.work import schedule
from ansvar.ownership.commands import (
    escalate_overdue_hand_overs,
    remind_deciders,
    remind_of_tasks,
)
from ansvar.ownership.letters import tell_of_letters


@schedule("ownership.chase", cron="*/5 * * * *")
def chase() -> None:
    """Remind owners and whom others have asked, and let supervisors decide what waits too long."""
    escalate_overdue_hand_overs()
    remind_deciders()
    remind_of_tasks()


@schedule("ownership.letters", cron="7 * * * *")
def send_letters() -> None:
    """Tell service owners of their monthly letter on the first working day."""
    tell_of_letters()
