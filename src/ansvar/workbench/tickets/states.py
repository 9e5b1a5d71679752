"""Where a ticket stands: begin, wait, go on, resolve, close, take up again."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.kernel.actor import Actor
from ansvar.people.models import Organisation
from ansvar.suppliers.queries import organisations_to_wait_for
from ansvar.tickets.commands import (
    close_ticket,
    reopen_ticket,
    resolve_ticket,
    resume_ticket,
    start_work,
    wait_with_ticket,
)
from ansvar.tickets.decisions import WaitingFor
from ansvar.tickets.models import WAITING_NAMES, Ticket
from ansvar.workbench.reading import reader_of
from ansvar.workbench.tickets.page import changed, next_states, ticket_of
from ansvar.workbench.tickets.panels import carry_out, panel, version_of
from ansvar.workbench.tickets.replying import reply_with


class WaitForm(forms.Form):
    """What the ticket waits for, and when to look again."""

    waiting_for = forms.ChoiceField(
        label=gettext_lazy("Waits for"),
        choices=lambda: [(str(k), v) for k, v in WAITING_NAMES.items()],
    )
    supplier = forms.ModelChoiceField(
        Organisation.objects.filter(is_active=True),
        label=gettext_lazy("Which supplier"),
        required=False,
        empty_label=gettext_lazy("none, or one that is not in the list"),
        help_text=gettext_lazy("Its contract counts the time; only when it waits for a supplier."),
    )
    note = forms.CharField(
        label=gettext_lazy("What exactly"),
        required=False,
        max_length=250,
        help_text=gettext_lazy("Colleagues read it at a glance."),
    )
    until = forms.DateTimeField(
        label=gettext_lazy("Remind me"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class ResolveForm(forms.Form):
    """What helped."""

    resolution = forms.CharField(
        label=gettext_lazy("What helped"),
        widget=forms.Textarea(attrs={"rows": 4, "data-send": True}),
        help_text=gettext_lazy("The requester and the next agent read it."),
    )
    as_reply = forms.BooleanField(
        label=gettext_lazy("Send it to the requester as an answer"), required=False, initial=True
    )


class ReopenForm(forms.Form):
    """Why it goes on."""

    reason = forms.CharField(
        label=gettext_lazy("What does not work"),
        widget=forms.Textarea(attrs={"rows": 3, "data-send": True}),
    )


FORMS: dict[str, type[forms.Form]] = {
    "wait": WaitForm,
    "resolve": ResolveForm,
    "reopen": ReopenForm,
}


@page(requires="service.read")
def state(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what can become of the ticket."""
    return _state_panel(request, ticket_of(request, reference))


def _simple(
    command: Callable[[Ticket, HttpRequest, Actor], object], said: Callable[[], str]
) -> Callable[[HttpRequest, str], HttpResponse]:
    def view(request: HttpRequest, reference: str) -> HttpResponse:
        ticket = ticket_of(request, reference)
        command(ticket, request, actor_of(request))
        return changed(request, reference, said())

    return view


start = page("POST", requires="ticket.work")(
    _simple(
        lambda ticket, request, by: start_work(ticket.pk, version=version_of(request), by=by),
        lambda: _("Work has begun."),
    )
)
resume = page("POST", requires="ticket.work")(
    _simple(
        lambda ticket, request, by: resume_ticket(
            ticket.pk, why=_("an agent went on"), version=version_of(request), by=by
        ),
        lambda: _("The ticket waits no longer."),
    )
)
close = page("POST", requires="ticket.close")(
    _simple(
        lambda ticket, _request, by: close_ticket(ticket.pk, by=by),
        lambda: _("The ticket is closed."),
    )
)


@page("POST", requires="ticket.work")
def wait(request: HttpRequest, reference: str) -> HttpResponse:
    """Let the ticket wait."""

    def command(pk: int, chosen: dict[str, Any], by: Actor) -> None:
        wait_with_ticket(
            pk,
            waiting_for=WaitingFor(chosen["waiting_for"]),
            supplier=chosen["supplier"],
            note=chosen["note"],
            until=chosen["until"],
            version=version_of(request),
            by=by,
        )

    return _with_form(request, reference, "wait", command=command, said=_("The ticket waits."))


@page("POST", requires="ticket.work")
def resolve(request: HttpRequest, reference: str) -> HttpResponse:
    """Say that the matter is mended, and how; the words may go to the requester as an answer."""

    def command(pk: int, chosen: dict[str, Any], by: Actor) -> None:
        resolve_ticket(pk, resolution=chosen["resolution"], version=version_of(request), by=by)
        if chosen["as_reply"]:
            reply_with(pk, text=chosen["resolution"], files=[], by=by)

    said = _("Resolved. The requester confirms.")
    return _with_form(request, reference, "resolve", command=command, said=said)


@page("POST", requires="ticket.reopen")
def reopen(request: HttpRequest, reference: str) -> HttpResponse:
    """Take the ticket up again."""

    def command(pk: int, chosen: dict[str, Any], by: Actor) -> None:
        reopen_ticket(pk, reason=chosen["reason"], version=version_of(request), by=by)

    said = _("The ticket is taken up again.")
    return _with_form(request, reference, "reopen", command=command, said=said)


def _with_form(
    request: HttpRequest,
    reference: str,
    name: str,
    *,
    command: Callable[[int, dict[str, Any], Actor], None],
    said: str,
) -> HttpResponse:
    ticket = ticket_of(request, reference)

    def show(now: Ticket, form: forms.Form, status: int) -> HttpResponse:
        return _state_panel(request, now, {name: form}, status=status)

    return carry_out(
        request,
        reference,
        FORMS[name](request.POST),
        lambda chosen: command(ticket.pk, chosen, actor_of(request)),
        said=said,
        show=show,
    )


def _forms(ticket: Ticket) -> dict[str, forms.Form]:
    """Return the forms, with the suppliers of the ticket's desk to choose from."""
    made = {name: form() for name, form in FORMS.items()}
    supplier = made["wait"].fields["supplier"]
    assert isinstance(supplier, forms.ModelChoiceField)  # noqa: S101 - declared above
    supplier.queryset = organisations_to_wait_for(ticket.desk_id)
    return made


def _state_panel(
    request: HttpRequest,
    ticket: Ticket,
    filled: dict[str, forms.Form] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    reader = reader_of(request)
    context = {
        "title": _("What becomes of %(reference)s") % {"reference": ticket.reference},
        "forms": _forms(ticket) | (filled or {}),
        "opened": next(iter(filled or {}), ""),
        "next_states": next_states(ticket),
        "rights": {
            name: reader.may(f"ticket.{name}", ticket)
            for name in ("work", "close", "reopen", "reply")
        },
    }
    return panel(request, "state", ticket, context, status=status)
