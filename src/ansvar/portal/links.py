"""Answering a resolution by the signed link of its mail, without a log-in.

Opening the link changes nothing: mail programs and their guards open links by themselves.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from ansvar.access.pages import ANYBODY, page
from ansvar.conversations.commands import post_message
from ansvar.conversations.tokens import LinkExpired, LinkInvalid, read_resolution_token
from ansvar.kernel.actor import Actor
from ansvar.people.models import Person
from ansvar.portal.standing import standing_of
from ansvar.portal.tickets import ReasonForm
from ansvar.tickets.commands import confirm_resolution
from ansvar.tickets.decisions import State
from ansvar.tickets.models import Ticket
from ansvar.ui import render


@page("GET", "POST", requires=ANYBODY)
def resolution(request: HttpRequest, token: str) -> HttpResponse:
    """Show what was resolved with two buttons, and do what a pressed one says."""
    try:
        link = read_resolution_token(token)
    except LinkExpired:
        return _closed_door(request, "expired", status=410)
    except LinkInvalid:
        return _closed_door(request, "invalid", status=404)
    ticket = (
        Ticket.objects.select_related("desk", "owner", "requester")
        .filter(pk=link.ticket_id)
        .first()
    )
    if ticket is None or not ticket.requester.is_active:
        return _closed_door(request, "invalid", status=404)
    if not link.is_current(ticket) or ticket.is_open:
        return _closed_door(request, "past", ticket=ticket)
    if request.method == "POST":
        return _answered(request, token, ticket)
    return _page(request, ticket, ReasonForm())


def _answered(request: HttpRequest, token: str, ticket: Ticket) -> HttpResponse:
    requester: Person = ticket.requester
    by = Actor.person(requester.pk, requester.name)
    if request.POST.get("answer") == "yes":
        confirm_resolution(ticket.pk, by=by)
        return redirect("resolution", token)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, ticket, form, status=422)
    if not standing_of(ticket).may_answer and not standing_of(ticket).may_return:
        return _closed_door(request, "late", ticket=ticket, status=409)
    post_message(ticket.pk, text=form.cleaned_data["reason"], channel="link", by=by)
    return redirect("resolution", token)


def _page(
    request: HttpRequest, ticket: Ticket, form: ReasonForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "ticket": ticket,
        "standing": standing_of(ticket),
        "is_closed": ticket.state == State.CLOSED,
        "reason": form,
    }
    return _private(render.page(request, "portal/resolution.html", context, status=status))


def _closed_door(
    request: HttpRequest, why: str, *, ticket: Ticket | None = None, status: int = 200
) -> HttpResponse:
    context = {"why": why, "ticket": ticket}
    return _private(render.page(request, "portal/link-over.html", context, status=status))


def _private(answer: HttpResponse) -> HttpResponse:
    # The address is the key: it must not lie in a cache. It does not travel on: policy same-origin.
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer
