"""Received mail: what was decided about each and why, and what people decide otherwise."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.conversations import store
from ansvar.conversations.commands import (
    decline_suggestion,
    discard_mail,
    follow_suggestion,
    make_ticket_of,
    release_mail,
)
from ansvar.conversations.considering import consider
from ansvar.conversations.decisions import Step
from ansvar.conversations.findings import Finding, from_json
from ansvar.conversations.models import InboundMail
from ansvar.conversations.parsing import Unreadable, read_mail
from ansvar.conversations.queries import is_harmful, older_than, received_mail, received_mails
from ansvar.people.decisions import BadAddress
from ansvar.ui import render
from ansvar.ui.downloads import download
from ansvar.workbench.reading import reader_of

PAGE_SIZE = 50
State = InboundMail.State
TABS = {
    "quarantine": (gettext_lazy("In quarantine"), (State.QUARANTINED,)),
    "ignored": (gettext_lazy("Not for a ticket"), (State.IGNORED,)),
    "waiting": (gettext_lazy("Waiting to be read"), (State.STORED,)),
    "taken": (gettext_lazy("On a ticket"), (State.TAKEN,)),
    "discarded": (gettext_lazy("Discarded"), (State.DISCARDED,)),
    "all": (gettext_lazy("All"), ()),
}
OUTCOMES = {
    Step.IGNORE: gettext_lazy("It would be left aside."),
    Step.QUARANTINE: gettext_lazy("It would be put into quarantine."),
    Step.OPEN: gettext_lazy("It would open a ticket."),
    Step.JOIN: gettext_lazy("It would join that ticket."),
    Step.ANSWER: gettext_lazy("It would be the desk's answer on that ticket."),
    Step.NOTE: gettext_lazy("It would be a note on that ticket."),
    Step.PASS_ON: gettext_lazy("It would be kept there, apart from what the requester reads."),
}
DECIDABLE = frozenset({State.QUARANTINED, State.IGNORED, State.DISCARDED})


@page(requires="mailbox.manage")
def received(request: HttpRequest) -> HttpResponse:
    """List received mail by what became of it."""
    tab = request.GET.get("show", "quarantine")
    if tab not in TABS:
        raise Http404
    words = request.GET.get("q", "").strip()[:200]
    after = request.GET.get("after", "")
    found = received_mails(reader_of(request).person, words=words, states=TABS[tab][1])
    if after.isdigit():
        found = older_than(found, int(after))
    mails = list(found[: PAGE_SIZE + 1])
    here = f"?show={tab}" + (f"&q={words}" if words else "")
    context = {
        "mails": mails[:PAGE_SIZE],
        "older": f"{here}&after={mails[PAGE_SIZE - 1].pk}" if len(mails) > PAGE_SIZE else "",
        "newer": here if after else "",
        "tab": tab,
        "words": words,
        "tabs": [(str(name), f"?show={key}", key == tab) for key, (name, _s) in TABS.items()],
    }
    return render.page(request, "workbench/running/received.html", context)


@page(requires="service.read")
def received_one(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Say of one mail what was decided and why; with `anew=1`, what would be decided now."""
    inbound = _mail(request, mail_id)
    anew = _decided_anew(inbound) if "anew" in request.GET else []
    reader = reader_of(request)
    manages = reader.may("mailbox.manage", inbound.mailbox.desk)
    context = {
        "mail": inbound,
        "findings": from_json(inbound.findings),
        "anew": anew,
        "manages": manages,
        "is_harmful": is_harmful(inbound),
        "may_decide": manages and inbound.state in DECIDABLE,
    }
    return render.page(request, "workbench/running/received-one.html", context)


@page(requires="service.read")
def received_raw(request: HttpRequest, mail_id: int) -> HttpResponseBase:
    """Hand out a mail as it came; one with a harmful file only to who has read the warning."""
    inbound = _mail(request, mail_id)
    if is_harmful(inbound):
        manages = reader_of(request).may("mailbox.manage", inbound.mailbox.desk)
        if not manages or "knowing" not in request.GET:
            return redirect("received-one", mail_id)
    content = store.pieces_of(inbound.sha256)
    return download(content, name=f"mail-{mail_id}.eml", size=inbound.size)


@page("POST", requires="mailbox.manage")
def received_again(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Let a mail be read and decided once more; what people let through is not put aside again."""
    _mail(request, mail_id)
    release_mail(mail_id, knows_harm="knows_harm" in request.POST, by=actor_of(request))
    messages.success(request, _("The mail is read once more; a ticket follows if it can."))
    return redirect("received-one", mail_id)


@page("POST", requires="mailbox.manage")
def received_ticket(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Make a ticket of a mail, whatever it is."""
    _mail(request, mail_id)
    ticket = make_ticket_of(mail_id, by=actor_of(request))
    messages.success(request, _("%(reference)s is open.") % {"reference": ticket.reference})
    return redirect("ticket", ticket.reference)


@page("POST", requires="mailbox.manage")
def received_discard(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Decide that a mail is of no use."""
    _mail(request, mail_id)
    discard_mail(mail_id, by=actor_of(request))
    messages.success(request, _("Discarded. It is kept, under Discarded."))
    return redirect("received")


@page("POST", requires="service.read")
def suggestion_follow(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Put a mail's words onto the ticket it was suggested to belong to."""
    _mail(request, mail_id)
    into = follow_suggestion(mail_id, by=actor_of(request))
    messages.success(
        request,
        _("It goes on here: the conversation is on %(reference)s.") % {"reference": into.reference},
    )
    return redirect("ticket", into.reference)


@page("POST", requires="service.read")
def suggestion_decline(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Decide that a mail's ticket is a matter of its own."""
    inbound = _mail(request, mail_id)
    decline_suggestion(mail_id, by=actor_of(request))
    messages.success(request, _("It stays a ticket of its own."))
    return redirect("ticket", inbound.ticket.reference) if inbound.ticket else redirect("received")


def _mail(request: HttpRequest, mail_id: int) -> InboundMail:
    inbound = received_mail(reader_of(request).person, mail_id)
    if inbound is None:
        raise Http404
    return inbound


def _decided_anew(inbound: InboundMail) -> list[Finding | str]:
    """Return what would be found and decided if the mail were read for the first time now."""
    try:
        mail = read_mail(store.read(inbound.sha256), largest=None)
        seen = consider(mail, mailbox=inbound.mailbox, inbound_id=inbound.pk)
    except (Unreadable, BadAddress, ValidationError, store.ContentMissing) as error:
        return [str(error)]
    return [*seen.findings, str(OUTCOMES[seen.decision.step])]
