"""Planning by a pattern: people take a duty in turn, looked at before it is written."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from typing_extensions import override

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.kernel import clock
from ansvar.people.models import Desk, Person
from ansvar.people.queries import working_calendar
from ansvar.rota.commands import plan_turns
from ansvar.rota.decisions import MOST_TURNS, Duty, Pattern, PlannedTurn, Step, turns_by
from ansvar.rota.models import DUTY_NAMES, Absence, Turn
from ansvar.rota.queries import turns_between
from ansvar.workbench.admin.framing import carried_out
from ansvar.workbench.reading import DESK_KEY
from ansvar.workbench.rota.choosing import (
    PeopleField,
    day_field,
    duty_choices,
    hour_field,
    offer,
    people_at,
)
from ansvar.workbench.rota.framing import desk_of, in_frame

MOST_PEOPLE = 8
"""Who take turns, in the order in which they stand in the form."""
LONGEST = timedelta(days=MOST_TURNS)


class PatternForm(forms.Form):
    """Who takes which duty in turn, from when to when."""

    duty = forms.ChoiceField(label=gettext_lazy("Duty"), choices=duty_choices)
    step = forms.ChoiceField(
        label=gettext_lazy("Each of them"),
        choices=[(Step.WEEK, gettext_lazy("a week")), (Step.DAY, gettext_lazy("a day"))],
    )
    first = day_field(gettext_lazy("From"))
    last = day_field(gettext_lazy("Until the turn that begins on"))
    change_at = hour_field(gettext_lazy("Change at"))
    until = hour_field(
        gettext_lazy("Days end at"),
        required=False,
        help_text=gettext_lazy("For shifts, such as 17:00 to 22:00. Empty: until the next change."),
    )
    only_open = forms.BooleanField(
        label=gettext_lazy("Days on which the desk works only"), required=False
    )
    skip_taken = forms.BooleanField(
        label=gettext_lazy("Leave out what somebody has already"), required=False
    )
    deputy = PeopleField(label=gettext_lazy("Deputy of all of them"), required=False)

    def __init__(self, desk: Desk, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        numbers = range(1, MOST_PEOPLE + 1)
        for number in numbers:
            label = _("%(n)s. in turn") % {"n": number}
            self.fields[f"person_{number}"] = PeopleField(label=label, required=number == 1)
        in_turn = {f"person_{number}": "–" for number in numbers}
        offer(self, people_at(desk), deputy=_("nobody"), **in_turn)

    @property
    def people_fields(self) -> list[forms.BoundField]:
        """The fields of those who take turns."""
        return [self[f"person_{number}"] for number in range(1, MOST_PEOPLE + 1)]

    @override
    def clean(self) -> dict[str, Any]:
        """Refuse a pattern that ends before it begins, or has no end."""
        chosen: dict[str, Any] = super().clean() or {}
        first, last = chosen.get("first"), chosen.get("last")
        if first and last and last < first:
            self.add_error("last", _("It ends before it begins. Choose a later day."))
        elif first and last and last - first >= LONGEST:
            self.add_error("last", _("That is more than a year. Plan a part of it."))
        return chosen

    def people(self) -> list[Person]:
        """Return those who take turns, in order; the same may come twice."""
        chosen = [self.cleaned_data[field.name] for field in self.people_fields]
        return [person for person in chosen if person is not None]


@dataclass(frozen=True, kw_only=True)
class Previewed:
    """A turn that the pattern would make, and what speaks against it."""

    turn: PlannedTurn
    name: str
    taken_by: str
    """Who has the duty already in a part of that time."""
    is_away: bool


@page("GET", "POST", requires="rota.edit")
def pattern(request: HttpRequest) -> HttpResponse:
    """Plan turns by a pattern: show what it comes to, then write it."""
    desk = desk_of(request, "rota.edit")
    if request.method != "POST":
        return _shown(request, desk, PatternForm(desk, initial=_usual(desk)))
    form = PatternForm(desk, request.POST)
    if not form.is_valid():
        return _shown(request, desk, form, status=422)
    previewed = preview(desk, form)
    wanted = [one.turn for one in previewed if not (one.taken_by and _skips(form))]
    if request.POST.get("do") != "write":
        return _shown(request, desk, form, previewed=previewed)
    made = carried_out(
        form,
        lambda: plan_turns(
            desk.pk,
            Duty(form.cleaned_data["duty"]),
            wanted,
            deputy=form.cleaned_data["deputy"],
            by=actor_of(request),
        ),
    )
    if made is None:
        return _shown(request, desk, form, previewed=previewed, status=422)
    said = ngettext("%(n)s turn is planned.", "%(n)s turns are planned.", len(made))
    messages.success(request, said % {"n": len(made)})
    first = form.cleaned_data["first"].isoformat()
    return redirect(f"{reverse('rota-plan')}?{DESK_KEY}={desk.pk}&from={first}&span=month")


def preview(desk: Desk, form: PatternForm) -> list[Previewed]:
    """Return what the pattern of a form comes to, with what speaks against each turn."""
    chosen, people = form.cleaned_data, form.people()
    planned = turns_by(
        Pattern(
            people=[person.pk for person in people],
            step=Step(chosen["step"]),
            first=chosen["first"],
            last=chosen["last"],
            change_at=chosen["change_at"],
            until=chosen["until"],
            zone=ZoneInfo(desk.calendar.timezone),
            closed=_closed(desk, chosen["first"], chosen["last"]) if chosen["only_open"] else (),
        )
    )
    if not planned:
        return []
    begin, end = planned[0].starts_at, max(turn.ends_at for turn in planned)
    there: list[Turn] = list(turns_between(desk.pk, begin, end).filter(duty=chosen["duty"]))
    absences = list(Absence.objects.filter(person__in=people, starts_at__lt=end, ends_at__gt=begin))
    names = {person.pk: person.name for person in people}
    return [
        Previewed(
            turn=turn,
            name=names[turn.person_id],
            taken_by=next(
                (one.person.name for one in there if turn.meets(one.starts_at, one.ends_at)), ""
            ),
            is_away=any(
                one.person_id == turn.person_id and turn.meets(one.starts_at, one.ends_at)
                for one in absences
            ),
        )
        for turn in planned
    ]


def _closed(desk: Desk, first: date, last: date) -> set[date]:
    """Return the days of a stretch on which the desk does not work."""
    calendar = working_calendar(desk.calendar)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return {day for day in days if not calendar.plan(day).spans}


def _usual(desk: Desk) -> dict[str, Any]:
    """Return what most patterns are: weeks from next Monday, changing at eight."""
    here = clock.now().astimezone(ZoneInfo(desk.calendar.timezone)).date()
    monday = here + timedelta(days=7 - here.weekday())
    last = monday + timedelta(days=8 * 7 - 1)
    return {"first": monday, "last": last, "change_at": time(8), "step": Step.WEEK}


def _skips(form: PatternForm) -> bool:
    return bool(form.cleaned_data["skip_taken"])


def _shown(
    request: HttpRequest,
    desk: Desk,
    form: PatternForm,
    *,
    previewed: list[Previewed] | None = None,
    status: int = 200,
) -> HttpResponse:
    zone = ZoneInfo(desk.calendar.timezone)
    context = {
        "desk": desk,
        "form": form,
        "previewed": previewed,
        "skips": previewed is not None and _skips(form),
        "collisions": sum(bool(one.taken_by) for one in previewed or ()),
        "duty_name": DUTY_NAMES[Duty(form.cleaned_data["duty"])] if previewed else "",
        "zone": desk.calendar.timezone,
        "said": lambda at: formats.date_format(at.astimezone(zone), "D j M Y H:i"),
    }
    return in_frame(request, "pattern.html", context, place="rota-pattern", status=status)
