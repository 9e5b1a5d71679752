"""How mail fares: the mailboxes, what waits for a decision, and what was held back."""

from django.http import HttpRequest, HttpResponse

from ansvar.access.pages import page
from ansvar.conversations.models import InboundMail
from ansvar.conversations.queries import mailboxes_faring, received_mails, stopped_mails
from ansvar.ui import render
from ansvar.workbench.reading import reader_of

WAITING_SHOWN = 10
STOPPED_SHOWN = 20


@page(requires="mailbox.manage")
def mail(request: HttpRequest) -> HttpResponse:
    """Show how the mailboxes fare, the latest mail in quarantine, and what was held back."""
    person = reader_of(request).person
    waiting = received_mails(person, states=(InboundMail.State.QUARANTINED,))
    context = {
        "mailboxes": mailboxes_faring(person),
        "waiting": list(waiting[:WAITING_SHOWN]),
        "stopped": list(stopped_mails(person)[:STOPPED_SHOWN]),
    }
    return render.page(request, "workbench/running/mail.html", context)
