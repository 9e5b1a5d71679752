"""Scheduled work on notices."""

from ansvar.kernel.work import schedule
from ansvar.notices.commands import forget_old_notices


@schedule("notices.forget_old", cron="41 3 * * *")
def forget_old() -> None:
    """Delete notices after ninety days."""
    forget_old_notices()
