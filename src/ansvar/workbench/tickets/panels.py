"""Forms that change a ticket: a dialog over its page, or a page of their own without scripts."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ansvar.kernel import telling
from ansvar.kernel.refusal import Refusal
from ansvar.tickets.commands import StaleTicket
from ansvar.tickets.models import Ticket
from ansvar.tickets.queries import timeline_entries
from ansvar.ui import render
from ansvar.workbench.conversation import sentence_of
from ansvar.workbench.tickets.page import changed, ticket_of

FACTS_SHOWN = 3
"""Of what others have done meanwhile."""


def panel(  # noqa: PLR0917 - reads like render.page()
    request: HttpRequest,
    template: str,
    ticket: Ticket,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Show a form about a ticket, over its page or as a page."""
    kind = "dialog" if render.wants_fragment(request) else "page"
    full = {"layout": f"workbench/tickets/panel-{kind}.html", "ticket": ticket, **context}
    return render.page(request, f"workbench/tickets/{template}.html", full, status=status)


def version_of(request: HttpRequest) -> int | None:
    """Return the version of the ticket that a form was made on."""
    value = request.POST.get("version", "")
    return int(value) if value.isdigit() else None


def carry_out(  # noqa: PLR0917 - in the order in which it happens
    request: HttpRequest,
    reference: str,
    form: forms.Form,
    command: Callable[[dict[str, Any]], object],
    *,
    said: str | Callable[[], str],
    show: Callable[[Ticket, forms.Form, int], HttpResponse],
) -> HttpResponse:
    """Do what a form asks for, or show it again with what was typed and what is wrong.

    What is *said* may depend on what came of it.
    """
    status = 422
    if form.is_valid():
        try:
            command(form.cleaned_data)
        except StaleTicket as stale:
            form.add_error(
                None, _("Nothing was done yet: somebody was faster. Look at what is new.")
            )
            for words in changes_of(stale.ticket):
                form.add_error(None, words)
            status = stale.status
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            return changed(request, reference, said if isinstance(said, str) else said())
    return show(ticket_of(request, reference), form, status)


def changes_of(ticket: Ticket) -> list[str]:
    """Return what happened on a ticket last, for somebody whose form is older."""
    entries = list(timeline_entries(ticket.pk).order_by("-id")[:FACTS_SHOWN])
    return [sentence_of(told) for told in telling.tell(entries)]
