"""What work on a ticket needs to know, and what of it is known."""

from datetime import datetime

from django.http import HttpRequest
from pydantic import Field

from ansvar.api.catalogue import NeededFactShape, needed_fact_shape
from ansvar.api.messages import MessageShape, message_shape
from ansvar.api.reading import reader_of
from ansvar.api.sections import Section
from ansvar.api.shapes import Given, IdInPath, Shape, Words
from ansvar.conversations.commands import ask_missing
from ansvar.tickets.commands import drop_detail, note_detail
from ansvar.tickets.models import Ticket
from ansvar.tickets.queries import needed_on

section = Section("What is kept with a ticket")


class DetailShape(Shape):
    """Something that is needed, and what is known of it."""

    needed: NeededFactShape
    value: str = Field(description="Empty while it is not known.", examples=["3"])
    is_missing: bool = Field(description="Work cannot begin without it.")
    noted_by: str = Field(description="Empty when it was read from a message.")
    noted_at: datetime | None
    message: int | None = Field(description="The message from which it was read.")


class Details(Shape):
    """All that the ticket's service needs to know, in the order of asking."""

    items: list[DetailShape]


class DetailGiven(Given):
    """What is known."""

    value: Words = Field(examples=["3"])


@section.get("/{ticket_id}/details", Details)
def list_details(request: HttpRequest, ticket_id: IdInPath) -> Details:
    """Read what work on the ticket needs to know, and what of it is known."""
    return _details(reader_of(request).inner_ticket(ticket_id))


@section.patch("/{ticket_id}/details/{needed_id}", Details)
def update_detail(
    request: HttpRequest, ticket_id: IdInPath, needed_id: IdInPath, *, body: DetailGiven
) -> Details:
    """Note what is known of something; the value must fit its kind."""
    reader = reader_of(request)
    ticket = reader.inner_ticket(ticket_id)
    note_detail(ticket_id, needed_id, value=body.value, by=reader.actor)
    return _details(ticket)


@section.delete("/{ticket_id}/details/{needed_id}")
def delete_detail(request: HttpRequest, ticket_id: IdInPath, needed_id: IdInPath) -> None:
    """Take back what was noted of something."""
    reader = reader_of(request)
    reader.inner_ticket(ticket_id)
    drop_detail(ticket_id, needed_id, by=reader.actor)


@section.post("/{ticket_id}/ask-missing", MessageShape, status=201)
def ask_for_missing(request: HttpRequest, ticket_id: IdInPath) -> MessageShape:
    """Ask the requester in one message for all that is missing; the ticket waits for the answer."""
    reader = reader_of(request)
    reader.inner_ticket(ticket_id)
    return message_shape(ask_missing(ticket_id, by=reader.actor))


def _details(ticket: Ticket) -> Details:
    return Details(
        items=[
            DetailShape(
                needed=needed_fact_shape(one.fact),
                value=one.value,
                is_missing=one.is_missing,
                noted_by=one.noted_by,
                noted_at=one.noted_at,
                message=one.message_id,
            )
            for one in needed_on(ticket)
        ]
    )
