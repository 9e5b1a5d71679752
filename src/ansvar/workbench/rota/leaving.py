"""Somebody leaves: what is left, who takes it over, and then the leaving itself."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from typing_extensions import override

from ansvar.access.commands import take_role
from ansvar.access.middleware import actor_of
from ansvar.access.models import RoleGrant
from ansvar.access.pages import page
from ansvar.kernel.actor import Actor
from ansvar.people.commands import deactivate_person
from ansvar.people.leaving import Heirs, Left, matters, what_is_left
from ansvar.people.models import Person
from ansvar.workbench.admin.framing import carried_out, shown
from ansvar.workbench.rota.choosing import PeopleField, offer

NOBODY = "nobody"


class LeavingForm(forms.Form):
    """For each matter of which something is left, who takes it over."""

    def __init__(self, person: Person, left: dict[str, Left], data: Any = None) -> None:
        super().__init__(data)
        for name in left:
            matter = matters[name]
            field = PeopleField(label=str(matter.label).capitalize(), required=False)
            self.fields[name] = field
            empty = str(matter.without_heir).capitalize() or _("choose somebody")
            offer(self, matter.heirs(person.pk), **{name: empty})
        self.left = left

    @override
    def clean(self) -> dict[str, Any]:
        """Refuse to leave something with nobody that needs somebody."""
        chosen: dict[str, Any] = super().clean() or {}
        for name in self.left:
            if name in chosen and chosen[name] is None and not matters[name].without_heir:
                self.add_error(name, _("Somebody has to take this over. Choose who."))
        return chosen


@page("GET", "POST", requires="person.edit")
def leaving(request: HttpRequest, person_id: int) -> HttpResponse:
    """Choose who takes over what somebody leaves behind, and let them go.

    With `role` in the address it is the last role that goes, not the person.
    """
    person = get_object_or_404(Person, pk=person_id, is_active=True)
    grant = _grant_of(request, person)
    left = what_is_left(person.pk)
    form = LeavingForm(person, left, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        by, heirs = actor_of(request), form.cleaned_data
        if carried_out(form, lambda: _let_go(person, grant, heirs, by)):
            said = _("What %(name)s answered for is in other hands now.")
            messages.success(request, said % {"name": person.name})
            return redirect("admin-person", person.pk)
    context = {
        "person": person,
        "grant": grant,
        "form": form,
        "rows": [(matters[name], one, form[name]) for name, one in left.items()],
    }
    status = 422 if form.errors else 200
    return shown(request, "leaving.html", context, place="admin-people", status=status)


def _let_go(person: Person, grant: RoleGrant | None, heirs: Heirs, by: Actor) -> bool:  # noqa: PLR0917 - reads like the commands
    if grant is None:
        deactivate_person(person.pk, heirs=heirs, by=by)
    else:
        take_role(grant.pk, heirs=heirs, by=by)
    return True


def _grant_of(request: HttpRequest, person: Person) -> RoleGrant | None:
    chosen = request.GET.get("role", "")
    if not chosen:
        return None
    if not chosen.isdecimal():
        raise Http404
    return get_object_or_404(RoleGrant.objects.select_related("desk"), pk=chosen, person=person)
