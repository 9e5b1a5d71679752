"""Tokens: keys with which programs act as a person."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.commands import make_token, revoke_token
from ansvar.access.middleware import actor_of
from ansvar.access.models import Token
from ansvar.access.pages import page
from ansvar.kernel import clock
from ansvar.kernel.rights import may
from ansvar.workbench.admin.framing import shown
from ansvar.workbench.reading import reader_of

MOST_SHOWN = 200


class TokenForm(forms.Form):
    """A new token of one's own."""

    title = forms.CharField(
        label=gettext_lazy("What is it for?"),
        max_length=80,
        help_text=gettext_lazy("So that you know it again, such as: inventory script."),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Works for"),
        coerce=int,
        empty_value=None,
        required=False,
        initial=365,
        choices=[
            (30, gettext_lazy("30 days")),
            (90, gettext_lazy("90 days")),
            (365, gettext_lazy("a year")),
            ("", gettext_lazy("until it is taken away")),
        ],
    )


@page("GET", "POST", requires="person.read")
def tokens(request: HttpRequest) -> HttpResponse:
    """Show one's tokens, everybody's to those who look after them, and make one."""
    person, now = reader_of(request).person, clock.now()
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["days"]
        _token, secret = make_token(
            person.pk,
            title=form.cleaned_data["title"],
            expires_at=now + timedelta(days=days) if days else None,
            by=actor_of(request),
        )
        form = TokenForm()
    rows = Token.objects.select_related("person").order_by("revoked_at", "-made_at")
    sees_all = may(actor_of(request), "token.manage")
    if not sees_all:
        rows = rows.filter(person=person)
    context = {
        "form": form,
        "secret": secret,
        "tokens": rows[:MOST_SHOWN],
        "sees_all": sees_all,
        "now": now,
    }
    status = 422 if form.errors else 200
    answer = shown(request, "tokens.html", context, place="admin-tokens", status=status)
    # The secret is shown once: neither browser nor proxy keeps the page.
    answer["Cache-Control"] = "no-store"
    return answer


@page("POST", requires="person.read")
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a token away at once."""
    get_object_or_404(Token, pk=pk)
    revoke_token(pk, by=actor_of(request))
    messages.success(request, _("The token works no more."))
    return redirect("admin-tokens")
