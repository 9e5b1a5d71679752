"""The journal: everything that was recorded, the latest first."""

from datetime import datetime, timedelta

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.pages import page
from ansvar.access.queries import desks_where
from ansvar.kernel import clock, telling
from ansvar.kernel.facts import facts
from ansvar.kernel.models import Entry
from ansvar.kernel.names import names_of
from ansvar.tickets.models import Ticket
from ansvar.ui import render
from ansvar.workbench.reading import reader_of

PAGE_SIZE = 100
LOOKED_BACK = timedelta(days=90)
"""Without a subject or a start, so far back is searched: the index on time is coarse."""


class JournalForm(forms.Form):
    """Which entries to show."""

    fact = forms.ChoiceField(
        label=gettext_lazy("What happened"),
        required=False,
        choices=lambda: [("", _("anything")), *((name, name) for name in sorted(facts))],
    )
    subject = forms.CharField(
        label=gettext_lazy("To what"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("A number such as IT-1042, or a kind with an id such as person 7."),
    )
    by = forms.CharField(label=gettext_lazy("By whom"), required=False, max_length=100)
    since = forms.DateField(
        label=gettext_lazy("Since"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )


@page(requires="journal.read")
def journal(request: HttpRequest) -> HttpResponse:
    """Show the journal, narrowed down by what the form asks for."""
    form = JournalForm(request.GET)
    found = _asked_for(request, form).order_by("-id")
    after = request.GET.get("after", "")
    if after.isdigit():
        found = found.filter(id__lt=int(after))
    entries = list(found[: PAGE_SIZE + 1])
    shown = entries[:PAGE_SIZE]
    told = telling.tell(shown)
    names = names_of((entry.subject_type, entry.subject_id) for entry in shown)
    context = {
        "form": form,
        "told": [
            (one, names.get((one.entry.subject_type, one.entry.subject_id), "")) for one in told
        ],
        "older": _older(request, shown[-1].pk) if len(entries) > PAGE_SIZE else "",
        "newer": reverse("journal") if after else "",
    }
    return render.page(request, "workbench/running/journal.html", context)


def _asked_for(request: HttpRequest, form: JournalForm) -> QuerySet[Entry]:
    found = Entry.objects.filter(_on_own_desks(request))
    chosen = form.cleaned_data if form.is_valid() else {}
    if name := chosen.get("fact"):
        found = found.filter(fact=name)
    if words := chosen.get("by"):
        found = found.filter(actor_label__icontains=words)
    if subject := chosen.get("subject"):
        return found.filter(_subject(subject))
    since = chosen.get("since")
    start = clock.now() - LOOKED_BACK
    if since:
        start = datetime.combine(since, datetime.min.time(), tzinfo=start.tzinfo)
    return found.filter(at__gte=start)


def _on_own_desks(request: HttpRequest) -> Q:
    """Let who reads the journal of some desks see their tickets, and nothing of other desks."""
    desks = desks_where(reader_of(request).person.pk, "journal.read")
    if desks is None:
        return Q()
    tickets = Ticket.objects.filter(desk__in=desks).values("pk")
    return Q(subject_type="ticket", subject_id__in=tickets) | Q(
        subject_type="desk", subject_id__in=desks
    )


def _subject(text: str) -> Q:
    ticket = Ticket.objects.filter(reference=text.strip().upper()).values_list("pk", flat=True)
    pk = ticket.first()
    if pk is not None:
        return Q(subject_type="ticket", subject_id=pk)
    kind, _sep, number = text.strip().lower().rpartition(" ")
    if not number.isdigit():
        return Q(subject_type=text.strip().lower())
    return Q(subject_type=kind, subject_id=int(number))


def _older(request: HttpRequest, last: int) -> str:
    kept = {key: str(value) for key, value in request.GET.items() if value and key != "after"}
    return "?" + urlencode({**kept, "after": str(last)})
