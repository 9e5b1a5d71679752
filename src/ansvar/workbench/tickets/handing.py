"""Handing a ticket over, and deciding whether it is: by whoever holds it and whoever is asked."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.kernel import clock
from ansvar.people.models import Membership, Person, Team
from ansvar.people.queries import agents_of
from ansvar.tickets.commands import decide_hand_over, hand_over_ticket, withdraw_hand_over
from ansvar.tickets.commands.handing import HandingOver
from ansvar.tickets.deciding import Deciders, deciders_of, outlook_of
from ansvar.tickets.decisions import Answer
from ansvar.tickets.explaining import why_hand_over_is_asked
from ansvar.tickets.models import HandOverReason, HandOverRequest, Note, Ticket
from ansvar.workbench.finding import ticket_id_of
from ansvar.workbench.reading import Reader, reader_of
from ansvar.workbench.tickets.asked import names_in_words, pending_on
from ansvar.workbench.tickets.page import changed, ticket_of
from ansvar.workbench.tickets.panels import carry_out, panel, version_of

ATTEMPTS = 10
"""Of what was noted as tried, the latest are offered for the next team to read."""


class HandOverForm(forms.Form):
    """To which team, why, and what was tried."""

    team = forms.ModelChoiceField(
        Team.objects.none(), label=gettext_lazy("To the team"), empty_label=None
    )
    assignee = forms.ModelChoiceField(
        Person.objects.none(),
        label=gettext_lazy("To whom in it"),
        required=False,
        empty_label=gettext_lazy("whoever takes it there"),
    )
    listed = forms.ModelChoiceField(
        HandOverReason.objects.none(),
        label=gettext_lazy("Why"),
        required=False,
        empty_label=gettext_lazy("in words below"),
    )
    reason = forms.CharField(
        label=gettext_lazy("In words"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-send": True}),
        help_text=gettext_lazy("The next team reads it first."),
    )
    tried = forms.CharField(
        label=gettext_lazy("What was tried"),
        widget=forms.Textarea(attrs={"rows": 2, "data-send": True}),
        help_text=gettext_lazy("“Nothing yet” is an answer, too."),
        error_messages={
            "required": gettext_lazy(
                "Say what was tried, or that nothing was: else the next team begins at the start."
            )
        },
    )

    @override
    def clean(self) -> dict[str, Any]:
        """Ask for a reason, from the list or in words."""
        chosen = super().clean() or {}
        if not chosen.get("listed") and not chosen.get("reason"):
            self.add_error("reason", _("Say why: choose a reason, or write one."))
        return chosen

    @property
    def why(self) -> str:
        """The reason as it is kept: the one of the list, and the words behind it."""
        listed, words = self.cleaned_data["listed"], self.cleaned_data["reason"]
        return ": ".join(part for part in (listed.text if listed else "", words) if part)


class DecisionForm(forms.Form):
    """What becomes of a hand-over."""

    answer = forms.ChoiceField(
        choices=[(one, one) for one in Answer if one is not Answer.WITHDRAWN]
    )
    team = forms.ModelChoiceField(Team.objects.filter(is_active=True), required=False)
    words = forms.CharField(required=False, max_length=10_000)


@dataclass(frozen=True, kw_only=True)
class TeamChoice:
    """A team a ticket may be handed to, and what becomes of that."""

    team: Team
    said: str
    """Whether it goes at once, or who decides and why."""
    is_asked: bool
    is_bounce: bool
    members: list[Person]


@page("GET", "POST", requires="ticket.hand_over")
def hand_over(request: HttpRequest, reference: str) -> HttpResponse:
    """Give the ticket to another team, or ask whoever decides that."""
    ticket = ticket_of(request, reference)
    if request.method != "POST":
        return _dialog(request, ticket, _form(ticket))
    form, given = _form(ticket, request.POST), list[HandingOver]()

    def command(chosen: dict[str, Any]) -> None:
        result = hand_over_ticket(
            ticket.pk,
            team=chosen["team"],
            assignee=chosen["assignee"],
            reason=form.why,
            tried=chosen["tried"],
            version=version_of(request),
            by=actor_of(request),
        )
        given.append(result)

    def said() -> str:
        if given[0].request is None:
            return _("%(team)s has it now.") % {"team": given[0].ticket.team.name}
        return _("It is asked. Until it is decided the ticket stays with %(team)s.") % {
            "team": given[0].ticket.team.name
        }

    def show(now: Ticket, form: forms.Form, status: int) -> HttpResponse:
        return _dialog(request, now, form, status=status)

    return carry_out(request, reference, form, command, said=said, show=show)


@page("GET", "POST", requires="service.read")
def decide(request: HttpRequest, reference: str, request_id: int) -> HttpResponse:
    """Decide a hand-over that was asked for; without an answer yet, choose another team."""
    pk = ticket_id_of(request, reference)
    wish = get_object_or_404(HandOverRequest, pk=request_id, ticket=pk)
    if request.method != "POST":
        return _other_team(request, ticket_of(request, reference), wish)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _other_team(request, ticket_of(request, reference), wish, status=422)
    chosen = form.cleaned_data
    answer = Answer(chosen["answer"])
    ticket = decide_hand_over(
        request_id, answer=answer, team=chosen["team"], words=chosen["words"], by=actor_of(request)
    )
    names = {"team": (chosen["team"] or wish.team).name, "holder": ticket.team.name}
    said = {
        Answer.GIVE: _("%(team)s has it now."),
        Answer.KEEP: _("It stays with %(holder)s."),
        Answer.SPLIT: _("%(team)s has a task; the ticket stays with %(holder)s."),
        Answer.TOGETHER: _("%(holder)s and %(team)s work on it together."),
    }
    return changed(request, reference, said[answer] % names)


@page("POST", requires="ticket.hand_over")
def take_back(request: HttpRequest, reference: str, request_id: int) -> HttpResponse:
    """Take back the wish to hand the ticket over."""
    pk = ticket_id_of(request, reference)
    get_object_or_404(HandOverRequest, pk=request_id, ticket=pk)
    withdraw_hand_over(request_id, by=actor_of(request))
    return changed(request, reference, _("Taken back. The ticket stays where it is."))


def _other_team(
    request: HttpRequest, ticket: Ticket, wish: HandOverRequest, *, status: int = 200
) -> HttpResponse:
    teams = Team.objects.filter(desk=ticket.desk_id, is_active=True)
    context = {
        "title": _("Which team gets %(reference)s") % {"reference": ticket.reference},
        "teams": teams.exclude(pk__in=[ticket.team_id, wish.team_id]),
        "wish": wish,
    }
    return panel(request, "decide", ticket, context, status=status)


def _form(ticket: Ticket, data: Any = None) -> HandOverForm:
    initial = {"tried": "" if data is not None else _attempts(ticket)}
    form = HandOverForm(data, initial=initial)
    rows: dict[str, Any] = {
        "team": Team.objects.filter(desk=ticket.desk_id, is_active=True).exclude(pk=ticket.team_id),
        "assignee": agents_of(ticket.desk),
        "listed": HandOverReason.objects.filter(desk=ticket.desk_id, is_active=True),
    }
    for name, queryset in rows.items():
        chooser = form.fields[name]
        assert isinstance(chooser, forms.ModelChoiceField)  # noqa: S101 - declared above
        chooser.queryset = queryset
    return form


def _attempts(ticket: Ticket) -> str:
    """Return what was noted as tried, for the next team to read."""
    latest = Note.objects.filter(ticket=ticket, is_attempt=True).order_by("-written_at", "-id")
    texts = list(latest.values_list("text", flat=True)[:ATTEMPTS])
    return "\n".join(" ".join(text.split()) for text in reversed(texts))


def _dialog(
    request: HttpRequest, ticket: Ticket, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    reader = reader_of(request)
    pending = pending_on(reader, ticket, now=clock.now())
    chooser = form.fields["team"]
    assert isinstance(chooser, forms.ModelChoiceField)  # noqa: S101 - declared above
    teams = list(chooser.queryset or ())
    choices = _choices(reader, ticket, teams)
    context = {
        "title": _("Hand %(reference)s over") % {"reference": ticket.reference},
        "choices": choices,
        "pending": pending,
        "form": form,
        "people": [(one.team.name, one.members) for one in choices if one.members],
        "wide": True,
    }
    return panel(request, "hand-over", ticket, context, status=status)


def _choices(reader: Reader, ticket: Ticket, teams: list[Team]) -> list[TeamChoice]:
    outlook = outlook_of(ticket)
    deciders = deciders_of(ticket.service, ticket.desk_id)
    decides = reader.person.pk in deciders.at_once
    who = _deciding(ticket, deciders)
    members = _members(teams)
    choices = []
    for team in teams:
        because = outlook.why_asked(team.pk)
        is_bounce = team.pk in outlook.held_before
        if because is None:
            said = _("It goes there at once.")
        elif decides:
            said = _("You decide that: it goes there at once.")
        else:
            values = {"who": who, "team": ticket.team.name}
            why = why_hand_over_is_asked(because, ticket, team=team.name)
            said = f"{_('%(who)s decides; until then it stays with %(team)s.') % values} {why}"
        choices.append(
            TeamChoice(
                team=team,
                said=said,
                is_asked=because is not None and not decides,
                is_bounce=is_bounce,
                members=members.get(team.pk, []),
            )
        )
    return choices


def _deciding(ticket: Ticket, deciders: Deciders) -> str:
    """Say who decides about hand-overs of a ticket."""
    if not deciders.owners or ticket.service is None:
        return _("A supervisor of the desk")
    people = Person.objects.filter(pk__in=deciders.owners)
    owners = sorted(people, key=lambda person: person.pk != ticket.service.owner_id)  # type: ignore[union-attr]  # asked above
    return names_in_words([person.name for person in owners])


def _members(teams: list[Team]) -> dict[int, list[Person]]:
    rows = Membership.objects.filter(team__in=teams, person__is_active=True)
    found: dict[int, list[Person]] = {}
    for row in rows.select_related("person").order_by("person__name"):
        found.setdefault(row.team_id, []).append(row.person)
    return found
