"""Handing a ticket over: at once where that is free, else by the decision of the service owner."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ansvar.kernel import clock, journal
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import NotPermitted, require
from ansvar.people.decisions.calendars import NeverOpen
from ansvar.people.models import Membership, Person, Team
from ansvar.people.queries import working_calendar
from ansvar.rota.queries import away_among
from ansvar.tickets.commands.asking import put_task
from ansvar.tickets.commands.holding import (
    HANDS_FIELDS,
    change_hands,
    require_member,
    require_team_of,
)
from ansvar.tickets.commands.locking import (
    ReasonMissing,
    locked,
    require_open,
    save,
    take_up,
    tell_pages,
)
from ansvar.tickets.deciding import (
    IN_PLACE_OF_OWNERS,
    decide_now,
    deciders_of,
    why_owner_is_asked,
)
from ansvar.tickets.decisions import Answer, Because, State, TaskKind, state_in_hands
from ansvar.tickets.facts import (
    HandOverAsked,
    HandOverDecided,
    HandOverEscalated,
    HandOverWithdrawn,
    TicketHandedOver,
)
from ansvar.tickets.models import HandOverRequest, HandOverRule, Ticket

OWNERS_TIME = timedelta(minutes=120)
"""Working time an owner has to decide where no rule of the service says otherwise."""


class HandOverWaits(Refusal):
    """The owner is asked about a hand-over of this ticket already."""

    status = 409


class HandOverSettled(Refusal):
    """Somebody has decided this hand-over, or it was withdrawn."""

    status = 409


@dataclass(frozen=True, kw_only=True)
class HandingOver:
    """What came of handing a ticket over."""

    ticket: Ticket
    request: HandOverRequest | None = None
    """What the service owner is asked, while the ticket stays where it is."""


@command
def hand_over_ticket(
    ticket_id: int,
    *,
    team: Team,
    reason: str,
    tried: str = "",
    assignee: Person | None = None,
    version: int | None = None,
    is_asked: bool = False,
    by: Actor,
) -> HandingOver:
    """Give the ticket to another team, or ask the service owner where giving is not free.

    Giving it back to a team that has held it before is never free, and the rule of its service may
    ask more. Owner and deputy give at once, and what waited is decided with it. Who answers for
    the ticket stays the same. To the present team it changes and records nothing. History is told
    as it was, without asking unless *is_asked* says that the owner was asked then.

    Raises: NotPermitted; ReasonMissing; NotThisDesk; AssigneeNotInTeam; MoveNotAllowed;
    HandOverWaits; StaleTicket.
    Records: TicketHandedOver, and OwnerChanged at the first taking up; or HandOverAsked.
    """
    ticket = locked(ticket_id, version)
    require(by, "ticket.hand_over", ticket)
    if team.pk == ticket.team_id:
        return HandingOver(ticket=ticket)
    wish = _wish(ticket, team, reason=reason, tried=tried, by=by)
    if assignee is not None:
        require_member(assignee, team.pk)
        wish.assignee = assignee
    if journal.is_history() and not is_asked:
        _give(ticket, wish, by=by)
        return HandingOver(ticket=ticket)
    waiting = ticket.hand_over_requests.filter(answer="").first()
    because = why_owner_is_asked(ticket, team.pk)
    if (because is None and waiting is None) or _decides(ticket, by):
        if waiting is not None:
            _settle(waiting, Answer.GIVE, team=team, words=wish.reason, by=by)
        _give(ticket, wish, by=by)
        return HandingOver(ticket=ticket)
    if waiting is not None:
        raise HandOverWaits(
            said(
                "It is being decided whether %(reference)s goes to %(team)s. Take that wish back "
                "first, or wait for the answer."
            ),
            reference=ticket.reference,
            team=waiting.team,
        )
    assert because is not None  # noqa: S101 - else it was free
    _ask(ticket, wish, because, by=by)
    return HandingOver(ticket=ticket, request=wish)


@command
def decide_hand_over(
    request_id: int, *, answer: Answer, team: Team | None = None, words: str = "", by: Actor
) -> Ticket:
    """Answer a hand-over that was asked for, in the owner's place or as the owner.

    `GIVE` hands the ticket to *team*, which is the wanted one unless another is named; to the one
    that holds it, it is a `KEEP`, which leaves it with the giver. `SPLIT` gives the team a task and
    `TOGETHER` calls it in, while custody stays. *words* say why, or what the task is.

    Raises: NotPermitted for everybody who does not decide now; HandOverSettled; NotThisDesk;
    MoveNotAllowed; ValueError for `WITHDRAWN`.
    Records: HandOverDecided; TicketHandedOver or TaskGiven with it.
    """
    if answer is Answer.WITHDRAWN:
        raise ValueError("Whoever asked withdraws; nobody decides that.")
    ticket, request = _locked_with(request_id)
    if by.person_id not in decide_now(request, clock.now()):
        raise NotPermitted(IN_PLACE_OF_OWNERS)
    require_open(ticket)
    team = team or request.team
    require_team_of(ticket.desk_id, team)
    if answer is Answer.GIVE and team.pk == ticket.team_id:
        answer = Answer.KEEP
    _settle(request, answer, team=team, words=words.strip(), by=by)
    if answer is Answer.GIVE:
        _give(ticket, request, team=team, by=by)
        return ticket
    if answer in (Answer.SPLIT, Answer.TOGETHER):
        kind = TaskKind.WORK if answer is Answer.SPLIT else TaskKind.TOGETHER
        asked = words.strip() or request.reason
        put_task(ticket, kind=kind, team=team, person=None, words=asked, by=by)
    save(ticket)
    return ticket


@command
def withdraw_hand_over(request_id: int, *, why: str = "", by: Actor) -> Ticket:
    """Take back the wish to hand a ticket over, as anybody may who could have asked.

    Raises: NotPermitted; HandOverSettled.
    Records: HandOverWithdrawn.
    """
    ticket, request = _locked_with(request_id)
    require(by, "ticket.hand_over", ticket)
    _withdraw(request, why=why.strip() or _WITHDRAWN, by=by)
    save(ticket)
    return ticket


@command
def escalate_hand_over(request_id: int, *, by: Actor) -> HandOverRequest:
    """Note that the owner's time is over and the supervisors are told. Twice is silent.

    Raises: HandOverSettled.
    Records: HandOverEscalated.
    """
    ticket, request = _locked_with(request_id)
    if request.escalated_at is None:
        request.escalated_at = clock.now()
        request.opens_at = min(request.opens_at, request.escalated_at)
        request.save(update_fields=["escalated_at", "opens_at"])
        record(HandOverEscalated(subject_id=ticket.pk, request_id=request.pk), by=by)
        tell_pages(ticket)
    return request


def withdraw_waiting(ticket_id: int, *, why: str, by: Actor) -> None:
    """Withdraw what is asked about a ticket that nobody has to hold any more, if anything is.

    Records: HandOverWithdrawn.
    """
    waiting = HandOverRequest.objects.select_for_update().filter(ticket=ticket_id, answer="")
    for request in waiting:
        _withdraw(request, why=why, by=by)


_WITHDRAWN = "it is not needed any more"


def _wish(ticket: Ticket, team: Team, *, reason: str, tried: str, by: Actor) -> HandOverRequest:
    """Return what is wished, not stored.

    Raises: ReasonMissing; NotThisDesk; MoveNotAllowed.
    """
    require_open(ticket)
    require_team_of(ticket.desk_id, team)
    if not reason.strip():
        raise ReasonMissing(said("Say why, and what was tried: the next team reads it first."))
    return HandOverRequest(
        ticket=ticket,
        desk_id=ticket.desk_id,
        service=ticket.service,
        giver_id=ticket.team_id,
        team=team,
        asked_by_id=by.person_id,
        asked_at=clock.now(),
        reason=reason.strip(),
        tried=tried.strip(),
    )


def _decides(ticket: Ticket, by: Actor) -> bool:
    """Tell whether whoever hands a ticket over is the one who would be asked."""
    if by.person_id is None:
        return False
    return by.person_id in deciders_of(ticket.service, ticket.desk_id).at_once


def _ask(ticket: Ticket, wish: HandOverRequest, because: Because, *, by: Actor) -> None:
    wish.because = because
    wish.opens_at = _opens_at(ticket, wish.asked_at)
    wish.save(force_insert=True)
    fields = take_up(ticket, owner_id=by.person_id, by=by)
    save(ticket, *fields)
    record(
        HandOverAsked(
            subject_id=ticket.pk,
            request_id=wish.pk,
            team_id=wish.team_id,
            giver_id=wish.giver_id,
            reason=wish.reason,
            tried=wish.tried,
            because=because,
        ),
        by=by,
    )


def _opens_at(ticket: Ticket, asked_at: datetime) -> datetime:
    """Return from when on the supervisors may decide too: after so much time of the desk."""
    rule = HandOverRule.objects.filter(service=ticket.service_id).first()
    amount = timedelta(minutes=rule.wait_minutes) if rule else OWNERS_TIME
    owners = deciders_of(ticket.service, ticket.desk_id).owners
    if not owners - away_among(owners, asked_at):
        # Nobody waits for somebody who is not here.
        return asked_at
    try:
        return working_calendar(ticket.desk.calendar).add_working_time(asked_at, amount)
    except NeverOpen:
        return asked_at + amount


def _give(ticket: Ticket, wish: HandOverRequest, *, team: Team | None = None, by: Actor) -> None:
    """Pass custody on as it was wished, or to another *team* that was decided on."""
    team = team or wish.team
    assignee_id = _wanted_in(wish, team)
    previous_id, bounced = change_hands(ticket, team, assignee_id=assignee_id)
    if ticket.state != State.WAITING:
        ticket.state = state_in_hands(assignee_id, by_id=by.person_id)
    fields = take_up(ticket, owner_id=by.person_id, by=by)
    save(ticket, "state", *HANDS_FIELDS, *fields)
    record(
        TicketHandedOver(
            subject_id=ticket.pk,
            team_id=team.pk,
            previous_id=previous_id,
            assignee_id=assignee_id,
            reason=wish.reason,
            tried=wish.tried,
            is_bounce=bounced,
            state=ticket.state,
            request_id=wish.pk,
        ),
        by=by,
    )


def _wanted_in(wish: HandOverRequest, team: Team) -> int | None:
    """Return who of *team* was wished for, unless that person has left it since the wish."""
    if wish.assignee is None or not wish.assignee.is_active or team.pk != wish.team_id:
        return None
    is_member = Membership.objects.filter(team=team, person=wish.assignee).exists()
    return wish.assignee.pk if is_member else None


def _locked_with(request_id: int) -> tuple[Ticket, HandOverRequest]:
    """Return a request that nobody has answered, with its ticket, both locked.

    Raises: HandOverSettled.
    """
    ticket_id = HandOverRequest.objects.values_list("ticket_id", flat=True).get(pk=request_id)
    ticket = locked(ticket_id)
    request = HandOverRequest.objects.select_related("service", "team").get(pk=request_id)
    if not request.is_waiting:
        raise HandOverSettled(
            said("The hand-over of %(reference)s has been answered already."),
            reference=ticket.reference,
        )
    return ticket, request


def _settle(request: HandOverRequest, answer: Answer, *, team: Team, words: str, by: Actor) -> None:
    _answer(request, answer, words=words, by=by)
    record(
        HandOverDecided(
            subject_id=request.ticket_id,
            request_id=request.pk,
            team_id=team.pk,
            answer=answer,
            said=words,
        ),
        by=by,
    )


def _withdraw(request: HandOverRequest, *, why: str, by: Actor) -> None:
    _answer(request, Answer.WITHDRAWN, words=why, by=by)
    record(HandOverWithdrawn(subject_id=request.ticket_id, request_id=request.pk, why=why), by=by)


def _answer(request: HandOverRequest, answer: Answer, *, words: str, by: Actor) -> None:
    request.answer, request.words = answer, words
    request.answered_by_id, request.answered_at = by.person_id, clock.now()
    request.save(update_fields=["answer", "words", "answered_by", "answered_at"])
