"""The missed targets behind a figure, the latest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from ansvar.access.pages import page
from ansvar.insight.attainment import Asked, MissedAsked, missed_clocks
from ansvar.servicelevels.clock_words import amount
from ansvar.servicelevels.decisions.terms import Measure
from ansvar.servicelevels.models import MEASURE_NAMES, Clock
from ansvar.workbench.finding import tickets_seen
from ansvar.workbench.insight.framing import in_frame
from ansvar.workbench.insight.levels import PLACE, asked_for
from ansvar.workbench.insight.saying import percent

PAGE_SIZE = 50
LONGEST_NUMBER = 18
"""Digits of an id that the database can hold."""
KEY_SEPARATOR = "~"


@dataclass(frozen=True, kw_only=True)
class Missed:
    """A missed target as a line of a list."""

    clock: Clock
    is_open_to_reader: bool
    """Who may see the figures of a desk need not be allowed to read its tickets."""


@page(requires="insight.read")
def insight_missed(request: HttpRequest) -> HttpResponse:
    """List the tickets on which a target was missed."""
    found = asked_for(request)
    if found is None:
        raise Http404
    form, _desks, asked = found
    clocks = missed_clocks(_wanted(asked, request.GET), limit=PAGE_SIZE + 1)
    more_url = ""
    if len(clocks) > PAGE_SIZE:
        clocks = clocks[:PAGE_SIZE]
        more_url = _after(clocks[-1], request.GET)
    ids = {row.ticket_id for row in clocks}
    seen = set(tickets_seen(request).filter(pk__in=ids).values_list("pk", flat=True))
    kept = {key: request.GET[key] for key in ("desk", "days", "kind") if request.GET.get(key)}
    context = {
        "rows": [Missed(clock=row, is_open_to_reader=row.ticket_id in seen) for row in clocks],
        "asked": asked,
        "days": form.period,
        "measures": MEASURE_NAMES,
        "amount": amount,
        "percent": percent,
        "more_url": more_url,
        "back_url": f"{reverse(PLACE)}?{urlencode(kept)}",
    }
    return in_frame(request, "missed.html", context, place=PLACE)


def _wanted(asked: Asked, told: Mapping[str, str]) -> MissedAsked:
    measure = told.get("measure", "")
    moment, _separator, number = told.get("before", "").partition(KEY_SEPARATOR)
    at, pk = _moment(moment), _number(number)
    return MissedAsked(
        asked=asked,
        level_id=_number(told.get("level", "")),
        measure=measure if measure in set(Measure) else "",
        team_id=_number(told.get("team", "")),
        before=None if at is None or pk is None else (at, pk),
    )


def _after(last: Clock, told: Mapping[str, str]) -> str:
    kept = {key: value for key, value in told.items() if key != "before"}
    at = last.stopped_at.isoformat() if last.stopped_at else ""
    return "?" + urlencode({**kept, "before": f"{at}{KEY_SEPARATOR}{last.pk}"})


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _number(text: str) -> int | None:
    fits = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return int(text) if fits else None
