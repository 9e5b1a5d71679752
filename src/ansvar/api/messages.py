"""The conversation of a ticket: what was said on any channel, answers, files."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from pydantic import Field

from ansvar.api.reading import Reader, reader_of
from ansvar.api.sections import Section
from ansvar.api.shapes import Given, IdInPath, PersonRef, Shape, Words
from ansvar.conversations import store
from ansvar.conversations.commands import post_message, write_reply
from ansvar.conversations.models import Attachment, Message
from ansvar.conversations.queries import (
    messages_for_requester,
    messages_of,
    visible_attachment,
)
from ansvar.kernel.rights import may
from ansvar.people.models import Person
from ansvar.tickets.models import Ticket
from ansvar.ui.downloads import download

section = Section("Conversation of a ticket")
files = Section("Files")


class FileShape(Shape):
    """A file on a message."""

    id: int
    name: str = Field(examples=["label.jpg"])
    size: int = Field(examples=[120_400])
    href: str | None = Field(
        description="Nothing for a harmful file, which nobody gets.", examples=["/api/v1/files/7"]
    )
    scan: str = Field(
        description="What the virus scanner said: clean, unscanned, too_large, found; or nothing.",
        examples=["clean"],
    )


class MessageShape(Shape):
    """One utterance between the desk and people outside it."""

    id: int
    direction: str = Field(description="`in`: to the desk; `out`: from it.", examples=["in"])
    channel: str = Field(examples=["email"])
    author: PersonRef | None = Field(description="Nothing when the desk's software wrote it.")
    is_automatic: bool
    text: str
    said_at: datetime
    files: list[FileShape]


class Messages(Shape):
    """All messages of a ticket that you may see, oldest first."""

    items: list[MessageShape]


class MessageGiven(Given):
    """What you want to say."""

    text: Words = Field(examples=["Is it better since lunch?"])


@section.get("/{ticket_id}/messages", Messages)
def list_messages(request: HttpRequest, ticket_id: IdInPath) -> Messages:
    """Read the conversation."""
    reader = reader_of(request)
    ticket = reader.ticket(ticket_id)
    inside = reader.sees_inside(ticket)
    rows = messages_of(ticket) if inside else messages_for_requester(ticket)
    return Messages(items=[message_shape(message) for message in rows])


@section.post("/{ticket_id}/messages", MessageShape, status=201)
def create_message(request: HttpRequest, ticket_id: IdInPath, body: MessageGiven) -> MessageShape:
    """Say something: as an agent to the requester, by mail too; as a party of it to the desk."""
    reader = reader_of(request)
    return message_shape(_say(reader.ticket(ticket_id), body.text, reader))


def _say(ticket: Ticket, text: str, reader: Reader) -> Message:
    if may(reader.actor, "ticket.reply", ticket) and reader.person_id != ticket.requester_id:
        return write_reply(ticket.pk, text=text, by=reader.actor)
    return post_message(ticket.pk, text=text, channel="api", by=reader.actor)


@files.get("/files/{file_id}", Any)
def get_file(request: HttpRequest, file_id: IdInPath) -> HttpResponseBase:
    """Download a file of a message that you may see."""
    person = Person.objects.get(pk=reader_of(request).person_id)
    attachment = visible_attachment(person, file_id)
    if attachment is None:
        raise Attachment.DoesNotExist
    return download(store.pieces_of(attachment.sha256), name=attachment.name, size=attachment.size)


def message_shape(message: Message) -> MessageShape:
    """Return how a message looks to a program."""
    author = message.author
    return MessageShape(
        id=message.pk,
        direction=message.direction,
        channel=message.channel,
        author=PersonRef(id=author.pk, name=author.name) if author else None,
        is_automatic=message.is_automatic,
        text=message.text,
        said_at=message.said_at,
        files=[
            FileShape(
                id=one.pk,
                name=one.name,
                size=one.size,
                href=None if one.is_blocked else f"/api/v1/files/{one.pk}",
                scan=one.scan,
            )
            for one in message.attachments.all()
        ],
    )
