"""Turns of duties: planned, passed on, swapped, taken away."""

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ansvar.kernel import journal
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.live import publish
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import may, require
from ansvar.people.models import Desk, Person
from ansvar.rota.decisions import MOST_TURNS, Duty, PlannedTurn
from ansvar.rota.facts import TurnDeputySet, TurnDropped, TurnPassed, TurnsPlanned
from ansvar.rota.models import DUTY_NAMES, Turn


class TurnTaken(Refusal):
    """Two people would have the same duty of a desk at the same time."""

    status = 409


class NotAtThisDesk(Refusal):
    """Somebody was to have a duty of a desk at which they do not work."""


class NothingPlanned(Refusal):
    """A plan had no turn in it, or more than anybody looks through."""


@command
def plan_turns(
    desk_id: int,
    duty: Duty,
    turns: Sequence[PlannedTurn],
    *,
    deputy: Person | None = None,
    by: Actor,
) -> list[Turn]:
    """Write turns of a duty, one or a whole pattern: all of them or none.

    Raises: NotPermitted; NothingPlanned; NotAtThisDesk; TurnTaken; ValidationError.
    Records: TurnsPlanned.
    """
    desk = Desk.objects.select_for_update().get(pk=desk_id)
    require(by, "rota.edit", desk)
    if not turns or len(turns) > MOST_TURNS:
        raise NothingPlanned(
            said("A plan has one turn to %(most)s. Choose people and days for it."), most=MOST_TURNS
        )
    if any(turn.ends_at <= turn.starts_at for turn in turns):
        raise ValidationError({"ends_at": _("A turn ends before it begins. Choose a later end.")})
    people = Person.objects.in_bulk({turn.person_id for turn in turns})
    _require_at_desk([*people.values(), *([deputy] if deputy else [])], desk)
    rows = [
        Turn(
            desk=desk,
            duty=duty,
            person=people[turn.person_id],
            deputy=deputy if deputy and deputy.pk != turn.person_id else None,
            starts_at=turn.starts_at,
            ends_at=turn.ends_at,
        )
        for turn in turns
    ]
    try:
        with journal.undone_on_failure(), transaction.atomic():
            Turn.objects.bulk_create(rows)
    except IntegrityError:
        raise TurnTaken(
            said(
                "Somebody is %(duty)s of %(desk)s already in a part of that time. Take that turn "
                "away first, or choose other days."
            ),
            duty=DUTY_NAMES[duty],
            desk=desk,
        ) from None
    record(
        TurnsPlanned(
            subject_id=desk.pk,
            duty=duty,
            turns=[(turn.person_id, turn.starts_at, turn.ends_at) for turn in turns],
            deputy_id=deputy.pk if deputy else None,
        ),
        by=by,
    )
    _tell_pages(desk.pk)
    return rows


@command
def pass_turn(turn_id: int, *, to: Person, by: Actor) -> Turn:
    """Give a turn to somebody else: by who plans the rota, or by whose turn it is.

    To whoever has it, it changes and records nothing.

    Raises: NotPermitted; NotAtThisDesk.
    Records: TurnPassed.
    """
    turn = _locked(turn_id)
    _require_own_or_edit(turn, by)
    if turn.person_id != to.pk:
        _require_at_desk([to], turn.desk)
        _give(turn, to, by=by)
        _tell_pages(turn.desk_id)
    return turn


@command
def swap_turns(turn_id: int, other_id: int, *, by: Actor) -> None:
    """Let two people take each other's turns: by who plans the rota, or by one of the two.

    Raises: NotPermitted; NotAtThisDesk.
    Records: TurnPassed, for each.
    """
    first, second = sorted((turn_id, other_id))
    turns = {pk: _locked(pk) for pk in (first, second)}
    one, other = turns[turn_id], turns[other_id]
    if by.person_id not in (one.person_id, other.person_id):
        require(by, "rota.edit", one)
        require(by, "rota.edit", other)
    mine, theirs = one.person, other.person
    _require_at_desk([theirs], one.desk)
    _require_at_desk([mine], other.desk)
    for turn, to in ((one, theirs), (other, mine)):
        if turn.person_id != to.pk:
            _give(turn, to, by=by)
            _tell_pages(turn.desk_id)


@command
def set_deputy(turn_id: int, *, deputy: Person | None, by: Actor) -> Turn:
    """Say who does a duty while the one whose turn it is is away.

    Raises: NotPermitted; NotAtThisDesk; ValidationError.
    Records: TurnDeputySet.
    """
    turn = _locked(turn_id)
    _require_own_or_edit(turn, by)
    deputy_id = deputy.pk if deputy else None
    if turn.deputy_id == deputy_id:
        return turn
    if deputy is not None:
        if deputy.pk == turn.person_id:
            raise ValidationError(
                {"deputy": _("The turn is theirs already. Choose somebody else.")}
            )
        _require_at_desk([deputy], turn.desk)
    previous_id, turn.deputy = turn.deputy_id, deputy
    turn.save(update_fields=["deputy"])
    record(
        TurnDeputySet(
            subject_id=turn.desk_id,
            turn_id=turn.pk,
            duty=turn.duty,
            deputy_id=deputy_id,
            previous_id=previous_id,
            starts_at=turn.starts_at,
        ),
        by=by,
    )
    _tell_pages(turn.desk_id)
    return turn


@command
def drop_turn(turn_id: int, *, by: Actor) -> None:
    """Take a turn away, so that nobody has it.

    Raises: NotPermitted.
    Records: TurnDropped.
    """
    turn = _locked(turn_id)
    require(by, "rota.edit", turn)
    turn.delete()
    record(
        TurnDropped(
            subject_id=turn.desk_id,
            turn_id=turn_id,
            duty=turn.duty,
            person_id=turn.person_id,
            starts_at=turn.starts_at,
        ),
        by=by,
    )
    _tell_pages(turn.desk_id)


def _locked(turn_id: int) -> Turn:
    turns = Turn.objects.select_for_update(of=("self",)).select_related("person", "desk")
    return turns.get(pk=turn_id)


def _require_own_or_edit(turn: Turn, by: Actor) -> None:
    if by.person_id is None or by.person_id != turn.person_id:
        require(by, "rota.edit", turn)


def _give(turn: Turn, to: Person, *, by: Actor) -> None:
    previous_id, turn.person = turn.person_id, to
    fields = ["person"]
    if turn.deputy_id == to.pk:
        turn.deputy = None
        fields.append("deputy")
    turn.save(update_fields=fields)
    record(
        TurnPassed(
            subject_id=turn.desk_id,
            turn_id=turn.pk,
            duty=turn.duty,
            person_id=to.pk,
            previous_id=previous_id,
            starts_at=turn.starts_at,
        ),
        by=by,
    )


def _require_at_desk(people: Iterable[Person], desk: Desk) -> None:
    for person in people:
        actor = Actor.person(person.pk, person.name)
        if not person.is_active or not may(actor, "rota.read", desk):
            raise NotAtThisDesk(
                said("%(person)s does not work at %(desk)s. Choose somebody who does."),
                person=person.name,
                desk=desk,
            )


def _tell_pages(desk_id: int) -> None:
    publish(f"desk:{desk_id}", "rota")
