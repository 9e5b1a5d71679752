"""What the owner of a service has to do with tickets of the demo, as steps of their scenes."""

from collections.abc import Callable
from typing import Final

from ansvar.demo.casework import Case
from ansvar.demo.founding import acting
from ansvar.tickets.commands import (
    answer_task,
    ask_others,
    confirm_resolution,
    credit_help,
    decide_hand_over,
    hand_over_ticket,
)
from ansvar.tickets.decisions import Answer, TaskKind
from ansvar.tickets.models import HandOverRequest, Task

Step = Callable[[Case], None]
DAY: Final = 24 * 60
LAST_MONTH: Final = 31 * DAY
"""In minutes: mostly within the month before this one, so that its letter has something to tell."""


def wants_to_hand_over(team: str, reason: str, *, tried: str = "") -> Step:
    """Let whoever works on it ask the owner whether another team gets it."""

    def step(case: Case) -> None:
        hand_over_ticket(
            case.ticket_id,
            team=case.team(team),
            reason=case.say(reason),
            tried=tried,
            is_asked=True,
            by=acting(case.agent),
        )

    return step


def is_decided(answer: Answer, words: str) -> Step:
    """Let the owner of its service answer what waits."""

    def step(case: Case) -> None:
        request = HandOverRequest.objects.select_related("service__owner").get(
            ticket=case.ticket_id, answer=""
        )
        assert request.service is not None  # noqa: S101 - scenes are of services
        owner = request.service.owner
        decide_hand_over(request.pk, answer=answer, words=words, by=acting(owner))

    return step


def asks(name: str, words: str) -> Step:
    """Let whoever works on it ask somebody who knows, without giving it away."""

    def step(case: Case) -> None:
        person = case.stage.company.people[name]
        ask_others(
            case.ticket_id,
            kind=TaskKind.QUESTION,
            person=person,
            words=case.say(words),
            by=acting(case.agent),
        )

    return step


def is_answered(words: str) -> Step:
    """Let who was asked answer, and whoever asked say that it helped."""

    def step(case: Case) -> None:
        task = Task.objects.select_related("person").get(ticket=case.ticket_id, ended_at=None)
        assert task.person is not None  # noqa: S101 - scenes ask people
        answer_task(task.pk, words=words, by=acting(task.person))
        credit_help(task.pk, has_helped=True, by=acting(case.agent))

    return step


def confirms(case: Case) -> None:
    """Let who asked say that it works."""
    confirm_resolution(case.ticket_id, by=acting(case.requester))
