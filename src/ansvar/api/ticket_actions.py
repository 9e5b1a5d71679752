"""What can be done with a ticket: one endpoint for each command."""

from typing import Annotated, Literal

from django.http import HttpRequest
from pydantic import Field

from ansvar.api.reading import Reader, reader_of
from ansvar.api.sections import Section
from ansvar.api.shapes import Given, Id, IdInPath, Line, Moment, Text, Words
from ansvar.api.ticket_asking import HandOverShape, hand_over_shape
from ansvar.api.ticket_shapes import TicketShape, ticket_shape
from ansvar.api.tickets import IfMatch, UnknownRow, Version, named, version_seen
from ansvar.catalogue.models import ScriptVersion
from ansvar.people.models import Organisation, Person, Team
from ansvar.tickets.commands import (
    assign_ticket,
    change_owner,
    classify_ticket,
    close_ticket,
    confirm_resolution,
    drop_override,
    hand_over_ticket,
    override_priority,
    refuse_resolution,
    reopen_ticket,
    resolve_ticket,
    resume_ticket,
    start_work,
    wait_with_ticket,
)
from ansvar.tickets.decisions import WaitingFor

section = Section("Actions on a ticket")


class OnVersion(Given):
    """An action that needs nothing more; the version may be given."""

    version: Version | None = Field(default=None, description="The version you have seen.")


class Classification(OnVersion):
    """The answers to an impact script."""

    script_version: Id
    answers: list[Annotated[int, Field(ge=0, le=8)]] = Field(
        min_length=1,
        max_length=100,
        description="Numbers of the chosen answers from the first question on, counted from 0.",
        examples=[[0, 2]],
    )


class Override(OnVersion):
    """A priority set by hand."""

    priority: int = Field(ge=1, le=5, examples=[1])
    reason: Words = Field(examples=["The auditors stand at the counter."])


class Assignment(OnVersion):
    """Who works on it."""

    assignee: Id | None = Field(description="Nothing gives it back to the team.")


class HandOver(OnVersion):
    """Which team gets it, and why."""

    team: Id
    reason: Words = Field(examples=["The till works again, the network behind it does not."])
    tried: Text = Field(
        default="", max_length=100_000, description="What was tried; the next team reads it."
    )
    assignee: Id | None = None


class HandedOver(TicketShape):
    """The ticket, and what came of handing it over."""

    given: bool = Field(description="It went at once; else somebody is asked, and it stays.")
    request: HandOverShape | None = Field(description="What is asked, and who decides.")


class OwnerGiven(OnVersion):
    """Who answers for it from now on."""

    owner: Id


class WaitingGiven(OnVersion):
    """What it waits for."""

    waiting_for: Literal["requester", "supplier", "change", "date"]
    supplier: Id | None = Field(
        default=None, description="The organisation, when it waits for a supplier you know."
    )
    note: Text = Field(default="", max_length=250)
    until: Moment | None = None


class Why(OnVersion):
    """A reason."""

    reason: Line = Field(examples=["It stopped again after lunch."])


class Resolution(OnVersion):
    """What helped."""

    resolution: Words = Field(examples=["New print head; 20 labels printed well."])


class Reason(Given):
    """Why it does not work."""

    reason: Words = Field(examples=["Half of the label is still missing."])


def _reader(request: HttpRequest, ticket_id: int) -> Reader:
    """Return whose eyes the request has; answers 404 before a command could say 403.

    Raises: Ticket.DoesNotExist when they may not see the ticket.
    """
    reader = reader_of(request)
    reader.ticket(ticket_id)
    return reader


def _person(pk: int, field: str) -> Person:
    person = Person.objects.filter(pk=pk, is_active=True).first()
    if person is None:
        raise UnknownRow(f"There is no {field} {pk} that can be used here.")
    return person


@section.post("/{ticket_id}/classify", TicketShape)
def classify(
    request: HttpRequest, ticket_id: IdInPath, body: Classification, *, if_match: IfMatch = None
) -> TicketShape:
    """Find the impact by the answers to a script, and with it the priority."""
    reader = _reader(request, ticket_id)
    if not ScriptVersion.objects.filter(pk=body.script_version).exists():
        raise UnknownRow(f"There is no script version {body.script_version}.")
    ticket = classify_ticket(
        ticket_id,
        script_version_id=body.script_version,
        answers=body.answers,
        version=version_seen(body.version, if_match),
        by=reader.actor,
    )
    return ticket_shape(ticket, reader)


@section.post("/{ticket_id}/override-priority", TicketShape)
def override(
    request: HttpRequest, ticket_id: IdInPath, body: Override, *, if_match: IfMatch = None
) -> TicketShape:
    """Set the priority by hand, with the reason."""
    reader = _reader(request, ticket_id)
    ticket = override_priority(
        ticket_id,
        priority=body.priority,
        reason=body.reason,
        version=version_seen(body.version, if_match),
        by=reader.actor,
    )
    return ticket_shape(ticket, reader)


@section.post("/{ticket_id}/drop-override", TicketShape)
def drop(request: HttpRequest, ticket_id: IdInPath) -> TicketShape:
    """Go back to the priority that follows from impact and urgency."""
    reader = _reader(request, ticket_id)
    ticket = drop_override(ticket_id, by=reader.actor)
    return ticket_shape(ticket, reader)


@section.post("/{ticket_id}/assign", TicketShape)
def assign(
    request: HttpRequest, ticket_id: IdInPath, body: Assignment, *, if_match: IfMatch = None
) -> TicketShape:
    """Give it to somebody of the team that holds it, or back to the team."""
    reader = _reader(request, ticket_id)
    ticket = assign_ticket(
        ticket_id,
        to=None if body.assignee is None else _person(body.assignee, "assignee"),
        version=version_seen(body.version, if_match),
        by=reader.actor,
    )
    return ticket_shape(ticket, reader)


@section.post("/{ticket_id}/hand-over", HandedOver)
def hand_over(
    request: HttpRequest, ticket_id: IdInPath, body: HandOver, *, if_match: IfMatch = None
) -> HandedOver:
    """Give it to another team of the desk, or ask whoever decides that.

    Giving it back to a team that has held it, and what the rule of its service says, is asked.
    Who answers for it stays the same.
    """
    reader = _reader(request, ticket_id)
    team = Team.objects.filter(pk=body.team).first()
    if team is None:
        raise UnknownRow(f"There is no team {body.team}.")
    found = hand_over_ticket(
        ticket_id,
        team=team,
        reason=body.reason,
        tried=body.tried,
        assignee=None if body.assignee is None else _person(body.assignee, "assignee"),
        version=version_seen(body.version, if_match),
        by=reader.actor,
    )
    asked = None if found.request is None else hand_over_shape(found.request)
    shape = ticket_shape(found.ticket, reader).model_dump()
    return HandedOver(**shape, given=asked is None, request=asked)


@section.post("/{ticket_id}/owner", TicketShape)
def set_owner(
    request: HttpRequest, ticket_id: IdInPath, body: OwnerGiven, *, if_match: IfMatch = None
) -> TicketShape:
    """Make somebody answer for it until it is closed."""
    reader = _reader(request, ticket_id)
    ticket = change_owner(
        ticket_id,
        to=_person(body.owner, "owner"),
        version=version_seen(body.version, if_match),
        by=reader.actor,
    )
    return ticket_shape(ticket, reader)


@section.post("/{ticket_id}/start", TicketShape)
def start(
    request: HttpRequest,
    ticket_id: IdInPath,
    body: OnVersion | None = None,
    *,
    if_match: IfMatch = None,
) -> TicketShape:
    """Note that work has begun."""
    reader = _reader(request, ticket_id)
    version = version_seen(body.version if body else None, if_match)
    ticket = start_work(ticket_id, version=version, by=reader.actor)
    return ticket_shape(ticket, reader)


@section.post("/{ticket_id}/wait", TicketShape)
def wait(
    request: HttpRequest, ticket_id: IdInPath, body: WaitingGiven, *, if_match: IfMatch = None
) -> TicketShape:
    """Let it wait for the requester, a supplier, a change or a date."""
    reader = _reader(request, ticket_id)
    ticket = wait_with_ticket(
        ticket_id,
        waiting_for=WaitingFor(body.waiting_for),
        supplier=named(Organisation, body.supplier, "supplier", is_active=True),
        note=body.note,
        until=body.until,
        version=version_seen(body.version, if_match),
        by=reader.actor,
    )
    return ticket_shape(ticket, reader)


@section.post("/{ticket_id}/resume", TicketShape)
def resume(
    request: HttpRequest, ticket_id: IdInPath, body: Why, *, if_match: IfMatch = None
) -> TicketShape:
    """End the waiting."""
    reader = _reader(request, ticket_id)
    version = version_seen(body.version, if_match)
    ticket = resume_ticket(ticket_id, why=body.reason, version=version, by=reader.actor)
    return ticket_shape(ticket, reader)


@section.post("/{ticket_id}/resolve", TicketShape)
def resolve(
    request: HttpRequest, ticket_id: IdInPath, body: Resolution, *, if_match: IfMatch = None
) -> TicketShape:
    """Say that it is mended and how; the requester confirms or refuses."""
    reader = _reader(request, ticket_id)
    ticket = resolve_ticket(
        ticket_id,
        resolution=body.resolution,
        version=version_seen(body.version, if_match),
        by=reader.actor,
    )
    return ticket_shape(ticket, reader)


@section.post("/{ticket_id}/confirm", TicketShape)
def confirm(request: HttpRequest, ticket_id: IdInPath) -> TicketShape:
    """Say, as who asked for it, that it works: the ticket is closed."""
    reader = _reader(request, ticket_id)
    ticket = confirm_resolution(ticket_id, by=reader.actor)
    return ticket_shape(ticket, reader)


@section.post("/{ticket_id}/refuse", TicketShape)
def refuse(request: HttpRequest, ticket_id: IdInPath, body: Reason) -> TicketShape:
    """Say, as who asked for it, that it does not work: the ticket goes back to work."""
    reader = _reader(request, ticket_id)
    ticket = refuse_resolution(ticket_id, reason=body.reason, by=reader.actor)
    return ticket_shape(ticket, reader)


@section.post("/{ticket_id}/close", TicketShape)
def close(request: HttpRequest, ticket_id: IdInPath) -> TicketShape:
    """Close a resolved ticket without waiting for the requester."""
    reader = _reader(request, ticket_id)
    ticket = close_ticket(ticket_id, by=reader.actor)
    return ticket_shape(ticket, reader)


@section.post("/{ticket_id}/reopen", TicketShape)
def reopen(
    request: HttpRequest, ticket_id: IdInPath, body: Why, *, if_match: IfMatch = None
) -> TicketShape:
    """Take a resolved or closed ticket up again."""
    reader = _reader(request, ticket_id)
    version = version_seen(body.version, if_match)
    ticket = reopen_ticket(ticket_id, reason=body.reason, version=version, by=reader.actor)
    return ticket_shape(ticket, reader)
