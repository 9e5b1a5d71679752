"""Taking up a matter for somebody: who, what, where."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.access.queries import desks_where
from ansvar.catalogue.models import Service
from ansvar.kernel.refusal import Refusal
from ansvar.people.commands import AddressTaken, create_person
from ansvar.people.decisions import BadAddress
from ansvar.people.models import Desk, Person, Site
from ansvar.tickets.commands import open_ticket
from ansvar.tickets.decisions import Kind
from ansvar.tickets.models import KIND_NAMES, Ticket
from ansvar.ui import render
from ansvar.workbench.choosing import PersonField, chosen_person, found_for
from ansvar.workbench.reading import reader_of

TEMPLATE = "workbench/tickets/new.html"
MATTER = ("desk", "subject", "description", "service", "site")


class NewTicketForm(forms.Form):
    """A matter, as it is told."""

    desk = forms.ModelChoiceField(Desk.objects.none(), label=gettext_lazy("Desk"), empty_label=None)
    requester = PersonField(label=gettext_lazy("For whom"), required=False)
    new_name = forms.CharField(label=gettext_lazy("Name"), max_length=160, required=False)
    new_address = forms.CharField(
        label=gettext_lazy("E-mail or phone"), max_length=254, required=False
    )
    subject = forms.CharField(
        label=gettext_lazy("In a few words"),
        max_length=250,
        error_messages={"required": gettext_lazy("Write a few words of what this is about.")},
    )
    description = forms.CharField(
        label=gettext_lazy("What was said"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "data-send": True}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=lambda: [(str(key), name) for key, name in KIND_NAMES.items()],
    )
    service = forms.ModelChoiceField(
        Service.objects.none(), label=gettext_lazy("Service"), required=False, empty_label="–"
    )
    site = forms.ModelChoiceField(
        Site.objects.filter(is_active=True),
        label=gettext_lazy("Site"),
        required=False,
        empty_label=gettext_lazy("the requester’s"),
    )

    @override
    def clean(self) -> dict[str, Any]:
        """Ask for somebody known, or for the name of somebody new."""
        chosen = super().clean() or {}
        if (
            not chosen.get("requester")
            and not chosen.get("new_name")
            and "requester" not in self.errors
        ):
            self.add_error("requester", _("Choose the person, or add one with a name below."))
        service, desk = chosen.get("service"), chosen.get("desk")
        if service is not None and desk is not None and service.desk_id != desk.pk:
            self.add_error("service", _("This service belongs to another desk."))
        return chosen


@page("GET", "POST", requires="ticket.open")
def new_ticket(request: HttpRequest) -> HttpResponse:
    """Show the form, and open a ticket from it."""

    def command(_chosen: dict[str, Any], matter: dict[str, Any]) -> Ticket:
        return open_ticket(by=actor_of(request), **matter)

    return new_ticket_with(request, NewTicketForm, command)


Command = Callable[[dict[str, Any], dict[str, Any]], Ticket]
"""From what was chosen in the form, and the matter in it, to the ticket."""


def new_ticket_with(
    request: HttpRequest,
    kind_of_form: type[NewTicketForm],
    command: Command,
    *,
    prepare: Callable[[NewTicketForm], None] = lambda _form: None,
) -> HttpResponse:
    """Show a form about a new matter, and make a ticket of it by *command*.

    *prepare* fills in what the form offers besides.
    """
    form = _form(request, kind_of_form)
    prepare(form)
    sent = request.method == "POST" and "find" not in request.POST
    if sent and form.is_valid():
        answer = _open(request, form, command)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "chosen": chosen_person(form, "requester"),
        "found": found_for(request, "requester"),
        "text": request.POST.get("requester-search", ""),
        "is_new_person": bool(form["new_name"].value()),
        "is_afterwards": "began_at" in form.fields,
    }
    return render.page(request, TEMPLATE, context, status=422 if sent else 200)


def _form(request: HttpRequest, kind_of_form: type[NewTicketForm]) -> NewTicketForm:
    reader = reader_of(request)
    initial = {
        "desk": reader.desk_id,
        "kind": Kind.INCIDENT,
        "requester": request.GET.get("requester"),
        "subject": request.GET.get("subject", ""),
    }
    form = kind_of_form(request.POST or None, initial=initial)
    mine = desks_where(reader.person.pk, "ticket.open")
    desks = Desk.objects.filter(is_active=True)
    services = Service.objects.exclude(state=Service.State.RETIRED)
    if mine is not None:
        desks, services = desks.filter(pk__in=mine), services.filter(desk__in=mine)
    for name, rows in (("desk", desks), ("service", services)):
        chooser = form.fields[name]
        assert isinstance(chooser, forms.ModelChoiceField)  # noqa: S101 - declared above
        chooser.queryset = rows
    return form


def _open(request: HttpRequest, form: NewTicketForm, command: Command) -> HttpResponse | None:
    """Open the ticket and go on with its script; nothing when the form has to be put right."""
    chosen = form.cleaned_data
    try:
        requester = chosen["requester"] or _new_person(form, request)
    except (AddressTaken, BadAddress, ValidationError) as refusal:
        form.add_error("new_address", str(refusal))
        return None
    try:
        matter = {name: chosen[name] for name in MATTER}
        ticket = command(chosen, {**matter, "requester": requester, "kind": Kind(chosen["kind"])})
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, _("%(r)s is open and yours to answer for.") % {"r": ticket.reference})
    if "classify" in request.POST:
        return redirect("ticket-classify", ticket.reference)
    return redirect(reverse("ticket", args=[ticket.reference]))


def _new_person(form: NewTicketForm, request: HttpRequest) -> Person:
    """Add somebody by two fields: a name, and an address if there is one."""
    address = form.cleaned_data["new_address"].strip()
    kind = "email" if "@" in address else "phone"
    reach = {kind: address} if address else {}
    return create_person(
        name=form.cleaned_data["new_name"],
        site=form.cleaned_data["site"],
        by=actor_of(request),
        **reach,
    )
