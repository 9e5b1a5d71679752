"""Promises from facts: what could be promised of each service, and what requesters may read."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.insight.commands import choose_shown_promises, set_promise_months
from ansvar.insight.explaining import how_it_is_counted, promise_in_words, sureness_in_words
from ansvar.insight.gathering import months_of
from ansvar.insight.models import MOST_MONTHS, Promise
from ansvar.insight.promising import Proposed, proposed_promises
from ansvar.insight.tasks import recompute
from ansvar.people.models import Desk
from ansvar.workbench.insight.asking import desks_with_figures
from ansvar.workbench.insight.framing import InsightPage, in_frame, insight_pages
from ansvar.workbench.reading import DESK_KEY, reader_of

PLACE = "insight-promises"

insight_pages.add("promises")(
    InsightPage(
        label=gettext_lazy("Promises"),
        text=gettext_lazy(
            "How long do such matters really take, and what may requesters read of it?"
        ),
        icon="hourglass",
        url_name=PLACE,
        requires="insight.read",
    )
)


class ShownForm(forms.Form):
    """Which promises requesters may read."""

    services = forms.TypedMultipleChoiceField(coerce=int, required=False)
    with_desk = forms.BooleanField(required=False)

    def __init__(self, *args: Any, proposed: list[Proposed], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["services"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [(one.service.pk, one.service.name) for one in proposed if one.service]


class MonthsForm(forms.Form):
    """From how many months promises are taken."""

    months = forms.IntegerField(
        label=gettext_lazy("From the tickets closed in the last months"),
        min_value=1,
        max_value=MOST_MONTHS,
        help_text=gettext_lazy("Fewer months say more of today, more months more of rare things."),
    )


@page(requires="insight.read")
def insight_promises(request: HttpRequest) -> HttpResponse:
    """Show what the facts of a desk would let it promise, service by service."""
    desks, desk = desks_with_figures(reader_of(request))
    if desk is None:
        return in_frame(request, "promises.html", {"desk": None}, place=PLACE)
    months = MonthsForm(initial={"months": months_of(desk)})
    return _promises_page(request, desk, desks=desks, months=months)


@page("POST", requires="desk.manage")
def insight_promises_shown(request: HttpRequest, desk_id: int) -> HttpResponse:
    """Let requesters read just the ticked promises."""
    desk = _managed(request, desk_id)
    form = ShownForm(request.POST, proposed=proposed_promises(desk))
    if not form.is_valid():
        messages.error(request, _("A service is not offered any more. Look at the list again."))
        return redirect(_address(desk))
    services, with_desk = form.cleaned_data["services"], form.cleaned_data["with_desk"]
    choose_shown_promises(desk.pk, services=services, with_desk=with_desk, by=actor_of(request))
    messages.success(request, _("Kept. Requesters read the ticked sentences from now on."))
    return redirect(_address(desk))


@page("POST", requires="desk.manage")
def insight_promises_months(request: HttpRequest, desk_id: int) -> HttpResponse:
    """Say from how many months promises are taken, and take them anew."""
    desk = _managed(request, desk_id)
    form = MonthsForm(request.POST)
    if not form.is_valid():
        return _promises_page(request, desk, desks=[desk], months=form)
    set_promise_months(desk.pk, form.cleaned_data["months"], by=actor_of(request))
    recompute.later_once(str(desk.pk), desk_id=desk.pk)
    messages.success(request, _("The promises are being taken from the facts anew."))
    return redirect(_address(desk))


def _managed(request: HttpRequest, desk_id: int) -> Desk:
    """Return a desk that the reader manages; others do not exist."""
    desk = Desk.objects.filter(pk=desk_id).first()
    if desk is None or not reader_of(request).may("desk.manage", desk):
        raise Http404
    return desk


def _address(desk: Desk) -> str:
    return f"{reverse(PLACE)}?{DESK_KEY}={desk.pk}"


def _promises_page(
    request: HttpRequest, desk: Desk, *, desks: list[Desk], months: MonthsForm
) -> HttpResponse:
    latest = Promise.objects.filter(desk=desk).first()
    context = {
        "desk": desk,
        "desks": desks,
        "proposed": proposed_promises(desk),
        "months": months,
        "computed_at": latest.computed_at if latest else None,
        "may_choose": reader_of(request).may("desk.manage", desk),
        "in_words": {"promise": promise_in_words, "sureness": sureness_in_words},
        "counted": how_it_is_counted(),
    }
    answer = in_frame(request, "promises.html", context, place=PLACE)
    if months.errors:
        answer.status_code = 422
    return answer
