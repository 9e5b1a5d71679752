"""Asking others on a ticket instead of giving it away: questions, pieces of work, working together.

What was asked stands on the ticket until it is answered; who helped gets the credit for it.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.kernel.actor import Actor
from ansvar.people.models import Person, Team
from ansvar.people.queries import agents_of
from ansvar.tickets.asked import helpers_on
from ansvar.tickets.commands import (
    answer_task,
    ask_others,
    credit_help,
    take_task,
    withdraw_task,
)
from ansvar.tickets.decisions import TaskKind
from ansvar.tickets.models import Task, Ticket
from ansvar.workbench.finding import ticket_id_of
from ansvar.workbench.reading import reader_of
from ansvar.workbench.tickets.page import changed, ticket_of
from ansvar.workbench.tickets.panels import carry_out, panel, version_of

KINDS = {
    TaskKind.QUESTION: (
        gettext_lazy("A question"),
        gettext_lazy("They answer, you go on."),
    ),
    TaskKind.WORK: (
        gettext_lazy("A piece of the work"),
        gettext_lazy("They do it and say so; the rest stays with you."),
    ),
    TaskKind.TOGETHER: (
        gettext_lazy("Work on it together"),
        gettext_lazy("They join you at once, by phone or at the screen."),
    ),
}


class AskForm(forms.Form):
    """What is asked, of whom."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What do you need?"),
        choices=[(one, name) for one, (name, _detail) in KINDS.items()],
        initial=TaskKind.QUESTION,
    )
    person = forms.ModelChoiceField(
        Person.objects.none(),
        label=gettext_lazy("Whom"),
        required=False,
        empty_label="–",
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Or a team"),
        required=False,
        empty_label="–",
    )
    words = forms.CharField(
        label=gettext_lazy("What do you want to know, or what is to be done?"),
        widget=forms.Textarea(attrs={"rows": 3, "data-send": True}),
        help_text=gettext_lazy("The ticket and its clock stay with you; the answer comes here."),
    )

    @override
    def clean(self) -> dict[str, Any]:
        """Ask for a person or a team."""
        chosen = super().clean() or {}
        if not chosen.get("person") and not chosen.get("team") and not self.errors:
            self.add_error("person", _("Choose a person or a team to ask."))
        return chosen


class AnswerForm(forms.Form):
    """What was found, or done."""

    words = forms.CharField(
        label=gettext_lazy("What did you find, or do?"),
        widget=forms.Textarea(attrs={"rows": 4, "data-send": True}),
    )


@page("GET", "POST", requires="ticket.work")
def ask(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask a team or an expert; the ticket stays where it is."""
    ticket = ticket_of(request, reference)

    def command(chosen: dict[str, Any]) -> None:
        ask_others(
            ticket.pk,
            kind=TaskKind(chosen["kind"]),
            person=chosen["person"],
            team=None if chosen["person"] else chosen["team"],
            words=chosen["words"],
            version=version_of(request),
            by=actor_of(request),
        )

    def show(now: Ticket, form: forms.Form, status: int = 200) -> HttpResponse:
        people = form.fields["person"]
        assert isinstance(people, forms.ModelChoiceField)  # noqa: S101 - declared above
        context = {
            "title": _("Ask others about %(reference)s") % {"reference": now.reference},
            "form": form,
            "kinds": [(one, *names) for one, names in KINDS.items()],
            "wide": True,
            "helpers": helpers_on(now.service_id, people.queryset or Person.objects.none()),
        }
        return panel(request, "ask-others", now, context, status=status)

    form = _ask_form(request, ticket)
    if request.method != "POST":
        return show(ticket, form)
    said = _("It is asked. The ticket stays with %(team)s.") % {"team": ticket.team.name}
    return carry_out(request, reference, form, command, said=said, show=show)


@page("GET", "POST", requires="service.read")
def answer(request: HttpRequest, reference: str, task_id: int) -> HttpResponse:
    """Answer what was asked, or say that it is done."""
    ticket, task = ticket_of(request, reference), _task(request, reference, task_id)

    def command(chosen: dict[str, Any]) -> None:
        answer_task(task_id, words=chosen["words"], by=actor_of(request))

    def show(now: Ticket, form: forms.Form, status: int = 200) -> HttpResponse:
        context = {"title": _("Answer on %(r)s") % {"r": now.reference}, "form": form, "task": task}
        return panel(request, "answer", now, context, status=status)

    form = AnswerForm(request.POST or None)
    if request.method != "POST":
        return show(ticket, form)
    return carry_out(
        request, reference, form, command, said=_("Your answer stands on the ticket."), show=show
    )


def _simple(
    command: Callable[[int, HttpRequest, Actor], object], said: Callable[[], str]
) -> Callable[[HttpRequest, str, int], HttpResponse]:
    def view(request: HttpRequest, reference: str, task_id: int) -> HttpResponse:
        _task(request, reference, task_id)
        command(task_id, request, actor_of(request))
        return changed(request, reference, said())

    return view


take = page("POST", requires="service.read")(
    _simple(lambda pk, _request, by: take_task(pk, by=by), lambda: _("You deal with it."))
)
withdraw = page("POST", requires="ticket.work")(
    _simple(
        lambda pk, _request, by: withdraw_task(pk, why="", by=by),
        lambda: _("Nobody has to answer that any more."),
    )
)
credit = page("POST", requires="ticket.work")(
    _simple(
        lambda pk, request, by: credit_help(
            pk, has_helped=request.POST.get("helped") == "yes", by=by
        ),
        lambda: _("Kept. Who helped is suggested next time."),
    )
)


def _task(request: HttpRequest, reference: str, task_id: int) -> Task:
    rows = Task.objects.select_related("team", "person", "asked_by")
    return get_object_or_404(rows, pk=task_id, ticket=ticket_id_of(request, reference))


def _ask_form(request: HttpRequest, ticket: Ticket) -> AskForm:
    form = AskForm(request.POST or None)
    rows: dict[str, Any] = {
        "person": agents_of(ticket.desk).exclude(pk=reader_of(request).person.pk),
        "team": Team.objects.filter(desk=ticket.desk_id, is_active=True),
    }
    for name, queryset in rows.items():
        chooser = form.fields[name]
        assert isinstance(chooser, forms.ModelChoiceField)  # noqa: S101 - declared above
        chooser.queryset = queryset
    return form
