"""What is kept with a ticket: notes, links, who takes part, its journal and its holders."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest
from pydantic import Field

from ansvar.api.cursors import decode, encode
from ansvar.api.reading import reader_of
from ansvar.api.sections import Section
from ansvar.api.shapes import (
    USUAL_PER_PAGE,
    Cursor,
    Given,
    Id,
    IdInPath,
    Limit,
    PersonRef,
    Ref,
    Shape,
    Words,
)
from ansvar.api.tickets import UnknownRow
from ansvar.insight.custody_ledger import SpellCost, ledger_of
from ansvar.kernel import clock
from ansvar.kernel.telling import tell
from ansvar.people.models import Person
from ansvar.tickets.commands import (
    add_note,
    add_participant,
    link_tickets,
    remove_participant,
    unlink_tickets,
)
from ansvar.tickets.models import Link, Note, Ticket
from ansvar.tickets.queries import custody_of, timeline_entries

section = Section("What is kept with a ticket")


class NoteShape(Shape):
    """Words among agents."""

    id: int
    author: PersonRef | None
    text: str
    is_attempt: bool = Field(description="It tells what was tried and did not help.")
    written_at: datetime


class Notes(Shape):
    """All notes of a ticket, oldest first."""

    items: list[NoteShape]


class NoteGiven(Given):
    """Words among agents; the requester never sees them."""

    text: Words = Field(examples=["The switch in the cellar was replaced in May."])
    is_attempt: bool = Field(default=False, description="It was tried and did not help.")


class Participants(Shape):
    """Who takes part besides requester and reporter."""

    items: list[PersonRef]


class ParticipantGiven(Given):
    """Somebody who is to take part."""

    person: Id


class LinkedTicket(Shape):
    """The other ticket of a link."""

    id: int
    reference: str
    subject: str
    state: str


class LinkShape(Shape):
    """How a ticket hangs together with another one."""

    id: int
    relation: str = Field(examples=["duplicate"])
    direction: Literal["from_here", "to_here"] = Field(
        description="`from_here`: this ticket is (duplicate of, part of, related to) the other one."
    )
    other: LinkedTicket


class Links(Shape):
    """All links of a ticket to tickets that you may see."""

    items: list[LinkShape]


class LinkGiven(Given):
    """A link to another ticket."""

    other: Id
    relation: Literal["duplicate", "child", "related"] = Field(
        description="This ticket is a duplicate of, a part of, or related to the other one."
    )


class EntryShape(Shape):
    """One thing that happened."""

    id: int
    at: datetime
    fact: str = Field(examples=["ticket.assigned"])
    actor: str = Field(examples=["Sara Nyberg"])
    words: str = Field(examples=["assigned the ticket to Johan Ek"])
    values: dict[str, Any]


class Timeline(Shape):
    """The journal of a ticket, oldest first."""

    items: list[EntryShape]
    next: str | None


class HoldingShape(Shape):
    """A stretch of time in the hands of one team."""

    team: str
    person: str
    started_at: datetime
    seconds: float
    is_bounce: bool
    is_now: bool


class SpellShape(Shape):
    """The time during which one team, and in it one person, held the ticket."""

    team: Ref
    person: PersonRef | None
    started_at: datetime
    ended_at: datetime | None
    is_bounce: bool
    is_lost: bool = Field(description="It came back to a team from before.")
    seconds: float
    working_seconds: float = Field(description="In the hours of the desk.")
    cost: str = Field(description="As far as rates are known.", examples=["412.50"])


class CustodyShape(Shape):
    """Who held a ticket how long."""

    items: list[HoldingShape] = Field(description="Consecutive spells of one team joined.")
    seconds: float
    bounces: int
    lost_seconds: float
    spells: list[SpellShape]
    working_seconds: float
    lost_working_seconds: float
    currency: str = Field(examples=["SEK"])
    cost: str
    lost_cost: str


@section.get("/{ticket_id}/notes", Notes)
def list_notes(request: HttpRequest, ticket_id: IdInPath) -> Notes:
    """Read the notes among agents."""
    ticket = reader_of(request).inner_ticket(ticket_id)
    notes = ticket.notes.select_related("author")
    return Notes(items=[_note(note, note.author) for note in notes])


@section.post("/{ticket_id}/notes", NoteShape, status=201)
def create_note(request: HttpRequest, ticket_id: IdInPath, body: NoteGiven) -> NoteShape:
    """Write a note; the requester never sees it."""
    reader = reader_of(request)
    reader.ticket(ticket_id)
    note = add_note(ticket_id, text=body.text, is_attempt=body.is_attempt, by=reader.actor)
    return _note(note, note.author)


def _note(note: Note, author: Person | None) -> NoteShape:
    return NoteShape(
        id=note.pk,
        author=PersonRef(id=author.pk, name=author.name) if author else None,
        text=note.text,
        is_attempt=note.is_attempt,
        written_at=note.written_at,
    )


@section.get("/{ticket_id}/participants", Participants)
def list_participants(request: HttpRequest, ticket_id: IdInPath) -> Participants:
    """Read who takes part besides requester and reporter."""
    return _participants(reader_of(request).ticket(ticket_id))


@section.post("/{ticket_id}/participants", Participants, status=201)
def create_participant(
    request: HttpRequest, ticket_id: IdInPath, body: ParticipantGiven
) -> Participants:
    """Let somebody read the conversation and take part."""
    reader = reader_of(request)
    ticket = reader.ticket(ticket_id)
    person = Person.objects.filter(pk=body.person, is_active=True).first()
    if person is None:
        raise UnknownRow(f"There is no person {body.person} that can be used here.")
    add_participant(ticket_id, person=person, by=reader.actor)
    return _participants(ticket)


@section.delete("/{ticket_id}/participants/{person_id}")
def delete_participant(request: HttpRequest, ticket_id: IdInPath, person_id: IdInPath) -> None:
    """Let somebody take part no longer."""
    reader = reader_of(request)
    participant = reader.ticket(ticket_id).participants.get(person_id=person_id)
    remove_participant(ticket_id, person=participant.person, by=reader.actor)


def _participants(ticket: Ticket) -> Participants:
    rows = ticket.participants.select_related("person").order_by("person__name", "pk")
    return Participants(items=[PersonRef(id=row.person.pk, name=row.person.name) for row in rows])


@section.get("/{ticket_id}/links", Links)
def list_links(request: HttpRequest, ticket_id: IdInPath) -> Links:
    """Read how the ticket hangs together with others that you may see."""
    reader = reader_of(request)
    ticket = reader.inner_ticket(ticket_id)
    visible = set(
        reader.tickets()
        .filter(pk__in=[*_ends(ticket.links, "other_id"), *_ends(ticket.links_here, "ticket_id")])
        .values_list("pk", flat=True)
    )
    outgoing = ticket.links.select_related("other").order_by("pk")
    incoming = ticket.links_here.select_related("ticket").order_by("pk")
    return Links(
        items=[
            *(_link(row, row.other, "from_here") for row in outgoing if row.other_id in visible),
            *(_link(row, row.ticket, "to_here") for row in incoming if row.ticket_id in visible),
        ]
    )


def _ends(links: Any, field: str) -> list[int]:
    return list(links.values_list(field, flat=True))


def _link(link: Link, other: Ticket, direction: Literal["from_here", "to_here"]) -> LinkShape:
    return LinkShape(
        id=link.pk,
        relation=link.relation,
        direction=direction,
        other=LinkedTicket(
            id=other.pk, reference=other.reference, subject=other.subject, state=other.state
        ),
    )


@section.post("/{ticket_id}/links", LinkShape, status=201)
def create_link(request: HttpRequest, ticket_id: IdInPath, body: LinkGiven) -> LinkShape:
    """Link the ticket to another one."""
    reader = reader_of(request)
    reader.ticket(ticket_id)
    if not reader.tickets().filter(pk=body.other).exists():
        raise UnknownRow(f"There is no ticket {body.other} that you may see.")
    link = link_tickets(
        ticket_id, other_id=body.other, relation=Link.Relation(body.relation), by=reader.actor
    )
    return _link(link, link.other, "from_here")


@section.delete("/{ticket_id}/links/{link_id}")
def delete_link(request: HttpRequest, ticket_id: IdInPath, link_id: IdInPath) -> None:
    """Take a link of this ticket away."""
    reader = reader_of(request)
    link = reader.inner_ticket(ticket_id).links.get(pk=link_id)
    unlink_tickets(link.pk, by=reader.actor)


@section.get("/{ticket_id}/timeline", Timeline)
def list_timeline(
    request: HttpRequest,
    ticket_id: IdInPath,
    *,
    cursor: Cursor = None,
    limit: Limit = USUAL_PER_PAGE,
) -> Timeline:
    """Read everything that happened to the ticket, as the journal has it."""
    ticket = reader_of(request).inner_ticket(ticket_id)
    entries = timeline_entries(ticket.pk)
    if cursor:
        (last_id,) = decode(cursor, int)
        entries = entries.filter(id__gt=last_id)
    rows = list(entries[: limit + 1])
    told = tell(rows[:limit])
    return Timeline(
        items=[
            EntryShape(
                id=one.entry.pk,
                at=one.entry.at,
                fact=one.entry.fact,
                actor=one.actor,
                words=one.words,
                values=one.entry.payload,
            )
            for one in told
        ],
        next=encode(rows[limit - 1].pk) if len(rows) > limit else None,
    )


@section.get("/{ticket_id}/custody", CustodyShape)
def get_custody(request: HttpRequest, ticket_id: IdInPath) -> CustodyShape:
    """Read who held the ticket how long."""
    ticket = reader_of(request).inner_ticket(ticket_id)
    custody, ledger = custody_of(ticket, at=clock.now()), ledger_of(ticket)
    return CustodyShape(
        items=[
            HoldingShape(
                team=holding.team,
                person=holding.person,
                started_at=holding.started_at,
                seconds=holding.held.total_seconds(),
                is_bounce=holding.is_bounce,
                is_now=holding.is_now,
            )
            for holding in custody.holdings
        ],
        seconds=custody.total.total_seconds(),
        bounces=custody.bounces,
        lost_seconds=custody.lost.total_seconds(),
        spells=[_spell(one) for one in ledger.spells],
        working_seconds=ledger.whole.working.total_seconds(),
        lost_working_seconds=ledger.lost.working.total_seconds(),
        currency=ledger.currency,
        cost=_money(ledger.whole.cost),
        lost_cost=_money(ledger.lost.cost),
    )


def _spell(one: SpellCost) -> SpellShape:
    person = None if one.person_id is None else PersonRef(id=one.person_id, name=one.person)
    return SpellShape(
        team=Ref(id=one.team_id, name=one.team),
        person=person,
        started_at=one.started_at,
        ended_at=one.ended_at,
        is_bounce=one.is_bounce,
        is_lost=one.is_lost,
        seconds=one.spent.elapsed.total_seconds(),
        working_seconds=one.spent.working.total_seconds(),
        cost=_money(one.spent.cost),
    )


def _money(cost: Decimal) -> str:
    return f"{cost:.2f}"
