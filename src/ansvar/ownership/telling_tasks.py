"""Telling of questions and tasks: who is asked that something is wanted, who asked what came."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy, ngettext

from ansvar.kernel import clock
from ansvar.kernel.models import Entry
from ansvar.kernel.reactions import react
from ansvar.notices.commands import Telling, tell
from ansvar.notices.kinds import NoticeKind, kinds
from ansvar.ownership.addressing import told_of_task
from ansvar.tickets.facts import HelpCredited, TaskAnswered, TaskGiven, TaskWithdrawn
from ansvar.tickets.models import Task

KIND = "task"
SHORTENED_TO = 140


def _words(values: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the values of a notice in words of its reader."""
    told = {name: str(value) for name, value in values.items()}
    if count := values.get("count"):
        told["tasks"] = ngettext(
            "%(n)s thing that you or your teams were asked is not answered yet.",
            "%(n)s things that you or your teams were asked are not answered yet.",
            count,
        ) % {"n": count}
    return told


kinds.add(KIND)(
    NoticeKind(
        label=gettext_lazy("questions and tasks among colleagues"),
        icon="subtask",
        sentences={
            "question": gettext_lazy("{reference}: {asker} asks you: “{words}”"),
            "work": gettext_lazy("{reference}: {asker} has a task for you: “{words}”"),
            "together": gettext_lazy("{reference}: {asker} calls you in: “{words}”"),
            "answered": gettext_lazy("{reference}: {answerer} answered: “{words}”"),
            "helped": gettext_lazy("{reference}: your answer helped, says {asker}"),
            "withdrawn": gettext_lazy("{reference}: {asker} needs no answer from you any more"),
            "open": gettext_lazy(
                "{reference}: {asker} still waits for what you were asked: “{words}”"
            ),
            "unanswered": gettext_lazy(
                "{reference}: {whom} has not answered “{words}”. Ask somebody else?"
            ),
            "many": "{tasks}",
        },
        words=_words,
    )
)


@react(TaskGiven, later=True)
def tell_who_is_asked(fact: TaskGiven, entry: Entry) -> None:
    """Tell the named expert, or those of the team who are here."""
    task = _task(fact.task_id)
    if task.is_open:
        people = told_of_task(task, clock.now()) - {entry.actor.person_id or 0}
        tell(telling_of(task, people, fact.kind, key="given", asker=entry.actor_label))


@react(TaskAnswered, later=True)
def tell_who_asked(fact: TaskAnswered, entry: Entry) -> None:
    """Tell whoever asked, and whoever works on the ticket by now."""
    task = _task(fact.task_id)
    people = {task.asked_by_id, task.ticket.assignee_id} - {entry.actor.person_id}
    words = shortened(fact.said)
    tell(telling_of(task, people, "answered", answerer=entry.actor_label, words=words))


@react(HelpCredited, later=True)
def tell_who_helped(fact: HelpCredited, entry: Entry) -> None:
    """Tell who answered that it helped; that it did not they learn from people, if at all."""
    if fact.has_helped:
        task = _task(fact.task_id)
        tell(telling_of(task, {fact.person_id}, "helped", asker=entry.actor_label))


@react(TaskWithdrawn, later=True)
def tell_of_withdrawal(fact: TaskWithdrawn, entry: Entry) -> None:
    """Tell who had it in hand that nobody waits for it any more."""
    task = _task(fact.task_id)
    people = {task.person_id} - {entry.actor.person_id}
    tell(telling_of(task, people, "withdrawn", asker=entry.actor_label))


def telling_of(
    task: Task, people: Collection[int | None], sentence: str, *, key: str = "", **values: str
) -> Telling:
    """Return what people are told of a task; *key* names what happened to it."""
    return Telling(
        people=[one for one in people if one is not None],
        kind=KIND,
        sentence=sentence,
        key=f"{KIND}:{task.pk}:{key or sentence}",
        ticket=task.ticket,
        values={"words": shortened(task.words), **values},
    )


def shortened(words: str) -> str:
    """Return words as a notice can bear them."""
    words = " ".join(words.split())
    return words if len(words) <= SHORTENED_TO else words[: SHORTENED_TO - 1].rstrip() + "…"


def _task(task_id: int) -> Task:
    return Task.objects.select_related("ticket").get(pk=task_id)
