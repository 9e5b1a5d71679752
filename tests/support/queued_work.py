"""Running what a test has queued, in the test's own transaction and without a worker.

Named so because a module called `queue` on the path would hide the standard library's.
"""

import json
from typing import Any

from django.db import connection

from ansvar.kernel import clock
from ansvar.kernel.work import tasks

MOST_JOBS = 500
"""More than any test queues: beyond it the work queues itself for ever."""


def queued(task: str | None = None) -> list[tuple[int, str, dict[str, Any]]]:
    """Return (id, task name, arguments) of the jobs that are due by the product's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, task_name, args::text FROM procrastinate_jobs WHERE status = 'todo' "
            "AND (scheduled_at IS NULL OR scheduled_at <= %s) ORDER BY id",
            [clock.now()],
        )
        rows = cursor.fetchall()
    found = [(pk, name, json.loads(arguments)) for pk, name, arguments in rows]
    return [job for job in found if task in {None, job[1]}]


def run_queued(task: str | None = None) -> list[str]:
    """Do the queued jobs that are due, and those they queue, oldest first; return their tasks.

    *task* limits it to the jobs of one task. Work for later than now is left alone: set the clock
    forward with `clock.at(...)` to have it done. An error comes out as it is, nothing is retried.
    """
    done: list[str] = []
    while jobs := queued(task):
        pk, name, arguments = jobs[0]
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [pk])
        tasks[name].function(**arguments)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [pk])
        done.append(name)
        assert len(done) < MOST_JOBS, f"The queue does not end: {done[-5:]}"
    return done
