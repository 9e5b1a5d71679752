"""What the page of a ticket shows, gathered with statements that are composed once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
)
from django.utils.translation import gettext as _

from ansvar.conversations.models import Attachment, Message, OutboundMail
from ansvar.kernel import clock
from ansvar.kernel.composed import Given, IdsGiven, among, carry, composed
from ansvar.people.models import Person
from ansvar.people.queries import read_with_points
from ansvar.rota.queries import absence_along
from ansvar.servicelevels.running import with_story
from ansvar.suppliers.queries import tasks_along
from ansvar.tickets.asked import asked_along
from ansvar.tickets.models import OPEN_STATES, Draft, Link, Note, Participant, Ticket
from ansvar.tickets.sight import Reach, Viewer, given_viewer, visible_tickets
from ansvar.workbench.reading import Reader

TABS = ("reply", "note")
NEAR = 5
"""Open tickets shown of the requester and of the site."""


def ticket_called(reference: str, viewer: Viewer) -> Ticket | None:
    """Return a ticket with everybody it names and what its clocks need, if it may be seen."""
    asked = _ticket(viewer.reach_on(None))
    return asked.first(reference=reference, **viewer.values(None))


@composed
def _ticket(reach: Reach) -> QuerySet[Ticket]:
    seen = visible_tickets(given_viewer(reach)).defer("search")
    found = seen.select_related("desk", "team", "service", "site", "stuck")
    person: Any = Given("person")
    told: Any = {**asked_along(person), **tasks_along()}
    return with_story(found).annotate(**told).filter(reference=Given("reference"))


@dataclass(frozen=True, kw_only=True)
class People:
    """Everybody whom a ticket names."""

    all: list[Person]
    requester: Person
    participants: list[Person]
    service_owner: Person | None


def people_of(ticket: Ticket) -> People:
    """Return everybody whom a ticket names, and put them beside the ids of the ticket."""
    service = ticket.service
    ids = {ticket.requester_id, ticket.reporter_id, ticket.owner_id, ticket.assignee_id}
    if service is not None:
        ids |= {service.owner_id, service.deputy_id}
    found: list[Any] = _people().rows(ticket=ticket.pk, people=ids - {None}, now=clock.now())
    by_id: Mapping[int | None, Person] = {person.pk: person for person in found}
    ticket.requester = read_with_points(by_id[ticket.requester_id])
    ticket.reporter = by_id.get(ticket.reporter_id)
    ticket.owner = by_id.get(ticket.owner_id)
    ticket.assignee = by_id.get(ticket.assignee_id)
    return People(
        all=found,
        requester=ticket.requester,
        participants=[person for person in found if person.takes_part],
        service_owner=by_id.get(service.owner_id) if service else None,
    )


@composed
def _people() -> QuerySet[Person]:
    part = Participant.objects.filter(ticket_id=Given("ticket"))
    absence = absence_along(Given("now", DateTimeField()))
    people = Person.objects.annotate(
        takes_part=Exists(part.filter(person=OuterRef("pk"))), **absence
    )
    # By ids, so that they are found by their key: an EXISTS would look at everybody.
    named = among("id", IdsGiven("people")) | among("id", ArraySubquery(part.values("person")))
    read = people.filter(named).defer("search", "password")
    return read.select_related("department", "site", "manager")


def notes_of(ticket: Ticket) -> list[Note]:
    """Return the notes on a ticket with their authors."""
    return _notes().rows(ticket=ticket.pk)


@composed
def _notes() -> QuerySet[Note]:
    notes = Note.objects.filter(ticket_id=Given("ticket")).select_related("author")
    return notes.defer("author__search", "author__password")


def messages_of(ticket: Ticket) -> list[Message]:
    """Return what was said on a ticket, with files that are shown as such."""
    said = _messages().rows(ticket=ticket.pk)
    if said:
        files = _files().rows(messages=[message.pk for message in said])
        carry(said, "attachments", files, by="message_id")
    return said


@composed
def _files() -> QuerySet[Attachment]:
    of_messages = Attachment.objects.filter(among("message_id", IdsGiven("messages")))
    return of_messages.filter(content_id="", is_signature=False)


@composed
def _messages() -> QuerySet[Message]:
    return (
        Message.objects.filter(ticket_id=Given("ticket"))
        .exclude(outbound__state=OutboundMail.State.RECALLED)
        .select_related("author", "outbound", "inbound")
        .defer("author__search", "author__password")
        .annotate(
            suggested_reference=F("inbound__suggested__reference"),
            suggested_subject=F("inbound__suggested__subject"),
        )
    )


def links_of(reader: Reader, ticket: Ticket) -> list[dict[str, Any]]:
    """Return linked tickets with how they hang together, read from this ticket's side.

    Of a ticket that is not the reader's to see the number and the desk are all that is told.
    """
    other_way = {
        Link.Relation.DUPLICATE: _("has the duplicate"),
        Link.Relation.CHILD: _("has the part"),
        Link.Relation.RELATED: _("related to"),
    }
    found = []
    for link in _links().rows(ticket=ticket.pk):
        is_ours = link.ticket_id == ticket.pk
        other = link.other if is_ours else link.ticket
        found.append(
            {
                "pk": link.pk,
                "ticket": other,
                "is_seen": reader.may("ticket.read", other),
                "words": link.get_relation_display()
                if is_ours
                else other_way[Link.Relation(link.relation)],
            }
        )
    return found


@composed
def _links() -> QuerySet[Link]:
    links = Link.objects.filter(Q(ticket_id=Given("ticket")) | Q(other_id=Given("ticket")))
    return links.select_related("ticket__service", "ticket__desk", "other__service", "other__desk")


def near_to(ticket: Ticket, viewer: Viewer) -> list[Ticket]:
    """Return other open tickets of the requester and of the site, a few of each."""
    asked = _near(viewer.reach_on(None))
    found = asked.rows(
        ticket=ticket.pk,
        requester=ticket.requester_id,
        site=ticket.site_id,
        **viewer.values(None),
    )
    return sorted(found, key=lambda one: (one.priority, one.opened_at))


@composed
def _near(reach: Reach) -> QuerySet[Ticket]:
    seen = visible_tickets(given_viewer(reach)).filter(state__in=OPEN_STATES)
    others = seen.filter(~Q(pk=Given("ticket"))).only(
        "reference", "subject", "state", "priority", "opened_at", "requester", "desk"
    )
    theirs = others.filter(requester_id=Given("requester"))
    at_site = others.filter(~Q(requester_id=Given("requester")), site_id=Given("site"))
    order = ("priority", "opened_at")
    return theirs.order_by(*order)[:NEAR].union(at_site.order_by(*order)[:NEAR], all=True)


def drafts_of(person: Person, ticket: Ticket) -> dict[str, str]:
    """Return what somebody has begun to write on a ticket, by the tab of the composer."""
    places = {draft_place(ticket.pk, tab): tab for tab in TABS}
    first, second = places
    rows = _drafts().rows(person=person.pk, first=first, second=second)
    kept = {places[draft.place]: draft.text for draft in rows}
    return {tab: kept.get(tab, "") for tab in TABS}


@composed
def _drafts() -> QuerySet[Draft]:
    here = Q(place=Given("first")) | Q(place=Given("second"))
    return Draft.objects.filter(here, person_id=Given("person"))


def draft_place(ticket_id: int, tab: str) -> str:
    """Return where the draft of a ticket's composer is kept."""
    return f"ticket:{ticket_id}:{tab}"
