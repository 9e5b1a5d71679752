"""Absences: announced with what becomes of one's matters meanwhile, and ended."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ansvar.access.queries import works_at_a_desk
from ansvar.kernel import clock, journal
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.live import publish
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.people.leaving import Left, SomethingLeft, matters, what_is_left
from ansvar.people.models import Person
from ansvar.rota.decisions import Reason, asks_what_is_left
from ansvar.rota.facts import AbsenceAnnounced, AbsenceEnded
from ansvar.rota.models import Absence


class AwayAlready(Refusal):
    """Somebody is to be away while another absence already holds."""

    status = 409


class ChoiceMissing(SomethingLeft):
    """Somebody is to be away for long, and nobody looks after their matters meanwhile."""

    status = 422


@command
def announce_absence(
    person_id: int,
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: Reason = Reason.LEAVE,
    stand_in: Person | None = None,
    heirs: Mapping[str, Person] | None = None,
    by: Actor,
) -> Absence:
    """Say that somebody is away, for oneself or for those whom one leads.

    Longer than a shift it needs an answer to what becomes of what the person answers for: the
    *stand_in* looks after it meanwhile, or it goes to *heirs* for good, by name of the matter.

    Raises: NotPermitted; ValidationError; ChoiceMissing; AwayAlready; what handing on raises.
    Records: AbsenceAnnounced, and what handing on records.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    require(by, "rota.announce", person)
    _check_times(starts_at, ends_at)
    if stand_in is not None:
        _check_stand_in(stand_in, person, starts_at=starts_at, ends_at=ends_at)
    given = dict(heirs or {})
    if asks_what_is_left(starts_at, ends_at):
        left = what_is_left(person.pk, at_absence=True)
        unsettled = {name: one for name, one in left.items() if name not in given}
        if unsettled and stand_in is None:
            raise ChoiceMissing(person, unsettled)
        for name in left:
            _settle(name, person, heir=given.get(name), stand_in=stand_in, by=by)
    absence = _kept(
        Absence(
            person=person, starts_at=starts_at, ends_at=ends_at, reason=reason, stand_in=stand_in
        )
    )
    record(
        AbsenceAnnounced(
            subject_id=person.pk,
            absence_id=absence.pk,
            starts_at=starts_at,
            ends_at=ends_at,
            reason=reason,
            stand_in_id=stand_in.pk if stand_in else None,
        ),
        by=by,
    )
    publish(f"person:{person.pk}", "rota")
    return absence


@command
def end_absence(absence_id: int, *, by: Actor) -> None:
    """Let somebody be back now, or not go away after all. One that is over is left as it is.

    Raises: NotPermitted.
    Records: AbsenceEnded.
    """
    absence = Absence.objects.select_for_update().select_related("person").get(pk=absence_id)
    require(by, "rota.announce", absence.person)
    now, announced = clock.now(), absence.ends_at
    if announced <= now:
        return
    began = absence.starts_at < now
    if began:
        absence.ends_at = now
        absence.save(update_fields=["ends_at"])
    else:
        absence.delete()
    record(
        AbsenceEnded(
            subject_id=absence.person_id, absence_id=absence_id, ends_at=announced, began=began
        ),
        by=by,
    )
    publish(f"person:{absence.person_id}", "rota")


def left_at_absence(person_id: int, starts_at: datetime, ends_at: datetime) -> dict[str, Left]:
    """Return what an absence asks about; nothing for one of a shift."""
    if not asks_what_is_left(starts_at, ends_at):
        return {}
    return what_is_left(person_id, at_absence=True)


def _settle(
    name: str, person: Person, *, heir: Person | None, stand_in: Person | None, by: Actor
) -> None:
    matter = matters[name]
    if heir is not None:
        matter.hand_on(person.pk, heir, by)
    elif stand_in is not None and matter.lend is not None:
        matter.lend(person.pk, stand_in, by)


def _check_times(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise ValidationError({"ends_at": _("It ends before it begins. Choose a later end.")})
    if ends_at <= clock.now():
        raise ValidationError({"ends_at": _("It is over already. Choose an end that is to come.")})


def _check_stand_in(
    stand_in: Person, person: Person, *, starts_at: datetime, ends_at: datetime
) -> None:
    if stand_in.pk == person.pk:
        raise ValidationError({"stand_in": _("Nobody stands in for themselves. Choose another.")})
    if not stand_in.is_active or not works_at_a_desk(stand_in.pk):
        raise ValidationError(
            {
                "stand_in": _("%(name)s does not work at a desk. Choose somebody who does.")
                % {"name": stand_in.name}
            }
        )
    away = Absence.objects.filter(person=stand_in, starts_at__lt=ends_at, ends_at__gt=starts_at)
    if away.exists():
        raise ValidationError(
            {
                "stand_in": _("%(name)s is away in that time too. Choose somebody else.")
                % {"name": stand_in.name}
            }
        )


def _kept(absence: Absence) -> Absence:
    try:
        with journal.undone_on_failure(), transaction.atomic():
            absence.save(force_insert=True)
    except IntegrityError:
        raise AwayAlready(
            said("%(person)s is away already in a part of that time. End that absence first."),
            person=absence.person.name,
        ) from None
    return absence
