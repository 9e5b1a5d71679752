from datetime import timedelta

import pytest
from queued_work import queued, run_queued

from ansvar.kernel import clock
from ansvar.kernel.work import task

DONE: list[str] = []


@task("tests.whistle")
def whistle(*, tune: str, more: int = 0) -> None:
    DONE.append(tune)
    if more:
        whistle.later(tune=tune, more=more - 1)


@pytest.mark.django_db
def test_queued_work_is_done_once_with_what_it_queues_itself():
    DONE.clear()
    whistle.later(tune="a", more=1)
    whistle.later(tune="b")
    assert run_queued() == ["tests.whistle"] * 3
    assert DONE == ["a", "b", "a"]
    assert run_queued() == []


@pytest.mark.django_db
def test_work_for_later_is_done_when_its_time_has_come():
    DONE.clear()
    whistle.later_in(timedelta(minutes=5), tune="late")
    assert run_queued() == []
    with clock.at(clock.now() + timedelta(minutes=6)):
        assert [job[1] for job in queued()] == ["tests.whistle"]
        assert run_queued() == ["tests.whistle"]
    assert DONE == ["late"]
