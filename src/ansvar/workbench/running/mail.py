"""Mail that waits for somebody: mailboxes and how they fare, and what was put aside."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.conversations.commands.mailboxes import create_mailbox, edit_mailbox
from ansvar.conversations.commands.setting_aside import discard_mail, release_mail
from ansvar.conversations.models import InboundMail, Mailbox
from ansvar.conversations.queries import (
    is_harmful,
    mailboxes_for,
    mails_aside,
    raw_mail,
    received_mail,
    stopped_mails,
)
from ansvar.kernel.refusal import Refusal
from ansvar.people.models import Desk
from ansvar.ui import render
from ansvar.ui.downloads import download
from ansvar.workbench.finding import on_own_desks
from ansvar.workbench.reading import reader_of

PAGE_SIZE = 50
STOPPED_SHOWN = 20
ASIDE = {
    InboundMail.State.QUARANTINED.value: gettext_lazy("In quarantine"),
    InboundMail.State.IGNORED.value: gettext_lazy("Not for a ticket"),
    InboundMail.State.DISCARDED.value: gettext_lazy("Discarded"),
}
FIELDS = (
    "desk", "address", "display_name", "imap_host", "imap_port", "imap_security", "imap_user",
    "imap_folder", "smtp_host", "smtp_port", "smtp_security", "smtp_user", "is_active",
)  # fmt: skip


class MailboxForm(forms.Form):
    """How a desk's mail is fetched and sent; present passwords are never shown."""

    desk = forms.ModelChoiceField(Desk.objects.none(), label=gettext_lazy("Desk"), empty_label=None)
    address = forms.EmailField(label=gettext_lazy("Address"))
    display_name = forms.CharField(
        label=gettext_lazy("Name shown to readers"), max_length=120, required=False
    )
    imap_host = forms.CharField(label=gettext_lazy("IMAP server"), max_length=200)
    imap_port = forms.IntegerField(
        label=gettext_lazy("IMAP port"), min_value=1, max_value=65535, initial=993
    )
    imap_security = forms.ChoiceField(
        label=gettext_lazy("IMAP protection"), choices=Mailbox.Security.choices
    )
    imap_user = forms.CharField(label=gettext_lazy("IMAP user"), max_length=200)
    imap_password = forms.CharField(
        label=gettext_lazy("IMAP password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    imap_folder = forms.CharField(label=gettext_lazy("Folder"), max_length=200, initial="INBOX")
    smtp_host = forms.CharField(label=gettext_lazy("SMTP server"), max_length=200)
    smtp_port = forms.IntegerField(
        label=gettext_lazy("SMTP port"), min_value=1, max_value=65535, initial=587
    )
    smtp_security = forms.ChoiceField(
        label=gettext_lazy("SMTP protection"),
        choices=Mailbox.Security.choices,
        initial=Mailbox.Security.STARTTLS,
    )
    smtp_user = forms.CharField(label=gettext_lazy("SMTP user"), max_length=200, required=False)
    smtp_password = forms.CharField(
        label=gettext_lazy("SMTP password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)


@page(requires="mailbox.manage")
def mail(request: HttpRequest) -> HttpResponse:
    """Show what was put aside, with the reason, and how the mailboxes fare."""
    person = reader_of(request).person
    state = request.GET.get("state", InboundMail.State.QUARANTINED.value)
    if state not in ASIDE:
        raise Http404
    after = request.GET.get("after", "")
    found = mails_aside(person, state)
    if after.isdigit():
        found = found.filter(pk__lt=int(after))
    mails = list(found[: PAGE_SIZE + 1])
    context = {
        "mails": mails[:PAGE_SIZE],
        "older": f"?state={state}&after={mails[PAGE_SIZE - 1].pk}"
        if len(mails) > PAGE_SIZE
        else "",
        "newer": f"?state={state}" if after else "",
        "state": state,
        "states": [(str(name), f"?state={key}", key == state) for key, name in ASIDE.items()],
        "mailboxes": list(mailboxes_for(person)),
        "stopped": list(stopped_mails(person)[:STOPPED_SHOWN]),
    }
    return render.page(request, "workbench/running/mail.html", context)


@page("POST", requires="mailbox.manage")
def mail_release(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Let a mail through."""
    _aside(request, mail_id)
    release_mail(mail_id, knows_harm="knows_harm" in request.POST, by=actor_of(request))
    messages.success(request, _("The mail is read once more; a ticket follows if it can."))
    return redirect("mail")


@page("POST", requires="mailbox.manage")
def mail_discard(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Decide that a mail is of no use."""
    _aside(request, mail_id)
    discard_mail(mail_id, by=actor_of(request))
    messages.success(request, _("Discarded. It is kept, under Discarded."))
    return redirect("mail")


@page(requires="mailbox.manage")
def mail_raw(request: HttpRequest, mail_id: int) -> HttpResponseBase:
    """Hand out a mail as it came; one with a harmful file only to who has read the warning."""
    inbound = received_mail(reader_of(request).person, mail_id)
    if inbound is not None and is_harmful(inbound) and "knowing" not in request.GET:
        return redirect("received-one", mail_id)
    content = raw_mail(reader_of(request).person, mail_id)
    if content is None:
        raise Http404
    return download(iter([content]), name=f"mail-{mail_id}.eml", size=len(content))


@page("GET", "POST", requires="mailbox.manage")
def mailbox_new(request: HttpRequest) -> HttpResponse:
    """Connect a mail address to a desk."""
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        chosen = dict(form.cleaned_data)
        if _kept(form, lambda: create_mailbox(by=actor_of(request), **chosen)):
            messages.success(request, _("The mailbox is connected."))
            return redirect("mail")
    return _form_page(request, form, None)


@page("GET", "POST", requires="mailbox.manage")
def mailbox_edit(request: HttpRequest, mailbox_id: int) -> HttpResponse:
    """Change how a mailbox is reached."""
    mailbox = get_object_or_404(mailboxes_for(reader_of(request).person), pk=mailbox_id)
    form = _form(request, {name: getattr(mailbox, name) for name in FIELDS})
    if request.method == "POST" and form.is_valid():
        chosen = dict(form.cleaned_data)
        if _kept(form, lambda: edit_mailbox(mailbox_id, by=actor_of(request), **chosen)):
            messages.success(request, _("The change is kept."))
            return redirect("mail")
    return _form_page(request, form, mailbox)


def _form(request: HttpRequest, initial: dict[str, Any] | None = None) -> MailboxForm:
    form = MailboxForm(request.POST or None, initial=initial)
    chooser = form.fields["desk"]
    assert isinstance(chooser, forms.ModelChoiceField)  # noqa: S101 - declared above
    chooser.queryset = Desk.objects.filter(on_own_desks(request, "mailbox.manage", "pk"))
    return form


def _kept(form: MailboxForm, command: Any) -> bool:
    """Carry a command out, or say in the form what is wrong with what was typed."""
    try:
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


def _form_page(request: HttpRequest, form: MailboxForm, mailbox: Mailbox | None) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "mailbox": mailbox}
    return render.page(request, "workbench/running/mailbox.html", context, status=status)


def _aside(request: HttpRequest, mail_id: int) -> InboundMail:
    return get_object_or_404(mails_aside(reader_of(request).person, *ASIDE), pk=mail_id)
