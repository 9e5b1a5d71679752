"""One turn: made, given to somebody else, swapped, given a deputy, taken away."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.kernel import clock
from ansvar.people.models import Desk
from ansvar.rota.commands import drop_turn, pass_turn, plan_turns, set_deputy, swap_turns
from ansvar.rota.decisions import Duty, PlannedTurn
from ansvar.rota.models import Turn
from ansvar.workbench.admin.framing import carried_out
from ansvar.workbench.reading import DESK_KEY, reader_of
from ansvar.workbench.rota.choosing import (
    PeopleField,
    duty_choices,
    moment_field,
    offer,
    people_at,
)
from ansvar.workbench.rota.framing import desk_of, in_frame

OFFERED = 30
"""Turns of others that are offered for a swap: the next ones of the same duty."""


class NewTurnForm(forms.Form):
    """A single turn."""

    duty = forms.ChoiceField(label=gettext_lazy("Duty"), choices=duty_choices)
    person = PeopleField(label=gettext_lazy("Who"))
    starts_at = moment_field(gettext_lazy("From"))
    ends_at = moment_field(gettext_lazy("To"))
    deputy = PeopleField(label=gettext_lazy("Deputy"), required=False)

    def __init__(self, desk: Desk, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        offer(self, people_at(desk), person="", deputy=_("nobody"))


class TurnForm(forms.Form):
    """Who has a turn, and who does it while they are away."""

    person = PeopleField(label=gettext_lazy("Who"))
    deputy = PeopleField(label=gettext_lazy("Deputy"), required=False)

    def __init__(self, turn: Turn, data: Any = None) -> None:
        super().__init__(data, initial={"person": turn.person_id, "deputy": turn.deputy_id})
        offer(self, people_at(turn.desk), person="", deputy=_("nobody"))


@page("GET", "POST", requires="rota.edit")
def turn_new(request: HttpRequest) -> HttpResponse:
    """Make a single turn."""
    desk = desk_of(request, "rota.edit")
    form = NewTurnForm(desk, request.POST or None, initial={"duty": request.GET.get("duty", "")})
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        planned = PlannedTurn(
            person_id=wanted["person"].pk,
            starts_at=wanted["starts_at"],
            ends_at=wanted["ends_at"],
        )
        duty, deputy = Duty(wanted["duty"]), wanted["deputy"]
        by = actor_of(request)
        made = carried_out(form, lambda: plan_turns(desk.pk, duty, [planned], deputy=deputy, by=by))
        if made is not None:
            messages.success(request, _("The turn is planned."))
            return redirect(_plan_url(made[0]))
    status = 422 if form.errors else 200
    context = {"desk": desk, "form": form}
    return in_frame(request, "turn-new.html", context, place="rota-plan", status=status)


@page("GET", "POST", requires="rota.read")
def turn(request: HttpRequest, turn_id: int) -> HttpResponse:
    """Show a turn, and give it to somebody else or another deputy."""
    row = _turn_of(request, turn_id)
    form = TurnForm(row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, wanted = actor_of(request), form.cleaned_data
        done = carried_out(form, lambda: _changed(row, wanted, by))
        if done is not None:
            messages.success(request, _("The turn is kept."))
            return redirect(_plan_url(row))
    return _turn_page(request, row, form)


@page("POST", requires="rota.read")
def turn_swap(request: HttpRequest, turn_id: int) -> HttpResponse:
    """Swap a turn with another."""
    row, chosen = _turn_of(request, turn_id), request.POST.get("other", "")
    other = _turn_of(request, int(chosen) if chosen.isdecimal() else 0)
    swap_turns(row.pk, other.pk, by=actor_of(request))
    said = _("%(one)s and %(other)s have swapped their turns.")
    messages.success(request, said % {"one": row.person.name, "other": other.person.name})
    return redirect(_plan_url(row))


@page("POST", requires="rota.edit")
def turn_drop(request: HttpRequest, turn_id: int) -> HttpResponse:
    """Take a turn away."""
    row = _turn_of(request, turn_id)
    drop_turn(row.pk, by=actor_of(request))
    messages.success(request, _("The turn is taken away; nobody has it."))
    return redirect(_plan_url(row))


def _changed(row: Turn, wanted: dict[str, Any], by: Any) -> Turn:
    """Carry out what the form of a turn asks for."""
    if wanted["deputy"] != row.deputy and wanted["deputy"] != wanted["person"]:
        set_deputy(row.pk, deputy=wanted["deputy"], by=by)
    return pass_turn(row.pk, to=wanted["person"], by=by)


def _turn_of(request: HttpRequest, turn_id: int) -> Turn:
    rows = Turn.objects.select_related("desk__calendar", "person", "deputy")
    row = rows.filter(pk=turn_id).first()
    if row is None or not reader_of(request).may("rota.read", row.desk):
        raise Http404
    return row


def _turn_page(request: HttpRequest, row: Turn, form: TurnForm) -> HttpResponse:
    reader = reader_of(request)
    may_edit = reader.may("rota.edit", row.desk)
    others = Turn.objects.filter(desk=row.desk, duty=row.duty, ends_at__gt=clock.now())
    context = {
        "desk": row.desk,
        "row": row,
        "form": form,
        "may_edit": may_edit,
        "may_change": may_edit or row.person_id == reader.person.pk,
        "others": others.exclude(person=row.person)
        .select_related("person")
        .order_by("starts_at")[:OFFERED],
        "plan_url": _plan_url(row),
    }
    status = 422 if form.errors else 200
    return in_frame(request, "turn.html", context, place="rota-plan", status=status)


def _plan_url(row: Turn) -> str:
    day = timezone.localtime(row.starts_at).date().isoformat()
    return f"{reverse('rota-plan')}?{DESK_KEY}={row.desk_id}&from={day}"
