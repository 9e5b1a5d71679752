"""People, as agents look them up: how to reach them, where they are, what is open for them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.people.commands import (
    AddressTaken,
    add_contact_point,
    edit_person,
    prefer_contact_point,
    remove_contact_point,
)
from ansvar.people.decisions import BadAddress
from ansvar.people.models import ContactPoint, Department, Person, Site
from ansvar.people.queries import search_people
from ansvar.tickets.models import OPEN_STATES
from ansvar.tickets.queries import SHOWN_WITH
from ansvar.tickets.queue import BY_VALUE
from ansvar.ui import render
from ansvar.workbench.finding import tickets_seen
from ansvar.workbench.queue import Row
from ansvar.workbench.reading import reader_of

PAGE_SIZE = 50
TICKETS = 20


class PersonForm(forms.Form):
    """What agents may change of a person."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120, required=False)
    site = forms.ModelChoiceField(
        Site.objects.filter(is_active=True),
        label=gettext_lazy("Site"),
        required=False,
        empty_label="–",
    )
    department = forms.ModelChoiceField(
        Department.objects.filter(is_active=True),
        label=gettext_lazy("Department"),
        required=False,
        empty_label="–",
    )
    is_vip = forms.BooleanField(
        label=gettext_lazy("To be treated with special care"), required=False
    )


class AddressForm(forms.Form):
    """One more way to reach a person."""

    channel = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ContactPoint.Channel.choices)
    address = forms.CharField(label=gettext_lazy("Address or number"), max_length=254)


@page(requires="person.read")
def people(request: HttpRequest) -> HttpResponse:
    """List people, or those that a text finds."""
    text = request.GET.get("q", "").strip()
    name, _sep, pk = request.GET.get("after", "").rpartition("~")
    after = (name, int(pk)) if name and pk.isdigit() else None
    found = search_people(text, by=actor_of(request), after=after, limit=PAGE_SIZE)
    context = {"people": found.people, "text": text, "next": found.after, "is_later": bool(after)}
    return render.page(request, "workbench/people/people.html", context)


@page(requires="person.read")
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show a person with their tickets."""
    return _person_page(request, person_id)


@page("GET", "POST", requires="person.edit")
def person_edit(request: HttpRequest, person_id: int) -> HttpResponse:
    """Change what is known of a person."""
    found = _person(person_id)
    names = ("name", "title", "site", "department", "is_vip")
    initial = {name: getattr(found, name) for name in names}
    form = PersonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            edit_person(person_id, by=actor_of(request), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The change is kept."))
            return redirect("person", person_id)
    context = {"person": found, "form": form}
    status = 422 if request.method == "POST" else 200
    return render.page(request, "workbench/people/edit.html", context, status=status)


@page("POST", requires="person.edit")
def address_add(request: HttpRequest, person_id: int) -> HttpResponse:
    """Add an address or number."""
    _person(person_id)
    form = AddressForm(request.POST)
    if form.is_valid():
        try:
            add_contact_point(person_id, **form.cleaned_data, by=actor_of(request))
        except (AddressTaken, BadAddress, ValidationError) as refusal:
            form.add_error("address", str(refusal))
        else:
            messages.success(request, _("The address is added."))
            return redirect("person", person_id)
    return _person_page(request, person_id, form, status=422)


@page("POST", requires="person.edit")
def address_change(request: HttpRequest, person_id: int, point_id: int) -> HttpResponse:
    """Prefer an address, or take it away."""
    get_object_or_404(ContactPoint, pk=point_id, person=person_id)
    if request.POST.get("do") == "remove":
        remove_contact_point(point_id, by=actor_of(request))
        messages.success(request, _("The address is taken away."))
    else:
        prefer_contact_point(point_id, by=actor_of(request))
        messages.success(request, _("This one is used first from now on."))
    return redirect("person", person_id)


def _person(person_id: int) -> Person:
    rows = Person.objects.select_related("site", "department", "organisation", "manager")
    rows = rows.annotate(
        answered=Count("answered_tasks"),
        helped=Count("answered_tasks", filter=Q(answered_tasks__has_helped=True)),
    )
    return get_object_or_404(rows.prefetch_related("contact_points"), pk=person_id)


def _person_page(
    request: HttpRequest, person_id: int, form: AddressForm | None = None, *, status: int = 200
) -> HttpResponse:
    found, reader = _person(person_id), reader_of(request)
    theirs = tickets_seen(request).filter(requester=found).select_related(*SHOWN_WITH)
    open_ones = theirs.filter(state__in=OPEN_STATES).order_by(*BY_VALUE.columns)
    done = theirs.exclude(state__in=OPEN_STATES).order_by("-opened_at")
    context: dict[str, Any] = {
        "person": found,
        "form": form or AddressForm(),
        "open_rows": [Row(ticket, reader) for ticket in open_ones[:TICKETS]],
        "done_rows": [Row(ticket, reader) for ticket in done[:TICKETS]],
        "may_edit": reader.may("person.edit", found),
        "may_open": reader.may("ticket.open"),
        "teams": list(found.teams.filter(is_active=True).select_related("desk")),
    }
    return render.page(request, "workbench/people/person.html", context, status=status)
