"""The queue: views of tickets, with a peek at one of them beside the list."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.catalogue.models import Service
from ansvar.kernel import clock
from ansvar.kernel.composed import Given, composed
from ansvar.servicelevels import clock_words
from ansvar.servicelevels.running import NextDue, next_due_along, next_due_of
from ansvar.tickets import queue
from ansvar.tickets.commands import assign_ticket
from ansvar.tickets.decisions import State
from ansvar.tickets.models import KIND_NAMES, STATE_NAMES, Ticket
from ansvar.tickets.queries import IN_A_LINE, SHOWN_WITH
from ansvar.ui import render
from ansvar.ui.wording import duration
from ansvar.workbench import conversation
from ansvar.workbench.custody import strip_of
from ansvar.workbench.finding import ticket_id_of
from ansvar.workbench.reading import DESK_KEY, Reader, reader_of

TEMPLATE = "workbench/queue.html"
ROWS = "workbench/queue-rows.html"
PAGE_SIZE = 50
NEXT_IN_TEAM = 25
FIRST_VIEW = "needs-you"


class FilterForm(forms.Form):
    """What narrows a view down."""

    text = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=lambda: [("", _("any")), *((str(key), name) for key, name in KIND_NAMES.items())],
    )
    service = forms.ModelChoiceField(
        Service.objects.none(), label=gettext_lazy("Service"), required=False, empty_label="–"
    )
    site = forms.CharField(label=gettext_lazy("Site"), required=False, max_length=100)
    afterwards = forms.BooleanField(label=gettext_lazy("Registered afterwards"), required=False)

    def condition(self) -> Q:
        """Return what the filled fields ask for."""
        chosen = self.cleaned_data if self.is_valid() else {}
        found = Q()
        if text := chosen.get("text"):
            found &= (
                Q(subject__icontains=text)
                | Q(reference__icontains=text)
                | Q(requester__name__icontains=text)
            )
        if kind := chosen.get("kind"):
            found &= Q(kind=kind)
        if service := chosen.get("service"):
            found &= Q(service=service)
        if site := chosen.get("site"):
            found &= Q(site__name__icontains=site)
        if chosen.get("afterwards"):
            found &= Q(registered_at__isnull=False)
        return found


FILTERS = frozenset({"filter", *FilterForm.base_fields})
"""What in an address asks for the form, empty or filled in."""


@dataclass
class Row:
    """One line of the queue."""

    ticket: Ticket
    reader: Reader
    now: datetime = field(default_factory=clock.now)

    @property
    def about(self) -> str:
        """Who asks, and where."""
        site = self.ticket.site
        name = self.ticket.requester.name
        return f"{name} · {site.name}" if site else name

    @property
    def is_mine(self) -> bool:
        """Whether the reader works on it."""
        return self.ticket.assignee_id == self.reader.person.pk

    @property
    def holder(self) -> str:
        """Who works on it."""
        if self.is_mine:
            return _("me")
        return self.ticket.assignee.name if self.ticket.assignee else ""

    @property
    def is_ours(self) -> bool:
        """Whether the reader's hands are the ones it lies in or may be taken by."""
        ticket = self.ticket
        return self.is_mine or (
            ticket.assignee_id is None
            and (
                ticket.team_id in self.reader.viewer.teams
                or ticket.owner_id == self.reader.person.pk
            )
        )

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.ticket.is_open

    @property
    def is_untaken(self) -> bool:
        """Whether it is urgent and nobody works on it."""
        return self.is_open and self.ticket.assignee_id is None and self.ticket.priority == 1

    @property
    def owes_answer(self) -> bool:
        """Whether the requester's last words are unanswered."""
        return self.is_open and self.ticket.requester_spoke_at is not None

    @property
    def unanswered(self) -> str:
        """For how long the requester waits; of a new matter that nobody took, the age says it."""
        spoke = self.ticket.requester_spoke_at
        if not self.owes_answer or spoke is None:
            return ""
        is_new = spoke <= self.ticket.opened_at and self.ticket.assignee_id is None
        return "" if is_new else short(self.now - spoke)

    @property
    def update(self) -> str:
        """For how long somebody waits for words of ours, or until when they were promised some."""
        due_at = self.ticket.update_due_at
        if self.unanswered or due_at is None or not self.is_open:
            return self.unanswered
        left = due_at - self.now
        return short(left) if left <= queue.UPDATE_DUE_WITHIN else ""

    @property
    def update_icon(self) -> tuple[str, str]:
        """The picture before it, and what it says: asked, promised, or late."""
        due_at = self.ticket.update_due_at
        if self.unanswered or due_at is None:
            return "message-circle", _("Waits for an answer since")
        if due_at <= self.now:
            return "alert-triangle", _("Next update is late by")
        return "mail-exclamation", _("Next update due in")

    @property
    def update_tone(self) -> str:
        """Whether the words fall to the reader, by whose hands or team they lie in."""
        if self.unanswered:
            return "amber" if self.is_ours else "muted"
        mine = self.is_mine or self.ticket.team_id in self.reader.viewer.teams
        return "amber" if mine else "muted"

    @cached_property
    def due(self) -> NextDue | None:
        """How far the clock is that runs out next."""
        return next_due_of(self.ticket, now=self.now) if self.is_open else None

    @property
    def state(self) -> str:
        """What stands at the end of the line: time left, a state that stands still, or the age."""
        ticket = self.ticket
        if self.due is not None:
            left = clock_words.short(self.due.left)
            return _("%(over)s late") % {"over": left} if self.due.is_late else left
        if ticket.state == State.WAITING:
            return _("waiting")
        if not ticket.is_open:
            return str(STATE_NAMES[State(ticket.state)])
        if self.is_mine and ticket.state == State.ASSIGNED:
            return _("not begun")
        return short(self.now - ticket.opened_at)

    @property
    def state_why(self) -> str:
        """What the end of the line says, in full."""
        if self.due is None:
            return ""
        values = {
            "left": clock_words.amount(self.due.left),
            "when": clock_words.when(self.due.at, now=self.now),
        }
        if self.due.is_late:
            return _("%(left)s of working time late; it was due at %(when)s") % values
        return _("%(left)s of working time left; due at %(when)s") % values

    @property
    def used(self) -> int | None:
        """How much of the time is used, in per cent."""
        return self.due.percent if self.due else None

    @property
    def state_tone(self) -> str:
        """Whether the end of the line asks for somebody."""
        if self.due is not None:
            soon = "amber" if self.due.percent >= clock_words.SOON else ""
            return "red" if self.due.is_late else soon
        return "amber" if self.is_mine and self.ticket.state == State.ASSIGNED else "muted"


def short(span: timedelta) -> str:
    """Return a span in its largest unit: in a list of many, only the magnitude is read."""
    span = abs(span)
    if span.days:
        return duration(timedelta(days=span.days))
    if span < timedelta(minutes=1):
        return _("now")
    hours, rest = divmod(span.seconds, 3600)
    return duration(timedelta(hours=hours) if hours else timedelta(seconds=rest))


@page(requires="service.read")
def queue_start(request: HttpRequest) -> HttpResponse:
    """Open the view that needs the reader first, on the desk that was chosen."""
    reader_of(request).desk  # noqa: B018 - keeps the chosen desk in the session
    return redirect("queue", FIRST_VIEW)


@page(requires="service.read")
def queue_page(request: HttpRequest, view: str) -> HttpResponse:
    """Show a view of the queue."""
    chosen, reader = _view(view), reader_of(request)
    form = _filter(request) if FILTERS & request.GET.keys() else None
    condition = form.condition() if form else Q()
    place = place_from(request.GET)
    found = queue.page_of(
        chosen,
        reader.viewer,
        reader.desk_id,
        after=place,
        size=PAGE_SIZE,
        condition=condition,
        along=next_due_along,
    )
    rows = [Row(ticket, reader) for ticket in found.tickets]
    following = [] if place or condition else _next_in_team(reader, view, rows)
    first = next(iter([*rows, *following]), None)
    context = {
        "view": chosen,
        "view_key": view,
        "rows": rows,
        "following": following,
        "form": form,
        "is_narrowed": bool(condition),
        "is_later_page": place is not None,
        "more_url": _url(request, found.next) if found.next else "",
        "selected": first.ticket.pk if first else None,
        "queue_manager": (manager := reader.queue_manager),
        "is_queue_manager": manager is not None and manager.person_id == reader.person.pk,
        "count": _count(len(rows), is_all=found.next is None and place is None),
        **(_peek(request, first.ticket.pk) if first else {"ticket": None}),
    }
    if render.wants_fragment(request) and place is not None:
        return render.page(request, ROWS, context)
    return render.page(request, TEMPLATE, context)


@page(requires="service.read")
def queue_filter(request: HttpRequest, view: str) -> HttpResponse:
    """Answer with the form that narrows a view down, which few readers open."""
    _view(view)
    context = {"view_key": view, "form": _filter(request), "is_narrowed": False}
    return render.block(request, TEMPLATE, "filter_form", context)


@page(requires="service.read")
def queue_views(request: HttpRequest) -> HttpResponse:
    """Answer with the column of views and their counts."""
    return render.block(request, TEMPLATE, "left", {"view_key": request.GET.get("view", "")})


@page(requires="service.read")
def queue_peek(request: HttpRequest, reference: str) -> HttpResponse:
    """Answer with a ticket at a glance, for the column beside the list."""
    pk = ticket_id_of(request, reference)
    return render.block(request, TEMPLATE, "peek", _peek(request, pk))


@page("POST", requires="ticket.assign")
def queue_take(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a ticket out of the list for oneself."""
    pk = ticket_id_of(request, reference)
    ticket = assign_ticket(pk, to=reader_of(request).person, by=actor_of(request))
    text = _("%(reference)s is yours.") % {"reference": ticket.reference}
    if not render.wants_fragment(request):
        return redirect("ticket", reference)
    read = Ticket.objects.select_related(*SHOWN_WITH).annotate(**next_due_along())
    ticket = read.get(pk=pk)
    context = {"rows": [Row(ticket, reader_of(request))], "more_url": "", "selected": pk}
    return render.toast(render.page(request, ROWS, context), text)


def place_from(query: QueryDict) -> queue.Place | None:
    """Return the place that a link to more names; a broken one begins at the top."""
    priority, _sep, rest = query.get("after", "").partition("~")
    at, _sep, pk = rest.partition("~")
    moment = parse_datetime(at) if at else None
    if moment is None or not priority.isdigit() or not pk.isdigit():
        return None
    return queue.Place(priority=int(priority), at=moment, id=int(pk))


def _url(request: HttpRequest, place: queue.Place) -> str:
    kept = {
        key: value for key, value in request.GET.items() if key not in {"after", DESK_KEY} and value
    }
    return "?" + urlencode({**kept, "after": f"{place.priority}~{place.at.isoformat()}~{place.id}"})


def _view(key: str) -> queue.View:
    found = queue.views.get(key)
    if found is None:
        raise Http404
    return found


def _filter(request: HttpRequest) -> FilterForm:
    form, reader = FilterForm(request.GET), reader_of(request)
    services = Service.objects.exclude(state=Service.State.RETIRED)
    if reader.desk_id is not None:
        services = services.filter(desk=reader.desk_id)
    elif reader.sight.desks is not None:
        services = services.filter(desk__in=reader.sight.desks)
    chooser = form.fields["service"]
    assert isinstance(chooser, forms.ModelChoiceField)  # noqa: S101 - declared above
    chooser.queryset = services
    return form


def _next_in_team(reader: Reader, view: str, shown: list[Row]) -> list[Row]:
    """Return what else the reader's teams hold and nobody works on, under "Needs you"."""
    if view != FIRST_VIEW or not reader.viewer.teams:
        return []
    already = [row.ticket.pk for row in shown]
    found = queue.page_of(
        queue.IN_TEAMS_NOT_MINE,
        reader.viewer,
        reader.desk_id,
        size=NEXT_IN_TEAM,
        without=already,
        along=next_due_along,
    )
    return [Row(ticket, reader) for ticket in found.tickets]


def _count(shown: int, *, is_all: bool) -> str:
    return str(shown) if is_all else f"{shown}+"


def _peek(request: HttpRequest, pk: int) -> dict[str, object]:
    reader = reader_of(request)
    (ticket,) = _at_a_glance().rows(ticket=pk)
    return {
        "ticket": ticket,
        "row": Row(ticket, reader),
        "custody": strip_of(ticket),
        "last": conversation.last_words(ticket),
        "may_work": reader.may("ticket.work", ticket),
    }


@composed
def _at_a_glance() -> QuerySet[Ticket]:
    read = Ticket.objects.filter(pk=Given("ticket")).annotate(**next_due_along())
    return read.select_related("requester", "site", "team", "assignee", "service__owner").only(
        *IN_A_LINE, "description", "waiting_until", "expected_at", "service__owner__name"
    )
