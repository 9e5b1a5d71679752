"""The times of a ticket: all its clocks, why each is due when it is, the level chosen by hand."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.kernel import clock as clocks_of_world
from ansvar.kernel.names import names_of
from ansvar.servicelevels.clock_words import (
    Standing,
    amount,
    glance_at,
    in_order,
    names_wanted,
    state_in_words,
)
from ansvar.servicelevels.commands import NO_LEVEL, choose_level
from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.milestones import Milestone, Spent, milestones, spent_by
from ansvar.servicelevels.decisions.story import Course, Leg
from ansvar.servicelevels.decisions.terms import Measure
from ansvar.servicelevels.explaining_clocks import explain
from ansvar.servicelevels.facts import LevelChosen
from ansvar.servicelevels.queries import agreements_to_choose, level_choice
from ansvar.servicelevels.running import Timed, timed_of
from ansvar.tickets.models import Ticket
from ansvar.ui.wording import duration
from ansvar.workbench.reading import reader_of
from ansvar.workbench.tickets.page import ticket_of
from ansvar.workbench.tickets.panels import carry_out, panel

BY_RULE = "rule"
MILESTONE_NAMES = {
    Milestone.REACTION: gettext_lazy("First reaction"),
    Milestone.ANSWER: gettext_lazy("First answer by a person"),
    Milestone.ASSIGNMENT: gettext_lazy("First assignment"),
    Milestone.RESOLUTION: gettext_lazy("Solution"),
    Milestone.CLOSING: gettext_lazy("Closing"),
}


class LevelForm(forms.Form):
    """Which agreement holds for the ticket, and why."""

    level = forms.ChoiceField(label=gettext_lazy("The agreement that holds"))
    reason = forms.CharField(
        label=gettext_lazy("Why this one"),
        widget=forms.Textarea(attrs={"rows": 3, "data-send": True}),
        help_text=gettext_lazy("It stands in the journal and beside the figures of the level."),
    )

    @property
    def version_id(self) -> int | None:
        """The chosen version; nothing for the one that applies by the rule."""
        chosen = self.cleaned_data["level"]
        return None if chosen == BY_RULE else int(chosen)


@dataclass(frozen=True, kw_only=True)
class Times:
    """A line of a table: what, when, and how long it took."""

    name: str
    at: datetime | None
    working: str
    elapsed: str


@page(requires="service.read")
def clocks(request: HttpRequest, reference: str) -> HttpResponse:
    """Show all clocks of a ticket and the times between its key points."""
    ticket = ticket_of(request, reference)
    told, now = timed_of(ticket), clocks_of_world.now()
    context: dict[str, Any] = {
        "title": _("Times of %(reference)s") % {"reference": ticket.reference},
        "wide": True,
        "told": told,
        "now": now,
        "may_choose": reader_of(request).may("ticket.choose_level", ticket),
    }
    if told is not None:
        context |= _all_of(told, now)
    return panel(request, "clocks", ticket, context)


def _all_of(told: Timed, now: datetime) -> dict[str, Any]:
    names = names_of(names_wanted(told))
    glances = [(run, glance_at(run, names, now=now)) for run in told.runs]
    updates = [pair for pair in glances if pair[1].measure == Measure.UPDATE]
    return {
        "agreement": told.agreement,
        "is_by_hand": told.course.traits_at(None).level is not None,
        "running": in_order(one for _run, one in glances if one.is_running),
        "finished": [
            one for _run, one in glances if not one.is_running and one.measure != Measure.UPDATE
        ],
        "updates": [
            {
                "glance": one,
                "start": run.window.start,
                "end": run.window.stop,
                "team": names.get(("team", run.clock.team_id or 0), ""),
                "is_kept": one.standing is not Standing.MISSED
                and one.standing is not Standing.LATE,
            }
            for run, one in updates
        ],
        "late_updates": sum(one.standing is Standing.MISSED for _run, one in updates),
        **_key_times(told, names, now),
    }


def _key_times(told: Timed, names: Mapping[tuple[str, int], str], now: datetime) -> dict[str, Any]:
    hours = told.hours
    if hours is None:
        return {"key_times": [], "by_state": [], "by_team": []}
    key_times = [
        Times(
            name=str(MILESTONE_NAMES[one.milestone]),
            at=one.at,
            working=amount(one.working),
            elapsed=duration(one.elapsed),
        )
        for one in milestones(told.course, hours)
    ]

    def team_of(leg: Leg) -> str:
        return names.get(("team", leg.team_id or 0), _("nobody"))

    return {
        "key_times": key_times,
        "by_state": _spent(told.course, hours, now=now, key=state_in_words),
        "by_team": _spent(told.course, hours, now=now, key=team_of),
    }


def _spent(
    course: Course, hours: Hours, *, now: datetime, key: Callable[[Leg], str]
) -> list[Times]:
    found: Iterable[tuple[str, Spent]] = spent_by(course, hours, until=now, key=key).items()
    return [
        Times(
            name=name[:1].upper() + name[1:],
            at=None,
            working=amount(spent.working),
            elapsed=duration(spent.elapsed),
        )
        for name, spent in found
    ]


@page(requires="service.read")
def clock(request: HttpRequest, reference: str, *, measure: str, clock_number: int) -> HttpResponse:
    """Explain one clock: why it is due when it is, and who used how much of it."""
    ticket = ticket_of(request, reference)
    told = timed_of(ticket)
    run = told.run(measure, clock_number) if told else None
    if told is None or run is None:
        raise Http404
    chosen = level_choice(ticket.pk) if told.course.traits_at(None).level is not None else None
    fact = chosen.restored if chosen else None
    explained = explain(
        told,
        run,
        now=clocks_of_world.now(),
        reason=fact.reason if isinstance(fact, LevelChosen) else "",
    )
    context = {"title": explained.question, "wide": True, "explained": explained}
    return panel(request, "clock", ticket, context)


@page("GET", "POST", requires="ticket.choose_level")
def level(request: HttpRequest, reference: str) -> HttpResponse:
    """Choose by hand which agreement with customers holds for the ticket."""
    ticket = ticket_of(request, reference)
    told = timed_of(ticket)
    present = told.course.traits_at(None).level if told else None
    form = _level_form(ticket, present, request.POST if request.method == "POST" else None)

    def command(chosen: dict[str, Any]) -> None:
        choose_level(
            ticket.pk, version_id=form.version_id, reason=chosen["reason"], by=actor_of(request)
        )

    def show(now: Ticket, form: forms.Form, status: int = 200) -> HttpResponse:
        context = {
            "title": _("Which agreement holds for %(r)s") % {"r": now.reference},
            "form": form,
            "by_rule": _by_rule(told),
            "present": _present(now, present),
        }
        return panel(request, "level", now, context, status=status)

    if request.method != "POST":
        return show(ticket, form)
    said = _("The agreement is chosen; all clocks were worked out anew.")
    return carry_out(request, reference, form, command, said=said, show=show)


def _level_form(ticket: Ticket, present: int | None, data: Any) -> LevelForm:
    form = LevelForm(data, initial={"level": BY_RULE if present is None else str(present)})
    chooser = form.fields["level"]
    assert isinstance(chooser, forms.ChoiceField)  # noqa: S101 - declared above
    rows = agreements_to_choose(ticket.desk_id, clocks_of_world.now())
    chooser.choices = [
        (BY_RULE, _("The one that applies by the rule")),
        (str(NO_LEVEL), _("None: nothing is promised for this ticket")),
        *((str(row.pk), str(row)) for row in rows),
    ]
    return form


def _by_rule(told: Timed | None) -> str:
    """Say which agreement applies when nobody chooses."""
    found = told.agreement_by_rule if told else None
    return str(found.level) if found else _("no agreement")


def _present(ticket: Ticket, present: int | None) -> dict[str, Any] | None:
    """Return who put the ticket under its level, and why."""
    entry = level_choice(ticket.pk) if present is not None else None
    fact = entry.restored if entry else None
    if entry is None or not isinstance(fact, LevelChosen):
        return None
    return {"who": entry.actor.label, "at": entry.at, "reason": fact.reason}
