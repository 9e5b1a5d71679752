"""What the pages of figures ask for: a desk whose figures one may see, and a period."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.insight.decisions.need import midnight
from ansvar.people.models import Desk
from ansvar.people.queries import working_calendar
from ansvar.ui.downloads import download
from ansvar.workbench.reading import DESK_KEY, Reader

PERIODS = (7, 30, 90)
USUAL_DAYS = 30
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class PeriodForm(forms.Form):
    """Of which desk, and how far back."""

    desk = forms.ChoiceField(label=gettext_lazy("Desk"), required=False)
    days = forms.TypedChoiceField(label=gettext_lazy("Period"), coerce=int)

    def __init__(
        self, request: HttpRequest, desk: Desk, *, desks: Iterable[Desk], periods: Sequence[int]
    ) -> None:
        self.of = desk
        unasked = {DESK_KEY: desk.pk, "days": USUAL_DAYS}
        super().__init__(request.GET if "days" in request.GET else unasked)
        self.choose("desk", [(one.pk, one.name) for one in desks])
        self.choose("days", [(one, _("last %(n)s days") % {"n": one}) for one in periods])

    def choose(self, name: str, choices: list[tuple[Any, str]]) -> None:
        """Give a field its choices."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = choices

    @property
    def period(self) -> int:
        """The days asked for; what is wrong in the form narrows nothing down."""
        self.is_valid()
        days: int | None = self.cleaned_data.get("days")
        return days or USUAL_DAYS

    def start(self, now: datetime) -> datetime:
        """Return when the period begins that ends now: with a whole day of the desk."""
        return midnight(working_calendar(self.of.calendar), now, days_before=self.period)


def desks_with_figures(reader: Reader) -> tuple[list[Desk], Desk | None]:
    """Return the desks whose figures the reader may see, and the one that is looked at."""
    desks = [desk for desk in reader.desks if reader.may("insight.read", desk)]
    if reader.desk in desks:
        return desks, reader.desk
    return desks, desks[0] if desks else None


def sheet(rows: Iterable[Sequence[object]], *, name: str) -> HttpResponseBase:
    """Hand out rows as a table for other programs, in which no text is taken for a formula."""
    text = io.StringIO()
    written = csv.writer(text)
    written.writerows([_harmless(value) for value in row] for row in rows)
    # With a mark of its encoding, without which spreadsheets take it for another.
    content = text.getvalue().encode("utf-8-sig")
    return download(iter([content]), name=name, size=len(content))


def _harmless(value: object) -> object:
    is_formula = isinstance(value, str) and value.startswith(_BEGINS_A_FORMULA)
    return f"'{value}" if is_formula else value
