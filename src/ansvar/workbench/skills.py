"""What somebody who works at a desk says to know of its services."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.access.queries import desks_where
from ansvar.catalogue.commands import declare_skill
from ansvar.catalogue.decisions import Skill
from ansvar.catalogue.models import SKILL_NAMES, DeclaredSkill, Service
from ansvar.kernel.command import all_or_nothing
from ansvar.people.models import Person
from ansvar.ui import render
from ansvar.workbench.reading import reader_of


@dataclass(frozen=True, kw_only=True)
class Line:
    """A service with what the reader says to know of it."""

    service: Service
    level: int | None

    @property
    def field(self) -> str:
        """The name of its field in the form."""
        return f"service-{self.service.pk}"


@page("GET", "POST", requires="ticket.work")
def skills(request: HttpRequest) -> HttpResponse:
    """Show the services of one's desks, and keep how well one says to know each."""
    person = reader_of(request).person
    lines = _lines(person)
    if request.method == "POST":
        with all_or_nothing():
            for line in lines:
                level = _level(request.POST.get(line.field, ""))
                declare_skill(line.service.pk, person=person, level=level, by=actor_of(request))
        messages.success(request, _("What you know is kept."))
        return redirect("skills")
    context = {"lines": lines, "levels": [(int(one), name) for one, name in SKILL_NAMES.items()]}
    return render.page(request, "workbench/skills.html", context)


def _lines(person: Person) -> list[Line]:
    desks = desks_where(person.pk, "ticket.work")
    services = Service.objects.exclude(state=Service.State.RETIRED).select_related("desk")
    if desks is not None:
        services = services.filter(desk__in=desks)
    said = dict(DeclaredSkill.objects.filter(person=person).values_list("service_id", "level"))
    return [Line(service=one, level=said.get(one.pk)) for one in services.order_by("desk", "name")]


def _level(chosen: str) -> Skill | None:
    known = {str(int(one)): one for one in Skill}
    return known.get(chosen)
