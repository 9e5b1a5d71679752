"""What is asked about a ticket: hand-overs that somebody decides, and tasks of others."""

from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from pydantic import Field

from ansvar.api.reading import Reader, reader_of
from ansvar.api.sections import Section
from ansvar.api.shapes import (
    Given,
    Id,
    IdInPath,
    Moment,
    PersonRef,
    Ref,
    Shape,
    Text,
    Words,
    maybe,
    person_ref,
    ref,
)
from ansvar.api.ticket_shapes import TicketShape, ticket_shape
from ansvar.api.tickets import IfMatch, Version, named, version_seen
from ansvar.kernel import clock
from ansvar.people.models import Person, Team
from ansvar.tickets.commands import (
    answer_task,
    ask_others,
    credit_help,
    decide_hand_over,
    expect_solution,
    take_task,
    withdraw_hand_over,
    withdraw_task,
)
from ansvar.tickets.deciding import decide_now
from ansvar.tickets.decisions import Answer, TaskKind
from ansvar.tickets.models import HandOverRequest, Task

section = Section("What is asked about a ticket")
WITH_HAND_OVER = ("service", "giver", "team", "assignee", "asked_by", "answered_by")
WITH_TASK = ("team", "person", "asked_by", "answered_by")


class HandOverShape(Shape):
    """A hand-over that somebody is asked to decide, or what became of it; custody stays."""

    id: int
    giver: Ref = Field(description="The team that wants to give it.")
    team: Ref = Field(description="The team that is to get it.")
    assignee: PersonRef | None
    asked_by: PersonRef | None = Field(description="Nothing when a rule asked.")
    asked_at: datetime
    reason: str
    tried: str
    because: str = Field(
        description="Why it is asked: `back` to a team from before, `after` enough, or `always`.",
        examples=["back"],
    )
    opens_at: datetime = Field(description="From when on the supervisors may decide, too.")
    deciders: list[PersonRef] = Field(description="Who may decide now; nobody once it is decided.")
    answer: str | None = Field(
        description="`give`, `keep`, `split`, `together`, `withdrawn`; nothing while it waits.",
        examples=["keep"],
    )
    answered_by: PersonRef | None
    answered_at: datetime | None
    words: str


class HandOvers(Shape):
    """All hand-overs of a ticket that were asked for, oldest first."""

    items: list[HandOverShape]


class Decision(Given):
    """What becomes of a hand-over."""

    answer: Literal["give", "keep", "split", "together"]
    team: Id | None = Field(default=None, description="Another team than the wished one.")
    words: Text = Field(default="", max_length=10_000)


class WhyNot(Given):
    """Why it is not needed any more."""

    reason: Text = Field(default="", max_length=250, examples=["It works again."])


class TaskShape(Shape):
    """A question or a part of the work that others have while custody stays."""

    id: int
    kind: str = Field(examples=["question"])
    team: Ref | None
    person: PersonRef | None = Field(description="A named expert, or who took it in the team.")
    words: str
    asked_by: PersonRef | None
    asked_at: datetime
    is_open: bool
    answer: str
    answered_by: PersonRef | None
    ended_at: datetime | None = Field(description="When it was answered or withdrawn.")
    has_helped: bool | None = Field(description="As whoever asked said; nothing while not said.")


class Tasks(Shape):
    """All that others were asked about a ticket, oldest first."""

    items: list[TaskShape]


class TaskAsked(Given):
    """What is asked, and whom: a team, or a person who may read the ticket."""

    kind: Literal["question", "work", "together"] = "question"
    team: Id | None = None
    person: Id | None = None
    words: Words = Field(examples=["Does the switch in the cellar log anything?"])
    version: Version | None = Field(default=None, description="The version you have seen.")


class TaskAnswer(Given):
    """What was found, or done."""

    words: Words = Field(examples=["Port 7 flaps since noon; I moved it to port 9."])


class Credit(Given):
    """Whether an answer helped."""

    has_helped: bool


class Expectation(Given):
    """When it is expected to be solved."""

    at: Moment | None = Field(description="Nothing takes back what was said.")
    why: Text = Field(default="", max_length=500)
    version: Version | None = Field(default=None, description="The version you have seen.")


@section.get("/{ticket_id}/hand-overs", HandOvers)
def list_hand_overs(request: HttpRequest, ticket_id: IdInPath) -> HandOvers:
    """Read which hand-overs were asked for, who decides, and what was decided."""
    ticket = reader_of(request).inner_ticket(ticket_id)
    rows = ticket.hand_over_requests.select_related(*WITH_HAND_OVER)
    return HandOvers(items=[hand_over_shape(row) for row in rows])


@section.post("/{ticket_id}/hand-overs/{request_id}/decide", TicketShape)
def decide(
    request: HttpRequest, ticket_id: IdInPath, request_id: IdInPath, *, body: Decision
) -> TicketShape:
    """Decide a hand-over, as its owner, deputy, or later a supervisor."""
    reader = reader_of(request)
    reader.inner_ticket(ticket_id).hand_over_requests.get(pk=request_id)
    ticket = decide_hand_over(
        request_id,
        answer=Answer(body.answer),
        team=named(Team, body.team, "team"),
        words=body.words,
        by=reader.actor,
    )
    return ticket_shape(ticket, reader)


@section.post("/{ticket_id}/hand-overs/{request_id}/withdraw", TicketShape)
def withdraw_wish(
    request: HttpRequest, ticket_id: IdInPath, request_id: IdInPath, *, body: WhyNot
) -> TicketShape:
    """Take back the wish to hand a ticket over."""
    reader = reader_of(request)
    reader.inner_ticket(ticket_id).hand_over_requests.get(pk=request_id)
    ticket = withdraw_hand_over(request_id, why=body.reason, by=reader.actor)
    return ticket_shape(ticket, reader)


@section.get("/{ticket_id}/tasks", Tasks)
def list_tasks(request: HttpRequest, ticket_id: IdInPath) -> Tasks:
    """Read what others were asked, and what they answered."""
    ticket = reader_of(request).inner_ticket(ticket_id)
    return Tasks(items=[_task(row) for row in ticket.tasks.select_related(*WITH_TASK)])


@section.post("/{ticket_id}/tasks", TaskShape, status=201)
def create_task(
    request: HttpRequest, ticket_id: IdInPath, body: TaskAsked, *, if_match: IfMatch = None
) -> TaskShape:
    """Ask a team or a named expert; the ticket stays where it is."""
    reader = reader_of(request)
    reader.inner_ticket(ticket_id)
    task = ask_others(
        ticket_id,
        kind=TaskKind(body.kind),
        team=named(Team, body.team, "team"),
        person=named(Person, body.person, "person", is_active=True),
        words=body.words,
        version=version_seen(body.version, if_match),
        by=reader.actor,
    )
    return _read(task.pk)


def _reader_of_task(request: HttpRequest, ticket_id: int, task_id: int) -> Reader:
    """Return who asks about a task that is one of a ticket that they may read."""
    reader = reader_of(request)
    reader.inner_ticket(ticket_id).tasks.get(pk=task_id)
    return reader


@section.post("/{ticket_id}/tasks/{task_id}/take", TaskShape)
def take(request: HttpRequest, ticket_id: IdInPath, task_id: IdInPath) -> TaskShape:
    """Deal yourself with what your team was asked."""
    reader = _reader_of_task(request, ticket_id, task_id)
    return _read(take_task(task_id, by=reader.actor).pk)


@section.post("/{ticket_id}/tasks/{task_id}/answer", TaskShape)
def answer(
    request: HttpRequest, ticket_id: IdInPath, task_id: IdInPath, *, body: TaskAnswer
) -> TaskShape:
    """Answer what was asked, or say that it is done."""
    reader = _reader_of_task(request, ticket_id, task_id)
    return _read(answer_task(task_id, words=body.words, by=reader.actor).pk)


@section.post("/{ticket_id}/tasks/{task_id}/withdraw", TaskShape)
def withdraw(
    request: HttpRequest, ticket_id: IdInPath, task_id: IdInPath, *, body: WhyNot
) -> TaskShape:
    """Say that no answer is needed any more."""
    reader = _reader_of_task(request, ticket_id, task_id)
    return _read(withdraw_task(task_id, why=body.reason, by=reader.actor).pk)


@section.post("/{ticket_id}/tasks/{task_id}/credit", TaskShape)
def credit(
    request: HttpRequest, ticket_id: IdInPath, task_id: IdInPath, *, body: Credit
) -> TaskShape:
    """Say whether an answer helped; nobody says it of their own."""
    reader = _reader_of_task(request, ticket_id, task_id)
    return _read(credit_help(task_id, has_helped=body.has_helped, by=reader.actor).pk)


@section.post("/{ticket_id}/expected", TicketShape)
def expect(
    request: HttpRequest, ticket_id: IdInPath, body: Expectation, *, if_match: IfMatch = None
) -> TicketShape:
    """Say when it is expected to be solved; the requester sees the time."""
    reader = reader_of(request)
    reader.ticket(ticket_id)
    ticket = expect_solution(
        ticket_id,
        at=body.at,
        why=body.why,
        version=version_seen(body.version, if_match),
        by=reader.actor,
    )
    return ticket_shape(ticket, reader)


def hand_over_shape(row: HandOverRequest) -> HandOverShape:
    """Return how a hand-over that was asked for looks to a program."""
    deciders = decide_now(row, clock.now()) if row.is_waiting else frozenset()
    people = Person.objects.filter(pk__in=deciders).order_by("name", "pk") if deciders else ()
    return HandOverShape(
        id=row.pk,
        giver=ref(row.giver),
        team=ref(row.team),
        assignee=maybe(person_ref, row.assignee),
        asked_by=maybe(person_ref, row.asked_by),
        asked_at=row.asked_at,
        reason=row.reason,
        tried=row.tried,
        because=row.because,
        opens_at=row.opens_at,
        deciders=[person_ref(person) for person in people],
        answer=row.answer or None,
        answered_by=maybe(person_ref, row.answered_by),
        answered_at=row.answered_at,
        words=row.words,
    )


def _read(task_id: int) -> TaskShape:
    return _task(Task.objects.select_related(*WITH_TASK).get(pk=task_id))


def _task(row: Task) -> TaskShape:
    return TaskShape(
        id=row.pk,
        kind=row.kind,
        team=Ref.to(row.team),
        person=maybe(person_ref, row.person),
        words=row.words,
        asked_by=maybe(person_ref, row.asked_by),
        asked_at=row.asked_at,
        is_open=row.is_open,
        answer=row.answer,
        answered_by=maybe(person_ref, row.answered_by),
        ended_at=row.ended_at,
        has_helped=row.has_helped,
    )
