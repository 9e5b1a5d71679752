"""My tickets: the list, one ticket, and what one can say about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import LOGGED_IN, page
from ansvar.catalogue.queries import published_script
from ansvar.conversations import store
from ansvar.conversations.commands import post_message
from ansvar.conversations.composing import html_of
from ansvar.conversations.models import Attachment, Message
from ansvar.conversations.queries import messages_for_requester, visible_attachment
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.refusal import Refusal
from ansvar.kernel.rights import may
from ansvar.people.decisions import BadAddress
from ansvar.people.models import Person
from ansvar.people.queries import person_by_email
from ansvar.portal.files import FilesField, new_files
from ansvar.portal.reading import (
    in_own_tickets,
    matters,
    own_ticket,
    own_tickets,
    person_of,
    words_of,
)
from ansvar.portal.standing import (
    awaited_by_name,
    how_pressing,
    solved_by,
    standing_of,
    steps_of,
)
from ansvar.servicelevels.promises import promises_of
from ansvar.tickets.commands import (
    add_participant,
    confirm_resolution,
    remove_participant,
)
from ansvar.tickets.decisions import State
from ansvar.tickets.models import OPEN_STATES, Ticket
from ansvar.tickets.queries import timeline_entries
from ansvar.ui import render
from ansvar.ui.downloads import download

PER_PAGE = 20
OPENED = "ticket.opened"
TAKEN_UP = ("ticket.owner_changed", "ticket.assigned", "ticket.work_started")


class SayForm(forms.Form):
    """Words or files for the desk."""

    text = forms.CharField(label=gettext_lazy("Your words"), required=False, max_length=100_000)
    attached = FilesField(label=gettext_lazy("Files"), required=False)


class ReasonForm(forms.Form):
    """Why it does not work."""

    reason = forms.CharField(label=gettext_lazy("What does not work?"), max_length=5_000)


class ColleagueForm(forms.Form):
    """A colleague who is to get updates."""

    email = forms.CharField(label=gettext_lazy("E-mail address of your colleague"), max_length=254)


@dataclass(frozen=True, kw_only=True)
class Speech:
    """One utterance as the portal shows it."""

    name: str
    said_at: datetime
    detail: str
    is_mine: bool
    text: str
    html: str
    files: Sequence[Attachment]


@page(requires=LOGGED_IN)
def ticket_list(request: HttpRequest) -> HttpResponse:
    """List my tickets, open or closed, page by page."""
    person = person_of(request)
    text = request.GET.get("q", "").strip()[:200]
    is_closed = request.GET.get("show") == "closed"
    wanted = [State.CLOSED] if is_closed else [*OPEN_STATES, State.RESOLVED]
    rows = own_tickets(person).order_by("-changed_at", "-id")
    rows = rows.filter(in_own_tickets(text)) if text else rows.filter(state__in=wanted)
    after = _place(request.GET.get("after", ""))
    if after is not None:
        at, pk = after
        rows = rows.filter(Q(changed_at__lt=at) | Q(changed_at=at, id__lt=pk))
    found = list(rows[: PER_PAGE + 1])
    older = ""
    if len(found) > PER_PAGE:
        last = found[PER_PAGE - 1]
        place = f"{last.changed_at.isoformat()}~{last.pk}"
        query = {"show": "closed"} if is_closed else {}
        older = "?" + urlencode(query | ({"q": text} if text else {}) | {"after": place})
    context = {
        "text": text,
        "is_closed": is_closed,
        "matters": matters(found[:PER_PAGE], words_of(text)),
        "older": older,
        "is_first": after is None,
    }
    return render.page(request, "portal/tickets.html", context)


def _place(after: str) -> tuple[datetime, int] | None:
    at, _separator, pk = after.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, int(pk)) if moment.tzinfo is not None else None
    except ValueError:
        return None


@page(requires=LOGGED_IN)
def ticket_page(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one of my tickets, or the part of it that has news."""
    ticket = own_ticket(request, reference)
    part = request.GET.get("part", "")
    if part in {"status", "talk"}:
        return render.block(request, "portal/ticket.html", part, _context(request, ticket))
    return _answer(request, ticket)


def _answer(
    request: HttpRequest, ticket: Ticket, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = _context(request, ticket) | more
    return render.page(request, "portal/ticket.html", context, status=status)


def _context(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    actor = actor_of(request)
    beginnings = list(timeline_entries(ticket.pk).filter(fact__in=[OPENED, *TAKEN_UP]))
    opened = next((entry for entry in beginnings if entry.fact == OPENED), None)
    taken_up = next((entry for entry in beginnings if entry.fact in TAKEN_UP), None)
    standing = standing_of(ticket)
    script = (
        published_script(ticket.desk_id, ticket.service_id)
        if ticket.is_open and not ticket.is_classified
        else None
    )
    rows = ticket.participants.select_related("person").order_by("person__name")
    return {
        "ticket": ticket,
        "standing": standing,
        "steps": steps_of(ticket, taken_up_at=taken_up.at if taken_up else None),
        "speeches": _speeches(ticket, person_of(request), opened.actor if opened else None),
        "participants": [row.person for row in rows],
        "is_chief": may(actor, "ticket.confirm", ticket),
        "solved_by": solved_by(ticket, now=clock.now()),
        "awaited": awaited_by_name(ticket),
        "pressing": how_pressing(ticket),
        "promises": promises_of(ticket, now=clock.now()),
        "has_questions": script is not None,
        "say": SayForm(),
        "reason": ReasonForm(),
        "colleague": ColleagueForm(),
    }


def _speeches(ticket: Ticket, reader: Person, opener: Actor | None) -> list[Speech]:
    said = list(messages_for_requester(ticket))
    speeches = [_speech(message, ticket, reader) for message in said]
    if ticket.description and not (said and said[0].inbound_id):
        # What came by mail is its own first message; what was reported here is the description,
        # and a message without words behind it brings the files of the report.
        files: Sequence[Attachment] = ()
        if speeches and not speeches[0].text and said[0].direction == Message.Direction.IN:
            files = speeches.pop(0).files
        speeches.insert(0, _description(ticket, reader, opener, files=files))
    return speeches


def _description(
    ticket: Ticket, reader: Person, opener: Actor | None, *, files: Sequence[Attachment]
) -> Speech:
    """Return the description as the words of who wrote it: a party, or an agent on the phone."""
    teller = ticket.reporter or ticket.requester
    by_party = opener is None or opener.person_id in {None, ticket.requester_id, teller.pk}
    writer_id = teller.pk if by_party or opener is None else opener.person_id
    return Speech(
        name=teller.name if by_party or opener is None else opener.label,
        said_at=ticket.opened_at,
        detail="" if by_party else _("wrote down what was said"),
        is_mine=writer_id == reader.pk,
        text=ticket.description,
        html="",
        files=files,
    )


def _speech(message: Message, ticket: Ticket, reader: Person) -> Speech:
    is_ours = message.direction == Message.Direction.OUT
    detail = ""
    if message.is_automatic:
        detail = _("automatic message")
    elif is_ours and message.author_id == ticket.owner_id:
        detail = _("answers for your ticket")
    elif not is_ours and message.channel == "email":
        detail = _("by e-mail")
    author = message.author
    return Speech(
        name=author.name if author else ticket.desk.name,
        said_at=message.said_at,
        detail=detail,
        is_mine=author is not None and author.pk == reader.pk,
        text=message.text,
        # Only what the desk wrote is Markdown; a requester's asterisks are asterisks.
        html=html_of(message.text) if is_ours else "",
        # Pictures within a requester's mail are files here: the portal shows no HTML of mails.
        files=[one for one in message.attachments.all() if not (is_ours and one.content_id)],
    )


@page("POST", requires=LOGGED_IN)
def say(request: HttpRequest, reference: str) -> HttpResponse:
    """Add words or files to my ticket."""
    ticket = own_ticket(request, reference)
    form = SayForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            post_message(
                ticket.pk,
                text=form.cleaned_data["text"],
                attachments=new_files(form.cleaned_data["attached"]),
                by=actor_of(request),
            )
        except Refusal as refusal:
            form.add_error("text", str(refusal))
            return _answer(request, ticket, status=refusal.status, say=form)
        messages.success(request, _("Sent. The desk sees it at once."))
        return redirect("portal-ticket", ticket.reference)
    return _answer(request, ticket, status=422, say=form)


@page("POST", requires=LOGGED_IN)
def confirm(request: HttpRequest, reference: str) -> HttpResponse:
    """Say that it works."""
    ticket = own_ticket(request, reference)
    confirm_resolution(ticket.pk, by=actor_of(request))
    messages.success(
        request, _("Good to hear. %(reference)s is closed.") % {"reference": ticket.reference}
    )
    return redirect("portal-ticket", ticket.reference)


@page("POST", requires=LOGGED_IN)
def refuse(request: HttpRequest, reference: str) -> HttpResponse:
    """Say that it does not work, and why."""
    ticket = own_ticket(request, reference)
    form = ReasonForm(request.POST)
    if form.is_valid():
        # Said in the conversation, where it is read; words on a resolved ticket take it up again.
        post_message(ticket.pk, text=form.cleaned_data["reason"], by=actor_of(request))
        messages.success(request, _("Thank you for telling us. We have taken it up again."))
        return redirect("portal-ticket", ticket.reference)
    return _answer(request, ticket, status=422, reason=form)


@page("POST", requires=LOGGED_IN)
def invite(request: HttpRequest, reference: str) -> HttpResponse:
    """Let a colleague get updates."""
    ticket = own_ticket(request, reference)
    form = ColleagueForm(request.POST)
    if form.is_valid():
        colleague = _colleague(form.cleaned_data["email"])
        if colleague is None:
            form.add_error(
                "email", _("We know nobody with this address. Ask us to add them first.")
            )
        elif colleague.pk in {ticket.requester_id, ticket.reporter_id}:
            form.add_error("email", _("%(name)s takes part already.") % {"name": colleague.name})
        else:
            add_participant(ticket.pk, person=colleague, by=actor_of(request))
            messages.success(request, _("%(name)s gets updates now.") % {"name": colleague.name})
            return redirect("portal-ticket", ticket.reference)
    return _answer(request, ticket, status=422, colleague=form)


@page("POST", requires=LOGGED_IN)
def uninvite(request: HttpRequest, reference: str, person_id: int) -> HttpResponse:
    """Let a colleague get updates no longer."""
    ticket = own_ticket(request, reference)
    person = Person.objects.filter(pk=person_id, participations__ticket=ticket).first()
    if person is None:
        raise Http404
    remove_participant(ticket.pk, person=person, by=actor_of(request))
    messages.success(request, _("%(name)s gets no more updates.") % {"name": person.name})
    return redirect("portal-ticket", ticket.reference)


def _colleague(address: str) -> Person | None:
    try:
        person = person_by_email(address)
    except BadAddress:
        return None
    return person if person and person.is_active else None


@page(requires=LOGGED_IN)
def file(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """Download a file of a conversation that I may read."""
    attachment = visible_attachment(person_of(request), file_id)
    if attachment is None:
        raise Http404
    return download(store.pieces_of(attachment.sha256), name=attachment.name, size=attachment.size)
