"""Service levels: all of a desk's, and the two ways to begin one."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.access.queries import desks_where
from ansvar.catalogue.models import Service
from ansvar.kernel import clock
from ansvar.kernel.rights import may
from ansvar.people.models import Calendar, Desk
from ansvar.people.queries import working_calendar
from ansvar.servicelevels.commands import begin_level, create_level
from ansvar.servicelevels.decisions.amounts import BadAmount, day_of, read_amount
from ansvar.servicelevels.decisions.terms import (
    LevelKind,
    Measure,
    Origin,
    Row,
    Scope,
    Target,
    Terms,
)
from ansvar.servicelevels.models import KIND_NAMES, LevelVersion, ServiceLevel
from ansvar.servicelevels.queries import in_force, levels_with_versions
from ansvar.servicelevels.saying import headed
from ansvar.workbench.admin.framing import carried_out, shown
from ansvar.workbench.admin.level_choices import level_kinds
from ansvar.workbench.finding import on_own_desks

PLACE = "admin-levels"
PRIORITIES = range(1, 6)
USUAL_TIMES = {
    1: ("15 min", "4 h"),
    2: ("30 min", "1 d"),
    3: ("4 h", "3 d"),
    4: ("1 d", "5 d"),
    5: ("2 d", "10 d"),
}
"""Reaction and solution to begin with: half of what people hope for, and more than they get."""


@dataclass(frozen=True, kw_only=True)
class LevelLine:
    """A level as a line of the list."""

    level: ServiceLevel
    present: LevelVersion | None
    """The version in force."""
    coming: LevelVersion | None
    """A version that comes into force later."""
    draft: LevelVersion | None
    review_on: date | None
    is_review_overdue: bool


class SimpleLevelForm(forms.Form):
    """An agreement with customers in a minute: services, two times for each priority, hours."""

    desk = forms.ModelChoiceField(Desk.objects.none(), label=gettext_lazy("Desk"), empty_label=None)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    party = forms.CharField(
        label=gettext_lazy("Agreed with"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Head of pharmacies")}),
    )
    services = forms.ModelMultipleChoiceField(
        Service.objects.none(),
        label=gettext_lazy("Services"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: for every service of the desk."),
    )
    calendar = forms.ModelChoiceField(
        Calendar.objects.all(),
        label=gettext_lazy("Hours"),
        required=False,
        empty_label=gettext_lazy("those of the desk"),
    )
    objective = forms.FloatField(
        label=gettext_lazy("Kept in how many of a hundred cases?"),
        min_value=1,
        max_value=100,
        initial=90,
        help_text=gettext_lazy("People forgive the tenth case when they trust the other nine."),
    )
    pauses = forms.BooleanField(
        label=gettext_lazy("The clocks stand still while a ticket waits for the requester"),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, desks: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _offer(self.fields["desk"], desks)
        rows = Service.objects.filter(desk__in=desks).exclude(state=Service.State.RETIRED)
        _offer(self.fields["services"], rows.order_by("name"))
        for priority in PRIORITIES:
            for name, usual in zip(("reaction", "solution"), USUAL_TIMES[priority], strict=True):
                label = _("Reaction, P%(p)s") if name == "reaction" else _("Solution, P%(p)s")
                self.fields[f"{name}_{priority}"] = forms.CharField(
                    label=label % {"p": priority}, max_length=40, initial=usual, required=False
                )

    @property
    def times(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        """The fields of the two times, by priority."""
        return [(p, self[f"reaction_{p}"], self[f"solution_{p}"]) for p in PRIORITIES]

    @override
    def clean(self) -> dict[str, Any]:
        """Read the times by the chosen hours: a day is a working day."""
        given = super().clean() or {}
        calendar = given.get("calendar") or (given["desk"].calendar if "desk" in given else None)
        day = day_of(working_calendar(calendar)) if calendar else None
        for name in [f"{one}_{p}" for one in ("reaction", "solution") for p in PRIORITIES]:
            text = given.get(name, "")
            if text and day is not None:
                try:
                    given[name] = read_amount(text, day=day)
                except BadAmount as fault:
                    self.add_error(name, str(fault))
        return given

    def wanted(self) -> dict[str, Any]:
        """Return the level as the command takes it."""
        given = self.cleaned_data
        origin = {
            "origin": Origin.AGREED if given["party"] else Origin.ASSUMED,
            "origin_by": given["party"],
            "origin_on": timezone.localdate(clock.now()) if given["party"] else None,
        }
        rows = []
        for priority in PRIORITIES:
            minutes = {
                Measure.REACTION: given[f"reaction_{priority}"],
                Measure.RESOLUTION: given[f"solution_{priority}"],
            }
            targets = {
                measure: Target(minutes=amount, objective=given["objective"], **origin)
                for measure, amount in minutes.items()
                if amount
            }
            if targets:
                rows.append(Row(priorities=frozenset({priority}), targets=targets))
        return {
            "desk": given["desk"],
            "kind": LevelKind.SLA,
            "name": given["name"],
            "party": given["party"],
            "terms": Terms(
                scope=Scope(services=frozenset(service.pk for service in given["services"])),
                rows=tuple(rows),
                pauses=frozenset({"waiting:requester"} if given["pauses"] else ()),
                calendar_id=given["calendar"].pk if given["calendar"] else None,
            ),
        }


class NewLevelForm(forms.Form):
    """A level that is written line by line."""

    desk = forms.ModelChoiceField(Desk.objects.none(), label=gettext_lazy("Desk"), empty_label=None)
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=level_kinds)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    party = forms.CharField(
        label=gettext_lazy("Agreed with"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Who is on the other side: a customer, a team, a supplier."),
    )

    def __init__(self, *args: Any, desks: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _offer(self.fields["desk"], desks)


@page(requires="service.read")
def levels(request: HttpRequest) -> HttpResponse:
    """Show the levels by kind."""
    query = request.GET.get("q", "").strip()
    wanted = on_own_desks(request, "service.read")
    for word in query.split():
        wanted &= Q(name__icontains=word) | Q(party__icontains=word)
    lines = [_line(level) for level in levels_with_versions(wanted)]
    groups = [
        (headed(name), [line for line in lines if line.level.kind == kind])
        for kind, name in KIND_NAMES.items()
    ]
    context = {
        "groups": groups,
        "query": query,
        "has_desks": len({line.level.desk_id for line in lines}) > 1,
        "has_agreements": any(line.level.kind != LevelKind.CARE for line in lines),
        "may_add": may(actor_of(request), "level.edit"),
        "overdue": sum(line.is_review_overdue for line in lines),
    }
    return shown(request, "levels.html", context, place=PLACE)


@page("GET", "POST", requires="level.edit")
def level_begin(request: HttpRequest) -> HttpResponse:
    """Begin with two times for each priority, in force at once."""
    form = SimpleLevelForm(
        request.POST or None, desks=desks_to_edit(request), initial={"name": _("Service level")}
    )
    if request.method == "POST" and form.is_valid():
        made = carried_out(form, lambda: begin_level(by=actor_of(request), **form.wanted()))
        if made is not None:
            words = _("%(name)s is in force for what is opened from now on.")
            messages.success(request, words % {"name": made.level})
            return redirect("admin-level", made.level_id)
    status = 422 if form.errors else 200
    return shown(request, "level-begin.html", {"form": form}, place=PLACE, status=status)


@page("GET", "POST", requires="level.edit")
def level_new(request: HttpRequest) -> HttpResponse:
    """Begin a level of any kind, to be written line by line."""
    initial = {"kind": request.GET.get("kind", LevelKind.SLA)}
    form = NewLevelForm(request.POST or None, desks=desks_to_edit(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        wanted = {**form.cleaned_data, "kind": LevelKind(form.cleaned_data["kind"])}
        made = carried_out(form, lambda: create_level(by=actor_of(request), **wanted))
        if made is not None:
            return redirect("admin-level", made.pk)
    status = 422 if form.errors else 200
    return shown(request, "level-new.html", {"form": form}, place=PLACE, status=status)


def desks_to_edit(request: HttpRequest) -> Any:
    """Return the desks whose levels the reader may write."""
    rows = Desk.objects.filter(is_active=True).select_related("calendar")
    own = desks_where(actor_of(request).person_id or 0, "level.edit")
    return rows if own is None else rows.filter(pk__in=own)


def _offer(field: forms.Field, rows: Any) -> None:
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared so above
    field.queryset = rows


def _line(level: ServiceLevel) -> LevelLine:
    versions = list(level.versions.all())
    now = clock.now()
    present = in_force(versions, now)
    later = [one for one in versions if one.valid_from is not None and one.valid_from > now]
    coming = next((one for one in later if one.valid_until != one.valid_from), None)
    review_on = present.review_on if present else None
    return LevelLine(
        level=level,
        present=present,
        coming=coming,
        draft=next((one for one in versions if one.state == LevelVersion.State.DRAFT), None),
        review_on=review_on,
        is_review_overdue=review_on is not None and review_on < timezone.localdate(now),
    )
