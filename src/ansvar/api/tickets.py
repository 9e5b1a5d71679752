"""Tickets: listed, read, opened, changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, cast

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Header, Query
from pydantic import Field

from ansvar.access.middleware import actor_of
from ansvar.api.cursors import decode, encode
from ansvar.api.reading import Reader, reader_of
from ansvar.api.sections import Section
from ansvar.api.shapes import (
    USUAL_PER_PAGE,
    Cursor,
    Given,
    Id,
    IdAsked,
    IdInPath,
    Limit,
    Line,
    Moment,
    SomeGiven,
    Text,
    TextAsked,
)
from ansvar.api.ticket_shapes import TicketPage, TicketShape, ticket_shape, ticket_shapes
from ansvar.catalogue.models import Service
from ansvar.catalogue.small_tables import SERVICES
from ansvar.kernel import prepared
from ansvar.kernel.actor import Actor
from ansvar.kernel.refusal import Refusal
from ansvar.kernel.small_tables import SmallTable, at_one_moment
from ansvar.people.models import Desk, Person, Site
from ansvar.people.small_tables import DESKS, SITES
from ansvar.tickets.commands import edit_ticket, open_ticket, register_afterwards
from ansvar.tickets.decisions import Kind
from ansvar.tickets.models import OPEN_STATES, Ticket

KindGiven = Literal["incident", "request", "question", "complaint", "alarm", "project_work"]
StateAsked = Literal["open", "new", "assigned", "in_work", "waiting", "resolved", "closed"]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=40,
        pattern=r'^(W/)?"?\d{1,9}"?$',
        description="The version you have seen, as in the ETag; another one is refused with 409.",
    ),
]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
SMALL: Mapping[type[Any], SmallTable[Any]] = {Service: SERVICES, Desk: DESKS, Site: SITES}
section = Section("Tickets")


class UnknownRow(Refusal):
    """An id in the body names nothing that can be used here."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """How a list of tickets is ordered."""

    at: str
    """The column of time; a ticket without it is left out."""
    is_falling: bool = False
    is_inner: bool = False
    """Only the desk sees the column."""


ORDERS = {
    "-changed_at": Order(at="changed_at", is_falling=True),
    "changed_at": Order(at="changed_at"),
    "due_at": Order(at="due_at", is_inner=True),
    "update_due_at": Order(at="update_due_at"),
}


class TicketGiven(Given):
    """A matter to take up."""

    desk: Id | None = Field(default=None, description="Its id; follows from the service if given.")
    subject: Line = Field(examples=["Cashier cannot sell"])
    description: Text = Field(default="", max_length=100_000)
    kind: KindGiven = "incident"
    service: Id | None = None
    site: Id | None = Field(default=None, description="Else that of the requester.")
    requester: Id | None = Field(default=None, description="Else whoever asks.")


class TicketRegistered(TicketGiven):
    """A matter on which work began before there was time to write it down."""

    began_at: Moment = Field(description="When work began: at most a week ago.")
    why: Line = Field(examples=["All tills stood still."])
    assignee: Id | None = Field(default=None, description="Who worked on it.")


class TicketChanges(SomeGiven):
    """What to change of a ticket; only the fields that are sent."""

    subject: Line = Field(default="", examples=["Cashier cannot sell since the update"])
    description: Text = Field(default="", max_length=100_000)
    kind: KindGiven = "incident"
    service: Id | None = None
    site: Id | None = None
    requester: Id = 0
    version: Version | None = Field(default=None, description="The version you have seen.")


@section.get("", TicketPage)
def list_tickets(  # noqa: PLR0913 - one parameter per filter
    request: HttpRequest,
    *,
    state: Annotated[StateAsked | None, Query()] = None,
    kind: Annotated[KindGiven | None, Query()] = None,
    desk: IdAsked = None,
    team: IdAsked = None,
    assignee: IdAsked = None,
    owner: IdAsked = None,
    requester: IdAsked = None,
    service: IdAsked = None,
    site: IdAsked = None,
    priority: Annotated[int | None, Query(ge=1, le=5)] = None,
    reference: TextAsked = None,
    q: TextAsked = None,
    changed_since: Annotated[datetime | None, Query()] = None,
    due_before: Annotated[datetime | None, Query()] = None,
    update_due_before: Annotated[datetime | None, Query()] = None,
    order: Annotated[
        Literal["-changed_at", "changed_at", "due_at", "update_due_at"], Query()
    ] = "-changed_at",
    cursor: Cursor = None,
    limit: Limit = USUAL_PER_PAGE,
) -> TicketPage:
    """List the tickets that you may see, the latest changed first.

    To copy tickets elsewhere, walk with `order=changed_at` and begin the next walk with
    `changed_since`. In an order by what is due, tickets without such a time are left out. `q` finds
    words; of a word that very many tickets have, the newest of them.
    """
    reader = reader_of(request)
    wanted: dict[str, Any] = {
        "kind": kind,
        "desk_id": desk,
        "owner_id": owner,
        "requester_id": requester,
        "service_id": service,
        "site_id": site,
        "reference__iexact": reference,
    }
    inner: dict[str, Any] = {"team_id": team, "assignee_id": assignee, "priority": priority}
    if due_before is not None:
        inner["due_at__lt"] = _zoned(due_before)
    if ORDERS[order].is_inner:
        inner["due_at__isnull"] = False
    found = reader.tickets().filter(**{key: v for key, v in wanted.items() if v is not None})
    found = _by_inner(found, reader, {key: v for key, v in inner.items() if v is not None})
    if state is not None:
        found = found.filter(state__in=OPEN_STATES if state == "open" else [state])
    if q is not None and q.strip():
        found = found.filter(pk__in=reader.ids_with(q))
    if changed_since is not None:
        found = found.filter(changed_at__gte=_zoned(changed_since))
    if update_due_before is not None:
        found = found.filter(update_due_at__lt=_zoned(update_due_before))
    tickets, following = _page(found, ORDERS[order], cursor=cursor, limit=limit)
    return TicketPage(items=ticket_shapes(tickets, reader), next=following)


def _by_inner(found: QuerySet[Ticket], reader: Reader, inner: dict[str, Any]) -> QuerySet[Ticket]:
    """Filter by what only the desk sees, among the tickets whose inside the reader sees."""
    if not inner:
        return found
    if reader.desks is not None:
        found = found.filter(Q(desk_id__in=reader.desks) | Q(service_id__in=reader.own_services))
    return found.filter(**inner)


class ZoneMissing(Refusal):
    """A time without its zone means nothing in particular."""


def _zoned(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ZoneMissing("Give the time with its zone, such as 2026-11-24T09:00:00Z.")
    return moment


def _page(
    found: QuerySet[Ticket], order: Order, *, cursor: str | None, limit: int
) -> tuple[list[Ticket], str | None]:
    way, sign = ("lt", "-") if order.is_falling else ("gt", "")
    found = found.filter(**{f"{order.at}__isnull": False})
    if cursor:
        at, pk = decode(cursor, datetime, int)
        found = found.filter(
            Q(**{f"{order.at}__{way}": at}) | Q(**{order.at: at, f"id__{way}": pk})
        )
    rows = list(found.order_by(f"{sign}{order.at}", f"{sign}id")[: limit + 1])
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], encode(getattr(last, order.at), last.pk)


@section.post("", TicketShape, status=201)
def create_ticket(request: HttpRequest, body: TicketGiven) -> TicketShape:
    """Open a ticket, for yourself or, with the right `ticket.open`, for somebody else."""
    actor = actor_of(request)
    with at_one_moment():
        matter = _matter(body, actor)
        ticket = open_ticket(by=actor, **matter)
        known = [matter["requester"], cast("Person", request.user)]
        return ticket_shape(ticket, reader_of(request), known=known)


@section.post("/register-afterwards", TicketShape, status=201, requires="ticket.open")
def register_ticket(request: HttpRequest, body: TicketRegistered) -> TicketShape:
    """Write down what was worked on at once, with its true beginning; it is counted."""
    actor = actor_of(request)
    ticket = register_afterwards(
        began_at=body.began_at,
        why=body.why,
        by=actor,
        assignee=named(Person, body.assignee, "assignee", is_active=True),
        **_matter(body, actor),
    )
    return ticket_shape(ticket, reader_of(request))


def _matter(body: TicketGiven, actor: Actor) -> dict[str, Any]:
    """Return what is known of a matter that a program brings.

    Raises: UnknownRow.
    """
    service = named(Service, body.service, "service", state=Service.State.AGREED)
    desk = named(Desk, body.desk, "desk", is_active=True)
    if desk is None:
        if service is None:
            raise UnknownRow("Name the desk or the service that it is for.")
        desk = DESKS.get(service.desk_id) or service.desk
    if service is not None and service.desk_id != desk.pk:
        raise UnknownRow(f"{service} is not a service of {desk}.")
    requester = named(Person, body.requester or actor.person_id, "requester", is_active=True)
    if requester is None:
        raise UnknownRow("Name the requester.")
    return {
        "desk": desk,
        "requester": requester,
        "subject": body.subject,
        "description": body.description,
        "kind": Kind(body.kind),
        "channel": "api",
        "service": service,
        "site": named(Site, body.site, "site", is_active=True),
    }


def _row(model: type[Any], pk: int, conditions: Mapping[str, Any]) -> Any:
    wanted = {"id": pk, **conditions}
    return prepared.first(
        model, " AND ".join(f'"{name}" = %s' for name in wanted), *wanted.values()
    )


@section.get("/{ticket_id}", TicketShape)
def get_ticket(request: HttpRequest, ticket_id: IdInPath) -> TicketShape:
    """Read a ticket."""
    reader = reader_of(request)
    return ticket_shape(reader.ticket(ticket_id), reader)


@section.patch("/{ticket_id}", TicketShape)
def patch_ticket(
    request: HttpRequest, ticket_id: IdInPath, body: TicketChanges, *, if_match: IfMatch = None
) -> TicketShape:
    """Change subject, description, kind, service, site or requester.

    Another service or site can make another priority. Needs the right `ticket.edit` on the desk.
    """
    reader = reader_of(request)
    reader.ticket(ticket_id)
    wanted = body.changes()
    if "kind" in wanted:
        wanted["kind"] = Kind(wanted["kind"])
    for field, model in (("service", Service), ("site", Site), ("requester", Person)):
        if field in wanted:
            wanted[field] = named(model, wanted[field], field)
    version = version_seen(body.version, if_match)
    ticket = edit_ticket(ticket_id, version=version, by=reader.actor, **wanted)
    return ticket_shape(ticket, reader)


def version_seen(in_body: int | None, if_match: str | None) -> int | None:
    """Return the version that the program has seen, from the body or the If-Match header."""
    if in_body is not None or if_match is None:
        return in_body
    return int(if_match.removeprefix("W/").strip('"'))


def named(model: type[Any], pk: int | None, field: str, **conditions: Any) -> Any:
    """Return the row that a field of the body names, or nothing when it names none.

    Raises: UnknownRow.
    """
    if pk is None:
        return None
    small = SMALL.get(model)
    row = small.get(pk, **conditions) if small else _row(model, pk, conditions)
    if row is None:
        raise UnknownRow(f"There is no {field} {pk} that can be used here.")
    return row
