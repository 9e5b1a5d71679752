"""Work for later: tasks as rows of the caller's transaction, retried, then shown when they fail.

A thin layer over Procrastinate. Every task may run twice and must then do no harm.
"""

import contextlib
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from ansvar.kernel import clock, journal
from ansvar.kernel.models import Failure
from ansvar.kernel.registry import Registry

log = structlog.get_logger(__name__)

ATTEMPTS = 8
"""Tries before a task counts as failed: with doubling pauses, about four minutes in all."""


_pause: ContextVar[timedelta] = ContextVar("pause", default=timedelta())


@contextlib.contextmanager
def no_sooner_than(pause: timedelta) -> Iterator[None]:
    """Let what is queued inside start no sooner than after *pause*.

    For what follows from the single things of a flood, which would hold up the flood itself.
    """
    token = _pause.set(pause)
    try:
        yield
    finally:
        _pause.reset(token)


@dataclass(frozen=True, kw_only=True)
class Task:
    """A function that a worker runs, with arguments that are JSON values."""

    name: str
    function: Callable[..., None]
    queued: Any
    about: Callable[..., str] | None

    def later(self, **arguments: Any) -> None:
        """Queue the task in the caller's transaction."""
        pause = _pause.get()
        if pause:
            self.later_in(pause, **arguments)
        else:
            self.queued.defer(**arguments)

    def later_each(self, each: Iterable[dict[str, Any]]) -> None:
        """Queue the task once for each of these arguments, with one statement."""
        arguments = list(each)
        if not arguments:
            return
        pause = _pause.get()
        queued = self.queued
        if pause:
            queued = queued.configure(schedule_in={"seconds": pause.total_seconds()})
        queued.batch_defer(*arguments)

    def later_once(self, key: str, **arguments: Any) -> None:
        """Queue the task unless the same, by *key*, waits already; two of a key never run at once.

        Queued outside the transaction that leaves the work to do, so that a run which has begun
        is never taken for one that will see it.
        """
        lock = f"{self.name}:{key}"
        waiting = ProcrastinateJob.objects.filter(queueing_lock=lock, status="todo")
        if waiting.exists():
            return
        # Another process may queue it in this moment; its refusal must not spoil what is open.
        with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
            self.queued.configure(lock=lock, queueing_lock=lock).defer(**arguments)

    def waits_for_others(self, key: str) -> bool:
        """Tell whether the task waits in the queue for another *key* than this."""
        waiting = ProcrastinateJob.objects.filter(task_name=self.name, status="todo")
        return waiting.exclude(queueing_lock=f"{self.name}:{key}").exists()

    def later_in(self, pause: timedelta, **arguments: Any) -> None:
        """Queue the task so that it starts no sooner than after *pause*."""
        self.queued.configure(schedule_in={"seconds": pause.total_seconds()}).defer(**arguments)

    def describe(self, arguments: dict[str, Any]) -> str:
        """Return what a run with *arguments* is about, for an administrator."""
        if self.about:
            return self.about(**arguments)
        return ", ".join(f"{key} {value}" for key, value in arguments.items())


tasks: Registry[Task] = Registry("tasks")


def task(
    name: str, *, attempts: int = ATTEMPTS, about: Callable[..., str] | None = None
) -> Callable[[Callable[..., None]], Task]:
    """Make a function a task: retried with doubling pauses, then kept as a Failure."""

    def register(function: Callable[..., None]) -> Task:
        def run(context: JobContext, /, **arguments: Any) -> None:
            try:
                with journal.request():
                    function(**arguments)
            except Exception as error:
                attempt = (context.job.attempts if context.job else 0) + 1
                log.warning("task_failed", task=name, attempt=attempt, error=str(error))
                if attempt >= attempts:
                    keep_failure(made, arguments, error=error, attempts=attempt)
                    return
                if _waits_already(context):
                    # Two of a key cannot wait; the other one does what this one has left.
                    return
                raise

        retry = RetryStrategy(max_attempts=attempts, exponential_wait=2)
        queued = app.task(name=name, retry=retry, pass_context=True)(run)
        made = Task(name=name, function=function, queued=queued, about=about)
        return tasks.add(name)(made)

    return register


def _waits_already(context: JobContext) -> bool:
    """Tell whether the same work, by its key, waits in the queue beside this run of it."""
    key = context.job.queueing_lock if context.job else None
    if not key:
        return False
    return ProcrastinateJob.objects.filter(queueing_lock=key, status="todo").exists()


@transaction.atomic
def keep_failure(
    made: Task, arguments: dict[str, Any], *, error: Exception, attempts: int
) -> Failure:
    """Keep work that failed for good where an administrator sees it."""
    return Failure.objects.create(
        work=made.name,
        about=made.describe(arguments)[:200],
        arguments=arguments,
        error=f"{type(error).__name__}: {error}"[:500],
        traceback="".join(traceback.format_exception(error)),
        attempts=attempts,
        failed_at=clock.now(),
    )


@transaction.atomic
def run_again(failure_id: int) -> Failure:
    """Queue failed work once more; the failure counts as settled, a new one would be a new row."""
    failure, was_open = _settled(failure_id, Failure.State.RUN_AGAIN)
    if was_open:
        tasks[failure.work].later(**failure.arguments)
    return failure


def run_failed_again(work: str, arguments: dict[str, Any]) -> bool:
    """Run failed work with just these arguments once more, if there is any; tell whether."""
    waiting = Failure.objects.filter(
        work=work, arguments=arguments, state=Failure.State.OPEN
    ).order_by("pk")
    failures = list(waiting.values_list("pk", flat=True))
    for pk in failures[1:]:
        dismiss(pk)
    if failures:
        run_again(failures[0])
    return bool(failures)


@transaction.atomic
def dismiss(failure_id: int) -> Failure:
    """Let failed work go for good."""
    failure, _ = _settled(failure_id, Failure.State.DISMISSED)
    return failure


def _settled(failure_id: int, state: Failure.State) -> tuple[Failure, bool]:
    """Return the failure, and whether it was open until now."""
    failure = Failure.objects.select_for_update().get(pk=failure_id)
    was_open = failure.state == Failure.State.OPEN
    if was_open:
        failure.state, failure.settled_at = state, clock.now()
        failure.save(update_fields=["state", "settled_at"])
    return failure, was_open


def schedule(name: str, *, cron: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Run a function at the times of *cron* (UTC), never twice at once.

    A failing run is logged; the next one comes by itself.
    """

    def register(function: Callable[[], None]) -> Callable[[], None]:
        def run(timestamp: int) -> None:  # noqa: ARG001 - given by the schedule
            with journal.request():
                function()

        queued = app.task(name=name, queueing_lock=name)(run)
        app.periodic(cron=cron)(queued)
        schedules.add(name)(function)
        return function

    return register


schedules: Registry[Callable[[], None]] = Registry("schedules")
