"""What stands still: by team, the longest silence first, and why each counts as stuck."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.kernel import clock
from ansvar.people.models import Desk
from ansvar.servicelevels.book import present_book
from ansvar.servicelevels.commands import set_stuck_rule
from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.stuck import Normal, addressee_of
from ansvar.servicelevels.models import Clock
from ansvar.servicelevels.saying import ADDRESSEE_NAMES
from ansvar.servicelevels.stuck import (
    Stuck,
    day_length,
    fixed_by,
    normals_on,
    overdue_waits,
    rule_of,
    stretch_in_words,
    stuck_of,
    stuck_tickets,
)
from ansvar.tickets.decisions import Kind
from ansvar.tickets.models import KIND_NAMES, Ticket
from ansvar.workbench.insight.asking import desks_with_figures
from ansvar.workbench.insight.framing import InsightPage, in_frame, insight_pages
from ansvar.workbench.reading import DESK_KEY, Reader, reader_of

PLACE = "insight-stuck"
SHOWN = 200
"""More than anybody deals with in a day; the longest silences are among them."""

insight_pages.add("stuck")(
    InsightPage(
        label=gettext_lazy("Stuck"),
        text=gettext_lazy("What stands still for longer than is normal, with whom, and why?"),
        icon="hand-stop",
        url_name=PLACE,
        requires="insight.read",
    )
)


class StuckForm(forms.Form):
    """From when a ticket counts as stuck while the desk's history does not tell."""

    days = forms.IntegerField(
        label=gettext_lazy("Working days without anything happening"), min_value=1, max_value=250
    )
    urgent_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes of working time, for P1"), min_value=1, max_value=10_000
    )
    is_watched = forms.BooleanField(
        label=gettext_lazy("Look for tickets that stand still, and remind of them"), required=False
    )


@dataclass(frozen=True, kw_only=True)
class Row:
    """A ticket that stands still."""

    ticket: Ticket
    stuck: Stuck
    next_at: datetime | None
    """When somebody is reminded next."""
    next_to: str


@dataclass(frozen=True, kw_only=True)
class Wait:
    """A ticket that waits for others for longer than was agreed."""

    ticket: Ticket
    supplier: str
    agreed: str
    late: str


@page(requires="insight.read")
def insight_stuck(request: HttpRequest) -> HttpResponse:
    """Show what stands still on a desk."""
    reader = reader_of(request)
    desks, desk = desks_with_figures(reader)
    if desk is None:
        return in_frame(request, "stuck.html", {"desk": None}, place=PLACE)
    return in_frame(request, "stuck.html", _context(reader, desks, desk), place=PLACE)


@page("POST", requires="desk.manage")
def insight_stuck_rule(request: HttpRequest, desk_id: int) -> HttpResponse:
    """Keep the fixed figures of a desk."""
    reader = reader_of(request)
    desks, _chosen = desks_with_figures(reader)
    desk = next((one for one in desks if one.pk == desk_id), None)
    if desk is None:
        raise Http404
    form = StuckForm(request.POST)
    if not form.is_valid():
        context = {**_context(reader, desks, desk), "form": form}
        return in_frame(request, "stuck.html", context, place=PLACE)
    set_stuck_rule(desk.pk, by=actor_of(request), **form.cleaned_data)
    messages.success(request, _("Kept. It counts from the next look, within five minutes."))
    return redirect(f"{reverse(PLACE)}?{DESK_KEY}={desk.pk}")


def _context(reader: Reader, desks: list[Desk], desk: Desk) -> Mapping[str, Any]:
    hours, rule = present_book().hours_of_desk(desk.pk, clock.now()), rule_of(desk)
    tickets = list(stuck_tickets(reader.sight, desk.pk)[: SHOWN + 1])
    rows = [_row(ticket, hours) for ticket in tickets[:SHOWN]]
    fixed = fixed_by(rule, hours)
    day = day_length(hours)
    return {
        "desk": desk,
        "desks": desks,
        "sentence": _sentence(rows, is_all=len(tickets) <= SHOWN),
        "teams": _by_team(rows),
        "waits": _waits(overdue_waits(reader.sight, desk.pk)[:SHOWN], hours, day),
        "normals": _normals(normals_on(desk.pk)),
        "fixed": (stretch_in_words(fixed.usual, day), stretch_in_words(fixed.urgent, day)),
        "rule": rule,
        "has_hours": hours is not None,
        "in_words": lambda amount: stretch_in_words(amount, day),
        "may_set": reader.may("desk.manage", desk),
        "form": StuckForm(initial={name: getattr(rule, name) for name in StuckForm.base_fields}),
    }


def _row(ticket: Ticket, hours: Hours | None) -> Row:
    row = ticket.stuck
    to = addressee_of(row.reminders + 1) if row.next_reminder_at else None
    return Row(
        ticket=ticket,
        stuck=stuck_of(row, hours),
        next_at=row.next_reminder_at,
        next_to=str(ADDRESSEE_NAMES[to]) if to else "",
    )


def _by_team(rows: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    """Return the rows by team: the team with the longest silence first."""
    teams: dict[str, list[Row]] = {}
    for row in rows:
        teams.setdefault(row.ticket.team.name, []).append(row)
    return list(teams.items())


def _waits(clocks: Iterable[Clock], hours: Hours | None, day: int) -> list[Wait]:
    now, found = clock.now(), dict[int, Wait]()
    for one in clocks:
        due_at = one.due_at or now
        late = hours.between(due_at, now) if hours else now - due_at
        # Of a contract and the policy that both ran out, the one that did so first.
        found.setdefault(
            one.ticket_id,
            Wait(
                ticket=one.ticket,
                supplier=one.supplier.name if one.supplier else "",
                agreed=stretch_in_words(one.target, day),
                late=stretch_in_words(late, day),
            ),
        )
    return list(found.values())


def _normals(
    normals: Mapping[tuple[str, int | None], Normal],
) -> list[tuple[str, int | None, Normal]]:
    """Return what is normal by kind, the whole kind before its priorities."""
    order = [str(kind) for kind in Kind]
    keys = sorted(normals, key=lambda key: (order.index(key[0]), key[1] or 0))
    return [(str(KIND_NAMES[Kind(kind)]), priority, normals[kind, priority])
            for kind, priority in keys]  # fmt: skip


def _sentence(rows: list[Row], *, is_all: bool) -> str:
    if not rows:
        return ""
    longest: timedelta = max(row.stuck.stands_for for row in rows)
    values = {"n": len(rows), "longest": stretch_in_words(longest, rows[0].stuck.day)}
    if not is_all:
        return _("More than %(n)s tickets stand still, the longest for %(longest)s.") % values
    return (
        ngettext(
            "%(n)s ticket stands still for longer than is normal: for %(longest)s.",
            "%(n)s tickets stand still for longer than is normal, the longest for %(longest)s.",
            len(rows),
        )
        % values
    )
