"""Who holds a ticket: assign, take, change who answers for it."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.people.models import Person
from ansvar.people.queries import agents_of
from ansvar.tickets.commands import assign_ticket, change_owner
from ansvar.tickets.models import Ticket
from ansvar.tickets.suggesting import colleagues_for
from ansvar.workbench.reading import reader_of
from ansvar.workbench.tickets.page import changed, ticket_of
from ansvar.workbench.tickets.panels import carry_out, panel, version_of


class OwnerForm(forms.Form):
    """Who answers for the ticket."""

    owner = forms.ModelChoiceField(
        Person.objects.none(), label=gettext_lazy("Who answers for it"), empty_label=None
    )


@page("GET", "POST", requires="ticket.assign")
def assign(request: HttpRequest, reference: str) -> HttpResponse:
    """Choose who works on the ticket; a click on a name does it."""
    ticket = ticket_of(request, reference)
    if request.method != "POST":
        return _assign_panel(request, ticket)
    chosen = request.POST.get("person", "")
    to = get_object_or_404(Person, pk=chosen) if chosen.isdigit() else None
    assign_ticket(ticket.pk, to=to, version=version_of(request), by=actor_of(request))
    if to is None:
        said = _("The ticket lies with the team again.")
    elif to.pk == reader_of(request).person.pk:
        said = _("The ticket is yours.")
    else:
        said = _("%(name)s works on it.") % {"name": to.name}
    return changed(request, reference, said)


@page("GET", "POST", requires="service.read")
def owner(request: HttpRequest, reference: str) -> HttpResponse:
    """Choose who answers for the ticket until it is closed."""
    ticket = ticket_of(request, reference)

    def command(chosen: dict[str, Any]) -> None:
        change_owner(
            ticket.pk, to=chosen["owner"], version=version_of(request), by=actor_of(request)
        )

    def show(now: Ticket, form: forms.Form, status: int = 200) -> HttpResponse:
        context = {"form": form, "title": _("Who answers for %(r)s") % {"r": now.reference}}
        return panel(request, "owner", now, context, status=status)

    form = OwnerForm(request.POST or None, initial={"owner": ticket.owner_id})
    chooser = form.fields["owner"]
    assert isinstance(chooser, forms.ModelChoiceField)  # noqa: S101 - declared above
    chooser.queryset = agents_of(ticket.desk)
    if request.method != "POST":
        return show(ticket, form)
    said = _("Somebody else answers for the ticket now.")
    return carry_out(request, reference, form, command, said=said, show=show)


def _assign_panel(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    reader = reader_of(request)
    # Oneself first, by the same key each time; then whoever is best suited.
    colleagues = sorted(colleagues_for(ticket), key=lambda one: one.person.pk != reader.person.pk)
    context = {
        "title": _("Who works on %(reference)s") % {"reference": ticket.reference},
        "colleagues": colleagues,
        "me": reader.person,
        "may_hand_over": reader.may("ticket.hand_over", ticket),
    }
    return panel(request, "assign", ticket, context)
