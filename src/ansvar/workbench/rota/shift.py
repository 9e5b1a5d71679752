"""Handing over a shift: what one answers for, to whom, with what the next one has to know."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from typing_extensions import override

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.kernel import clock
from ansvar.people.models import Person
from ansvar.rota.decisions import Duty
from ansvar.rota.models import DUTY_NAMES, Turn
from ansvar.rota.queries import away_among, present_among
from ansvar.tickets.commands.passing import open_tickets_owned_by, pass_ownership, take_back
from ansvar.tickets.decisions import State
from ansvar.tickets.leaving import heirs_of_owned
from ansvar.tickets.models import OPEN_STATES, Passing, Ticket
from ansvar.tickets.queries import SHOWN_WITH
from ansvar.workbench.admin.framing import carried_out
from ansvar.workbench.reading import Reader, reader_of
from ansvar.workbench.rota.choosing import PeopleField, offer
from ansvar.workbench.rota.framing import in_frame

SHOWN = 200
"""Tickets that one looks through one by one; of more, all go together."""
SOON = timedelta(hours=24)
UNDO_WITHIN = timedelta(minutes=10)
RECENT = timedelta(days=2)
"""How long a shift that was handed over is still news."""
PROPOSED = 6
LINE = "line-"


class ShiftForm(forms.Form):
    """To whom, and what has to be known."""

    to = PeopleField(label=gettext_lazy("To whom"), required=False)
    """One of those who are proposed."""
    other = PeopleField(label=gettext_lazy("Somebody else"), required=False)
    words = forms.CharField(
        label=gettext_lazy("What the next one has to know"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4, "data-send": True}),
        help_text=gettext_lazy("Stands as a note on each of them, with the line of each."),
    )

    def heir(self) -> Person | None:
        """Return who was chosen: somebody else goes before those who were proposed."""
        chosen: Person | None = self.cleaned_data.get("other") or self.cleaned_data.get("to")
        return chosen

    @override
    def clean(self) -> dict[str, Any]:
        chosen: dict[str, Any] = super().clean() or {}
        if self.heir() is None and not self.errors:
            self.add_error("other", _("Choose somebody who answers for them from now on."))
        return chosen


@dataclass(frozen=True, kw_only=True)
class Group:
    """Tickets that are due about the same time."""

    title: str
    tone: str
    tickets: list[Ticket]


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Somebody who may take over, and why they are proposed."""

    person: Person
    why: str
    is_here: bool


@page("GET", "POST", requires="ticket.reply")
def shift(request: HttpRequest) -> HttpResponse:
    """Show what one answers for, and hand it over."""
    reader = reader_of(request)
    if request.method != "POST":
        return _shown(request, reader, ShiftForm())
    form = ShiftForm(request.POST)
    offer(form, _may_take(reader), to="", other="")
    chosen = _chosen(request, reader)
    heir = form.heir() if form.is_valid() else None
    if heir is None:
        return _shown(request, reader, form, chosen=chosen)
    lines = {
        int(key.removeprefix(LINE)): str(value)
        for key, value in request.POST.items()
        if key.startswith(LINE) and key.removeprefix(LINE).isdecimal()
    }
    words = form.cleaned_data["words"]
    done = carried_out(
        form,
        lambda: pass_ownership(chosen, to=heir, words=words, lines=lines, by=actor_of(request)),
    )
    if done is None:
        return _shown(request, reader, form, chosen=chosen)
    return redirect("shift-passing", done.pk)


@page(requires="ticket.reply")
def passing(request: HttpRequest, passing_id: int) -> HttpResponse:
    """Show what was handed over in one act, with its note, and how far it has got."""
    row = _passing_of(request, passing_id)
    reader = reader_of(request)
    passed = list(row.tickets.select_related("ticket", "previous")[: SHOWN + 1])
    count = row.tickets.count() if len(passed) > SHOWN else len(passed)
    done = row.tickets.filter(done_at__isnull=False).count() if not row.done_at else count
    context = {
        "row": row,
        "passed": passed[:SHOWN],
        "count": count,
        "done": done,
        "percent": done * 100 // count if count else 100,
        "is_mine": row.made_by_id == reader.person.pk,
        "may_undo": row.made_by_id == reader.person.pk
        and row.undone_at is None
        and clock.now() - row.made_at < UNDO_WITHIN,
        "shown": SHOWN,
    }
    return in_frame(request, "passing.html", context, place="shift")


@page("POST", requires="ticket.reply")
def shift_back(request: HttpRequest, passing_id: int) -> HttpResponse:
    """Take back what was just handed over."""
    row = _passing_of(request, passing_id)
    count = take_back(row.pk, by=actor_of(request))
    said = ngettext(
        "%(n)s ticket is yours to answer for again.",
        "%(n)s tickets are yours to answer for again.",
        count,
    )
    messages.success(request, said % {"n": count})
    return redirect("shift")


def _passing_of(request: HttpRequest, passing_id: int) -> Passing:
    """Return an act in which the reader took part, or on tickets whose owner they may change.

    Raises: Http404.
    """
    row = get_object_or_404(Passing.objects.select_related("giver", "to", "made_by"), pk=passing_id)
    reader = reader_of(request)
    if reader.person.pk in (row.made_by_id, row.giver_id, row.to_id):
        return row
    first = row.tickets.select_related("ticket").first()
    if first is None or not reader.may("ticket.change_owner", first.ticket):
        raise Http404
    return row


def _mine(reader: Reader) -> QuerySet[Ticket]:
    return Ticket.objects.filter(owner=reader.person, state__in=OPEN_STATES)


def _chosen(request: HttpRequest, reader: Reader) -> list[int]:
    """Return the chosen tickets, as far as the reader answers for them."""
    if request.POST.get("everything"):
        return open_tickets_owned_by(reader.person.pk)
    wanted = [int(value) for value in request.POST.getlist("ticket") if value.isdecimal()]
    return list(_mine(reader).filter(pk__in=wanted).values_list("pk", flat=True))


def _shown(
    request: HttpRequest, reader: Reader, form: ShiftForm, *, chosen: Iterable[int] | None = None
) -> HttpResponse:
    now = clock.now()
    mine = list(
        _mine(reader).select_related(*SHOWN_WITH).order_by("priority", "opened_at")[: SHOWN + 1]
    )
    people = _may_take(reader)
    offer(form, people, to="", other="")
    context = {
        "form": form,
        "groups": _groups(mine[:SHOWN], now),
        "count": len(mine) if len(mine) <= SHOWN else _mine(reader).count(),
        "is_all": len(mine) <= SHOWN,
        "shown": SHOWN,
        "chosen": {one.pk for one in mine} if chosen is None else set(chosen),
        "lines": _lines_of(request),
        "proposals": _proposals(reader, people, now),
        "to_me": _recent(now, to=reader.person),
        "by_me": _recent(now, made_by=reader.person),
        "now": now,
        "heir": form["to"].value() or "",
    }
    status = 422 if form.errors else 200
    return in_frame(request, "shift.html", context, place="shift", status=status)


def _lines_of(request: HttpRequest) -> Mapping[str, str]:
    return {key: str(value) for key, value in request.POST.items() if key.startswith(LINE)}


def _may_take(reader: Reader) -> QuerySet[Person]:
    """Return who may answer for all that the reader answers for."""
    return heirs_of_owned(reader.person.pk)


def _recent(now: datetime, **whose: Person) -> QuerySet[Passing]:
    rows = Passing.objects.filter(made_at__gt=now - RECENT, undone_at=None, **whose)
    return rows.select_related("giver", "to", "made_by").order_by("-made_at")[:PROPOSED]


def _groups(tickets: list[Ticket], now: datetime) -> list[Group]:
    """Return the tickets by when they are due; the most pressing group first."""
    titles = {
        "late": (_("Late"), "red"),
        "soon": (_("Due within a day"), "amber"),
        "later": (_("Due later"), ""),
        "none": (_("Without a promised time"), ""),
        "waiting": (_("Waiting"), ""),
    }
    found: dict[str, list[Ticket]] = {key: [] for key in titles}
    for ticket in tickets:
        found[_when(ticket, now)].append(ticket)
    return [
        Group(title=titles[key][0], tone=titles[key][1], tickets=rows)
        for key, rows in found.items()
        if rows
    ]


def _when(ticket: Ticket, now: datetime) -> str:
    due = [at for at in (ticket.due_at, ticket.update_due_at, ticket.answer_due_at) if at]
    if due and min(due) <= now:
        return "late"
    if due and min(due) <= now + SOON:
        return "soon"
    if ticket.state == State.WAITING:
        return "waiting"
    return "later" if due else "none"


def _proposals(reader: Reader, people: QuerySet[Person], now: datetime) -> list[Proposal]:
    """Return who takes over best: who has a duty now or next, then who is here."""
    known = {person.pk: person for person in people}
    for pk in away_among(known, now):
        del known[pk]
    here = present_among(known, now)
    desks = [desk.pk for desk in reader.desks]
    turns = Turn.objects.filter(
        Q(ends_at__gt=now, starts_at__lt=now + SOON), desk__in=desks, person__in=known
    )
    why: dict[int, str] = {}
    for turn in turns.order_by("starts_at", "id"):
        name = DUTY_NAMES[Duty(turn.duty)]
        said = _("%(duty)s now") if turn.starts_at <= now else _("%(duty)s next")
        why.setdefault(turn.person_id, said % {"duty": name})
    for pk in sorted(here, key=lambda pk: known[pk].name):
        why.setdefault(pk, _("is here"))
    return [
        Proposal(person=known[pk], why=reason, is_here=pk in here)
        for pk, reason in list(why.items())[:PROPOSED]
    ]
