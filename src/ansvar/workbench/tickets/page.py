"""The page of a ticket, its parts, and the answer after something on it has changed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from ansvar.access.pages import page
from ansvar.conversations.models import Message
from ansvar.kernel import clock
from ansvar.people.models import Person
from ansvar.people.queries import email_point_of
from ansvar.servicelevels.running import timed_of
from ansvar.servicelevels.stuck import stuck_since
from ansvar.suppliers.queries import names_along as supplier_names_along
from ansvar.suppliers.queries import tasks_on
from ansvar.tickets.decisions import State, next_close
from ansvar.tickets.explaining import why_priority
from ansvar.tickets.models import Ticket
from ansvar.tickets.queries import needed_on
from ansvar.ui import render
from ansvar.workbench.conversation import Item, Known, channel_name, story_of
from ansvar.workbench.custody import strip_of
from ansvar.workbench.reading import Reader, reader_of
from ansvar.workbench.tickets.answering import answering_on
from ansvar.workbench.tickets.asked import around, names_along, pending_on
from ansvar.workbench.tickets.due import board_of
from ansvar.workbench.tickets.gathering import (
    TABS,
    drafts_of,
    links_of,
    messages_of,
    near_to,
    notes_of,
    people_of,
    ticket_called,
)

TEMPLATE = "workbench/tickets/ticket.html"
PARTS = frozenset({"top", "story", "side", "composer"})


def ticket_of(request: HttpRequest, reference: str) -> Ticket:
    """Return the ticket of an address with everybody it names, and what its clocks need.

    Raises: Http404, also for a ticket that is not the reader's to see.
    """
    ticket = ticket_called(reference.upper(), reader_of(request).sight)
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
    people = people_of(ticket)
    known = Known()
    known.add("person", [*people.all, reader.person])
    known.add("team", [ticket.team])
    known.names |= dict(names_along(ticket)) | dict(supplier_names_along(ticket))
    links = links_of(reader, ticket)
    known.names |= {("ticket", one["ticket"].pk): one["ticket"].reference for one in links}
    notes, said, near = notes_of(ticket), messages_of(ticket), near_to(ticket, reader.sight)
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
        "drafts": drafts_of(reader.person, ticket),
        "tab": tab if tab in TABS else TABS[0],
        "reply_by": _reply_by(ticket, people.requester, said),
        "closes_at": _closes_at(ticket),
        "supplier": known.names.get(("organisation", ticket.supplier_id or 0), ""),
        "rights": _rights(reader, ticket),
        "now": now,
        "swapped": False,
        "next_states": next_states(ticket),
    }


def _attempts(story: Iterable[Item]) -> list[Item]:
    """Return what was tried, oldest first: what an asked hand-over says is said again by it."""
    first: dict[str, Item] = {}
    for item in story:
        if item.tried:
            first.setdefault(item.tried, item)
    return list(first.values())


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
