"""Logging in and out, and where one arrives."""

import ipaddress
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django import forms
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ansvar.access.backends import person_by_login
from ansvar.access.commands import (
    count_refused_try,
    forget_refused_tries,
    note_log_in,
    note_refused_log_in,
)
from ansvar.access.pages import ANYBODY, LOGGED_IN, page
from ansvar.access.queries import has_administrator, pause_before_log_in, works_at_a_desk
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.registry import Registry
from ansvar.people.models import Person
from ansvar.ui import render

BACKEND = "ansvar.access.backends.PersonBackend"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Somebody who may be logged in by one click, on the machine itself only."""

    person_id: int
    name: str
    detail: str
    """Role or place, in a few words."""


log_in_offers: Registry[Callable[[], Iterable[Offer]]] = Registry("log-in offers")
"""Filled by the demo organisation: whom one may try the product as."""


class LogInForm(forms.Form):
    """Who somebody is."""

    username = forms.CharField(
        label=gettext_lazy("E-mail or log-in name"),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


@page("GET", "POST", requires=ANYBODY)
def log_in(request: HttpRequest) -> HttpResponse:
    """Show the log-in form, and log somebody in."""
    if isinstance(request.user, Person) and request.method != "POST":
        return redirect(_next(request))
    form = LogInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = _recognise(request, form)
        if person is not None:
            return _let_in(request, person, by_means_of="password")
    context = {
        "form": form,
        "next": request.POST.get("next", request.GET.get("next", "")),
        "offers": _offers() if _is_at_the_machine(request) else [],
        "offered_first": request.GET.get("as", ""),
        "is_unused": not has_administrator(),
    }
    wrong = 422 if request.method == "POST" else 200
    return render.page(request, "workbench/log-in.html", context, status=wrong)


@page("POST", requires=ANYBODY)
def log_in_offered(request: HttpRequest) -> HttpResponse:
    """Log in as one of the persons that the demo offers; only on the machine itself."""
    chosen = request.POST.get("person", "")
    offered = {str(offer.person_id) for offer in _offers()}
    if not _is_at_the_machine(request) or chosen not in offered:
        return redirect("log-in")
    person = Person.objects.filter(pk=chosen, is_active=True).first()
    if person is None:
        return redirect("log-in")
    return _let_in(request, person, by_means_of="demo")


@page("POST", requires=ANYBODY)
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    auth.logout(request)
    return redirect("log-in")


@page(requires=LOGGED_IN)
def start(request: HttpRequest) -> HttpResponse:
    """Send everybody to their own first page."""
    if isinstance(request.user, Person) and works_at_a_desk(request.user.pk):
        return redirect("queue-start")
    try:
        return redirect("portal-home")
    except NoReverseMatch:
        return redirect("preferences")


def _recognise(request: HttpRequest, form: LogInForm) -> Person | None:
    """Return the person of a right password; otherwise say in the form what is wrong."""
    login, address = form.cleaned_data["username"], address_of(request)
    pause = pause_before_log_in(login=login, address=address)
    if pause is not None:
        form.add_error(None, _too_many(pause))
        return None
    person = auth.authenticate(request, username=login, password=form.cleaned_data["password"])
    if isinstance(person, Person):
        forget_refused_tries(login=login)
        return person
    count_refused_try(login=login, address=address)
    known = person_by_login(login)
    if known is not None:
        note_refused_log_in(known.pk, reason="wrong password", address=address, by=SYSTEM)
    form.add_error("password", _("Name and password do not fit together. Try again."))
    return None


def _too_many(pause: timedelta) -> str:
    minutes = ceil(pause.total_seconds() / 60)
    return ngettext(
        "Too many wrong passwords. Wait %(n)s minute, then try again.",
        "Too many wrong passwords. Wait %(n)s minutes, then try again.",
        minutes,
    ) % {"n": minutes}


def _let_in(request: HttpRequest, person: Person, *, by_means_of: str) -> HttpResponse:
    # Rotates the session's key, so that one known before is worth nothing.
    auth.login(request, person, backend=BACKEND)
    note_log_in(person.pk, by_means_of=by_means_of)
    return HttpResponseRedirect(_next(request))


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", request.GET.get("next", ""))
    if url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return reverse("start")


def _offers() -> list[Offer]:
    return [offer for offers in log_in_offers.values() for offer in offers()]


def address_of(request: HttpRequest) -> str:
    """Return the address a request comes from, as the web server knows it."""
    return str(request.META.get("REMOTE_ADDR", ""))


def _is_at_the_machine(request: HttpRequest) -> bool:
    """Tell whether a browser on this machine asks for this machine.

    Both ends are looked at: behind a proxy on the same machine everybody comes from loopback.
    """
    host = request.get_host().rpartition(":")[0] or request.get_host()
    return _is_loopback(address_of(request)) and (host == "localhost" or _is_loopback(host))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False
