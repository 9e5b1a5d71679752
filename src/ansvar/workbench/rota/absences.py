"""Being away: from when to when, who stands in, what becomes of what one answers for."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.kernel import clock
from ansvar.people.leaving import Left, matters
from ansvar.people.models import Person
from ansvar.rota.commands import announce_absence, end_absence
from ansvar.rota.commands.absences import left_at_absence
from ansvar.rota.decisions import Reason
from ansvar.rota.models import REASON_NAMES, Absence
from ansvar.workbench.admin.framing import carried_out
from ansvar.workbench.reading import reader_of
from ansvar.workbench.rota.choosing import PeopleField, moment_field, offer
from ansvar.workbench.rota.framing import in_frame

HEIR = "heir-"


class AbsenceForm(forms.Form):
    """From when to when somebody is away, and who looks after things meanwhile."""

    starts_at = moment_field(gettext_lazy("From"))
    ends_at = moment_field(gettext_lazy("To"))
    reason = forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=[(str(key), name) for key, name in REASON_NAMES.items()],
        help_text=gettext_lazy("Seen by you and those who lead you, by nobody else."),
    )
    stand_in = PeopleField(
        label=gettext_lazy("Who stands in"),
        required=False,
        help_text=gettext_lazy("Looks after your tickets, answers for your turns on duty."),
    )

    def __init__(self, person: Person, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        colleagues = Person.objects.filter(is_active=True, role_grants__isnull=False)
        colleagues = colleagues.exclude(pk=person.pk).distinct().order_by("name", "pk")
        offer(self, colleagues, stand_in=_("nobody"))
        self.person = person
        self.left: dict[str, Left] = {}

    def ask_about(self, left: dict[str, Left]) -> None:
        """Add a field for each matter of which something is left."""
        self.left = left
        for name in left:
            field = PeopleField(label=str(matters[name].label).capitalize(), required=False)
            self.fields[HEIR + name] = field
            heirs = matters[name].heirs(self.person.pk)
            offer(self, heirs, **{HEIR + name: _("the stand-in looks after it")})

    def heirs(self) -> dict[str, Person]:
        """Return who gets what for good, by name of the matter."""
        chosen = {name: self.cleaned_data.get(HEIR + name) for name in self.left}
        return {name: heir for name, heir in chosen.items() if heir is not None}


@page("GET", "POST", requires="rota.read")
def absence_new(request: HttpRequest) -> HttpResponse:
    """Announce an absence; a long one asks at once what becomes of tickets and services."""
    person = _person_of(request)
    if request.method != "POST":
        now = clock.now().replace(second=0, microsecond=0)
        usual = {"starts_at": now, "ends_at": now + timedelta(hours=8), "reason": Reason.LEAVE}
        return _shown(request, AbsenceForm(person, initial=usual))
    form = AbsenceForm(person, request.POST)
    if not form.is_valid():
        return _shown(request, form)
    wanted = form.cleaned_data
    if left := left_at_absence(person.pk, wanted["starts_at"], wanted["ends_at"]):
        form = AbsenceForm(person, request.POST)
        form.ask_about(left)
        if not form.is_valid():
            return _shown(request, form)
        wanted = form.cleaned_data
    done = carried_out(
        form,
        lambda: announce_absence(
            person.pk,
            starts_at=wanted["starts_at"],
            ends_at=wanted["ends_at"],
            reason=Reason(wanted["reason"]),
            stand_in=wanted["stand_in"],
            heirs=form.heirs(),
            by=actor_of(request),
        ),
    )
    if done is None:
        return _shown(request, form)
    is_me = person.pk == reader_of(request).person.pk
    said = _("Your absence is kept.") if is_me else _("The absence of %(name)s is kept.")
    messages.success(request, said % {"name": person.name})
    return redirect("rota")


@page("POST", requires="rota.read")
def absence_end(request: HttpRequest, absence_id: int) -> HttpResponse:
    """Be back sooner, or do not go away after all."""
    absence = get_object_or_404(Absence.objects.select_related("person"), pk=absence_id)
    if not reader_of(request).may("rota.announce", absence.person):
        raise Http404
    end_absence(absence.pk, by=actor_of(request))
    messages.success(request, _("The absence is ended. Welcome back."))
    return redirect("rota")


def _person_of(request: HttpRequest) -> Person:
    """Return who is to be away: the reader, or somebody for whom the reader may say it."""
    chosen = request.POST.get("person", "") or request.GET.get("person", "")
    reader = reader_of(request)
    if not chosen.isdecimal() or int(chosen) == reader.person.pk:
        return reader.person
    person = get_object_or_404(Person, pk=chosen, is_active=True)
    if not reader.may("rota.announce", person):
        raise Http404
    return person


def _shown(request: HttpRequest, form: AbsenceForm) -> HttpResponse:
    context = {
        "form": form,
        "person": form.person,
        "is_me": form.person.pk == reader_of(request).person.pk,
        "left": [(name, matters[name], one, form[HEIR + name]) for name, one in form.left.items()],
    }
    status = 422 if form.errors else 200
    return in_frame(request, "absence.html", context, place="absence-new", status=status)
