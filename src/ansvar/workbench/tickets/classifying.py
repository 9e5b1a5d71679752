"""Finding the impact: one question at a time, with what each answer would mean beside it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.catalogue.decisions import (
    Answer,
    BadAnswer,
    Outcome,
    Step,
    parse_tree,
    priority_of,
    walk,
    weigh,
)
from ansvar.catalogue.models import Matrix, ScriptVersion
from ansvar.catalogue.queries import matrix_in_force, published_script
from ansvar.tickets.commands import classify_ticket, drop_override, override_priority
from ansvar.tickets.decisions import URGENCY_WITHOUT_SERVICE, Basis
from ansvar.tickets.models import Ticket
from ansvar.ui import render
from ansvar.workbench.reading import reader_of
from ansvar.workbench.tickets.page import changed, ticket_of
from ansvar.workbench.tickets.panels import carry_out, panel, version_of

TEMPLATE = "workbench/tickets/classify.html"
IMPACTS = {
    1: gettext_lazy("the whole business or a large part of it stands still"),
    2: gettext_lazy("a part of the business stands still"),
    3: gettext_lazy("some people are hindered"),
    4: gettext_lazy("one person is hindered"),
}


@dataclass(frozen=True, kw_only=True)
class Result:
    """What an impact would mean for a ticket."""

    impact: int
    """After the weight of the site."""
    was_raised: bool
    urgency: int
    priority: int


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One answer as the page shows it."""

    number: int
    """As its key, from 1."""
    answer: Answer
    url: str
    result: Result | None
    """Nothing when another question follows."""


class OverrideForm(forms.Form):
    """A priority by hand, and why."""

    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"),
        coerce=int,
        choices=[(str(n), f"P{n}") for n in range(1, 6)],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        widget=forms.Textarea(attrs={"rows": 3, "data-send": True}),
        help_text=gettext_lazy("It stays on the ticket, beside the computed priority."),
    )


@page("GET", "POST", requires="ticket.classify")
def classify(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask the next question of the impact script, or show what the answers make."""
    ticket = ticket_of(request, reference)
    version = published_script(ticket.desk_id, ticket.service_id)
    if version is None:
        return render.page(request, TEMPLATE, {"ticket": ticket, "version": None})
    if request.method == "POST":
        return _take(request, ticket, version)
    tree = parse_tree(version.tree)
    path = path_from(request.GET.get("path", ""))
    try:
        at = walk(tree, path)
    except BadAnswer:
        return redirect("ticket-classify", reference)
    matrix = matrix_in_force(ticket.desk_id)
    context = {
        "ticket": ticket,
        "version": version,
        "matrix": matrix,
        "here": request.path,
        "path": join(path),
        "back": join(path[:-1]) if path else "",
        "steps": [
            {"answer": said.answer, "question": said.question, "path": join(path[:number])}
            for number, said in enumerate(at.path)
        ],
        "step": at if isinstance(at, Step) else None,
        "choices": _choices(request, ticket, matrix=matrix, step=at, path=path)
        if isinstance(at, Step)
        else [],
        "result": result_of(ticket, matrix, at.impact) if isinstance(at, Outcome) else None,
        "share": ticket.site.business_weight if ticket.site else Decimal(0),
        "impact_words": IMPACTS,
        "may_override": reader_of(request).may("ticket.override_priority", ticket),
        "now": Basis.restore(ticket.priority_basis),
    }
    if render.wants_fragment(request):
        return render.block(request, TEMPLATE, "runner", context)
    return render.page(request, TEMPLATE, context)


@page("GET", "POST", requires="ticket.override_priority")
def override(request: HttpRequest, reference: str) -> HttpResponse:
    """Set the priority by hand, with a reason that is kept."""
    ticket = ticket_of(request, reference)

    def command(chosen: dict[str, Any]) -> None:
        override_priority(
            ticket.pk,
            priority=chosen["priority"],
            reason=chosen["reason"],
            version=version_of(request),
            by=actor_of(request),
        )

    def show(now: Ticket, form: forms.Form, status: int = 200) -> HttpResponse:
        context = {"form": form, "title": _("Priority of %(r)s by hand") % {"r": now.reference}}
        return panel(request, "override", now, context, status=status)

    form = OverrideForm(request.POST or None, initial={"priority": str(ticket.priority)})
    if request.method != "POST":
        return show(ticket, form)
    said = _("The priority is set by hand.")
    return carry_out(request, reference, form, command, said=said, show=show)


@page("POST", requires="ticket.override_priority")
def override_drop(request: HttpRequest, reference: str) -> HttpResponse:
    """Go back to the computed priority."""
    ticket = ticket_of(request, reference)
    drop_override(ticket.pk, by=actor_of(request))
    return changed(request, reference, _("The computed priority holds again."))


def path_from(text: str) -> list[int]:
    """Read the numbers of the answers so far, as an address carries them; counted from 0."""
    return [int(part) for part in text.split("-") if part.isdigit()]


def join(path: list[int]) -> str:
    """Write the numbers of the answers so far for an address."""
    return "-".join(str(number) for number in path)


def result_of(ticket: Ticket, matrix: Matrix, impact: int | None) -> Result | None:
    """Work out what an impact would make, as the command will."""
    if impact is None:
        return None
    share = ticket.site.business_weight if ticket.site else Decimal(0)
    weighed, was_raised = weigh(impact, share, matrix.raise_from_weight)
    urgency = ticket.service.urgency if ticket.service else URGENCY_WITHOUT_SERVICE
    return Result(
        impact=weighed,
        was_raised=was_raised,
        urgency=urgency,
        priority=priority_of(weighed, urgency, matrix.cells),
    )


def _choices(
    request: HttpRequest, ticket: Ticket, *, matrix: Matrix, step: Step, path: list[int]
) -> list[Choice]:
    return [
        Choice(
            number=number + 1,
            answer=answer,
            url=f"{request.path}?path={join([*path, number])}",
            result=result_of(ticket, matrix, answer.impact),
        )
        for number, answer in enumerate(step.node.answers)
    ]


def _take(request: HttpRequest, ticket: Ticket, version: ScriptVersion) -> HttpResponse:
    """Keep the outcome; the script that was asked is named in the form."""
    asked = request.POST.get("script_version", "")
    classify_ticket(
        ticket.pk,
        script_version_id=int(asked) if asked.isdigit() else version.pk,
        answers=path_from(request.POST.get("path", "")),
        by=actor_of(request),
    )
    now = Ticket.objects.get(pk=ticket.pk)
    said = _("Impact %(impact)s with urgency %(urgency)s makes P%(priority)s.") % {
        "impact": now.impact,
        "urgency": now.urgency,
        "priority": now.priority,
    }
    if render.wants_fragment(request):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = reverse("ticket", args=[ticket.reference])
        return answer
    return changed(request, ticket.reference, said)
