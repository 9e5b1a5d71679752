"""What a service needs to know before work on a matter can begin: the list, and each question."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.catalogue.commands import (
    add_needed_fact,
    edit_needed_fact,
    edit_service,
    order_needed_facts,
    remove_needed_fact,
)
from ansvar.catalogue.decisions.needed import LONGEST_PATTERN
from ansvar.catalogue.models import NEEDED_KIND_NAMES, NeededFact
from ansvar.catalogue.queries import needed_facts_of, services_visible_to
from ansvar.kernel.rights import may, require
from ansvar.workbench.admin.framing import carried_out, shown
from ansvar.workbench.admin.services import service_of

PLACE = "admin-services"


class NeededForm(forms.Form):
    """One thing that must be known, and how it is asked for."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("Short, as agents see it: Cash desk number."),
    )
    question = forms.CharField(
        label=gettext_lazy("Question"),
        max_length=250,
        help_text=gettext_lazy("As the requester reads it: Which cash desk is it?"),
    )
    help = forms.CharField(
        label=gettext_lazy("Help or example"),
        max_length=250,
        required=False,
        help_text=gettext_lazy("Stands behind the question: the number on its front, such as 3."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("The answer is"),
        choices=lambda: [(str(key), name) for key, name in NEEDED_KIND_NAMES.items()],
    )
    choices = forms.CharField(
        label=gettext_lazy("To choose from"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("For “one of several” only: each on a line."),
    )
    pattern = forms.CharField(
        label=gettext_lazy("Pattern"),
        max_length=LONGEST_PATTERN,
        required=False,
        help_text=gettext_lazy(
            "For words only: # is a digit, @ a letter, [ ] may be missing. SE-####[#] fits SE-1234."
        ),
    )
    is_required = forms.BooleanField(
        label=gettext_lazy("Work cannot begin without it"), required=False, initial=True
    )

    def wanted(self) -> dict[str, Any]:
        """Return what the commands want."""
        return {**self.cleaned_data, "choices": self.cleaned_data["choices"].splitlines()}


@page(requires="service.read")
def service_needed(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a service needs to know, in the order of asking."""
    row = service_of(request, pk)
    context = {
        "row": row,
        "needed": list(needed_facts_of(pk)),
        "may_edit": may(actor_of(request), "service.edit", row),
    }
    return shown(request, "needed-list.html", context, place=PLACE)


@page("GET", "POST", requires="service.read")
def service_needed_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a service ask for one more thing."""
    row = service_of(request, pk, "service.edit")
    form = NeededForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = carried_out(form, lambda: add_needed_fact(pk, by=actor_of(request), **form.wanted()))
        if made is not None:
            messages.success(request, _("%(name)s is asked for from now on.") % {"name": made})
            return redirect(_list_of(pk, made.pk))
    return _form_page(request, form, {"service": row})


@page("POST", requires="service.read")
def service_asking(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether requesters are asked at once for what is missing."""
    service_of(request, pk, "service.edit")
    wanted = "asks_at_once" in request.POST
    edit_service(pk, asks_at_once=wanted, by=actor_of(request))
    messages.success(
        request,
        _("Who writes by mail is asked at once, and only once.")
        if wanted
        else _("Nobody is asked unless an agent does it."),
    )
    return redirect("admin-service-needed", pk)


@page("GET", "POST", requires="service.read")
def needed(request: HttpRequest, pk: int) -> HttpResponse:
    """Change how something is asked for."""
    row = _needed_of(request, pk)
    names = ("name", "question", "help", "kind", "pattern", "is_required")
    initial = {"choices": "\n".join(row.choices), **{name: getattr(row, name) for name in names}}
    form = NeededForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        done = carried_out(
            form, lambda: edit_needed_fact(pk, by=actor_of(request), **form.wanted())
        )
        if done is not None:
            messages.success(request, _("The change is kept."))
            return redirect(_list_of(row.service_id, pk))
    return _form_page(request, form, {"service": row.service, "row": row})


@page("POST", requires="service.read")
def needed_change(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Ask for something earlier or later than before, or no longer."""
    row = _needed_of(request, pk)
    if what == "remove":
        remove_needed_fact(pk, by=actor_of(request))
        words = _("%(name)s is asked for no longer; what tickets know of it stays.")
        messages.success(request, words % {"name": row.name})
        return redirect("admin-service-needed", row.service_id)
    if what not in {"earlier", "later"}:
        raise Http404
    order = list(needed_facts_of(row.service_id).values_list("pk", flat=True))
    here = order.index(pk)
    there = here + (1 if what == "later" else -1)
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
        order_needed_facts(row.service_id, order, by=actor_of(request))
    return redirect(_list_of(row.service_id, pk))


def _needed_of(request: HttpRequest, pk: int) -> NeededFact:
    """Return something asked for that the reader may change.

    Raises: Http404; NotPermitted.
    """
    rows = NeededFact.objects.filter(
        is_active=True, service__in=services_visible_to(actor_of(request))
    )
    row = get_object_or_404(rows.select_related("service"), pk=pk)
    require(actor_of(request), "service.edit", row.service)
    return row


def _list_of(service_id: int, pk: int) -> str:
    # The browser goes on from there, so that the next key press moves the same row.
    return f"{reverse('admin-service-needed', args=[service_id])}#needed-{pk}"


def _form_page(request: HttpRequest, form: forms.Form, context: dict[str, Any]) -> HttpResponse:
    status = 422 if form.errors else 200
    whole = {"row": None, "form": form, **context}
    return shown(request, "needed.html", whole, place=PLACE, status=status)
