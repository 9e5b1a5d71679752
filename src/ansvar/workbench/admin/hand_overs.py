"""The reasons that the people of a desk choose from when they hand a ticket over."""

from collections import Counter
from datetime import timedelta

from django import forms
from django.contrib import messages
from django.db.models.fields.json import KT
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.kernel import clock
from ansvar.kernel.models import Entry
from ansvar.people.models import Desk
from ansvar.tickets.commands import set_hand_over_reasons
from ansvar.tickets.facts import TicketHandedOver
from ansvar.tickets.models import HandOverReason, Ticket
from ansvar.workbench.admin.framing import carried_out, shown
from ansvar.workbench.finding import on_own_desks

LOOKED_BACK = timedelta(days=90)
MOST_ENTRIES = 20_000
"""The latest: enough to tell which reasons are used."""


class ReasonsForm(forms.Form):
    """The reasons, one a line, in the order in which they are offered."""

    reasons = forms.CharField(
        label=gettext_lazy("Reasons, one a line"),
        help_text=gettext_lazy("In the order in which they are offered. Words can be added."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
    )


@page("GET", "POST", requires="desk.manage")
def desk_reasons(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how often each reason was given, and change the list."""
    row = get_object_or_404(Desk, on_own_desks(request, "desk.manage", "pk"), pk=pk)
    offered = HandOverReason.objects.filter(desk=row, is_active=True)
    texts = list(offered.values_list("text", flat=True))
    form = ReasonsForm(request.POST or None, initial={"reasons": "\n".join(texts)})
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["reasons"].splitlines()

        def keep() -> bool:
            set_hand_over_reasons(pk, reasons=wanted, by=actor_of(request))
            return True

        if carried_out(form, keep):
            messages.success(request, _("The reasons are offered from the next hand-over on."))
            return redirect("admin-desk-hand-overs", pk)
    used, other = _used(row, texts)
    context = {
        "row": row,
        "form": form,
        "used": used,
        "other": other,
        "most": max(used.values(), default=0),
    }
    status = 422 if form.errors else 200
    return shown(request, "hand-over-reasons.html", context, place="admin-desks", status=status)


def _used(desk: Desk, texts: list[str]) -> tuple[dict[str, int], int]:
    """Count the hand-overs of the last months by the reason that their words begin with."""
    entries = Entry.objects.filter(
        at__gte=clock.now() - LOOKED_BACK,
        fact=TicketHandedOver.name,
        subject_type="ticket",
        subject_id__in=Ticket.objects.filter(desk=desk, hand_over_count__gt=0).values("pk"),
    )
    given: Counter[str] = Counter()
    latest = entries.order_by("-id").annotate(reason=KT("payload__reason"))[:MOST_ENTRIES]
    for reason in latest.values_list("reason", flat=True):
        given[next((text for text in texts if (reason or "").startswith(text)), "")] += 1
    return {text: given[text] for text in texts}, given[""]
