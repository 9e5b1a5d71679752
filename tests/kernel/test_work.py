"""Work for later with a real worker on really committed rows."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from ansvar.kernel.models import Failure
from ansvar.kernel.work import dismiss, run_again, task

RAN: list[str] = []
BROKEN: set[str] = set()


@task("tests.boil", attempts=1, about=lambda cup: f"cup {cup}")
def boil(*, cup: str) -> None:
    RAN.append(cup)
    if cup in BROKEN:
        raise ValueError("the cup is broken")


@task("tests.try_again", attempts=3)
def try_again(*, cup: str) -> None:
    RAN.append(cup)
    raise ValueError("not yet")


@task("tests.once_more")
def once_more(*, cup: str) -> None:
    RAN.append(cup)
    if len(RAN) == 1:
        once_more.later_once("cup", cup=cup)
        raise ValueError("the first time it fails")


def work() -> None:
    """Let a worker do what is due and end."""

    async def once() -> None:
        own = app.with_connector(app.connector.get_worker_connector())
        # What the schedule would queue of itself is not asked for here.
        own.periodic_registry = type(own.periodic_registry)()
        async with own.open_async():
            await own.run_worker_async(
                wait=False, install_signal_handlers=False, listen_notify=False
            )

    # In a thread of its own: a browser of other tests keeps a loop running in this one.
    with ThreadPoolExecutor(max_workers=1) as aside:
        aside.submit(lambda: asyncio.run(once())).result()


def jobs(task_name: str) -> list[tuple[str, str, int]]:
    with connection.cursor() as cursor:
        # Other tests that really commit may have left jobs of theirs.
        cursor.execute(
            "SELECT task_name, status::text, attempts FROM procrastinate_jobs "
            "WHERE task_name = %s AND status = 'todo'",
            [task_name],
        )
        return cursor.fetchall()


@pytest.fixture(autouse=True)
def nothing_left() -> None:
    RAN.clear()
    BROKEN.clear()


@pytest.mark.django_db(transaction=True)
def test_work_that_fails_for_good_is_kept_with_its_error():
    BROKEN.add("blue")
    boil.later(cup="blue")
    work()
    failure = Failure.objects.get()
    assert (failure.work, failure.about, failure.attempts) == ("tests.boil", "cup blue", 1)
    assert failure.error == "ValueError: the cup is broken"
    assert "test_work.py" in failure.traceback
    assert failure.arguments == {"cup": "blue"}


@pytest.mark.django_db(transaction=True)
def test_failed_work_run_again_is_settled_when_it_succeeds():
    BROKEN.add("blue")
    boil.later(cup="blue")
    work()
    BROKEN.clear()
    run_again(Failure.objects.get().pk)
    run_again(Failure.objects.get().pk)
    work()
    assert RAN == ["blue", "blue"]
    assert Failure.objects.get().state == Failure.State.RUN_AGAIN


@pytest.mark.django_db(transaction=True)
def test_work_is_tried_again_later_before_it_counts_as_failed():
    try_again.later(cup="red")
    work()
    assert jobs("tests.try_again") == [("tests.try_again", "todo", 1)]
    assert not Failure.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT scheduled_at > now() FROM procrastinate_jobs "
            "WHERE task_name = 'tests.try_again'"
        )
        assert cursor.fetchone() == (True,)


@pytest.mark.django_db(transaction=True)
def test_work_that_fails_while_the_same_waits_leaves_it_to_that():
    once_more.later_once("cup", cup="red")
    work()
    assert RAN == ["red", "red"]
    assert jobs("tests.once_more") == []
    assert not Failure.objects.exists()


@pytest.mark.django_db
def test_dismissed_work_is_not_run():
    failure = Failure.objects.create(
        work="tests.boil",
        about="x",
        arguments=json.loads("{}"),
        error="x",
        traceback="x",
        attempts=1,
        failed_at="2026-01-01T00:00Z",
    )
    dismiss(failure.pk)
    run_again(failure.pk)
    assert jobs("tests.boil") == []
    assert Failure.objects.get().state == Failure.State.DISMISSED
