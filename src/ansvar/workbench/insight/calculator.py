"""The calculator: load, handling time and people to the time of reaction that can be held."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ansvar.access.pages import page
from ansvar.insight.decisions.staffing import (
    Load,
    Outlook,
    fewest_people,
    load_of,
    outlook,
    people_needed,
    promised,
)
from ansvar.insight.queries import MeasuredLoad, Scope, measured_load, scope_of, scopes_on
from ansvar.kernel import clock
from ansvar.people.models import Desk
from ansvar.people.queries import calendar_of
from ansvar.ui import render
from ansvar.workbench.insight.framing import InsightPage, in_frame, insight_pages
from ansvar.workbench.insight.saying import plain_number, working_time
from ansvar.workbench.reading import Reader, reader_of

TEMPLATE = "calculator.html"
ROWS = 8
ALL = 99
"""Per cent from which on no more people are shown."""
MORE_LOAD = 1.1
CROWDED = 0.85
"""Occupancy from which on a little more load makes the waits much longer."""
SPREADS = {"alike": 0.5, "scattered": 1.0, "long": 1.5}
"""Variation of handling times by the words for it."""
ASSUMED: Mapping[str, Any] = {
    "load": 40,
    "per": "day",
    "minutes": 25,
    "people": 4,
    "hours": 8,
    "busy": 80,
    "spread": "long",
    "objective": 90,
    "wished": 60,
}
LEFT_OUT = (
    (
        gettext_lazy("Mornings and Mondays."),
        gettext_lazy(
            "The formula knows only the average hour. Played with the usual shape of a day, 81 to"
            " 91 of 100 tickets were taken up in the time computed for 90, with twenty people 72."
            " For a promise that holds in the rush, put in the tickets of the busiest hour."
        ),
    ),
    (
        gettext_lazy("Who gives up."),
        gettext_lazy(
            "At the phone some hang up before they are answered; those who stay then wait less"
            " than computed."
        ),
    ),
    (
        gettext_lazy("Urgent first."),
        gettext_lazy(
            "Here the first to come is the first to be taken. With priorities, urgent tickets"
            " wait less and all others more."
        ),
    ),
    (
        gettext_lazy("Who can do what."),
        gettext_lazy(
            "Everybody is taken to be able to help with everything. A small group of specialists"
            " waits like a small desk."
        ),
    ),
    (
        gettext_lazy("The day on which something big breaks."),
        gettext_lazy("No average prepares for it."),
    ),
)

insight_pages.add("calculator")(
    InsightPage(
        label=gettext_lazy("Calculator"),
        text=gettext_lazy(
            "Which time of reaction can be held with these people, and how many are needed?"
        ),
        icon="scale",
        url_name="insight-calculator",
        requires="service.read",
    )
)


class WhatIfForm(forms.Form):
    """The numbers to play with."""

    load = forms.FloatField(label=gettext_lazy("Tickets"), min_value=0.1, max_value=5000)
    per = forms.ChoiceField(
        label=gettext_lazy("Counted by"),
        choices=[
            ("day", gettext_lazy("a working day")),
            ("hour", gettext_lazy("an hour")),
        ],
    )
    minutes = forms.FloatField(
        label=gettext_lazy("Handling time, minutes"), min_value=1, max_value=2400
    )
    people = forms.IntegerField(label=gettext_lazy("People at work"), min_value=1, max_value=500)
    hours = forms.FloatField(label=gettext_lazy("Open hours of a day"), min_value=0.5, max_value=24)
    busy = forms.IntegerField(
        label=gettext_lazy("Share of their time for tickets, %"), min_value=10, max_value=100
    )
    spread = forms.ChoiceField(
        label=gettext_lazy("Handling times are"),
        choices=[
            ("alike", gettext_lazy("much alike")),
            ("scattered", gettext_lazy("scattered, as Erlang assumed")),
            ("long", gettext_lazy("mostly short, a few very long")),
        ],
    )
    objective = forms.IntegerField(
        label=gettext_lazy("Share to be taken up in time, %"), min_value=50, max_value=99
    )
    wished = forms.FloatField(
        label=gettext_lazy("Wished time of reaction, minutes"), min_value=1, max_value=14400
    )

    def load_asked(self, *, more: float = 1.0) -> Load:
        """Return the load of a valid form, or *more* of it."""
        told = self.cleaned_data
        per_day = told["load"] * (told["hours"] if told["per"] == "hour" else 1)
        return load_of(
            per_day=per_day * more,
            hours_a_day=told["hours"],
            handling=timedelta(minutes=told["minutes"]),
            share_of_time=told["busy"] / 100,
            variation=SPREADS[told["spread"]],
        )


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one number of people could hold."""

    people: int
    busy: int
    time: str
    """Empty when they do not keep up."""
    in_time: int
    """Per cent that are taken up within the wished time."""
    is_now: bool
    is_enough: bool


@page(requires="service.read")
def insight_calculator(request: HttpRequest) -> HttpResponse:
    """Show what people can hold under a load; live, as the numbers are moved."""
    reader = reader_of(request)
    desks = _desks_counted(reader)
    scope = scope_of(request.GET.get("of", ""), desks)
    if render.wants_fragment(request):
        context = {"scope": scope, **_answer(WhatIfForm(request.GET), scope)}
        return render.block(request, f"workbench/insight/{TEMPLATE}", "outlook", context)
    if scope is None and desks:
        scope = Scope(desk=reader.desk if reader.desk in desks else desks[0])
    measured = measured_load(scope, now=clock.now()) if scope else None
    filled = {**ASSUMED, **_counted(measured)}
    form = WhatIfForm(request.GET if "load" in request.GET else filled)
    context = {
        "scope": scope,
        "scopes": scopes_on(scope.desk) if scope else [],
        "other_scopes": [Scope(desk=desk) for desk in desks if scope and desk != scope.desk],
        "form": form,
        "sources": _sources(scope, measured),
        "left_out": LEFT_OUT,
        **_answer(form, scope),
    }
    return in_frame(request, TEMPLATE, context, place="insight-calculator")


def _desks_counted(reader: Reader) -> list[Desk]:
    """Return the desks whose tickets the reader may count: by figures, or one by one."""
    return [
        desk
        for desk in reader.desks
        if reader.may("insight.read", desk) or reader.may("ticket.read", desk)
    ]


def _counted(measured: MeasuredLoad | None) -> dict[str, Any]:
    """Return the numbers of the form that are known."""
    if measured is None:
        return {}
    known = {
        "load": round(measured.per_day, 1),
        "people": measured.people,
        "hours": round(measured.hours_a_day, 1),
    }
    return {name: value for name, value in known.items() if value}


def _sources(scope: Scope | None, measured: MeasuredLoad | None) -> dict[str, tuple[bool, str]]:
    """Say of each number whether it was counted, and from what."""
    sources = {
        "minutes": (False, _("Ansvar does not measure it; ask those who do the work.")),
        "busy": (False, _("The rest goes to meetings, projects and what nobody writes down.")),
    }
    if scope is None or measured is None:
        nothing = (False, _("No desk is known whose tickets you may count."))
        return {**sources, "load": nothing, "people": nothing, "hours": nothing}
    if measured.tickets and measured.days:
        tickets = ngettext("%(n)s ticket", "%(n)s tickets", measured.tickets)
        days = ngettext("%(n)s working day", "the last %(n)s working days", measured.days)
        words = _("%(load)s a working day, from %(tickets)s of %(days)s") % {
            "load": plain_number(measured.per_day),
            "tickets": tickets % {"n": measured.tickets},
            "days": days % {"n": measured.days},
        }
        sources["load"] = (True, words)
    else:
        sources["load"] = (False, _("No ticket has been counted on a working day yet."))
    members = ngettext(
        "%(n)s person works in %(name)s", "%(n)s people work in %(name)s", measured.people
    ) % {"n": measured.people, "name": scope.team.name if scope.team else scope.desk.name}
    sources["people"] = (bool(measured.people), members)
    calendar = calendar_of(scope.team) if scope.team else scope.desk.calendar
    sources["hours"] = (
        bool(measured.hours_a_day),
        _("%(hours)s on average, by the calendar “%(name)s”")
        % {"hours": plain_number(measured.hours_a_day), "name": calendar.name},
    )
    return sources


def _answer(form: WhatIfForm, scope: Scope | None) -> dict[str, Any]:
    """Return what follows from the numbers, for the part of the page that lives."""
    if not form.is_valid():
        return {"faults": form.errors.get_json_data(), "form": form}
    told = form.cleaned_data
    load, share = form.load_asked(), told["objective"] / 100
    day, wished = timedelta(hours=told["hours"]), timedelta(minutes=told["wished"])
    now = outlook(load, told["people"])
    more = outlook(form.load_asked(more=MORE_LOAD), told["people"])
    time = now.time_for(share)
    needed = people_needed(load, within=wished, share=share)
    return {
        "faults": {},
        "form": form,
        "now": now,
        "time": _said(time, day),
        "is_at_once": time is not None and not time,
        "average": working_time(now.average_wait or timedelta(), day),
        "free": round(100 * (1 - now.waiting_share)),
        "busy": round(100 * min(now.occupancy, 9.99)),
        "is_crowded": now.occupancy >= CROWDED,
        "more": _said(more.time_for(share), day),
        "left_over": plain_number(now.left_over_per_hour * told["hours"]),
        "fewest": fewest_people(load),
        "objective": told["objective"],
        "needed": needed,
        "wished": working_time(wished, day),
        "rows": _rows(load, told, needed),
        "sentence": _sentence(scope, told, time),
    }


def _rows(load: Load, told: Mapping[str, Any], needed: int | None) -> list[Row]:
    """Return what numbers of people could hold, from those who just do not keep up."""
    share, wished = told["objective"] / 100, timedelta(minutes=told["wished"])
    first = max(1, fewest_people(load) - 1)
    wanted = {told["people"], *([needed] if needed else [])}
    rows: list[Row] = []
    for number in sorted({*range(first, first + ROWS), *wanted}):
        # From where on all are in time, more people change nothing worth a line.
        if rows and rows[-1].in_time >= ALL and number not in wanted:
            continue
        rows.append(_row(outlook(load, number), told, share=share, wished=wished))
    return rows


def _row(found: Outlook, told: Mapping[str, Any], *, share: float, wished: timedelta) -> Row:
    in_time = found.share_within(wished)
    return Row(
        people=found.people,
        busy=round(100 * min(found.occupancy, 9.99)),
        time=_said(found.time_for(share), timedelta(hours=told["hours"])),
        in_time=int(100 * in_time),
        is_now=found.people == told["people"],
        is_enough=in_time >= share,
    )


def _sentence(scope: Scope | None, told: Mapping[str, Any], time: timedelta | None) -> str:
    """Return the sentence to put into an agreement, or nothing when no time can be held."""
    if time is None:
        return ""
    day = timedelta(hours=told["hours"])
    people = ngettext("%(n)s person is", "%(n)s people are", told["people"])
    return _(
        "%(who)s takes up %(share)s %% of tickets within %(time)s of working time, as long as"
        " no more than %(load)s come in %(per)s and %(people)s at work."
    ) % {
        "who": scope.name if scope else _("The desk"),
        "share": told["objective"],
        "time": working_time(promised(time, day=day), day),
        "load": plain_number(told["load"]),
        "per": _("in an hour") if told["per"] == "hour" else _("on a working day"),
        "people": people % {"n": told["people"]},
    }


def _said(time: timedelta | None, day: timedelta) -> str:
    if time is None:
        return ""
    return working_time(time, day) if time else _("at once")
