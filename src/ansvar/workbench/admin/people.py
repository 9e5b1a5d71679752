"""People: how they are reached, what they may do, whether they are still here."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.commands import grant_role, set_password, take_role
from ansvar.access.decisions import Role
from ansvar.access.middleware import actor_of
from ansvar.access.models import RoleGrant
from ansvar.access.pages import page
from ansvar.access.queries import desks_where
from ansvar.kernel.rights import may
from ansvar.people.commands import (
    add_contact_point,
    create_person,
    deactivate_person,
    edit_person,
    prefer_contact_point,
    reactivate_person,
    remove_contact_point,
)
from ansvar.people.leaving import SomethingLeft
from ansvar.people.models import ContactPoint, Department, Desk, Organisation, Person, Site
from ansvar.people.queries import search_people
from ansvar.workbench.admin.framing import (
    KEY_SEPARATOR,
    ListPage,
    carried_out,
    history_of,
    page_address,
    shown,
)
from ansvar.workbench.finding import on_own_desks

LIST_SIZE = 40


class PersonForm(forms.Form):
    """What is known of a person."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120, required=False)
    organisation = forms.ModelChoiceField(
        Organisation.objects.all(), label=gettext_lazy("Organisation"), required=False
    )
    department = forms.ModelChoiceField(
        Department.objects.all(), label=gettext_lazy("Department"), required=False
    )
    site = forms.ModelChoiceField(Site.objects.all(), label=gettext_lazy("Site"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    is_vip = forms.BooleanField(
        label=gettext_lazy("to be treated with special care"),
        required=False,
        help_text=gettext_lazy("Shown to agents. It changes no priority."),
    )


class NewPersonForm(PersonForm):
    """A new person with the first addresses."""

    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)


class ContactPointForm(forms.Form):
    """One more address."""

    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=ContactPoint.Channel.choices)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=254)
    is_shared = forms.BooleanField(label=gettext_lazy("used by several people"), required=False)


class RoleForm(forms.Form):
    """A role on a desk, or on all."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=RoleGrant.Role.choices)
    desk = forms.ModelChoiceField(
        Desk.objects.all(),
        label=gettext_lazy("On the desk"),
        required=False,
        empty_label=gettext_lazy("all desks"),
    )


class LogInForm(forms.Form):
    """A log-in name, and a password to begin with."""

    login = forms.CharField(label=gettext_lazy("Log-in name"), max_length=150, required=False)
    password = forms.CharField(
        label=gettext_lazy("New password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least ten characters. Empty leaves it as it is."),
    )


@page(requires="person.edit")
def people(request: HttpRequest) -> HttpResponse:
    """Show people by name, or those found by any part of name, phone and mail."""
    query = request.GET.get("q", "").strip()
    name, _sep, pk = request.GET.get("after", "").rpartition(KEY_SEPARATOR)
    after = (name, int(pk)) if pk.isdecimal() else None
    everybody = "all" in request.GET
    found = search_people(
        query, by=actor_of(request), after=after, limit=LIST_SIZE, with_inactive=everybody
    )
    more = f"{found.after[0]}{KEY_SEPARATOR}{found.after[1]}" if found.after else ""
    context = {
        "found": ListPage(
            rows=found.people,
            first=page_address(query, "") if after else "",
            more=page_address(query, more) if more else "",
            query=query,
        ),
        "everybody": everybody,
    }
    return shown(request, "people.html", context, place="admin-people")


@page("GET", "POST", requires="person.edit")
def person_new(request: HttpRequest) -> HttpResponse:
    """Add a person."""
    form = NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = carried_out(form, lambda: create_person(by=actor_of(request), **form.cleaned_data))
        if made is not None:
            messages.success(request, _("%(name)s is known now.") % {"name": made})
            return redirect("admin-person", made.pk)
    status = 422 if form.errors else 200
    return shown(request, "person-new.html", {"form": form}, place="admin-people", status=status)


@page("GET", "POST", requires="person.edit")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a person and change what is known."""
    row = _person_of(pk)
    form = PersonForm(request.POST or None, initial=_initial(row))
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        done = carried_out(form, lambda: edit_person(pk, by=actor_of(request), **wanted))
        if done is not None:
            messages.success(request, _("The change is kept."))
            return redirect("admin-person", pk)
    return _person_page(request, row, form=form)


@page("POST", requires="person.edit")
def contact_point_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add an address to a person."""
    row = _person_of(pk)
    form = ContactPointForm(request.POST)
    if form.is_valid():
        wanted = form.cleaned_data
        done = carried_out(
            form,
            lambda: add_contact_point(
                pk,
                wanted["channel"],
                wanted["address"],
                is_shared=wanted["is_shared"],
                by=actor_of(request),
            ),
        )
        if done is not None:
            return redirect("admin-person", pk)
    return _person_page(request, row, adding=form)


@page("POST", requires="person.edit")
def contact_point_change(
    request: HttpRequest, *, pk: int, point_id: int, what: str
) -> HttpResponse:
    """Prefer an address, or take it away."""
    point = get_object_or_404(ContactPoint, pk=point_id, person=pk)
    change = {"prefer": prefer_contact_point, "remove": remove_contact_point}.get(what)
    if change is None:
        raise Http404
    change(point.pk, by=actor_of(request))
    return redirect("admin-person", pk)


@page("POST", requires="person.edit")
def person_activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a person be gone, or be back."""
    _person_of(pk)
    change = reactivate_person if request.POST.get("active") == "yes" else deactivate_person
    try:
        change(pk, by=actor_of(request))
    except SomethingLeft:
        # There it stands what is left, to be given to others.
        return redirect("person-leaving", pk)
    return redirect("admin-person", pk)


@page("POST", requires="role.grant")
def role_give(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person a role."""
    row = _person_of(pk)
    form = RoleForm(request.POST)
    if form.is_valid():
        role, desk = Role(form.cleaned_data["role"]), form.cleaned_data["desk"]
        done = carried_out(form, lambda: grant_role(pk, role, desk=desk, by=actor_of(request)))
        if done is not None:
            return redirect("admin-person", pk)
    return _person_page(request, row, giving=form)


@page("POST", requires="role.grant")
def role_take(request: HttpRequest, pk: int, grant_id: int) -> HttpResponse:
    """Take a role from a person."""
    grant = get_object_or_404(RoleGrant, pk=grant_id, person=pk)
    try:
        take_role(grant.pk, by=actor_of(request))
    except SomethingLeft:
        return redirect(f"{reverse('person-leaving', args=[pk])}?role={grant.pk}")
    return redirect("admin-person", pk)


@page("POST", requires="role.grant")
def person_log_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person a log-in name and a password, or take the name away."""
    row = _person_of(pk)
    form = LogInForm(request.POST)
    if form.is_valid():
        login = form.cleaned_data["login"].strip() or None
        done = carried_out(form, lambda: edit_person(pk, login=login, by=actor_of(request)))
        if done is not None and form.cleaned_data["password"]:
            _set_password(request, form, pk)
        if not form.errors:
            messages.success(request, _("The log-in is kept."))
            return redirect("admin-person", pk)
    return _person_page(request, row, entering=form)


def _set_password(request: HttpRequest, form: LogInForm, pk: int) -> None:
    try:
        set_password(pk, form.cleaned_data["password"], by=actor_of(request))
    except ValidationError as error:
        form.add_error("password", error)


def _person_of(pk: int) -> Person:
    rows = Person.objects.select_related("organisation", "department", "site", "manager")
    return get_object_or_404(rows, pk=pk)


def _initial(row: Person) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in ("name", "title", "language", "is_vip")}
    links = {name: getattr(row, f"{name}_id") for name in ("organisation", "department", "site")}
    return {**plain, **links}


def _person_page(
    request: HttpRequest,
    row: Person,
    *,
    form: PersonForm | None = None,
    adding: ContactPointForm | None = None,
    giving: RoleForm | None = None,
    entering: LogInForm | None = None,
) -> HttpResponse:
    by = actor_of(request)
    sent = (form, adding, giving, entering)
    own_desks = desks_where(by.id or 0, "role.grant")
    first_desk = Desk.objects.filter(on_own_desks(request, "role.grant", "pk")).first()
    giving = giving or RoleForm(initial={"desk": first_desk})
    if own_desks is not None:
        # Who gives roles on some desks does not see the others, nor "all desks".
        field = giving.fields["desk"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = Desk.objects.filter(pk__in=own_desks)
        field.empty_label, field.required = None, True
    context = {
        "row": row,
        "form": form or PersonForm(initial=_initial(row)),
        "adding": adding or ContactPointForm(),
        "giving": giving,
        "entering": entering or LogInForm(initial={"login": row.login or ""}),
        "points": row.contact_points.all(),
        "grants": row.role_grants.select_related("desk").order_by("role", "desk__name"),
        "memberships": row.memberships.select_related("team__desk").order_by("team__name"),
        "may_grant": may(by, "role.grant"),
        "told": history_of("person", row.pk),
    }
    status = 422 if any(one is not None and one.errors for one in sent) else 200
    return shown(request, "person.html", context, place="admin-people", status=status)
