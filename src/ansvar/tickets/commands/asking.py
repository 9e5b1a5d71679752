"""Asking others for a part of the work, or for what they know, while custody stays."""

from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import NotPermitted, require
from ansvar.people.models import Membership, Person, Team
from ansvar.tickets.commands.holding import require_team_of
from ansvar.tickets.commands.locking import locked, require_open, save
from ansvar.tickets.decisions import TaskKind
from ansvar.tickets.facts import HelpCredited, TaskAnswered, TaskGiven, TaskTaken, TaskWithdrawn
from ansvar.tickets.models import Task, Ticket


class NobodyAsked(Refusal):
    """A task needs a team or a person who can read the ticket."""


class WordsMissing(Refusal):
    """What is asked, or answered, needs words."""


class NotAsked(Refusal):
    """Somebody was to answer what others were asked, or to praise an answer of their own."""

    status = 403


class TaskEnded(Refusal):
    """A task has been answered or withdrawn already."""

    status = 409


@command
def ask_others(
    ticket_id: int,
    *,
    kind: TaskKind,
    team: Team | None = None,
    person: Person | None = None,
    words: str,
    version: int | None = None,
    by: Actor,
) -> Task:
    """Ask a team or a named expert of the desk; the ticket stays where it is.

    Raises: NotPermitted; NobodyAsked; WordsMissing; NotThisDesk; MoveNotAllowed; StaleTicket.
    Records: TaskGiven.
    """
    ticket = locked(ticket_id, version)
    require(by, "ticket.work", ticket)
    require_open(ticket)
    task = put_task(ticket, kind=kind, team=team, person=person, words=words, by=by)
    save(ticket)
    return task


def put_task(
    ticket: Ticket,
    *,
    kind: TaskKind,
    team: Team | None,
    person: Person | None,
    words: str,
    by: Actor,
) -> Task:
    """Give a task on a ticket that the caller has locked and saves.

    Raises: NobodyAsked; WordsMissing; NotThisDesk.
    Records: TaskGiven.
    """
    if not words.strip():
        raise WordsMissing(said("Say what you want to know, or what is to be done."))
    if team is not None:
        require_team_of(ticket.desk_id, team)
    whom = person or team
    if whom is None:
        raise NobodyAsked(said("Choose a team or a person to ask."))
    if person is not None:
        _require_reader(person, ticket)
    task = Task.objects.create(
        ticket=ticket,
        desk_id=ticket.desk_id,
        kind=kind,
        team=team,
        person=person,
        words=words.strip(),
        asked_by_id=by.person_id,
        asked_at=clock.now(),
    )
    record(
        TaskGiven(
            subject_id=ticket.pk,
            task_id=task.pk,
            kind=kind,
            team_id=task.team_id,
            person_id=task.person_id,
            whom=str(whom),
            said=task.words,
        ),
        by=by,
    )
    return task


@command
def take_task(task_id: int, *, by: Actor) -> Task:
    """Deal oneself with what one's team was asked. One's own is silent.

    Raises: NotAsked; TaskEnded.
    Records: TaskTaken.
    """
    ticket, task = _locked_with(task_id)
    person_id = _asked(task, by)
    if task.person_id == person_id or task.team_id is None:
        return task
    task.person_id = person_id
    task.save(update_fields=["person"])
    save(ticket)
    record(
        TaskTaken(subject_id=ticket.pk, task_id=task.pk, team_id=task.team_id, person_id=person_id),
        by=by,
    )
    return task


@command
def answer_task(task_id: int, *, words: str, by: Actor) -> Task:
    """Answer what was asked, or say that it is done; the answer stands on the ticket.

    Raises: NotAsked; WordsMissing; TaskEnded.
    Records: TaskAnswered.
    """
    ticket, task = _locked_with(task_id)
    person_id = _asked(task, by)
    if not words.strip():
        raise WordsMissing(said("Say what you found, or what was done."))
    task.answer, task.answered_by_id, task.ended_at = words.strip(), person_id, clock.now()
    task.save(update_fields=["answer", "answered_by", "ended_at"])
    save(ticket)
    record(TaskAnswered(subject_id=ticket.pk, task_id=task.pk, said=task.answer), by=by)
    return task


@command
def withdraw_task(task_id: int, *, why: str, by: Actor) -> Task:
    """Say that no answer is needed any more.

    Raises: NotPermitted; TaskEnded.
    Records: TaskWithdrawn.
    """
    ticket, task = _locked_with(task_id)
    require(by, "ticket.work", ticket)
    _withdraw(task, why=why.strip() or _NOT_NEEDED, by=by)
    save(ticket)
    return task


@command
def credit_help(task_id: int, *, has_helped: bool, by: Actor) -> Task:
    """Say whether an answer helped: it stands to the credit of who gave it. As before: silent.

    Raises: NotPermitted; NobodyAsked when there is no answer yet; NotAsked of one's own answer.
    Records: HelpCredited.
    """
    task = Task.objects.select_for_update().select_related("ticket").get(pk=task_id)
    require(by, "ticket.work", task.ticket)
    if task.answered_by_id is None:
        raise NobodyAsked(said("Nobody has answered yet."))
    if task.answered_by_id == by.person_id:
        raise NotAsked(said("You gave this answer; let somebody else say whether it helped."))
    if task.has_helped is not has_helped:
        task.has_helped = has_helped
        task.save(update_fields=["has_helped"])
        record(
            HelpCredited(
                subject_id=task.ticket_id,
                task_id=task.pk,
                person_id=task.answered_by_id,
                has_helped=has_helped,
            ),
            by=by,
        )
    return task


def withdraw_open_tasks(ticket_id: int, *, why: str, by: Actor) -> None:
    """Withdraw what others are still asked about a ticket that is done.

    Records: TaskWithdrawn.
    """
    for task in Task.objects.select_for_update().filter(ticket=ticket_id, ended_at=None):
        _withdraw(task, why=why, by=by)


_NOT_NEEDED = "it is not needed any more"


def _withdraw(task: Task, *, why: str, by: Actor) -> None:
    task.ended_at = clock.now()
    task.save(update_fields=["ended_at"])
    record(TaskWithdrawn(subject_id=task.ticket_id, task_id=task.pk, why=why), by=by)


def _locked_with(task_id: int) -> tuple[Ticket, Task]:
    """Return an open task and its ticket, both locked.

    Raises: TaskEnded.
    """
    ticket_id = Task.objects.values_list("ticket_id", flat=True).get(pk=task_id)
    ticket = locked(ticket_id)
    task = Task.objects.get(pk=task_id)
    if not task.is_open:
        raise TaskEnded(said("Somebody has answered or withdrawn it already."))
    return ticket, task


def _asked(task: Task, by: Actor) -> int:
    """Return who acts, one of those who were asked.

    Raises: NotAsked.
    """
    if by.person_id is not None:
        if task.person_id == by.person_id:
            return by.person_id
        if Membership.objects.filter(team=task.team_id, person=by.person_id).exists():
            return by.person_id
    raise NotAsked(said("Only those who were asked answer."))


def _require_reader(person: Person, ticket: Ticket) -> None:
    """Refuse somebody who may not read the ticket: asking must not open it to others."""
    try:
        require(Actor.person(person.pk, person.name), "ticket.read", ticket)
    except NotPermitted:
        raise NobodyAsked(
            said("%(person)s may not read tickets of this desk. Ask somebody who does."),
            person=person,
        ) from None
