"""Turns that somebody who leaves would leave with nobody."""

from django.db.models import Q, QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.people.leaving import NAMED, Left, Matter, matters
from ansvar.people.models import Person
from ansvar.rota.commands.turns import drop_turn, pass_turn
from ansvar.rota.queries import turns_of


def _left(person_id: int) -> Left:
    turns = turns_of(person_id, clock.now())
    names = [
        f"{turn.get_duty_display()}, {turn.desk.name}, "
        f"{formats.date_format(timezone.localtime(turn.starts_at), 'j M')}"
        for turn in turns[:NAMED]
    ]
    return Left(count=turns.count(), names=names)


def _hand_on(person_id: int, heir: Person | None, by: Actor) -> None:
    """Give each turn to the heir, else to its deputy; one without either is taken away."""
    for turn in turns_of(person_id, clock.now()):
        to = heir or turn.deputy
        if to is not None:
            pass_turn(turn.pk, to=to, by=by)
        else:
            drop_turn(turn.pk, by=by)


def _heirs(person_id: int) -> QuerySet[Person]:
    desks = turns_of(person_id, clock.now()).values("desk")
    at_desk = Q(role_grants__desk__in=desks) | Q(role_grants__desk=None)
    found = Person.objects.filter(at_desk, is_active=True, role_grants__isnull=False)
    return found.exclude(pk=person_id).distinct().order_by("name", "pk")


matters.add("turns")(
    Matter(
        label=_("turns on duty"),
        why=_("A duty without anybody goes unnoticed until it is needed."),
        icon="calendar-event",
        left=_left,
        hand_on=_hand_on,
        heirs=_heirs,
        without_heir=_("their deputies take them; those without a deputy are taken away"),
    )
)
