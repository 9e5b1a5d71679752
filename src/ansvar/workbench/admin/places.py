"""Organisations, departments and sites."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ansvar.people.commands import (
    create_department,
    create_organisation,
    create_site,
    edit_department,
    edit_organisation,
    edit_site,
)
from ansvar.people.models import Calendar, Department, Organisation, Site
from ansvar.workbench.admin.lookups import Column, Lookup


def in_use() -> forms.BooleanField:
    """Return the box that takes a thing out of what is proposed."""
    return forms.BooleanField(
        label=_("in use"),
        required=False,
        initial=True,
        help_text=_("Without it nothing new refers to it; what did stays."),
    )


class OrganisationForm(forms.Form):
    """An organisation."""

    name = forms.CharField(label=_("Name"), max_length=200)
    is_active = in_use()


class DepartmentForm(forms.Form):
    """A department in the tree of its organisation."""

    organisation = forms.ModelChoiceField(Organisation.objects.all(), label=_("Organisation"))
    name = forms.CharField(label=_("Name"), max_length=120)
    parent = forms.ModelChoiceField(
        Department.objects.select_related("organisation"),
        label=_("Part of"),
        required=False,
        empty_label=_("nothing: it is at the top"),
    )
    is_active = in_use()


class SiteForm(forms.Form):
    """A site with what it means to the business."""

    organisation = forms.ModelChoiceField(Organisation.objects.all(), label=_("Organisation"))
    name = forms.CharField(label=_("Name"), max_length=120)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    city = forms.CharField(label=_("City"), max_length=80, required=False)
    country = forms.RegexField(
        r"^[A-Z]{2}$",
        label=_("Country"),
        initial="SE",
        help_text=_("Two capitals, such as SE. Phone numbers without a prefix are of it."),
    )
    calendar = forms.ModelChoiceField(
        Calendar.objects.all(), label=_("Opening hours"), required=False, empty_label=_("not said")
    )
    business_weight = forms.DecimalField(
        label=_("Business weight, %"),
        min_value=0,
        max_value=100,
        max_digits=6,
        decimal_places=3,
        initial=0,
        help_text=_("Its share of the whole business, of turnover for instance."),
    )
    is_active = in_use()


def _state(row: Organisation | Department | Site) -> str:
    return "" if row.is_active else str(_("not in use"))


ORGANISATIONS = Lookup(
    name="organisations",
    noun="organisation",
    title=_("Organisations"),
    new_title=_("New organisation"),
    empty_text=_("Departments, sites and people belong to one. Make your own first."),
    icon="building",
    requires="organisation.manage",
    form=OrganisationForm,
    rows=Organisation.objects.all,
    columns=(Column(heading=_("State"), value=_state),),
    create=create_organisation,
    edit=edit_organisation,
)
DEPARTMENTS = Lookup(
    name="departments",
    noun="department",
    title=_("Departments"),
    new_title=_("New department"),
    empty_text=_("Costs and comparisons are shown by department."),
    icon="sitemap",
    requires="organisation.manage",
    form=DepartmentForm,
    rows=lambda: Department.objects.select_related("organisation", "parent"),
    columns=(
        Column(heading=_("Part of"), value=lambda row: row.parent or ""),
        Column(heading=_("Organisation"), value=lambda row: row.organisation),
        Column(heading=_("State"), value=_state),
    ),
    create=create_department,
    edit=edit_department,
    fixed=("organisation",),
)
SITES = Lookup(
    name="sites",
    noun="site",
    title=_("Sites"),
    new_title=_("New site"),
    empty_text=_("A site has a share of the business, which may raise the impact of its tickets."),
    icon="map-pin",
    requires="organisation.manage",
    form=SiteForm,
    rows=lambda: Site.objects.select_related("organisation"),
    columns=(
        Column(heading=_("City"), value=lambda row: row.city),
        Column(heading=_("Organisation"), value=lambda row: row.organisation),
        Column(
            heading=_("Weight, %"),
            value=lambda row: f"{row.business_weight.normalize():f}",
            kind="number",
        ),
        Column(heading=_("State"), value=_state),
    ),
    create=create_site,
    edit=edit_site,
    fixed=("organisation",),
)
