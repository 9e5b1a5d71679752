"""Saying when a ticket is expected to be solved: by one click, told to its requester."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.kernel import clock
from ansvar.people.decisions.calendars import NeverOpen
from ansvar.people.models import Desk
from ansvar.people.queries import working_calendar
from ansvar.tickets.commands import expect_solution
from ansvar.tickets.models import Ticket
from ansvar.workbench.tickets.page import ticket_of
from ansvar.workbench.tickets.panels import carry_out, panel, version_of

SPANS: tuple[tuple[timedelta, str | Promise], ...] = (
    (timedelta(hours=1), gettext_lazy("an hour of work")),
    (timedelta(hours=2), gettext_lazy("two hours of work")),
    (timedelta(hours=4), gettext_lazy("four hours of work")),
    (timedelta(hours=8), gettext_lazy("a day of work")),
    (timedelta(hours=16), gettext_lazy("two days of work")),
    (timedelta(hours=40), gettext_lazy("a week of work")),
)
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A moment that can be chosen by one click."""

    at: datetime
    words: str | Promise
    """How far away it is, in working time of the desk."""

    @property
    def value(self) -> str:
        """The moment as the form sends it, in the reader's zone."""
        return timezone.localtime(self.at).strftime("%Y-%m-%dT%H:%M")


class ExpectedForm(forms.Form):
    """A moment, chosen by a click or written, and why that one."""

    quick = forms.DateTimeField(required=False)
    at = forms.DateTimeField(
        label=gettext_lazy("Or at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    why = forms.CharField(
        label=gettext_lazy("Why then"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Colleagues read it; the requester sees the time only."),
    )
    nobody_knows = forms.BooleanField(required=False)

    @override
    def clean(self) -> dict[str, Any]:
        """Ask for a moment, unless nobody can say one."""
        chosen = super().clean() or {}
        chosen["moment"] = chosen.get("quick") or chosen.get("at")
        if chosen.get("nobody_knows"):
            chosen["moment"] = None
        elif chosen["moment"] is None and not self.errors:
            self.add_error("at", _("Choose one of the times, or write one."))
        return chosen


@page("GET", "POST", requires="ticket.work")
def expected(request: HttpRequest, reference: str) -> HttpResponse:
    """Choose when it is expected to be solved."""
    ticket = ticket_of(request, reference)

    def command(chosen: dict[str, Any]) -> None:
        expect_solution(
            ticket.pk,
            at=chosen["moment"],
            why=chosen["why"],
            version=version_of(request),
            by=actor_of(request),
        )

    def show(now: Ticket, form: forms.Form, status: int = 200) -> HttpResponse:
        context = {
            "title": _("When is %(r)s expected to be solved?") % {"r": now.reference},
            "form": form,
            "choices": list(_choices(now.desk, clock.now())),
        }
        return panel(request, "expected", now, context, status=status)

    form = ExpectedForm(request.POST or None)
    if request.method != "POST":
        return show(ticket, form)
    said = _("Kept. The requester sees it in the portal.")
    return carry_out(request, reference, form, command, said=said, show=show)


def _choices(desk: Desk, now: datetime) -> Iterator[Choice]:
    calendar = working_calendar(desk.calendar)
    for span, words in SPANS:
        try:
            at = calendar.add_working_time(now, span)
        except NeverOpen:
            at = now + span
        yield Choice(at=_rounded(at), words=words)


def _rounded(at: datetime) -> datetime:
    """Return the next full quarter of an hour: nobody foresees the minute."""
    rest = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at - rest + QUARTER if rest else at
