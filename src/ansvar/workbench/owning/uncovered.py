"""Services that nobody can answer for in truth: without deputy, with an owner who is not here."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.pages import page
from ansvar.catalogue.models import Service
from ansvar.kernel import clock
from ansvar.people.models import Person
from ansvar.rota.queries import absences_at
from ansvar.ui import render
from ansvar.workbench.finding import on_own_desks
from ansvar.workbench.insight.framing import InsightPage, insight_pages
from ansvar.workbench.owning.figures import promised_by

LONG = timedelta(days=7)
"""Whoever is away for longer, in all, does not answer for a service meanwhile."""

insight_pages.add("uncovered")(
    InsightPage(
        label=gettext_lazy("Who answers"),
        text=gettext_lazy("Which services has nobody who can answer for them at present?"),
        icon="user-question",
        url_name="services-uncovered",
        requires="insight.read",
    )
)


@dataclass(kw_only=True)
class Uncovered:
    """A service with what is wrong about who answers for it."""

    service: Service
    grave: list[str] = field(default_factory=list)
    """Nobody decides for it now."""
    light: list[str] = field(default_factory=list)
    """It is one absence away from that."""
    unsaid: list[str] = field(default_factory=list)
    """What nobody has said of it yet."""


@page(requires="insight.read")
def services_uncovered(request: HttpRequest) -> HttpResponse:
    """List the services about whose ownership something is to be done, the gravest first."""
    rows = Service.objects.filter(on_own_desks(request, "insight.read"))
    services = list(
        rows.exclude(state=Service.State.RETIRED)
        .select_related("owner", "deputy", "desk", "hand_over_rule")
        .order_by("desk__name", "name")
    )
    checked = _checked(services)
    found = [one for one in checked if one.grave or one.light]
    found.sort(key=lambda one: (not one.grave, one.service.desk.name, one.service.name))
    unsaid = [one for one in checked if one.unsaid]
    context = {"found": found, "unsaid": unsaid, "count": len(services)}
    return render.page(request, "workbench/owning/uncovered.html", context)


def _checked(services: list[Service]) -> list[Uncovered]:
    now = clock.now()
    people = {pk for one in services for pk in (one.owner_id, one.deputy_id) if pk}
    away = {
        person_id: (starts_at, ends_at)
        for person_id, starts_at, ends_at in absences_at(now)
        .filter(person__in=people)
        .values_list("person_id", "starts_at", "ends_at")
    }
    kept = promised_by(services, at=now)
    found = []
    for service in services:
        one = Uncovered(service=service)
        _check_people(one, away)
        if not hasattr(service, "hand_over_rule"):
            one.unsaid.append(_("no rule for hand-overs: teams hand over freely"))
        if not kept[service.pk].has_level:
            one.unsaid.append(_("nothing promised to anybody"))
        found.append(one)
    return found


def _check_people(one: Uncovered, away: dict[int, tuple[datetime, datetime]]) -> None:
    service = one.service
    troubles = []
    if owner := _trouble(service.owner, away):
        troubles.append(_("owner: %(what)s") % {"what": owner})
    if service.deputy is None:
        troubles.append(_("no deputy"))
    elif deputy := _trouble(service.deputy, away):
        troubles.append(_("deputy: %(what)s") % {"what": deputy})
    if owner and len(troubles) > 1:
        one.grave += troubles
    else:
        one.light += troubles


def _trouble(person: Person, away: dict[int, tuple[datetime, datetime]]) -> str:
    """Say why somebody does not answer for anything at present; empty when that is not so."""
    if not person.is_active:
        return _("has left")
    starts_at, ends_at = away.get(person.pk, (None, None))
    if starts_at is None or ends_at is None or ends_at - starts_at <= LONG:
        return ""
    return _("away until %(day)s") % {"day": f"{ends_at:%Y-%m-%d}"}
