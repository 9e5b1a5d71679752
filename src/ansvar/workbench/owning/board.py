"""The owner's board: what waits for a word, what others hold, what it all rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.pages import page
from ansvar.insight.decisions.losing import Loss
from ansvar.insight.decisions.need import midnight
from ansvar.insight.decisions.periods import Period
from ansvar.insight.passing_on import Flow, flows_of_services
from ansvar.kernel import clock
from ansvar.people.models import Desk
from ansvar.people.queries import working_calendar
from ansvar.rota.queries import absences_at
from ansvar.ui import render
from ansvar.workbench.frame import MenuPage, menu
from ansvar.workbench.insight.flow_picture import FlowPicture, picture_of, said_of
from ansvar.workbench.insight.saying import money, working_hours
from ansvar.workbench.owning.deciding import decisions_context
from ansvar.workbench.owning.figures import (
    SHOWN,
    Kept,
    OneService,
    bands_of,
    counts_of,
    kept_by,
    services_rested_on,
    worst_first,
)
from ansvar.workbench.owning.holding import in_others_hands
from ansvar.workbench.owning.ruling import rule_in_words
from ansvar.workbench.owning.whose import Owned, own_services, services_of

TEMPLATE = "workbench/owning/board.html"
FLOW_DAYS = 90
MOST_SERVICES = 20

menu.add("owner-board")(
    MenuPage(
        label=gettext_lazy("My services"),
        icon="anchor",
        url_name="owner-board",
        requires="service.read",
    )
)


@dataclass(frozen=True, kw_only=True)
class HandedBack:
    """Who hands back to whom on some services, drawn and in numbers."""

    flows: list[Flow]
    picture: FlowPicture | None
    sentence: str
    """By whom most time was lost; empty when nobody handed anything back."""
    as_of: datetime | None = None
    """Up to when what is stored tells."""
    days: int = FLOW_DAYS


@page(requires="service.read")
def owner_board(request: HttpRequest) -> HttpResponse:
    """Show the reader the services that the reader answers for."""
    return render.page(request, TEMPLATE, _context(own_services(request)))


@page(requires="insight.read")
def owned_by(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show the services that somebody answers for."""
    return render.page(request, TEMPLATE, _context(services_of(request, person_id)))


def _context(owned: Owned) -> Mapping[str, Any]:
    decisions = decisions_context(owned)
    shared = {**decisions, "greeting": _greeting(), "hours": working_hours}
    if not owned.services:
        return {**shared, "hands": None}
    counts = counts_of(owned)
    rested_on = services_rested_on(owned)
    kept = kept_by([*owned.services, *rested_on])
    theirs = worst_first(kept[service.pk] for service in rested_on)
    return {
        **shared,
        "hands": in_others_hands(owned),
        **_services(owned, counts, kept),
        "bands": bands_of(counts),
        "open_count": sum(one["open"] for one in counts.values()),
        "back": handed_back(owned),
        "rests_on": theirs[:SHOWN],
        "rests_on_more": len(theirs[SHOWN:]),
        "away": _away(owned, theirs),
        "may_see": {
            one.service.pk for one in theirs if owned.reader.may("service.read", one.service.desk)
        },
    }


def _services(
    owned: Owned, counts: Mapping[int, Mapping[str, int]], kept: Mapping[int, Kept]
) -> Mapping[str, Any]:
    """Return the lines of the services; of many those with most open tickets."""
    lines = [_service(kept[one.pk], owned, counts.get(one.pk, {})) for one in owned.services]
    shown = sorted(lines, key=lambda one: -one.open)[:MOST_SERVICES]
    shown.sort(key=lambda one: one.service.name)
    return {"services": shown, "services_more": len(lines) - len(shown)}


def handed_back(owned: Owned) -> HandedBack:
    """Return who handed back to whom on the tickets of the last months."""
    now = clock.now()
    flows: list[Flow] = []
    moments: list[datetime] = []
    for desk in owned.desks:
        start = midnight(working_calendar(desk.calendar), now, days_before=FLOW_DAYS)
        ids = [one.pk for one in owned.services if one.desk_id == desk.pk]
        found, as_of = flows_of_services(desk, ids, Period(start=start, end=now))
        flows += found
        moments += [as_of] if as_of else []
    back = [flow for flow in flows if flow.bounces]
    worst = max(back, key=lambda flow: (flow.lost.working, flow.bounces), default=None)
    return HandedBack(
        flows=flows,
        picture=picture_of(flows),
        sentence=_lost_most(worst) if worst else "",
        as_of=min(moments, default=None),
    )


def _lost_most(flow: Flow) -> str:
    sentence = _("Most was lost so: %(worst)s") % {"worst": said_of(flow)}
    return f"{sentence}, {_cost(flow.lost, flow.giver.desk)}." if flow.lost.cost else f"{sentence}."


def _cost(lost: Loss, desk: Desk) -> str:
    return _("about %(money)s") % {"money": money(lost.cost, desk.currency)}


def _service(kept: Kept, owned: Owned, counts: Mapping[str, int]) -> OneService:
    service = kept.service
    rule = getattr(service, "hand_over_rule", None)
    return OneService(
        service=service,
        is_deputy=service.owner_id != owned.person.pk,
        open=counts.get("open", 0),
        with_others=counts.get("with_others", 0),
        kept=kept,
        rule=rule_in_words(rule) if rule else "",
    )


def _away(owned: Owned, kept: list[Kept]) -> dict[int, Any]:
    """Return until when owners and deputies around the board are away, by their ids."""
    people = {one.service.owner_id for one in kept}
    people |= {pk for one in owned.services for pk in (one.owner_id, one.deputy_id) if pk}
    rows = absences_at(clock.now()).filter(person__in=people)
    return dict(rows.values_list("person_id", "ends_at"))


def _greeting() -> str:
    hour = timezone.localtime(clock.now()).hour
    noon, evening, night = 12, 18, 5
    if night <= hour < noon:
        return _("Good morning")
    return _("Good afternoon") if noon <= hour < evening else _("Good evening")
