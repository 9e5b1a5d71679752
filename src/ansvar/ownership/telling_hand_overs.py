"""Telling of hand-overs: who decides that one waits, and those concerned what became of it."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.models import Entry
from ansvar.kernel.reactions import react
from ansvar.notices.commands import Telling, tell
from ansvar.notices.kinds import NoticeKind, kinds
from ansvar.ownership.addressing import told_of_team
from ansvar.people.models import Team
from ansvar.rota.queries import away_among
from ansvar.tickets.commands import HandOverSettled, escalate_hand_over
from ansvar.tickets.deciding import deciders_of
from ansvar.tickets.decisions import Answer
from ansvar.tickets.facts import (
    HandOverAsked,
    HandOverDecided,
    HandOverEscalated,
    HandOverWithdrawn,
)
from ansvar.tickets.models import HandOverRequest

KIND = "hand-over"
URGENT = 1
"""The priority at which a question calls people by every way there is."""


def _words(values: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the values of a notice in words of its reader."""
    told = {name: str(value) for name, value in values.items()}
    for name in ("since", "opens"):
        if moment := parse_datetime(told.get(name, "")):
            told[name] = formats.date_format(timezone.localtime(moment), "j M H:i")
    words = told.get("words", "")
    told["words"] = _(" “%(words)s”") % {"words": words} if words else ""
    return told


kinds.add(KIND)(
    NoticeKind(
        label=gettext_lazy("hand-overs: those you decide, and what was decided"),
        icon="arrows-exchange",
        sentences={
            "waits": gettext_lazy(
                "{reference} {subject}: {giver} wants to give it to {team}. You decide."
            ),
            "waits_away": gettext_lazy(
                "{reference} {subject}: {giver} wants to give it to {team}. {owner} is away, so"
                " you decide."
            ),
            "waits_deputy": gettext_lazy(
                "{reference} {subject}: {giver} wants to give it to {team}. {owner} decides, or"
                " you do."
            ),
            "half": gettext_lazy(
                "{reference}: {giver} waits since {since} for your word on {team}. From {opens} on"
                " the supervisors may decide too."
            ),
            "opened": gettext_lazy(
                "{reference}: nobody has decided whether {team} gets it from {giver}. You may now."
            ),
            "overtaken": gettext_lazy(
                "{reference}: you have not decided whether {team} gets it. The supervisors may now,"
                " too."
            ),
            "unowned": gettext_lazy(
                "{reference} {subject}: {giver} wants to give it to {team}. It is filed under no"
                " service, so you decide."
            ),
            "give": gettext_lazy("{reference}: {decider} gave it to {team}.{words}"),
            "keep": gettext_lazy("{reference}: {decider} leaves it with you.{words}"),
            "split": gettext_lazy(
                "{reference}: {decider} gave {team} a task; it stays with you.{words}"
            ),
            "together": gettext_lazy(
                "{reference}: {decider} called {team} in; you work on it together.{words}"
            ),
            "came": gettext_lazy(
                "{reference} {subject} came to your team from {giver}: {decider} decided so.{words}"
            ),
            "withdrawn": gettext_lazy("{reference}: there is nothing to decide any more.{words}"),
        },
        words=_words,
    )
)


@react(HandOverAsked, later=True)
def tell_deciders(fact: HandOverAsked, entry: Entry) -> None:  # noqa: ARG001 - as reactions are
    """Tell owner and deputy that a hand-over waits for them; let it go on at once if it must."""
    request = waiting_request(fact.request_id)
    if request is None:
        return
    now = clock.now()
    tell(*_asking(request, now))
    if request.opens_at <= now:
        try:
            escalate_hand_over(request.pk, by=SYSTEM)
        except HandOverSettled:
            return


@react(HandOverEscalated, later=True)
def tell_supervisors(fact: HandOverEscalated, entry: Entry) -> None:  # noqa: ARG001 - as above
    """Tell the supervisors that they may decide now, and the owners that they are not alone."""
    request = waiting_request(fact.request_id)
    if request is None:
        return
    deciders = deciders_of(request.service, request.desk_id)
    sentence = "opened" if deciders.owners else "unowned"
    tell(
        telling_of(request, deciders.supervisors - deciders.owners, sentence, key="opened"),
        telling_of(request, deciders.owners, "overtaken"),
    )


@react(HandOverDecided, later=True)
def tell_what_was_decided(fact: HandOverDecided, entry: Entry) -> None:
    """Tell whoever asked what was decided, and those to whom the ticket came."""
    request = HandOverRequest.objects.select_related("ticket", "giver", "team").get(
        pk=fact.request_id
    )
    team = Team.objects.get(pk=fact.team_id)
    values = {"decider": entry.actor_label, "words": fact.said, "team": team.name}
    asker = {request.asked_by_id} if request.asked_by_id else set()
    telling = [telling_of(request, asker - {entry.actor.person_id}, fact.answer, **values)]
    if fact.answer == Answer.GIVE:
        named = request.assignee_id if team == request.team else None
        receiving = {named} if named else told_of_team(team.pk, clock.now())
        others = set(receiving) - asker - {entry.actor.person_id}
        telling.append(telling_of(request, others, "came", **values))
    tell(*telling)


@react(HandOverWithdrawn, later=True)
def tell_of_withdrawal(fact: HandOverWithdrawn, entry: Entry) -> None:
    """Tell those who were asked, and whoever asked, that nothing waits any more."""
    request = HandOverRequest.objects.select_related("ticket", "service", "giver", "team").get(
        pk=fact.request_id
    )
    deciders = deciders_of(request.service, request.desk_id)
    people = set(deciders.owners)
    if request.escalated_at is not None:
        people |= deciders.supervisors
    if request.asked_by_id is not None:
        people.add(request.asked_by_id)
    tell(telling_of(request, people - {entry.actor.person_id}, "withdrawn", words=fact.why))


def waiting_request(request_id: int) -> HandOverRequest | None:
    """Return a request with all that is told of it, unless it has been answered."""
    rows = HandOverRequest.objects.select_related(
        "ticket__service", "service__owner", "service__deputy", "giver", "team"
    )
    return rows.filter(pk=request_id, answer="").first()


def telling_of(
    request: HandOverRequest,
    people: Collection[int | None],
    sentence: str,
    *,
    key: str = "",
    **values: str,
) -> Telling:
    """Return what people are told of a request; *key* names what happened to it."""
    return Telling(
        people=[one for one in people if one is not None],
        kind=KIND,
        sentence=sentence,
        key=f"{KIND}:{request.pk}:{key or sentence}",
        ticket=request.ticket,
        values={
            "giver": request.giver.name,
            "team": request.team.name,
            "since": request.asked_at,
            "opens": request.opens_at,
            **values,
        },
        is_urgent=request.is_waiting and request.ticket.priority == URGENT,
    )


def _asking(request: HandOverRequest, now: datetime) -> Iterator[Telling]:
    """Tell owner and deputy; while the owner is away it is the deputy who is named."""
    service = request.service
    if service is None:
        return
    owners = deciders_of(service, request.desk_id).owners
    away = away_among(owners, now)
    owner = {service.owner_id} & owners
    yield telling_of(request, owner, "waits")
    is_alone = not owner or service.owner_id in away
    sentence = "waits_away" if is_alone else "waits_deputy"
    yield telling_of(request, owners - owner, sentence, key="waits", owner=service.owner.name)
