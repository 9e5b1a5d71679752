"""Services: the card, who answers for it, how urgent it is, what it rests on."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.access.queries import desks_where
from ansvar.catalogue.commands import (
    agree_service,
    create_service,
    edit_service,
    retire_service,
    set_dependencies,
    set_service_owner,
    set_urgency,
)
from ansvar.catalogue.models import Service
from ansvar.catalogue.queries import (
    CARD_FIELDS,
    needed_facts_of,
    service_card,
    services_visible_to,
)
from ansvar.kernel.rights import may, require
from ansvar.people.models import Desk, Team
from ansvar.workbench.admin.dependency_picture import picture_of
from ansvar.workbench.admin.framing import carried_out, history_of, list_page, shown
from ansvar.workbench.choosing import PersonField, chosen_person, found_for

URGENCIES = [
    (1, gettext_lazy("1: harm grows by the minute")),
    (2, gettext_lazy("2: harm grows by the hour")),
    (3, gettext_lazy("3: harm grows by the day")),
    (4, gettext_lazy("4: it can wait")),
]


class CardForm(forms.Form):
    """The card of a service: five answers."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    summary = forms.CharField(label=gettext_lazy("In one sentence"), max_length=300, required=False)
    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True),
        label=gettext_lazy("The team that knows it best"),
        required=False,
        empty_label=gettext_lazy("none yet"),
        help_text=gettext_lazy("In second line or higher it writes the scripts of the service."),
    )

    cost_per_hour = forms.DecimalField(
        label=gettext_lazy("What an hour without it costs the business"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        help_text=gettext_lazy("In the currency of the desk. Empty: nobody has said."),
    )
    escalation = forms.CharField(
        label=gettext_lazy("To whom it goes when the desk cannot end it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The routine in words, and what the next one has to know."),
    )

    def __init__(self, *args: Any, desk: Desk | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        if desk is not None:
            team = self.fields["team"]
            assert isinstance(team, forms.ModelChoiceField)  # noqa: S101 - declared above
            team.queryset = Team.objects.filter(desk=desk, is_active=True)
        for name in CARD_FIELDS:
            field = Service._meta.get_field(name)  # noqa: SLF001 - Django's public name for it
            self.fields[name] = forms.CharField(
                label=str(getattr(field, "verbose_name", name)),
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            )


class NewServiceForm(forms.Form):
    """A new service: what it is, and who answers for it."""

    desk = forms.ModelChoiceField(
        Desk.objects.filter(is_active=True), label=gettext_lazy("Desk"), empty_label=None
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    summary = forms.CharField(label=gettext_lazy("In one sentence"), max_length=300, required=False)
    urgency = forms.TypedChoiceField(
        label=gettext_lazy("Urgency"), coerce=int, choices=URGENCIES, initial=3
    )
    owner = PersonField(label=gettext_lazy("Who answers for it?"))


class OwnerForm(forms.Form):
    """Who answers for a service, and who in that person's absence."""

    owner = PersonField(label=gettext_lazy("Service owner"))
    deputy = PersonField(label=gettext_lazy("Deputy"), required=False)
    without_deputy = forms.BooleanField(label=gettext_lazy("no deputy"), required=False)


class UrgencyForm(forms.Form):
    """How fast harm grows."""

    urgency = forms.TypedChoiceField(label=gettext_lazy("Urgency"), coerce=int, choices=URGENCIES)


class DependenciesForm(forms.Form):
    """What a service rests on directly."""

    rests_on = forms.ModelMultipleChoiceField(
        Service.objects.none(),
        label=gettext_lazy("Rests directly on"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, service: Service, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["rests_on"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - declared above
        others = Service.objects.exclude(pk=service.pk).exclude(state=Service.State.RETIRED)
        field.queryset = others.select_related("desk")


@page(requires="service.read")
def services(request: HttpRequest) -> HttpResponse:
    """Show the services by name."""
    rows = services_visible_to(actor_of(request))
    context = {
        "found": list_page(request, rows, search=("name", "summary")),
        "may_add": may(actor_of(request), "service.edit"),
    }
    return shown(request, "services.html", context, place="admin-services")


@page("GET", "POST", requires="service.edit")
def service_new(request: HttpRequest) -> HttpResponse:
    """Draft a service, or search for its owner."""
    searching = "find" in request.POST
    form = NewServiceForm(
        request.POST if request.method == "POST" and not searching else None,
        initial=request.POST.dict() if searching else None,
    )
    own = desks_where(actor_of(request).id or 0, "service.edit")
    if own is not None:
        desk = form.fields["desk"]
        assert isinstance(desk, forms.ModelChoiceField)  # noqa: S101 - declared above
        desk.queryset = Desk.objects.filter(pk__in=own, is_active=True)
    if form.is_bound and form.is_valid():
        made = carried_out(form, lambda: create_service(by=actor_of(request), **form.cleaned_data))
        if made is not None:
            messages.success(request, _("%(name)s is drafted. Fill its card.") % {"name": made})
            return redirect("admin-service-edit", made.pk)
    context = {
        "form": form,
        "chosen": chosen_person(form, "owner"),
        "found": found_for(request, "owner"),
    }
    status = 422 if form.errors else 200
    return shown(request, "service-new.html", context, place="admin-services", status=status)


@page(requires="service.read")
def service(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a service: its card, who answers for it, and its technical side."""
    return _service_page(request, service_of(request, pk))


@page("GET", "POST", requires="service.read")
def service_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the card of a service."""
    row = service_of(request, pk, "service.edit")
    names = ("name", "summary", "cost_per_hour", "escalation", *CARD_FIELDS)
    initial = {"team": row.team_id, **{name: getattr(row, name) for name in names}}
    form = CardForm(request.POST or None, initial=initial, desk=row.desk)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        done = carried_out(form, lambda: edit_service(pk, by=actor_of(request), **wanted))
        if done is not None:
            messages.success(request, _("The card is kept."))
            return redirect("admin-service", pk)
    context = {"row": row, "form": form, "answers": [form[name] for name in CARD_FIELDS]}
    status = 422 if form.errors else 200
    return shown(request, "service-edit.html", context, place="admin-services", status=status)


@page("GET", "POST", requires="service.read")
def service_owner(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who answers for a service, or search for whom."""
    row = service_of(request, pk, "service.edit")
    initial = {"owner": row.owner_id, "deputy": row.deputy_id}
    searching = "find" in request.POST
    form = OwnerForm(
        request.POST if request.method == "POST" and not searching else None, initial=initial
    )
    if form.is_bound and form.is_valid():
        wanted = form.cleaned_data
        deputy = None if wanted["without_deputy"] else wanted["deputy"]
        done = carried_out(
            form,
            lambda: set_service_owner(
                pk, owner=wanted["owner"], deputy=deputy, by=actor_of(request)
            ),
        )
        if done is not None:
            return redirect("admin-service", pk)
    context = {
        "row": row,
        "form": form,
        "owner": chosen_person(form, "owner"),
        "deputy": chosen_person(form, "deputy"),
        "found_owner": found_for(request, "owner"),
        "found_deputy": found_for(request, "deputy"),
    }
    status = 422 if form.errors else 200
    return shown(request, "service-owner.html", context, place="admin-services", status=status)


@page("POST", requires="service.read")
def service_urgency(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the urgency of a service, for all its tickets."""
    row = service_of(request, pk, "service.set_urgency")
    form = UrgencyForm(request.POST)
    if form.is_valid():
        set_urgency(pk, form.cleaned_data["urgency"], by=actor_of(request))
        messages.success(request, _("The urgency holds for all tickets of the service."))
        return redirect("admin-service", pk)
    return _service_page(request, row, status=422)


@page("GET", "POST", requires="service.read")
def service_dependencies(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a service rests on."""
    row = service_of(request, pk, "service.edit")
    present = list(row.dependencies.values_list("rests_on", flat=True))
    form = DependenciesForm(request.POST or None, service=row, initial={"rests_on": present})
    if request.method == "POST" and form.is_valid():
        wanted = [other.pk for other in form.cleaned_data["rests_on"]]
        done = carried_out(form, lambda: set_dependencies(pk, wanted, by=actor_of(request)))
        if done is not None:
            return redirect("admin-service", pk)
    context = {"row": row, "form": form}
    status = 422 if form.errors else 200
    template = "service-dependencies.html"
    return shown(request, template, context, place="admin-services", status=status)


@page("POST", requires="service.read")
def service_state(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Agree or retire a service."""
    row = service_of(request, pk, "service.edit")
    changes: dict[str, Callable[..., Service]] = {
        "agree": agree_service,
        "retire": retire_service,
    }
    if what not in changes:
        raise Http404
    form = forms.Form(request.POST)
    if carried_out(form, lambda: changes[what](pk, by=actor_of(request))) is not None:
        return redirect("admin-service", pk)
    return _service_page(request, row, refused=form.non_field_errors(), status=422)


def service_of(request: HttpRequest, pk: int, permission: str = "") -> Service:
    """Return a service the reader may see; with *permission*, one they may change.

    Raises: Http404; NotPermitted.
    """
    row = get_object_or_404(services_visible_to(actor_of(request)), pk=pk)
    if permission:
        require(actor_of(request), permission, row)
    return row


def _service_page(
    request: HttpRequest, row: Service, *, refused: Any = (), status: int = 200
) -> HttpResponse:
    by = actor_of(request)
    card = service_card(row)
    context = {
        "row": row,
        "card": card,
        "needed": list(needed_facts_of(row.pk)),
        "picture": picture_of(row, card.rests_on, card.carries),
        "refused": refused,
        "urgency": UrgencyForm(initial={"urgency": row.urgency}),
        "may_edit": may(by, "service.edit", row),
        "may_set_urgency": may(by, "service.set_urgency", row),
        "may_script": may(by, "script.edit", row),
        "told": history_of("service", row.pk),
    }
    return shown(request, "service.html", context, place="admin-services", status=status)
