"""Mailboxes: connecting one, by password or by somebody's agreement, and trying it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.conversations import oauth, transport
from ansvar.conversations.commands import (
    create_mailbox,
    edit_mailbox,
    keep_agreement,
    set_oauth,
    try_mailbox_now,
)
from ansvar.conversations.models import Mailbox, OAuthAccess
from ansvar.conversations.queries import mailboxes_for
from ansvar.conversations.signing import DnsRecord, dns_record, is_signed
from ansvar.kernel.refusal import Refusal
from ansvar.people.models import Desk
from ansvar.ui import render
from ansvar.workbench.finding import on_own_desks
from ansvar.workbench.reading import reader_of

_AGREEING = "agreeing"
"""In the session: which mailbox somebody went to agree for, and what proves the answer."""
_SALT = "ansvar.mailbox.agreement"
_STATE_SECONDS = 1800
OAUTH_FIELDS = ("grant", "authorize_url", "token_url", "client_id", "client_secret", "scope")
_NEVER_SHOWN = {"imap_password", "smtp_password", "dkim_key", "client_secret"}


def _secret(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


def _line(label: Any, longest: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=False, **more)


def _choice(label: Any, choices: Any, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, **{"initial": choices[0][0], **more})


class MailboxForm(forms.Form):
    """How a desk's mail comes in and goes out; present secrets are never shown.

    What is left out of a request keeps its present value.
    """

    desk = forms.ModelChoiceField(Desk.objects.none(), label=gettext_lazy("Desk"), empty_label=None)
    address = forms.EmailField(label=gettext_lazy("Address"))
    display_name = _line(gettext_lazy("Name shown to readers"), 120)
    entrance = _choice(gettext_lazy("Mail comes in"), Mailbox.Entrance.choices)
    log_in = _choice(gettext_lazy("Log-in"), Mailbox.LogIn.choices)
    imap_host = _line(gettext_lazy("IMAP server"), 200)
    imap_port = forms.IntegerField(
        label=gettext_lazy("IMAP port"), min_value=1, max_value=65535, initial=993
    )
    imap_security = _choice(gettext_lazy("IMAP protection"), Mailbox.Security.choices)
    imap_user = _line(gettext_lazy("IMAP user"), 200)
    imap_password = _secret(gettext_lazy("IMAP password"))
    imap_folder = _line(gettext_lazy("Folder"), 200, initial="INBOX")
    after_reading = _choice(gettext_lazy("After reading"), Mailbox.AfterReading.choices)
    done_folder = _line(gettext_lazy("Folder for mail that was read"), 200)
    largest_mb = forms.IntegerField(
        label=gettext_lazy("Largest mail, MB"),
        min_value=1,
        max_value=1000,
        initial=40,
    )
    trusted_checker = _line(gettext_lazy("Server whose checks are believed"), 200)
    smtp_host = forms.CharField(label=gettext_lazy("SMTP server"), max_length=200)
    smtp_port = forms.IntegerField(
        label=gettext_lazy("SMTP port"), min_value=1, max_value=65535, initial=587
    )
    smtp_security = _choice(
        gettext_lazy("SMTP protection"),
        Mailbox.Security.choices,
        initial=Mailbox.Security.STARTTLS,
    )
    smtp_user = _line(gettext_lazy("SMTP user"), 200)
    smtp_password = _secret(gettext_lazy("SMTP password"))
    sends_per_minute = forms.IntegerField(
        label=gettext_lazy("Mails a minute at most (0: no limit)"),
        min_value=0,
        max_value=10_000,
        initial=0,
    )
    answer_address = _choice(gettext_lazy("Answers go to"), Mailbox.AnswerAddress.choices)
    has_reply_line = forms.BooleanField(
        label=gettext_lazy("Show a line above which to answer"), required=False
    )
    dkim_domain = _line(gettext_lazy("DKIM domain"), 200)
    dkim_selector = _line(gettext_lazy("DKIM selector"), 63)
    dkim_key = forms.CharField(
        label=gettext_lazy("DKIM private key (PEM)"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)
    grant = _choice(gettext_lazy("Who gives the right"), OAuthAccess.Grant.choices)
    authorize_url = _line(gettext_lazy("Authorisation endpoint"), 300)
    token_url = _line(gettext_lazy("Token endpoint"), 300)
    client_id = _line(gettext_lazy("Client id"), 200)
    client_secret = _secret(gettext_lazy("Client secret"))
    scope = _line(gettext_lazy("Scope"), 500)

    def mailbox_fields(self) -> dict[str, Any]:
        """Return what was chosen for the mailbox itself."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in OAUTH_FIELDS and self._was_said(name)
        }

    def oauth_fields(self) -> dict[str, Any]:
        """Return how tokens are got; the scope follows the grant where the provider is known."""
        said = {name: self.cleaned_data[name] for name in OAUTH_FIELDS if self._was_said(name)}
        if said.get("grant") == OAuthAccess.Grant.CLIENT:
            for provider in oauth.PROVIDERS.values():
                if provider.client_scope and said.get("scope") == provider.scope:
                    said["scope"] = provider.client_scope
        return said

    def _was_said(self, name: str) -> bool:
        # A box that is not ticked is not in the request; nor is a field that a page leaves out.
        return name in self.data or isinstance(self.fields[name], forms.BooleanField)


@page("GET", "POST", requires="mailbox.manage")
def mailbox_new(request: HttpRequest) -> HttpResponse:
    """Connect a mail address to a desk."""
    provider = oauth.PROVIDERS.get(request.GET.get("with", ""))
    form = _form(request, _preset(provider) if provider else None)
    if request.method == "POST" and form.is_valid():
        made: list[Mailbox] = []

        def connect() -> None:
            made.append(create_mailbox(by=actor_of(request), **form.mailbox_fields()))
            _set_oauth(request, form, made[0])

        if _kept(form, connect):
            return _next(request, made[0], _("The mailbox is connected."))
    return _form_page(request, {"form": form, "providers": _providers(request)})


@page("GET", "POST", requires="mailbox.manage")
def mailbox_edit(request: HttpRequest, mailbox_id: int) -> HttpResponse:
    """Change how a mailbox is reached."""
    mailbox = _own(request, mailbox_id)
    form = _form(request, _present(mailbox))
    if request.method == "POST" and form.is_valid():

        def change() -> None:
            edit_mailbox(mailbox_id, by=actor_of(request), **form.mailbox_fields())
            mailbox.refresh_from_db(fields=["log_in"])
            _set_oauth(request, form, mailbox)

        if _kept(form, change):
            return _next(request, mailbox, _("The change is kept."))
    context = {
        "form": form,
        "mailbox": mailbox,
        "access": _access(mailbox),
        "dkim_record": _dkim_record(mailbox),
    }
    return _form_page(request, context)


@page("POST", requires="mailbox.manage")
def mailbox_try(request: HttpRequest, mailbox_id: int) -> HttpResponse:
    """Try both servers of a mailbox now, and let the receiver try again at once."""
    _own(request, mailbox_id)
    # With its secrets, which the pages never load.
    trouble = transport.trouble_with(Mailbox.objects.get(pk=mailbox_id))
    for words in trouble:
        messages.error(request, words)
    if not trouble:
        messages.success(request, _("Both servers answer and let us in."))
    try_mailbox_now(mailbox_id, by=actor_of(request))
    return redirect("mail")


@page(requires="mailbox.manage")
def mailbox_agree(request: HttpRequest, mailbox_id: int) -> HttpResponse:
    """Send somebody to the mail service to agree that the mailbox is read and sent from."""
    mailbox = _own(request, mailbox_id)
    access = _access(mailbox)
    if access is None or not oauth.is_safe(access.authorize_url):
        messages.error(request, _("Say first where somebody agrees and who we are."))
        return redirect("mailbox-edit", mailbox_id)
    proof = oauth.Proof.made()
    state = signing.dumps({"mailbox": mailbox_id, "proof": proof.challenge}, salt=_SALT)
    request.session[_AGREEING] = {"mailbox": mailbox_id, "verifier": proof.verifier}
    where = oauth.agreement_url(access, state=state, proof=proof, return_to=_return_to())
    return redirect(where)


@page(requires="mailbox.manage")
def mailbox_agreed(request: HttpRequest) -> HttpResponse:
    """Take what the mail service sends back with somebody who has agreed, or has not."""
    going = request.session.pop(_AGREEING, None)
    mailbox_id = _answered(request.GET.get("state", ""), going)
    if mailbox_id is None:
        messages.error(request, _("This answer belongs to no question of this browser: try again."))
        return redirect("mail")
    mailbox = _own(request, mailbox_id)
    access = get_object_or_404(OAuthAccess.objects.select_related("mailbox"), mailbox=mailbox)
    code = request.GET.get("code", "")
    if not code:
        said = request.GET.get("error_description") or request.GET.get("error") or "–"
        messages.error(request, _("It was not agreed: {said}").format(said=said[:200]))
        return redirect("mailbox-edit", mailbox_id)
    try:
        proof = oauth.Proof(verifier=going["verifier"])
        tokens = oauth.tokens_by_code(access, code=code, proof=proof, return_to=_return_to())
    except oauth.NoToken as error:
        messages.error(request, str(error))
        return redirect("mailbox-edit", mailbox_id)
    keep_agreement(mailbox_id, tokens=tokens, by=actor_of(request))
    messages.success(request, _("It is agreed. The mailbox is tried within seconds."))
    return redirect("mail")


def _answered(state: str, going: Any) -> int | None:
    """Return for which mailbox the answer is, if this browser has asked the question."""
    try:
        said = signing.loads(state, salt=_SALT, max_age=_STATE_SECONDS)
    except signing.BadSignature:
        return None
    if not isinstance(going, dict) or going.get("mailbox") != said["mailbox"]:
        return None
    is_same = oauth.Proof(verifier=going["verifier"]).challenge == said["proof"]
    return int(said["mailbox"]) if is_same else None


def _return_to() -> str:
    return f"{settings.BASE_URL}{reverse('mailbox-agreed')}"


def _own(request: HttpRequest, mailbox_id: int) -> Mailbox:
    return get_object_or_404(mailboxes_for(reader_of(request).person), pk=mailbox_id)


def _dkim_record(mailbox: Mailbox) -> DnsRecord | None:
    """Return what has to be published so that others can check the signatures."""
    try:
        return dns_record(mailbox) if is_signed(mailbox) else None
    except ValidationError:
        # A key that has become unreadable is told of when a mail is to be signed.
        return None


def _access(mailbox: Mailbox) -> OAuthAccess | None:
    return OAuthAccess.objects.select_related("mailbox").filter(mailbox=mailbox).first()


def _set_oauth(request: HttpRequest, form: MailboxForm, mailbox: Mailbox) -> None:
    if mailbox.log_in == Mailbox.LogIn.OAUTH:
        set_oauth(mailbox.pk, by=actor_of(request), **form.oauth_fields())


def _next(request: HttpRequest, mailbox: Mailbox, words: str) -> HttpResponse:
    access = _access(mailbox) if mailbox.log_in == Mailbox.LogIn.OAUTH else None
    needs_agreement = access is not None and access.grant == OAuthAccess.Grant.REFRESH
    if access is not None and needs_agreement and not access.refresh_token:
        messages.info(request, _("One step is left: agree with the mail service."))
        return redirect("mailbox-edit", mailbox.pk)
    messages.success(request, words)
    return redirect("mail")


def _providers(request: HttpRequest) -> list[tuple[str, str, bool]]:
    chosen = request.GET.get("with", "own")
    return [(str(one.label), f"?with={key}", key == chosen) for key, one in oauth.PROVIDERS.items()]


def _preset(provider: oauth.Provider) -> dict[str, Any]:
    return {
        **provider.mailbox,
        "authorize_url": provider.authorize_url,
        "token_url": provider.token_url,
        "scope": provider.scope,
    }


def _present(mailbox: Mailbox) -> dict[str, Any]:
    names = [name for name in MailboxForm.base_fields if name not in _NEVER_SHOWN]
    access = _access(mailbox)
    values = {name: getattr(mailbox, name) for name in names if name not in OAUTH_FIELDS}
    if access is not None:
        values |= {name: getattr(access, name) for name in names if name in OAUTH_FIELDS}
    return values


def _form(request: HttpRequest, initial: dict[str, Any] | None = None) -> MailboxForm:
    said = request.POST.copy() if request.method == "POST" else None
    for name, field in MailboxForm.base_fields.items():
        if said is not None and type(field) in {forms.ChoiceField, forms.IntegerField}:
            said.setdefault(name, str((initial or {}).get(name, field.initial)))
    form = MailboxForm(said, initial=initial)
    chooser = form.fields["desk"]
    assert isinstance(chooser, forms.ModelChoiceField)  # noqa: S101 - declared above
    chooser.queryset = Desk.objects.filter(on_own_desks(request, "mailbox.manage", "pk"))
    return form


def _kept(form: MailboxForm, command: Callable[[], None]) -> bool:
    """Carry a command out, or say in the form what is wrong with what was typed."""
    try:
        with transaction.atomic():
            command()
    except ValidationError as error:
        if hasattr(error, "message_dict"):
            for field, words in error.message_dict.items():
                form.add_error(field if field in form.fields else None, words)
        else:
            form.add_error(None, error.messages)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
    return form.is_valid()


def _form_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    nothing: dict[str, Any] = {
        "mailbox": None,
        "access": None,
        "providers": [],
        "dkim_record": None,
    }
    context = {**nothing, "return_to": _return_to(), **context}
    return render.page(request, "workbench/running/mailbox.html", context, status=status)
