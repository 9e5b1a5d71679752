"""What the pages about ownership ask for: a desk, dates, and which of its tickets."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from typing_extensions import override

from ansvar.catalogue.models import Service
from ansvar.insight.custody_reading import AskedCustody
from ansvar.insight.decisions.periods import Period, period_of_days
from ansvar.insight.handovers import asked_of, first_opening
from ansvar.insight.queries import Scope
from ansvar.kernel import clock
from ansvar.people.models import Desk
from ansvar.people.queries import working_calendar
from ansvar.tickets.decisions import Kind
from ansvar.tickets.models import KIND_NAMES
from ansvar.ui.choices import LongSelect
from ansvar.workbench.reading import DESK_KEY

USUAL_DAYS = 90
OFFERED_DAYS = (30, 90, 365)
EVERY_KIND = "all"


class RangeForm(forms.Form):
    """Of which desk, between which dates, and which tickets."""

    desk = forms.ChoiceField(label=gettext_lazy("Desk"), required=False)
    since = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("Up to"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    service = forms.ModelChoiceField(
        Service.objects.none(),
        label=gettext_lazy("Service"),
        required=False,
        empty_label=gettext_lazy("any"),
        widget=LongSelect,
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)

    def __init__(self, request: HttpRequest, of: Desk, *, desks: Iterable[Desk]) -> None:
        self.of = of
        self.zone = working_calendar(of.calendar).zone
        self.today = clock.now().astimezone(self.zone).date()
        super().__init__(self._told(request.GET))
        choices: dict[str, list[tuple[Any, Any]]] = {
            "desk": [(one.pk, one.name) for one in desks],
            "kind": [
                ("", _("all but project work")),
                *((str(kind), name) for kind, name in KIND_NAMES.items()),
                (EVERY_KIND, _("all, project work too")),
            ],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
            field.choices = offered
        service = self.fields["service"]
        assert isinstance(service, forms.ModelChoiceField)  # noqa: S101 - declared above
        service.queryset = Service.objects.filter(desk=of).only("desk", "name")

    def _told(self, told: QueryDict) -> dict[str, Any]:
        """Return what was asked, with the usual dates where none were."""
        usual = {
            DESK_KEY: self.of.pk,
            "since": self.today - timedelta(days=USUAL_DAYS),
            "until": self.today,
        }
        return {**usual, **{key: value for key, value in told.items() if value}}

    @override
    def clean(self) -> dict[str, Any]:
        """Refuse dates in the wrong order."""
        told: dict[str, Any] = super().clean() or {}
        since, until = told.get("since"), told.get("until")
        if since and until and since > until:
            self.add_error("until", _("This lies before the first date. Take a later one."))
        return told

    @property
    def period(self) -> Period:
        """The period asked for; what is wrong in the form narrows nothing down."""
        is_right = self.is_valid()
        since: date = self.cleaned_data["since"] if is_right else self._usual_since
        until: date = self.cleaned_data["until"] if is_right else self.today
        return period_of_days(since, until, self.zone)

    @property
    def _usual_since(self) -> date:
        return self.today - timedelta(days=USUAL_DAYS)

    def asked(self) -> AskedCustody:
        """Return whose tickets are looked at."""
        period = self.period
        kind = self.cleaned_data.get("kind") or ""
        kinds = tuple(Kind) if kind == EVERY_KIND else ((Kind(kind),) if kind else ())
        scope = Scope(desk=self.of, service=self.cleaned_data.get("service"))
        return asked_of(scope, period, kinds)

    def offers(self) -> list[tuple[str, str]]:
        """Return usual periods with the addresses that ask for them."""
        found = [
            (
                ngettext("last %(n)s day", "last %(n)s days", days) % {"n": days},
                self._address(self.today - timedelta(days=days)),
            )
            for days in OFFERED_DAYS
        ]
        first: datetime | None = first_opening(self.of)
        if first is not None:
            found.append((_("everything"), self._address(first.astimezone(self.zone).date())))
        return found

    def _address(self, since: date) -> str:
        kept = {
            name: self.data[name] for name in ("desk", "service", "kind") if self.data.get(name)
        }
        return "?" + urlencode({**kept, "since": since, "until": self.today})

    def query(self) -> str:
        """Return what was asked as a part of an address, for tables of the same figures."""
        names = ("desk", "since", "until", "service", "kind")
        return urlencode({name: self.data[name] for name in names if self.data.get(name)})
