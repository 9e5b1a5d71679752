"""Promises: taken from the facts of a desk, and shown to requesters or not."""

from collections.abc import Collection
from typing import Final

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from ansvar.catalogue.models import Service
from ansvar.insight.facts import (
    DeskPromiseHidden,
    DeskPromiseShown,
    PromiseMonthsSet,
    ServicePromiseHidden,
    ServicePromiseShown,
)
from ansvar.insight.gathering import USUAL_MONTHS, drifts_from_facts, promises_from_facts
from ansvar.insight.models import MOST_MONTHS, Drift, Promise, PromiseTerms, ShownPromise
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.rights import require
from ansvar.people.models import Desk

ROLL_UP_LOCK: Final = 7_301_010
"""Key of the advisory lock under which the roll-ups of a desk are replaced one after the other."""


@command
def recompute_promises(desk_id: int) -> None:
    """Take the promises and the drifts of a desk from its facts anew.

    They follow from facts alone, so anybody may ask for it and nothing is recorded.
    """
    desk = Desk.objects.select_related("calendar").get(pk=desk_id)
    now = clock.now()
    promises, drifts = promises_from_facts(desk, now=now), drifts_from_facts(desk, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s::int, %s::int)", [ROLL_UP_LOCK, desk_id])
    Promise.objects.filter(desk=desk).delete()
    Promise.objects.bulk_create(promises)
    Drift.objects.filter(service__desk=desk).delete()
    Drift.objects.bulk_create(drifts)


@command
def choose_shown_promises(
    desk_id: int, *, services: Collection[int], with_desk: bool, by: Actor
) -> None:
    """Let requesters read the promises of just these services, and perhaps of the desk.

    A service that has no promise yet shows one as soon as there are enough tickets. What is shown
    or hidden already: silent.

    Raises: NotPermitted; ValidationError for a service of another desk.
    Records: ServicePromiseShown; ServicePromiseHidden; DeskPromiseShown; DeskPromiseHidden.
    """
    desk = Desk.objects.select_for_update().get(pk=desk_id)
    require(by, "desk.manage", desk)
    wanted: set[int | None] = set(services)
    if Service.objects.filter(desk=desk, pk__in=services).count() != len(wanted):
        raise ValidationError(_("Choose services of this desk."))
    if with_desk:
        wanted.add(None)
    shown: set[int | None] = set(
        ShownPromise.objects.filter(desk=desk).values_list("service_id", flat=True)
    )
    ShownPromise.objects.bulk_create(
        ShownPromise(desk=desk, service_id=pk) for pk in _in_order(wanted - shown)
    )
    gone = shown - wanted
    ShownPromise.objects.filter(desk=desk, service__in=gone - {None}).delete()
    if None in gone:
        ShownPromise.objects.filter(desk=desk, service=None).delete()
    for pk in _in_order(wanted - shown):
        if pk is None:
            record(DeskPromiseShown(subject_id=desk_id), by=by)
        else:
            record(ServicePromiseShown(subject_id=pk), by=by)
    for pk in _in_order(gone):
        if pk is None:
            record(DeskPromiseHidden(subject_id=desk_id), by=by)
        else:
            record(ServicePromiseHidden(subject_id=pk), by=by)


@command
def set_promise_months(desk_id: int, months: int, *, by: Actor) -> None:
    """Say from how many months promises are taken, and take them anew. The same: silent.

    Raises: NotPermitted; ValidationError for no month or more than two years.
    Records: PromiseMonthsSet.
    """
    desk = Desk.objects.select_for_update().get(pk=desk_id)
    require(by, "desk.manage", desk)
    if not 1 <= months <= MOST_MONTHS:
        raise ValidationError({"months": _("Give at least one month and at most two years.")})
    terms = PromiseTerms.objects.filter(desk=desk).first() or PromiseTerms(
        desk=desk, months=USUAL_MONTHS
    )
    if terms.months == months:
        return
    previous, terms.months = terms.months, months
    terms.save()
    record(PromiseMonthsSet(subject_id=desk_id, months=months, previous=previous), by=by)


def _in_order(ids: set[int | None]) -> list[int | None]:
    return sorted(ids, key=lambda pk: pk or 0)
