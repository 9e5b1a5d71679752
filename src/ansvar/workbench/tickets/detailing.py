"""What work on a ticket needs to know: filled in, put right, or asked for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from typing_extensions import override

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.catalogue.decisions import NeededKind
from ansvar.catalogue.fitting import ValueNotFitting, fitted_value, hint_of
from ansvar.conversations.commands import ask_missing
from ansvar.conversations.models import OutboundMail
from ansvar.kernel.actor import Actor
from ansvar.kernel.refusal import Refusal
from ansvar.tickets.commands import drop_detail, note_details
from ansvar.tickets.models import Ticket
from ansvar.tickets.queries import Needed, needed_on
from ansvar.ui import errors, render
from ansvar.workbench.tickets.page import changed, ticket_of
from ansvar.workbench.tickets.panels import carry_out, panel, version_of

LONGEST_LINE = 250


class DetailsForm(forms.Form):
    """A field for each thing that is needed, as its kind wants it."""

    def __init__(self, data: Any, *, needed: list[Needed]) -> None:
        super().__init__(data)
        self._needed = {f"needed-{one.fact.pk}": one for one in needed}
        for name, one in self._needed.items():
            field = _field(one)
            field.label = one.fact.name
            field.help_text = " ".join(
                part for part in (one.fact.question, hint_of(one.fact)) if part
            )
            field.required = False
            field.initial = one.value
            self.fields[name] = field

    @override
    def clean(self) -> dict[str, Any]:
        """Check each value as the command will, to say at its field what is wrong."""
        for name, one in self._needed.items():
            text = str(self.cleaned_data.get(name) or "")
            if not text.strip():
                continue
            try:
                self.cleaned_data[name] = fitted_value(one.fact, text)
            except ValueNotFitting as refusal:
                self.add_error(name, ValidationError(str(refusal)))
        return self.cleaned_data

    def given(self) -> dict[int, str]:
        """Return what stands in the fields, by what is needed."""
        return {
            one.fact.pk: str(self.cleaned_data.get(name) or "").strip()
            for name, one in self._needed.items()
        }


@page("GET", "POST", requires="ticket.edit")
def details(request: HttpRequest, reference: str) -> HttpResponse:
    """Fill in what is known, and put right what was read."""
    ticket = ticket_of(request, reference)
    needed = needed_on(ticket)
    form = DetailsForm(request.POST or None, needed=needed)

    def command(_chosen: dict[str, Any]) -> None:
        keep(ticket, needed, form.given(), version=version_of(request), by=actor_of(request))

    def show(now: Ticket, shown: forms.Form, status: int = 200) -> HttpResponse:
        context = {"form": shown, "title": _("What work on %(r)s needs") % {"r": now.reference}}
        return panel(request, "details", now, context, status=status)

    if request.method != "POST":
        return show(ticket, form)
    return carry_out(request, reference, form, command, said=_("What is known is kept."), show=show)


@page("POST", requires="ticket.reply")
def ask(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask the requester in one message for all that is missing."""
    ticket = ticket_of(request, reference)
    try:
        message = ask_missing(ticket.pk, by=actor_of(request))
    except Refusal as refusal:
        if render.wants_fragment(request):
            answer = HttpResponse(status=refusal.status, headers={"HX-Reswap": "none"})
            return render.toast(answer, str(refusal), tone="red")
        back = reverse("ticket", args=[reference])
        return errors.stale_form(request, changes=[str(refusal)], retry=back, typed="")
    undo = ""
    if OutboundMail.objects.filter(message=message, state=OutboundMail.State.QUEUED).exists():
        undo = reverse("message-recall", args=[reference, message.pk])
    said = _("Asked. The ticket waits for the answer.")
    parts = ("composer", "top", "story", "side")
    return changed(request, reference, said, undo_url=undo, parts=parts)


@transaction.atomic
def keep(
    ticket: Ticket, needed: list[Needed], given: dict[int, str], *, version: int | None, by: Actor
) -> None:
    """Note what is new or another, and take back what was emptied: all of it or nothing."""
    before = {one.fact.pk: one.value for one in needed}
    values = {pk: text for pk, text in given.items() if text and text != before[pk]}
    note_details(ticket.pk, values=values, version=version, by=by)
    for pk, text in given.items():
        if before[pk] and not text:
            drop_detail(ticket.pk, pk, by=by)


def _field(one: Needed) -> forms.Field:
    kind = NeededKind(one.fact.kind)
    if kind is NeededKind.CHOICE:
        # An answer that was given before the choices were changed stays one.
        known = [
            *one.fact.choices,
            *([one.value] if one.value not in {"", *one.fact.choices} else []),
        ]
        return forms.ChoiceField(choices=[("", "–"), *((text, text) for text in known)])
    if kind is NeededKind.YES_NO:
        return forms.ChoiceField(choices=[("", "–"), ("yes", _("yes")), ("no", _("no"))])
    if kind is NeededKind.TEXT and not one.fact.pattern:
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 2}))
    attrs = {
        NeededKind.DATE: {"type": "date"},
        NeededKind.PHONE: {"type": "tel"},
        NeededKind.NUMBER: {"inputmode": "decimal"},
    }.get(kind, {})
    return forms.CharField(max_length=LONGEST_LINE, widget=forms.TextInput(attrs=attrs))
