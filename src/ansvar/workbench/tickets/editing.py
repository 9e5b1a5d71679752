"""What a ticket is about: subject, requester, service, site, kind; participants and links."""

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.catalogue.models import Service
from ansvar.kernel.refusal import Refusal
from ansvar.people.models import Person, Site
from ansvar.tickets.commands import (
    add_participant,
    edit_ticket,
    link_tickets,
    remove_participant,
    unlink_tickets,
)
from ansvar.tickets.models import KIND_NAMES, Link, Ticket
from ansvar.workbench.choosing import PersonField, chosen_person, found_for
from ansvar.workbench.finding import tickets_seen
from ansvar.workbench.tickets.page import changed, ticket_of
from ansvar.workbench.tickets.panels import carry_out, panel, version_of


class EditForm(forms.Form):
    """The heading data of a ticket."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=250)
    requester = PersonField(label=gettext_lazy("Requester"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=lambda: [(str(key), name) for key, name in KIND_NAMES.items()],
    )
    service = forms.ModelChoiceField(
        Service.objects.none(), label=gettext_lazy("Service"), required=False, empty_label="–"
    )
    site = forms.ModelChoiceField(
        Site.objects.filter(is_active=True),
        label=gettext_lazy("Site"),
        required=False,
        empty_label="–",
    )


class ParticipantForm(forms.Form):
    """Who else takes part."""

    person = PersonField(label=gettext_lazy("Who takes part from now on"))


class LinkForm(forms.Form):
    """To which ticket, and how."""

    relation = forms.ChoiceField(
        label=gettext_lazy("This ticket is"), choices=Link.Relation.choices
    )
    other = forms.CharField(
        label=gettext_lazy("Number of the other ticket"),
        max_length=20,
        widget=forms.TextInput(attrs={"placeholder": "IT-1042", "autocomplete": "off"}),
    )


@page("GET", "POST", requires="ticket.edit")
def edit(request: HttpRequest, reference: str) -> HttpResponse:
    """Change subject, requester, kind, service or site."""
    ticket = ticket_of(request, reference)

    def command(chosen: dict[str, Any]) -> None:
        edit_ticket(ticket.pk, version=version_of(request), by=actor_of(request), **chosen)

    def show(now: Ticket, form: forms.Form, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "title": _("Change %(r)s") % {"r": now.reference},
            "wide": True,
            "chosen": chosen_person(form, "requester"),
            "found": found_for(request, "requester"),
        }
        return panel(request, "edit", now, context, status=status)

    initial = {
        "subject": ticket.subject,
        "requester": ticket.requester_id,
        "kind": ticket.kind,
        "service": ticket.service_id,
        "site": ticket.site_id,
    }
    form = EditForm(request.POST or None, initial=initial)
    chooser = form.fields["service"]
    assert isinstance(chooser, forms.ModelChoiceField)  # noqa: S101 - declared above
    chooser.queryset = Service.objects.filter(desk=ticket.desk_id).exclude(
        state=Service.State.RETIRED
    )
    if request.method != "POST" or "find" in request.POST:
        return show(ticket, form)
    said = _("The change is kept.")
    return carry_out(request, reference, form, command, said=said, show=show)


@page("GET", "POST", requires="ticket.edit")
def participant_add(request: HttpRequest, reference: str) -> HttpResponse:
    """Let somebody else read the ticket and take part."""
    ticket = ticket_of(request, reference)

    def command(chosen: dict[str, Any]) -> None:
        add_participant(ticket.pk, person=chosen["person"], by=actor_of(request))

    def show(now: Ticket, form: forms.Form, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "title": _("Who takes part in %(r)s") % {"r": now.reference},
            "chosen": chosen_person(form, "person"),
            "found": found_for(request, "person"),
        }
        return panel(request, "participant", now, context, status=status)

    form = ParticipantForm(request.POST or None)
    if request.method != "POST" or "find" in request.POST:
        return show(ticket, form)
    said = _("Takes part from now on, and gets the answers too.")
    return carry_out(request, reference, form, command, said=said, show=show)


@page("POST", requires="ticket.edit")
def participant_remove(request: HttpRequest, reference: str) -> HttpResponse:
    """Take somebody out of the conversation."""
    ticket = ticket_of(request, reference)
    chosen = request.POST.get("person", "")
    person = get_object_or_404(Person, pk=chosen if chosen.isdigit() else 0)
    remove_participant(ticket.pk, person=person, by=actor_of(request))
    said = _("%(name)s takes part no longer.") % {"name": person.name}
    return changed(request, reference, said, parts=("composer", "top", "story", "side"))


@page("GET", "POST", requires="ticket.link")
def link_add(request: HttpRequest, reference: str) -> HttpResponse:
    """Say how the ticket hangs together with another."""
    ticket = ticket_of(request, reference)

    def command(chosen: dict[str, Any]) -> None:
        number = chosen["other"].strip().upper()
        other = tickets_seen(request).filter(reference=number).first()
        if other is None:
            raise NoSuchTicket(
                _("There is no ticket %(number)s that you can see.") % {"number": number}
            )
        relation = Link.Relation(chosen["relation"])
        link_tickets(ticket.pk, other_id=other.pk, relation=relation, by=actor_of(request))

    def show(now: Ticket, form: forms.Form, status: int = 200) -> HttpResponse:
        context = {"form": form, "title": _("Link %(r)s") % {"r": now.reference}}
        return panel(request, "link", now, context, status=status)

    form = LinkForm(request.POST or None, initial={"relation": Link.Relation.RELATED})
    if request.method != "POST":
        return show(ticket, form)
    return carry_out(
        request, reference, form, command, said=_("The tickets are linked."), show=show
    )


@page("POST", requires="ticket.link")
def link_remove(request: HttpRequest, reference: str, link_id: int) -> HttpResponse:
    """Take a link away."""
    ticket = ticket_of(request, reference)
    links = Link.objects.filter(Q(ticket=ticket) | Q(other=ticket))
    link = get_object_or_404(links, pk=link_id)
    unlink_tickets(link.pk, by=actor_of(request))
    return changed(request, reference, _("The link is taken away."))


class NoSuchTicket(Refusal):
    """The number leads to no ticket, or to one that is not the reader's to see."""
