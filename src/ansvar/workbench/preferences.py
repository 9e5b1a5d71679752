"""What persons choose for themselves: appearance, keys, language, password."""

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import auth, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.commands import set_password
from ansvar.access.middleware import actor_of
from ansvar.access.pages import LOGGED_IN, page
from ansvar.access.queries import works_at_a_desk
from ansvar.kernel.rights import may
from ansvar.people.commands import set_preferences
from ansvar.people.models import Person
from ansvar.ui import render


class PreferencesForm(forms.Form):
    """How pages look and speak."""

    theme = forms.ChoiceField(label=gettext_lazy("Colours"), choices=Person.Theme.choices)
    density = forms.ChoiceField(label=gettext_lazy("Rows"), choices=Person.Density.choices)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    timezone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        required=False,
        choices=lambda: [
            ("", _("as the site’s")),
            *((zone, zone.replace("_", " ")) for zone in sorted(zoneinfo.available_timezones())),
        ],
    )
    has_letter_keys = forms.BooleanField(
        label=gettext_lazy("One-letter keys"),
        required=False,
        help_text=gettext_lazy("Such as r for reply. Keys held with Ctrl always work."),
    )


class PasswordForm(forms.Form):
    """A new password, typed by its owner."""

    old = forms.CharField(
        label=gettext_lazy("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        help_text=gettext_lazy("At least ten characters; a few words in a row are good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


@page("GET", "POST", requires=LOGGED_IN)
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and keep the preferences; a menu may send one of them alone."""
    person = request.user
    assert isinstance(person, Person)  # noqa: S101 - asked by the decorator
    if request.method == "POST" and "language" not in request.POST:
        return _keep_one(request, person)
    initial = {name: getattr(person, name) for name in PreferencesForm.base_fields}
    form = PreferencesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        set_preferences(person.pk, by=actor_of(request), **form.cleaned_data)
        messages.success(request, _("Your preferences are kept."))
        return redirect("preferences")
    return _page(request, person, form=form, password=PasswordForm())


@page("POST", requires=LOGGED_IN)
def change_password(request: HttpRequest) -> HttpResponse:
    """Set one's own password; other sessions end, this one goes on."""
    person = request.user
    assert isinstance(person, Person)  # noqa: S101 - asked by the decorator
    form = PasswordForm(request.POST)
    if form.is_valid():
        if not person.check_password(form.cleaned_data["old"]):
            form.add_error("old", _("That is not your present password."))
        else:
            try:
                set_password(person.pk, form.cleaned_data["new"], by=actor_of(request))
            except ValidationError as error:
                form.add_error("new", error)
    if form.is_valid():
        person.refresh_from_db()
        auth.update_session_auth_hash(request, person)
        messages.success(request, _("Your password is changed. Other sessions were ended."))
        return redirect("preferences")
    initial = {name: getattr(person, name) for name in PreferencesForm.base_fields}
    return _page(request, person, form=PreferencesForm(initial=initial), password=form, status=422)


def _keep_one(request: HttpRequest, person: Person) -> HttpResponse:
    """Keep what a button of the menu sent, and go back to where it was pressed."""
    wanted: dict[str, Any] = {}
    if (theme := request.POST.get("theme")) is not None:
        wanted["theme"] = theme or Person.Theme.SYSTEM
    if (density := request.POST.get("density")) is not None:
        wanted["density"] = density
    if (keys := request.POST.get("single_keys")) is not None:
        wanted["has_letter_keys"] = keys == "on"
    try:
        set_preferences(person.pk, by=actor_of(request), **wanted)
    except ValidationError:
        return HttpResponse(status=422)
    before = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        before, {request.get_host()}, require_https=request.is_secure()
    )
    return redirect(before if is_ours else "start")


def _page(
    request: HttpRequest,
    person: Person,
    *,
    form: PreferencesForm,
    password: PasswordForm,
    status: int = 200,
) -> HttpResponse:
    layout = "ui/workbench.html" if works_at_a_desk(person.pk) else "ui/portal.html"
    context = {
        "form": form,
        "password": password,
        "person": person,
        "has_password": person.has_usable_password(),
        "layout": layout,
        "works_here": may(actor_of(request), "ticket.work"),
    }
    return render.page(request, "workbench/preferences.html", context, status=status)
