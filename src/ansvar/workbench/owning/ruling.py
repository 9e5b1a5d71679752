"""The hand-over rule of a service: said, tried on a made-up ticket and on the past, then kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.catalogue.models import Service
from ansvar.catalogue.queries import services_visible_to
from ansvar.insight.custody_reading import AskedCustody
from ansvar.insight.decisions.periods import Period
from ansvar.insight.passing_on import SUPPORT
from ansvar.insight.queries import Scope
from ansvar.insight.what_if import what_if
from ansvar.kernel import clock
from ansvar.kernel.models import Entry
from ansvar.kernel.rights import require
from ansvar.kernel.telling import tell
from ansvar.people.models import Team
from ansvar.tickets.commands import set_hand_over_rule
from ansvar.tickets.decisions import Because, Rule, RuleMode, passings
from ansvar.tickets.explaining import why_hand_over_is_asked
from ansvar.tickets.facts import HandOverRuleSet
from ansvar.tickets.models import HandOverRule, Ticket
from ansvar.ui import render
from ansvar.ui.wording import duration
from ansvar.workbench.insight.what_if import what_if_in_words
from ansvar.workbench.reading import Reader, reader_of

TEMPLATE = "workbench/owning/rule.html"
LOOKED_BACK = timedelta(days=90)
LONGEST_WALK = 12
"""Teams of a made-up ticket: more than anybody wants to try."""
TOLD = 20
MODES = [
    (
        str(RuleMode.FREE),
        gettext_lazy("Teams hand over freely"),
        gettext_lazy("Only giving a ticket back is decided."),
    ),
    (
        str(RuleMode.AFTER),
        gettext_lazy("The first few are free"),
        gettext_lazy("Each further hand-over of a ticket is decided."),
    ),
    (
        str(RuleMode.ALWAYS),
        gettext_lazy("Every hand-over is decided"),
        gettext_lazy("For services on which nothing may get lost."),
    ),
]


class RuleForm(forms.Form):
    """When the owner decides, and how long it waits for that."""

    mode = forms.ChoiceField(
        label=gettext_lazy("Who decides"), choices=[(key, label) for key, label, _text in MODES]
    )
    after = forms.IntegerField(
        label=gettext_lazy("Free hand-overs of a ticket"),
        min_value=1,
        max_value=20,
        help_text=gettext_lazy("Only where the first few are free."),
    )
    wait_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes until the supervisors may decide, too"),
        min_value=1,
        max_value=100_000,
        help_text=gettext_lazy("Working time of the desk."),
    )

    @property
    def rule(self) -> Rule:
        """The rule that the form says."""
        chosen = self.cleaned_data if self.is_bound and self.is_valid() else self.initial
        return Rule(mode=RuleMode(chosen["mode"]), after=int(chosen["after"]))


@dataclass(frozen=True, kw_only=True)
class Step:
    """One hand-over of the made-up ticket, and what the rule says to it."""

    giver: str
    team: str
    is_free: bool
    words: str


def rule_in_words(rule: HandOverRule | None) -> str:
    """Say a rule in one sentence; giving back is decided under each."""
    if rule is None or rule.mode == RuleMode.FREE:
        return _("Teams hand over freely; giving back is decided.")
    if rule.mode == RuleMode.ALWAYS:
        return _("Every hand-over is decided.")
    return ngettext(
        "After %(n)s hand-over each further one is decided.",
        "After %(n)s hand-overs each further one is decided.",
        rule.after,
    ) % {"n": rule.after}


@page("GET", "POST", requires="service.read")
def service_rule(request: HttpRequest, service_id: int) -> HttpResponse:
    """Show the rule of a service, try another one, and keep it."""
    reader = reader_of(request)
    rows = services_visible_to(reader.actor).select_related("hand_over_rule", "desk__calendar")
    service = get_object_or_404(rows, pk=service_id)
    rule = getattr(service, "hand_over_rule", None)
    present = rule or HandOverRule(service=service)
    initial = {name: getattr(present, name) for name in RuleForm.base_fields}
    form = RuleForm(request.POST if request.method == "POST" else None, initial=initial)
    walk = _walk(request, service)
    if request.method == "POST":
        require(reader.actor, "service.set_hand_over_rule", service)
        if form.is_valid() and "keep" in request.POST:
            set_hand_over_rule(
                service.pk,
                mode=RuleMode(form.cleaned_data["mode"]),
                after=form.cleaned_data["after"],
                wait_minutes=form.cleaned_data["wait_minutes"],
                by=actor_of(request),
            )
            messages.success(request, _("The rule holds from the next hand-over on."))
            return redirect("service-rule", service.pk)
    context = {
        "service": service,
        "rule": rule,
        "rule_words": rule_in_words(rule),
        "wait_words": duration(timedelta(minutes=present.wait_minutes)),
        "form": form,
        "modes": MODES,
        "is_tried": request.method == "POST" and form.is_valid(),
        "may_set": reader.may("service.set_hand_over_rule", service),
        "teams": list(Team.objects.filter(desk=service.desk, is_active=True).order_by("name")),
        "walk": walk,
        "path": ".".join(str(team.pk) for team in walk),
        "is_long": len(walk) >= LONGEST_WALK,
        "steps": _steps(service, form.rule, walk),
        "past": _past(service, form.rule, reader),
        "told": _told(service),
    }
    return render.page(request, TEMPLATE, context, status=422 if form.errors else 200)


def _walk(request: HttpRequest, service: Service) -> list[Team]:
    """Return the teams of the made-up ticket, with the step that was just made or taken back."""
    numbers = request.POST.get("path", "").split(".")
    step = request.POST.get("step", "")
    if step == "back":
        numbers = numbers[:-1]
    elif step == "anew":
        numbers = []
    else:
        numbers.append(step)
    known = {str(team.pk): team for team in Team.objects.filter(desk=service.desk_id)}
    return [known[number] for number in numbers if number in known][:LONGEST_WALK]


def _steps(service: Service, rule: Rule, walk: Sequence[Team]) -> list[Step]:
    names = {team.pk: team.name for team in walk}
    found = []
    for number, passing in enumerate(passings(rule, [team.pk for team in walk])):
        ticket = Ticket(service=service, desk=service.desk, hand_over_count=number)
        team = names[passing.team]
        found.append(
            Step(
                giver=names[passing.giver],
                team=team,
                is_free=passing.because is None,
                words=_words(passing.because, ticket, team),
            )
        )
    return found


def _words(because: Because | None, ticket: Ticket, team: str) -> str:
    if because is None:
        return _("goes at once")
    return why_hand_over_is_asked(because, ticket, team=team)


def _past(service: Service, rule: Rule, reader: Reader) -> list[str]:
    """Hold the rule against the last months, for those who may see the figures."""
    is_theirs = reader.person.pk in (service.owner_id, service.deputy_id)
    if not is_theirs and not reader.may("insight.read", service.desk):
        return []
    now = clock.now()
    asked = AskedCustody(
        scope=Scope(desk=service.desk, service=service),
        period=Period(start=now - LOOKED_BACK, end=now),
        kinds=SUPPORT,
    )
    return what_if_in_words(what_if(asked, rule)) or [
        _("In the last 90 days nothing was opened of this service.")
    ]


def _told(service: Service) -> list[Any]:
    entries = Entry.objects.filter(
        subject_type="service", subject_id=service.pk, fact=HandOverRuleSet.name
    )
    return tell(entries.order_by("-id")[:TOLD])
