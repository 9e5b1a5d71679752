"""How a ticket looks to a program, and what of it only the desk sees."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import Field

from ansvar.api.reading import Names, Reader
from ansvar.api.shapes import PersonRef, Ref, Shape
from ansvar.people.models import Person
from ansvar.tickets.explaining import why_priority
from ansvar.tickets.models import Ticket


class Waiting(Shape):
    """What a ticket waits for."""

    waiting_for: str = Field(examples=["requester"])
    note: str
    until: datetime | None


class DeskSide(Shape):
    """What only those see who read the desk's tickets: holders, weighing, counts."""

    team: Ref
    assignee: PersonRef | None
    impact: int | None = Field(description="1 to 4; nothing until the impact script was answered.")
    urgency: int
    priority: int = Field(description="1 to 5, by the desk's matrix or by hand.", examples=[2])
    is_overridden: bool
    why: list[str] = Field(description="Why it has this priority, in sentences.")
    waiting: Waiting | None
    requester_spoke_at: datetime | None = Field(
        description="The requester's last word that nobody has answered."
    )
    due_at: datetime | None = Field(
        description="When the next target for the work runs out; nothing while none is counted."
    )
    hand_over_count: int
    bounce_count: int


class TicketShape(Shape):
    """One matter, first word to closing."""

    id: int = Field(examples=[1042])
    reference: str = Field(examples=["IT-1042"])
    version: int = Field(description="Counts every change; see If-Match.", examples=[3])
    desk: Ref
    kind: str = Field(examples=["incident"])
    subject: str = Field(examples=["Cashier cannot sell"])
    description: str
    language: str
    channel: str = Field(description="Where it came in.", examples=["email"])
    state: str = Field(examples=["in_work"])
    waits_for_requester: bool
    requester: PersonRef
    reporter: PersonRef | None = Field(description="Who told us, if that is somebody else.")
    owner: PersonRef | None = Field(description="The agent who answers for it until it is closed.")
    service: Ref | None
    site: Ref | None
    resolution: str
    opened_at: datetime
    changed_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    reopen_count: int
    expected_at: datetime | None = Field(
        description="When it is expected to be solved; nothing while nobody has said."
    )
    registered_at: datetime | None = Field(
        description="When it was written down, if work had begun before that; else nothing."
    )
    answer_due_at: datetime | None = Field(
        description="By when the desk promises its first answer; nothing once it was given."
    )
    update_due_at: datetime | None = Field(
        description="By when its people are to hear from the desk, even without news."
    )
    desk_side: DeskSide | None = Field(description="Nothing for those who are only a party.")


class TicketPage(Shape):
    """Some tickets, in order."""

    items: list[TicketShape]
    next: str | None = Field(description="The cursor of the next page, if there is one.")


def ticket_shapes(tickets: Sequence[Ticket], reader: Reader) -> list[TicketShape]:
    """Return how *tickets* look to the reader, with one look-up per kind of name."""
    return _shapes(tickets, reader)


def ticket_shape(ticket: Ticket, reader: Reader, *, known: Iterable[Person] = ()) -> TicketShape:
    """Return how a ticket looks to the reader; *known* are people whose names need no look-up."""
    return _shapes([ticket], reader, known=known)[0]


def _shapes(
    tickets: Sequence[Ticket], reader: Reader, *, known: Iterable[Person] = ()
) -> list[TicketShape]:
    names = Names((pair for ticket in tickets for pair in _named(ticket)), known=known)
    return [_shape(ticket, reader, names) for ticket in tickets]


def _named(ticket: Ticket) -> Iterable[tuple[str, int | None]]:
    yield "desk", ticket.desk_id
    yield "service", ticket.service_id
    yield "site", ticket.site_id
    yield "team", ticket.team_id
    for pk in (ticket.requester_id, ticket.reporter_id, ticket.owner_id, ticket.assignee_id):
        yield "person", pk


def _shape(ticket: Ticket, reader: Reader, names: Names) -> TicketShape:
    return TicketShape(
        id=ticket.pk,
        reference=ticket.reference,
        version=ticket.version,
        desk=names.ref("desk", ticket.desk_id),
        kind=ticket.kind,
        subject=ticket.subject,
        description=ticket.description,
        language=ticket.language,
        channel=ticket.channel,
        state=ticket.state,
        waits_for_requester=ticket.waiting_for == "requester",
        requester=names.person(ticket.requester_id),
        reporter=names.maybe_person(ticket.reporter_id),
        owner=names.maybe_person(ticket.owner_id),
        service=names.maybe("service", ticket.service_id),
        site=names.maybe("site", ticket.site_id),
        resolution=ticket.resolution,
        opened_at=ticket.opened_at,
        changed_at=ticket.changed_at,
        resolved_at=ticket.resolved_at,
        closed_at=ticket.closed_at,
        reopen_count=ticket.reopen_count,
        expected_at=ticket.expected_at,
        registered_at=ticket.registered_at,
        answer_due_at=ticket.answer_due_at,
        update_due_at=ticket.update_due_at,
        desk_side=_desk_side(ticket, names) if reader.sees_inside(ticket) else None,
    )


def _desk_side(ticket: Ticket, names: Names) -> DeskSide:
    waiting = Waiting(
        waiting_for=ticket.waiting_for, note=ticket.waiting_note, until=ticket.waiting_until
    )
    return DeskSide(
        team=names.ref("team", ticket.team_id),
        assignee=names.maybe_person(ticket.assignee_id),
        impact=ticket.impact,
        urgency=ticket.urgency,
        priority=ticket.priority,
        is_overridden=ticket.is_overridden,
        why=why_priority(ticket),
        waiting=waiting if ticket.waiting_for else None,
        requester_spoke_at=ticket.requester_spoke_at,
        due_at=ticket.due_at,
        hand_over_count=ticket.hand_over_count,
        bounce_count=ticket.bounce_count,
    )
