"""The page of a ticket, its parts, and the answer after something on it has changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ansvar.access.pages import page
from ansvar.conversations.models import Attachment, Message, OutboundMail
from ansvar.kernel import clock
from ansvar.people.models import ContactPoint, Person
from ansvar.people.queries import email_point_of
from ansvar.rota.queries import absence_along
from ansvar.servicelevels.running import timed_of, with_story
from ansvar.servicelevels.stuck import stuck_since
from ansvar.suppliers.queries import names_along as supplier_names_along
from ansvar.suppliers.queries import tasks_along, tasks_on
from ansvar.tickets.asked import asked_along
from ansvar.tickets.decisions import State, next_close
from ansvar.tickets.explaining import why_priority
from ansvar.tickets.models import OPEN_STATES, Draft, Link, Note, Participant, Ticket
from ansvar.tickets.queries import needed_on
from ansvar.ui import render
from ansvar.workbench.conversation import Item, Known, channel_name, story_of
from ansvar.workbench.custody import strip_of
from ansvar.workbench.finding import tickets_seen
from ansvar.workbench.reading import Reader, reader_of
from ansvar.workbench.tickets.answering import answering_on
from ansvar.workbench.tickets.asked import around, names_along, pending_on
from ansvar.workbench.tickets.due import board_of

TEMPLATE = "workbench/tickets/ticket.html"
PARTS = frozenset({"top", "story", "side", "composer"})
TABS = ("reply", "note")
NEAR = 5
"""Open tickets shown of the requester and of the site."""


def ticket_of(request: HttpRequest, reference: str) -> Ticket:
    """Return the ticket of an address with everybody it names, and what its clocks need.

    Raises: Http404, also for a ticket that is not the reader's to see.
    """
    seen = tickets_seen(request).select_related("desk", "team", "service", "site", "stuck")
    found = with_story(seen).annotate(**asked_along(reader_of(request).person.pk), **tasks_along())
    ticket = found.filter(reference=reference.upper()).first()
    if ticket is None:
        raise Http404
    return ticket


@page(requires="service.read")
def ticket_page(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a ticket."""
    ticket = ticket_of(request, reference)
    return render.page(request, TEMPLATE, page_context(request, ticket))


@page(requires="service.read")
def ticket_part(request: HttpRequest, reference: str, part: str) -> HttpResponse:
    """Answer with one part of the page, because the ticket has changed."""
    if part not in PARTS:
        raise Http404
    ticket = ticket_of(request, reference)
    return render.block(request, TEMPLATE, part, page_context(request, ticket))


def changed(
    request: HttpRequest,
    reference: str,
    text: str,
    *,
    undo_url: str = "",
    parts: Iterable[str] = ("top", "story", "side"),
) -> HttpResponse:
    """Answer after a change: the parts that show it, and what was done as a toast.

    Without htmx it is the page again, with the words at its top.
    """
    if not render.wants_fragment(request):
        messages.success(request, text)
        return redirect("ticket", reference)
    ticket = ticket_of(request, reference)
    context = {**page_context(request, ticket), "swapped": True}
    answer = render.blocks(request, TEMPLATE, ["action", *parts], context)
    return render.toast(answer, text, undo_url=undo_url, seconds=ticket.desk.undo_seconds)


def page_context(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    """Return everything that the page of a ticket shows."""
    reader = reader_of(request)
    people = _people_of(ticket)
    known = Known()
    known.add("person", [*people.all, reader.person])
    known.add("team", [ticket.team])
    known.names |= dict(names_along(ticket)) | dict(supplier_names_along(ticket))
    links = _links_of(reader, ticket)
    known.names |= {("ticket", one["ticket"].pk): one["ticket"].reference for one in links}
    notes = list(Note.objects.filter(ticket=ticket).select_related("author"))
    said = _messages_of(ticket)
    near = _near(reader, ticket)
    strip = strip_of(ticket)
    story = story_of(ticket, said, notes, known=known, me=reader.person.pk)
    known.names |= strip.names
    told, now = timed_of(ticket), clock.now()
    tab = request.GET.get("compose", TABS[0])
    return {
        "ticket": ticket,
        "reader": reader,
        "people": people,
        "requester": people.requester,
        "contact_points": list(people.requester.contact_points.all()),
        "strip": strip,
        "story": story,
        "attempts": _attempts(story),
        "pending": pending_on(reader, ticket, now=now),
        "around": around(reader, ticket),
        "at_suppliers": tasks_on(ticket),
        "unregistered": ticket.registered_at - ticket.opened_at if ticket.registered_at else None,
        "board": board_of(told, known, now=now) if told else None,
        "stuck": stuck_since(ticket, told.hours if told else None),
        "why": why_priority(ticket),
        "answering": answering_on(ticket, reader),
        "links": links,
        "needed": needed_on(ticket),
        "near_person": [one for one in near if one.requester_id == ticket.requester_id],
        "near_site": [one for one in near if one.requester_id != ticket.requester_id],
        "drafts": _drafts(reader, ticket),
        "tab": tab if tab in TABS else TABS[0],
        "reply_by": _reply_by(ticket, people.requester, said),
        "closes_at": _closes_at(ticket),
        "supplier": known.names.get(("organisation", ticket.supplier_id or 0), ""),
        "rights": _rights(reader, ticket),
        "now": now,
        "swapped": False,
        "next_states": next_states(ticket),
    }


@dataclass(frozen=True, kw_only=True)
class People:
    """Everybody whom a ticket names."""

    all: list[Person]
    requester: Person
    participants: list[Person]
    service_owner: Person | None


def _people_of(ticket: Ticket) -> People:
    service = ticket.service
    ids = {ticket.requester_id, ticket.reporter_id, ticket.owner_id, ticket.assignee_id}
    if service is not None:
        ids |= {service.owner_id, service.deputy_id}
    takes_part = Participant.objects.filter(ticket=ticket, person=OuterRef("pk"))
    found: list[Any] = list(
        Person.objects.annotate(takes_part=Exists(takes_part), **absence_along(clock.now()))
        .filter(Q(pk__in=ids - {None}) | Q(takes_part=True))
        .select_related("department", "site", "manager")
        .prefetch_related(
            Prefetch(
                "contact_points",
                ContactPoint.objects.filter(person=ticket.requester_id),
            )
        )
    )
    by_id: Mapping[int | None, Person] = {person.pk: person for person in found}
    # Put beside the ids, so that templates ask the database no more.
    ticket.requester = by_id[ticket.requester_id]
    ticket.reporter = by_id.get(ticket.reporter_id)
    ticket.owner = by_id.get(ticket.owner_id)
    ticket.assignee = by_id.get(ticket.assignee_id)
    return People(
        all=found,
        requester=ticket.requester,
        participants=[person for person in found if person.takes_part],
        service_owner=by_id.get(service.owner_id) if service else None,
    )


def _attempts(story: Iterable[Item]) -> list[Item]:
    """Return what was tried, oldest first: what an asked hand-over says is said again by it."""
    first: dict[str, Item] = {}
    for item in story:
        if item.tried:
            first.setdefault(item.tried, item)
    return list(first.values())


def _messages_of(ticket: Ticket) -> list[Message]:
    said = (
        Message.objects.filter(ticket=ticket)
        .exclude(outbound__state=OutboundMail.State.RECALLED)
        .select_related("author", "outbound", "inbound")
        .annotate(
            suggested_reference=F("inbound__suggested__reference"),
            suggested_subject=F("inbound__suggested__subject"),
        )
        .prefetch_related(
            Prefetch("attachments", Attachment.objects.filter(content_id="", is_signature=False))
        )
    )
    return list(said)


def _links_of(reader: Reader, ticket: Ticket) -> list[dict[str, Any]]:
    """Return linked tickets with how they hang together, read from this ticket's side.

    Of a ticket that is not the reader's to see the number and the desk are all that is told.
    """
    other_way = {
        Link.Relation.DUPLICATE: _("has the duplicate"),
        Link.Relation.CHILD: _("has the part"),
        Link.Relation.RELATED: _("related to"),
    }
    rows = Link.objects.filter(Q(ticket=ticket) | Q(other=ticket)).select_related(
        "ticket__service", "ticket__desk", "other__service", "other__desk"
    )
    found = []
    for link in rows:
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


def _near(reader: Reader, ticket: Ticket) -> list[Ticket]:
    """Return other open tickets of the requester and of the site, a few of each, in one query."""
    seen = tickets_seen(reader.request).filter(state__in=OPEN_STATES).exclude(pk=ticket.pk)
    theirs = seen.filter(requester=ticket.requester_id).order_by("priority", "opened_at")[:NEAR]
    wanted = theirs
    if ticket.site_id is not None:
        at_site = seen.filter(site=ticket.site_id).exclude(requester=ticket.requester_id)
        wanted = theirs.union(at_site.order_by("priority", "opened_at")[:NEAR], all=True)
    return sorted(wanted, key=lambda one: (one.priority, one.opened_at))


def _drafts(reader: Reader, ticket: Ticket) -> dict[str, str]:
    places = {draft_place(ticket.pk, tab): tab for tab in TABS}
    rows = Draft.objects.filter(person=reader.person, place__in=places)
    kept = {places[draft.place]: draft.text for draft in rows}
    return {tab: kept.get(tab, "") for tab in TABS}


def draft_place(ticket_id: int, tab: str) -> str:
    """Return where the draft of a ticket's composer is kept."""
    return f"ticket:{ticket_id}:{tab}"


def _reply_by(ticket: Ticket, requester: Person, said: list[Message]) -> dict[str, str]:
    """Say to whom and how a reply goes: as the requester wrote last."""
    came = [message for message in said if message.direction == Message.Direction.IN]
    channel = came[-1].channel if came else ticket.channel
    point = email_point_of(requester)
    return {
        "name": requester.name,
        "how": channel_name(channel) if channel in {"email", "portal"} else "",
        "address": point.address if point else "",
        "failure": point.failure if point and point.failing_since else "",
    }


def _closes_at(ticket: Ticket) -> datetime | None:
    if ticket.state == State.RESOLVED and ticket.resolved_at is not None:
        return next_close(ticket.resolved_at, ticket.desk.quiet_days)
    return None


def _rights(reader: Reader, ticket: Ticket) -> dict[str, bool]:
    asked = (
        "edit", "classify", "override_priority", "assign", "hand_over", "change_owner", "work",
        "note", "reply", "close", "reopen", "link", "choose_level",
    )  # fmt: skip
    found = {name: reader.may(f"ticket.{name}", ticket) for name in asked}
    found["change_owner"] = found["change_owner"] or ticket.owner_id == reader.person.pk
    return found


def next_states(ticket: Ticket) -> frozenset[str]:
    """Return what the state panel offers."""
    state = State(ticket.state)
    offers = {
        State.NEW: {"start", "wait", "resolve"},
        State.ASSIGNED: {"start", "wait", "resolve"},
        State.IN_WORK: {"wait", "resolve"},
        State.WAITING: {"start", "resume", "wait", "resolve"},
        State.RESOLVED: {"close", "reopen"},
        State.CLOSED: {"reopen"},
    }
    return frozenset(offers[state])
