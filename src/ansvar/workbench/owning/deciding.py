"""Hand-overs to decide: as cards on the owner's board, each answered with one key."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.access.queries import desks_where, people_with
from ansvar.kernel import clock
from ansvar.people.models import Team
from ansvar.tickets.commands import HandOverSettled, decide_hand_over
from ansvar.tickets.deciding import IN_PLACE_OF_OWNERS
from ansvar.tickets.decisions import Answer, Because
from ansvar.tickets.explaining import why_hand_over_is_asked
from ansvar.tickets.models import ANSWER_NAMES, HandOverRequest, Ticket
from ansvar.tickets.queries import custodies_of
from ansvar.tickets.sight import visible_tickets
from ansvar.ui import render
from ansvar.ui.wording import duration
from ansvar.workbench.custody import Strip, strip_from
from ansvar.workbench.owning.whose import Owned, own_services, services_of
from ansvar.workbench.reading import Reader, reader_of

TEMPLATE = "workbench/owning/board.html"
SHOWN = 20
"""More than anybody decides at one sitting."""
GIVEN_ANSWERS = (Answer.GIVE, Answer.KEEP, Answer.SPLIT, Answer.TOGETHER)


class AnswerForm(forms.Form):
    """What is decided, with words and another team where somebody wants to give them."""

    answer = forms.ChoiceField(choices=[(str(one), ANSWER_NAMES[one]) for one in GIVEN_ANSWERS])
    team = forms.ModelChoiceField(Team.objects.filter(is_active=True), required=False)
    words = forms.CharField(required=False, max_length=2000)
    whose = forms.IntegerField(required=False)
    """Whose board it was decided on."""


class AnswerButton(NamedTuple):
    """One of the four answers, as it is said for a request."""

    value: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """A hand-over that waits, with all that one needs to decide it."""

    request: HandOverRequest
    strip: Strip
    waits: str
    why: str
    deciders: str
    """Who else of the owners decides."""
    is_open: bool
    """Whether the supervisors may decide by now."""
    may_decide: bool
    teams: list[Team]

    @property
    def ticket(self) -> Ticket:
        """The ticket it is about."""
        return self.request.ticket

    @property
    def answers(self) -> list[AnswerButton]:
        """What may be answered, in the order of the keys."""
        team, giver = self.request.team.name, self.request.giver.name
        labels = {
            Answer.GIVE: _("%(team)s gets it") % {"team": team},
            Answer.KEEP: _("%(team)s keeps it") % {"team": giver},
            Answer.SPLIT: _("A task for %(team)s") % {"team": team},
            Answer.TOGETHER: _("Both together"),
        }
        return [AnswerButton(str(one), labels[one]) for one in GIVEN_ANSWERS]


def waiting_cards(owned: Owned) -> list[Card]:
    """Return what waits for a decision on a board, the most urgent first.

    On one's own board stands also what one decides in the place of owners who did not in time.
    """
    now, reader = clock.now(), owned.reader
    condition = Q(service__in=owned.ids)
    if owned.is_own:
        condition |= _in_place_of_owners(reader, now)
    rows = list(_waiting(reader).filter(condition).order_by("ticket__priority", "asked_at")[:SHOWN])
    custodies = custodies_of({row.ticket_id for row in rows}, at=now)
    teams = _teams_of({row.desk_id for row in rows})
    in_place = _desks_in_place(reader)
    return [
        Card(
            request=row,
            strip=strip_from(custodies[row.ticket_id]),
            waits=duration(now - row.asked_at),
            why=why_hand_over_is_asked(Because(row.because), row.ticket, team=row.team.name),
            deciders=_deciders(row, reader),
            is_open=row.opens_at <= now,
            may_decide=_may_decide(row, reader, in_place),
            teams=[one for one in teams.get(row.desk_id, []) if one.pk != row.giver_id],
        )
        for row in rows
    ]


@page("POST", requires="service.read")
def hand_over_decide(request: HttpRequest, request_id: int) -> HttpResponse:
    """Answer a hand-over and show what waits next."""
    reader = reader_of(request)
    row = get_object_or_404(_seen(reader).select_related("ticket"), pk=request_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Http404
    chosen = form.cleaned_data
    said, tone = "", ""
    try:
        ticket = decide_hand_over(
            row.pk,
            answer=Answer(chosen["answer"]),
            team=chosen["team"],
            words=chosen["words"],
            by=actor_of(request),
        )
    except HandOverSettled as settled:
        # Somebody was quicker: the board says so and goes on.
        said, tone = str(settled), "amber"
    else:
        said = _("%(reference)s: %(answer)s.") % {
            "reference": ticket.reference,
            "answer": ANSWER_NAMES[Answer(chosen["answer"])],
        }
    whose = chosen["whose"]
    if not render.wants_fragment(request):
        messages.add_message(request, messages.WARNING if tone else messages.SUCCESS, said)
        return redirect("owned-by", whose) if whose else redirect("owner-board")
    owned = services_of(request, whose) if whose else own_services(request)
    context = {**decisions_context(owned), "has_decided": True}
    return render.toast(render.block(request, TEMPLATE, "decisions", context), said, tone=tone)


def decisions_context(owned: Owned) -> Mapping[str, Any]:
    """Return what the part of the board needs that shows what waits."""
    cards = waiting_cards(owned)
    return {
        "cards": cards,
        "to_decide": sum(card.may_decide for card in cards),
        "owned": owned,
        "has_decided": False,
    }


def _seen(reader: Reader) -> QuerySet[HandOverRequest]:
    return HandOverRequest.objects.filter(ticket__in=visible_tickets(reader.sight))


def _waiting(reader: Reader) -> QuerySet[HandOverRequest]:
    with_all = ("ticket__service", "ticket__desk", "giver", "team", "asked_by")
    rows = _seen(reader).filter(answer="")
    return rows.select_related(*with_all, "service__owner", "service__deputy")


def _in_place_of_owners(reader: Reader, now: datetime) -> Q:
    """Return what falls to the reader because the owners have not decided, or are none."""
    desks = _desks_in_place(reader)
    late = Q(opens_at__lte=now) | Q(service=None)
    return late if desks is None else late & Q(desk__in=desks)


def _desks_in_place(reader: Reader) -> frozenset[int] | None:
    """Return the desks on which the reader decides in the place of owners; nothing for all."""
    person_id = reader.person.pk
    desks = desks_where(person_id, IN_PLACE_OF_OWNERS)
    managed = desks_where(person_id, "desk.manage")
    if desks is None or managed == frozenset():
        return desks
    # Who sets a desk up decides on it only while it has no supervisor.
    candidates = {desk.pk for desk in reader.desks} if managed is None else managed
    return desks | {pk for pk in candidates if not people_with(IN_PLACE_OF_OWNERS, pk)}


def _may_decide(row: HandOverRequest, reader: Reader, desks: frozenset[int] | None) -> bool:
    service = row.service
    if service is not None and reader.person.pk in (service.owner_id, service.deputy_id):
        return True
    is_late = service is None or row.opens_at <= clock.now()
    return is_late and (desks is None or row.desk_id in desks)


def _deciders(row: HandOverRequest, reader: Reader) -> str:
    """Return who else answers for the service, by name."""
    if row.service is None:
        return ""
    owners = [one for one in (row.service.owner, row.service.deputy) if one is not None]
    return _(" and ").join(one.name for one in owners if one.pk != reader.person.pk)


def _teams_of(desks: Iterable[int]) -> dict[int, list[Team]]:
    found: dict[int, list[Team]] = {}
    for team in Team.objects.filter(desk__in=list(desks), is_active=True).order_by("name"):
        found.setdefault(team.desk_id, []).append(team)
    return found
