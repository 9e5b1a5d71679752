"""Making suppliers known and changing what is known of them."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.people.models import Desk, Organisation
from ansvar.suppliers.commands import Contact, edit_supplier, register_supplier
from ansvar.suppliers.models import Supplier
from ansvar.workbench.admin.framing import carried_out
from ansvar.workbench.suppliers.framing import in_frame

PARTS = ("name", "address", "phone", "about")
SPARE = 2
"""Empty lines for further contacts."""
MOST_CONTACTS = 20


class SupplierForm(forms.Form):
    """Everything known of a supplier but its contacts."""

    address = forms.EmailField(
        label=gettext_lazy("Mail address for tasks"),
        required=False,
        help_text=gettext_lazy("Without one it is asked by phone or on a portal of its own."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=lambda: [(code, str(name)) for code, name in settings.LANGUAGES],
        help_text=gettext_lazy("Drafts, reminders and refusals are written in it."),
    )
    domains = forms.CharField(
        label=gettext_lazy("Mail domains of its own"),
        required=False,
        help_text=gettext_lazy(
            "With commas between them. Whoever writes from them writes for it; never name a "
            "provider whose addresses anybody can have."
        ),
    )
    pattern = forms.CharField(
        label=gettext_lazy("How its case numbers look"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("# for digits, * for letters and digits, such as NK-#."),
    )
    contract = forms.CharField(label=gettext_lazy("Contract"), required=False, max_length=200)
    remind_after = forms.IntegerField(
        label=gettext_lazy("Remind it after working hours"),
        required=False,
        min_value=1,
        max_value=1000,
        help_text=gettext_lazy("Once, by mail, if it has not answered. Empty: only by hand."),
    )
    is_reminded_by_contract = forms.BooleanField(
        label=gettext_lazy("Remind it when a step of its contract is taken"),
        required=False,
        help_text=gettext_lazy("Such as at three quarters of its time, as its service level says."),
    )
    desks = forms.ModelMultipleChoiceField(
        Desk.objects.filter(is_active=True),
        label=gettext_lazy("Asked by"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen means every desk."),
    )
    is_named_to_requesters = forms.BooleanField(
        label=gettext_lazy("Requesters may read its name"),
        required=False,
        help_text=gettext_lazy("Otherwise they read that the desk waits for something it needs."),
    )
    remarks = forms.CharField(
        label=gettext_lazy("Remarks"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For those who ask it: customer number, opening hours, portal."),
    )
    is_active = forms.BooleanField(label=gettext_lazy("in use"), required=False, initial=True)

    @override
    def clean(self) -> dict[str, Any]:
        """Split the domains."""
        chosen = super().clean() or {}
        chosen["domains"] = [
            one for one in str(chosen.get("domains", "")).split(",") if one.strip()
        ]
        return chosen


class NewSupplierForm(SupplierForm):
    """A supplier of an organisation that is known, or of a new one."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(is_active=True, supplier=None),
        label=gettext_lazy("Organisation"),
        empty_label="–",
        help_text=gettext_lazy("An administrator adds new ones under Organisations."),
    )
    field_order = ("organisation",)


@page("GET", "POST", requires="supplier.edit")
def supplier_new(request: HttpRequest) -> HttpResponse:
    """Make an organisation known as a supplier."""
    form = NewSupplierForm(request.POST or None)
    contacts = _contacts(request)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        made = carried_out(
            form, lambda: register_supplier(contacts=contacts, by=actor_of(request), **wanted)
        )
        if made is not None:
            messages.success(request, _("%(name)s is a supplier now.") % {"name": made})
            return redirect("supplier", made.pk)
    return _shown(request, form, contacts=contacts)


@page("GET", "POST", requires="supplier.edit")
def supplier_edit(request: HttpRequest, supplier_id: int) -> HttpResponse:
    """Change what is known of a supplier."""
    rows = Supplier.objects.select_related("organisation").prefetch_related("desks", "contacts")
    found = get_object_or_404(rows, pk=supplier_id)
    if request.method != "POST":
        form = SupplierForm(initial=_known(found))
        kept = [Contact(**{part: getattr(one, part) for part in PARTS}) for one in _of(found)]
        return _shown(request, form, contacts=kept, found=found)
    form, contacts = SupplierForm(request.POST), _contacts(request)
    if form.is_valid():
        wanted = form.cleaned_data
        changed = carried_out(
            form,
            lambda: edit_supplier(found.pk, contacts=contacts, by=actor_of(request), **wanted),
        )
        if changed is not None:
            messages.success(request, _("Kept."))
            return redirect("supplier", found.pk)
    return _shown(request, form, contacts=contacts, found=found)


def _of(found: Supplier) -> list[Any]:
    return list(found.contacts.all())


def _known(found: Supplier) -> dict[str, Any]:
    plain = (
        "address", "language", "pattern", "contract", "remind_after", "is_reminded_by_contract",
        "is_named_to_requesters",
        "remarks", "is_active",
    )  # fmt: skip
    return {
        **{name: getattr(found, name) for name in plain},
        "domains": ", ".join(found.domains),
        "desks": list(found.desks.all()),
    }


def _contacts(request: HttpRequest) -> list[Contact]:
    """Return the contacts that a form names; lines without a name are left out."""
    columns = {part: request.POST.getlist(f"contact-{part}") for part in PARTS}
    found = []
    for place, name in enumerate(columns["name"][:MOST_CONTACTS]):
        typed = {
            part: values[place].strip() if place < len(values) else ""
            for part, values in columns.items()
        }
        if name.strip():
            found.append(Contact(**typed))
    return found


def _shown(
    request: HttpRequest,
    form: forms.Form,
    *,
    contacts: list[Contact],
    found: Supplier | None = None,
) -> HttpResponse:
    empty = [Contact(name="")] * SPARE
    context = {"form": form, "contacts": [*contacts, *empty], "supplier": found}
    place = "supplier-new" if found is None else "supplier-cards"
    status = 422 if form.errors else 200
    return in_frame(request, "edit.html", context, place=place, status=status)
