"""When somebody is needed: contacts by hour of the week, in and outside the desk's hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ansvar.access.pages import page
from ansvar.catalogue.models import Service
from ansvar.insight.decisions.need import (
    HOURS,
    Openness,
    in_a_month,
    midnight,
    openness_of,
    shade,
)
from ansvar.insight.queries import Asked, Cell, Need, need_of, need_rows
from ansvar.kernel import clock
from ansvar.people.models import Desk
from ansvar.people.queries import working_calendar
from ansvar.ui.choices import LongSelect
from ansvar.workbench.insight.asking import desks_with_figures, sheet
from ansvar.workbench.insight.framing import InsightPage, in_frame, insight_pages
from ansvar.workbench.insight.saying import plain_number
from ansvar.workbench.reading import DESK_KEY, reader_of

PERIODS = (30, 90, 365)
URGENT = (1, 2, 3)
SHADES = 5
DAYS = (
    gettext_lazy("Mon"), gettext_lazy("Tue"), gettext_lazy("Wed"), gettext_lazy("Thu"),
    gettext_lazy("Fri"), gettext_lazy("Sat"), gettext_lazy("Sun"),
)  # fmt: skip
CHANNELS = {
    "phone": gettext_lazy("Phone"),
    "workbench": gettext_lazy("Taken down by an agent"),
    "portal": gettext_lazy("Portal"),
    "email": gettext_lazy("E-mail"),
    "api": gettext_lazy("Programs"),
}
COLUMNS = ("weekday", "hour", "in_hours", "service", "priority", "impact", "contacts")

insight_pages.add("need")(
    InsightPage(
        label=gettext_lazy("After hours"),
        text=gettext_lazy(
            "Who needs the desk at night, at weekends and on holidays, and how much?"
        ),
        icon="moon",
        url_name="insight-need",
        requires="insight.read",
    )
)


class NeedForm(forms.Form):
    """Which contacts to count."""

    desk = forms.ChoiceField(label=gettext_lazy("Desk"), required=False)
    days = forms.TypedChoiceField(label=gettext_lazy("Period"), coerce=int)
    service = forms.ModelChoiceField(
        Service.objects.none(),
        label=gettext_lazy("Service"),
        required=False,
        empty_label=gettext_lazy("any"),
        widget=LongSelect,
    )
    up_to = forms.TypedChoiceField(
        label=gettext_lazy("Priority"), required=False, coerce=int, empty_value=None
    )
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("Came by"),
        required=False,
        choices=list(CHANNELS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Portal and mail wait by themselves until the morning: without them stands what"
            " a person would be there for."
        ),
    )

    def __init__(self, request: HttpRequest, desk: Desk, desks: Iterable[Desk]) -> None:
        unasked = {DESK_KEY: desk.pk, "days": 90, "channels": list(CHANNELS)}
        super().__init__(request.GET if "days" in request.GET else unasked)
        self._choose("desk", [(one.pk, one.name) for one in desks])
        self._choose("days", [(one, _("last %(n)s days") % {"n": one}) for one in PERIODS])
        least = [(number, f"P1–P{number}" if number > 1 else "P1") for number in URGENT]
        self._choose("up_to", [("", _("any")), *least])
        services = self.fields["service"]
        assert isinstance(services, forms.ModelChoiceField)  # noqa: S101 - declared above
        services.queryset = Service.objects.filter(desk=desk).only("desk", "name")

    def _choose(self, name: str, choices: list[tuple[Any, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = choices

    def asked(self, desk: Desk) -> Asked:
        """Return what the form asks for; what is wrong in it narrows nothing down."""
        self.is_valid()
        told = self.cleaned_data
        channels = told.get("channels") or []
        service = told.get("service")
        calendar, now = working_calendar(desk.calendar), clock.now()
        return Asked(
            desk=desk,
            start=midnight(calendar, now, days_before=told.get("days") or PERIODS[0]),
            end=midnight(calendar, now),
            channels=[] if set(channels) == set(CHANNELS) else channels,
            service_id=service.pk if service else None,
            most_priority=told.get("up_to"),
        )


@dataclass(frozen=True, kw_only=True)
class Square:
    """One hour of the week as it is drawn."""

    count: int
    outside: int
    shade: int
    openness: Openness
    title: str


@page(requires="insight.read")
def insight_need(request: HttpRequest) -> HttpResponse:
    """Show when contacts come, against the hours of the desk."""
    reader = reader_of(request)
    desks, desk = desks_with_figures(reader)
    if desk is None:
        return in_frame(request, "need.html", {"need": None}, place="insight-need")
    form = NeedForm(request, desk, desks)
    need = need_of(form.asked(desk))
    rows = _rows(need)
    context = {
        "desk": desk,
        "desks": desks,
        "form": form,
        "need": need,
        "sentences": _sentences(need),
        "weekdays": DAYS,
        "rows": rows,
        "sums": [sum(squares[day].count for _hour, squares, _sum in rows) for day in range(7)],
        "csv_url": f"{reverse('insight-need-csv')}?{request.GET.urlencode()}",
    }
    return in_frame(request, "need.html", context, place="insight-need")


@page(requires="insight.read")
def insight_need_csv(request: HttpRequest) -> HttpResponseBase:
    """Hand out the counts as a table for other programs."""
    desks, desk = desks_with_figures(reader_of(request))
    if desk is None:
        raise Http404
    asked = NeedForm(request, desk, desks).asked(desk)
    rows = [
        [
            key.weekday,
            key.hour,
            "yes" if key.in_hours else "no",
            key.service,
            key.priority,
            key.impact or "",
            count,
        ]
        for key, count in need_rows(asked)
    ]
    name = f"need-{desk.prefix}-{asked.start:%Y-%m-%d}-{asked.end:%Y-%m-%d}.csv"
    return sheet([COLUMNS, *rows], name=name)


def _rows(need: Need) -> list[tuple[str, list[Square], int]]:
    """Return for each hour its name, a square for each weekday, and the sum."""
    week = openness_of(need.calendar)
    most = max((cell.count for cell in need.cells.values()), default=0)
    rows = []
    for hour in range(HOURS):
        squares = [
            _square(need.cells.get((day, hour), Cell()), week[day][hour], most, day=day, hour=hour)
            for day in range(len(DAYS))
        ]
        rows.append((f"{hour:02}", squares, sum(square.count for square in squares)))
    return rows


def _square(cell: Cell, openness: Openness, most: int, *, day: int, hour: int) -> Square:
    title = ngettext(
        "%(day)s %(hour)s:00: %(n)s contact, %(outside)s outside hours",
        "%(day)s %(hour)s:00: %(n)s contacts, %(outside)s outside hours",
        cell.count,
    ) % {"day": DAYS[day], "hour": f"{hour:02}", "n": cell.count, "outside": cell.outside}
    return Square(
        count=cell.count,
        outside=cell.outside,
        shade=shade(cell.count, most, shades=SHADES),
        openness=openness,
        title=title,
    )


def _sentences(need: Need) -> list[str]:
    """Say what the map shows: for a month, and as it was counted."""
    if not need.inside + need.outside:
        return []
    period = timedelta(days=need.days)
    all_, outside, urgent = (
        plain_number(in_a_month(count, period))
        for count in (need.inside + need.outside, need.outside, need.urgent_outside)
    )
    quiet = need.days - need.days_with_outside
    return [
        _("Of %(all)s contacts a month %(outside)s come outside hours, %(urgent)s of them P1.")
        % {"all": all_, "outside": outside, "urgent": urgent},
        _(
            "Counted in %(days)s days: %(all)s contacts, %(outside)s of them outside hours,"
            " %(urgent)s of those P1. On %(quiet)s days nobody came outside hours."
        )
        % {
            "days": need.days,
            "all": plain_number(need.inside + need.outside),
            "outside": plain_number(need.outside),
            "urgent": plain_number(need.urgent_outside),
            "quiet": quiet,
        },
    ]
