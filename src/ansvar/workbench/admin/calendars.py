"""Working calendars: hours by weekday, holidays, and what comes of them in two weeks."""

import re
import zoneinfo
from datetime import date, datetime, time, timedelta
from typing import Any

import holidays
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.kernel import clock
from ansvar.people.commands import create_calendar, edit_calendar
from ansvar.people.decisions import BadHours, Span, WorkingCalendar, calendar_from
from ansvar.people.models import Calendar
from ansvar.people.queries import working_calendar
from ansvar.workbench.admin.framing import carried_out, history_of, list_page, shown

PREVIEW_DAYS = 14
WEEK = range(7)
_MONDAY = date(2026, 1, 5)
_SPAN = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*[-–—]\s*(\d{1,2})(?::(\d{2}))?")


def read_spans(text: str) -> list[list[str]]:
    """Read "8-12, 13:00-17" as pairs of times.

    Raises: ValidationError.
    """
    pairs = []
    for part in re.split(r"[,;]", text):
        if not part.strip():
            continue
        match = _SPAN.fullmatch(part.strip())
        if match is None:
            raise forms.ValidationError(
                _("“%(text)s” is no span of time. Write it like 08:00–17:00.")
                % {"text": part.strip()}
            )
        pairs.append(
            [f"{int(match[1]):02}:{match[2] or '00'}", f"{int(match[3]):02}:{match[4] or '00'}"]
        )
    return pairs


def spans_in_words(pairs: list[list[str]]) -> str:
    """Write pairs of times as one types them."""
    return ", ".join(f"{start}–{end}" for start, end in pairs)


class HoursField(forms.CharField):
    """The hours of one day, typed as "08:00-12:00, 13:00-17:00"; empty is closed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=120, **options)

    @override
    def clean(self, value: Any) -> Any:
        return read_spans(super().clean(value))


class SpecialDaysField(forms.CharField):
    """Days of its own, one per line: "2026-12-24 08:00-12:00", or "2026-12-24 closed"."""

    widget = forms.Textarea

    @override
    def clean(self, value: Any) -> Any:
        days = {}
        for line in super().clean(value).splitlines():
            if not line.strip():
                continue
            day, _sep, rest = line.strip().partition(" ")
            closed = rest.strip().casefold() in {"", "closed", str(_("closed")).casefold()}
            days[day] = [] if closed else read_spans(rest)
        return days


def _weekday(number: int) -> str:
    return formats.date_format(_MONDAY + timedelta(days=number), "l")


def _zones() -> set[str]:
    return zoneinfo.available_timezones()


def _countries() -> list[tuple[str, str]]:
    known = holidays.list_supported_countries(include_aliases=False)
    return [("", _("none")), *((code, code) for code in sorted(known))]


class CalendarForm(forms.Form):
    """A calendar, one field a weekday."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    timezone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=lambda: [(zone, zone.replace("_", " ")) for zone in sorted(_zones())],
    )
    holiday_country = forms.ChoiceField(
        label=gettext_lazy("Public holidays of"),
        required=False,
        choices=_countries,
        help_text=gettext_lazy("The country whose days off count as closed, by its two capitals."),
    )
    holiday_subdivision = forms.CharField(
        label=gettext_lazy("Region"),
        required=False,
        max_length=10,
        help_text=gettext_lazy("Where regions have holidays of their own, such as BY in Germany."),
    )
    special_days = SpecialDaysField(
        label=gettext_lazy("Days of its own"),
        required=False,
        help_text=gettext_lazy(
            "One a line: 2026-12-24 08:00–12:00, or 2026-12-25 closed. They win over holidays."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for number in WEEK:
            self.fields[f"hours_{number}"] = HoursField(label=_weekday(number))

    @property
    def days(self) -> list[forms.BoundField]:
        """The fields of the week, Monday first."""
        return [self[f"hours_{number}"] for number in WEEK]

    def wanted(self) -> dict[str, Any]:
        """Return the fields as the commands take them."""
        given = {name: self.cleaned_data[name] for name in CalendarForm.base_fields}
        hours = {str(day): self.cleaned_data[f"hours_{day}"] for day in WEEK}
        return {**given, "hours": {day: pairs for day, pairs in hours.items() if pairs}}

    def preview(self) -> WorkingCalendar | None:
        """Return the calendar as typed, if it is one."""
        wanted = self.wanted() if self.is_bound and self.is_valid() else None
        if wanted is None:
            return None
        try:
            return calendar_from(
                name=wanted["name"],
                timezone=wanted["timezone"],
                hours=wanted["hours"],
                country=wanted["holiday_country"],
                subdivision=wanted["holiday_subdivision"],
                special_days=wanted["special_days"],
            )
        except BadHours:
            return None


def _initial(calendar: Calendar) -> dict[str, Any]:
    days = {
        f"hours_{number}": spans_in_words(calendar.hours.get(str(number), [])) for number in WEEK
    }
    special = "\n".join(
        f"{day} {spans_in_words(pairs) or _('closed')}"
        for day, pairs in sorted(calendar.special_days.items())
    )
    plain = ("name", "timezone", "holiday_country", "holiday_subdivision")
    return {
        **{name: getattr(calendar, name) for name in plain},
        **days,
        "special_days": special,
    }


def two_weeks(calendar: WorkingCalendar) -> list[dict[str, Any]]:
    """Return what the calendar says about the coming two weeks, day by day."""
    today = timezone.localtime(clock.now(), calendar.zone).date()
    plans = [calendar.plan(today + timedelta(days=ahead)) for ahead in range(PREVIEW_DAYS)]
    return [
        {
            "day": plan.day,
            "weekday": formats.date_format(plan.day, "D"),
            "spans": ", ".join(_span_in_words(span) for span in plan.spans),
            "holiday": plan.holiday,
            "is_special": plan.is_special,
            "clock_change": _clock_change(calendar, plan.day),
        }
        for plan in plans
    ]


def _clock_change(calendar: WorkingCalendar, day: date) -> str:
    """Say whether the clocks of the zone are changed on a day, and which way."""
    midnights = (datetime.combine(day + timedelta(days=n), time(), calendar.zone) for n in (0, 1))
    before, after = (at.utcoffset() or timedelta() for at in midnights)
    if before == after:
        return ""
    return _("clocks go forward") if after > before else _("clocks go back")


def _span_in_words(span: Span) -> str:
    return "–".join(f"{minute // 60:02}:{minute % 60:02}" for minute in span)


@page(requires="desk.manage")
def calendars(request: HttpRequest) -> HttpResponse:
    """Show the calendars by name."""
    context = {"found": list_page(request, Calendar.objects.all())}
    return shown(request, "calendars.html", context, place="admin-calendars")


@page("GET", "POST", requires="desk.manage")
def calendar_new(request: HttpRequest) -> HttpResponse:
    """Make a calendar."""
    office = {f"hours_{day}": "08:00–17:00" for day in range(5)}
    form = CalendarForm(request.POST or None, initial={"timezone": "Europe/Stockholm", **office})
    if _is_sent(request) and form.is_valid():
        made = carried_out(form, lambda: create_calendar(by=actor_of(request), **form.wanted()))
        if made is not None:
            messages.success(request, _("%(name)s is there.") % {"name": made})
            return redirect("admin-calendar", made.pk)
    return _form_page(request, form, None)


@page("GET", "POST", requires="desk.manage")
def calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and change a calendar, with what comes of it."""
    row = get_object_or_404(Calendar, pk=pk)
    form = CalendarForm(request.POST or None, initial=_initial(row))
    if _is_sent(request) and form.is_valid():
        done = carried_out(form, lambda: edit_calendar(pk, by=actor_of(request), **form.wanted()))
        if done is not None:
            messages.success(request, _("The change is kept."))
            return redirect("admin-calendar", pk)
    return _form_page(request, form, row)


def _is_sent(request: HttpRequest) -> bool:
    return request.method == "POST" and "preview" not in request.POST


def _form_page(request: HttpRequest, form: CalendarForm, row: Calendar | None) -> HttpResponse:
    seen = form.preview()
    if seen is None and row is not None:
        seen = working_calendar(row)
    context = {
        "form": form,
        "row": row,
        "days": two_weeks(seen) if seen else [],
        "is_as_typed": form.is_bound,
        "told": history_of("calendar", row.pk) if row else [],
    }
    status = 422 if form.errors else 200
    return shown(request, "calendar.html", context, place="admin-calendars", status=status)
