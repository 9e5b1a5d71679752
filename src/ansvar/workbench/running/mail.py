"""Mail that waits for somebody: mailboxes and how they fare, and what was put aside."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.conversations.commands.setting_aside import discard_mail, release_mail
from ansvar.conversations.models import InboundMail
from ansvar.conversations.queries import (
    is_harmful,
    mailboxes_faring,
    mails_aside,
    raw_mail,
    received_mail,
    stopped_mails,
)
from ansvar.ui import render
from ansvar.ui.downloads import download
from ansvar.workbench.reading import reader_of

PAGE_SIZE = 50
STOPPED_SHOWN = 20
ASIDE = {
    InboundMail.State.QUARANTINED.value: gettext_lazy("In quarantine"),
    InboundMail.State.IGNORED.value: gettext_lazy("Not for a ticket"),
    InboundMail.State.DISCARDED.value: gettext_lazy("Discarded"),
}


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
        "mailboxes": mailboxes_faring(person),
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


def _aside(request: HttpRequest, mail_id: int) -> InboundMail:
    return get_object_or_404(mails_aside(reader_of(request).person, *ASIDE), pk=mail_id)
