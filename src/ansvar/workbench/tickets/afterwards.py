"""Writing down afterwards what was worked on at once in an emergency, with its true beginning."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.people.models import Person
from ansvar.tickets.commands import register_afterwards
from ansvar.tickets.models import Ticket
from ansvar.workbench.reading import reader_of
from ansvar.workbench.tickets.opening import NewTicketForm, new_ticket_with


class AfterwardsForm(NewTicketForm):
    """A matter that somebody has begun to work on already."""

    began_at = forms.DateTimeField(
        label=gettext_lazy("When did work begin?"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("The ticket and its clocks begin then."),
    )
    worked = forms.ModelChoiceField(
        Person.objects.none(),
        label=gettext_lazy("Who worked on it?"),
        required=False,
        empty_label=gettext_lazy("nobody to be named"),
    )
    why = forms.CharField(
        label=gettext_lazy("Why was it not registered at once?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say why it was not registered at once.")},
    )

    @override
    def clean(self) -> dict[str, Any]:
        """Let those work who are of the desk."""
        chosen = super().clean() or {}
        worked, desk = chosen.get("worked"), chosen.get("desk")
        if worked is not None and desk is not None:
            is_ours = worked.teams.filter(desk=desk, is_active=True).exists()
            if not is_ours:
                self.add_error("worked", _("Choose somebody who is in a team of the desk."))
        return chosen


@page("GET", "POST", requires="ticket.open")
def register(request: HttpRequest) -> HttpResponse:
    """Show the form, and register a matter from it."""
    reader = reader_of(request)

    def prepare(form: NewTicketForm) -> None:
        chooser = form.fields["worked"]
        assert isinstance(chooser, forms.ModelChoiceField)  # noqa: S101 - declared above
        desks = form.fields["desk"]
        assert isinstance(desks, forms.ModelChoiceField)  # noqa: S101 - declared where it is made
        chooser.queryset = (
            Person.objects.filter(is_active=True, teams__desk__in=desks.queryset or ())
            .distinct()
            .order_by("name", "pk")
        )
        form.initial["worked"] = reader.person.pk

    def command(chosen: dict[str, Any], matter: dict[str, Any]) -> Ticket:
        return register_afterwards(
            began_at=chosen["began_at"],
            why=chosen["why"],
            assignee=chosen["worked"],
            by=actor_of(request),
            **matter,
        )

    return new_ticket_with(request, AfterwardsForm, command, prepare=prepare)
