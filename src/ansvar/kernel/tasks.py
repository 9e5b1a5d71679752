"""The kernel's own tasks: later reactions, rescue of jobs whose worker died, cleaning up."""

from datetime import timedelta

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from ansvar.kernel import clock
from ansvar.kernel.models import Entry, GivenAnswer
from ansvar.kernel.reactions import reactions
from ansvar.kernel.work import task

STALLED_AFTER_SECONDS = 30
"""A worker's heartbeat comes every 10 seconds; three missed ones mean that it is gone."""


def _about_reaction(reaction: str, entry_id: int) -> str:
    entry = Entry.objects.filter(pk=entry_id).first()
    return f"{reaction} after {entry}" if entry else reaction


@task("kernel.run_reaction", about=_about_reaction)
def run_reaction(*, reaction: str, entry_id: int) -> None:
    """Run one later reaction to one journal entry; what was forgotten meanwhile has none."""
    entry = Entry.objects.filter(pk=entry_id).first()
    if entry is None:
        return
    reactions[reaction].function(entry.restored, entry)


@app.periodic(cron="* * * * *")
@app.task(name="kernel.rescue", queueing_lock="kernel.rescue", pass_context=True)
async def rescue(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - given by the schedule
    """Queue the jobs of killed workers again."""
    manager = context.app.job_manager
    stalled = await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS)
    for job in stalled:
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            # The same work waits already, but for the lock that the dead worker's job holds.
            await manager.finish_job(job, status=Status.ABORTED, delete_job=False)


@app.periodic(cron="17 3 * * *")
@app.task(name="kernel.tidy", queueing_lock="kernel.tidy", pass_context=True)
async def tidy(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - given by the schedule
    """Delete done jobs after three days and remembered answers after seven."""
    await context.app.job_manager.delete_old_jobs(nb_hours=72, include_failed=True)
    await GivenAnswer.objects.filter(given_at__lt=clock.now() - timedelta(days=7)).adelete()
