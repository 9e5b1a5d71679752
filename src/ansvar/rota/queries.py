"""Questions about who is here and who is on duty."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery, Window
from django.db.models.expressions import BaseExpression
from django.db.models.functions import JSONObject, RowNumber
from django.utils.dateparse import parse_datetime

from ansvar.kernel.composed import Given
from ansvar.rota.decisions import SEEN_WITHIN, Duty, Standing, who_stands
from ansvar.rota.models import Absence, Presence, Turn

Moment = datetime | Given
"""A time, or its place in a question that is composed for all times."""


@dataclass(frozen=True, kw_only=True)
class OnDuty:
    """Who does a duty of a desk, and by what."""

    turn_id: int
    duty: Duty
    person_id: int
    name: str
    standing: Standing
    holder: str
    """Whose turn it is."""
    holder_id: int
    starts_at: datetime
    ends_at: datetime

    @property
    def is_away(self) -> bool:
        """Whether nobody does it in truth: the one whose turn it is is away."""
        return self.standing is Standing.AWAY


@dataclass(frozen=True, kw_only=True)
class DutyToday:
    """A duty of a desk: who has it now and who has it next."""

    duty: Duty
    now: OnDuty | None
    next: OnDuty | None


def absences_at(at: Moment) -> QuerySet[Absence]:
    """Return the absences that hold at a moment."""
    return Absence.objects.filter(starts_at__lte=at, ends_at__gt=at)


def turns_at(at: Moment) -> QuerySet[Turn]:
    """Return the turns that hold at a moment."""
    return Turn.objects.filter(starts_at__lte=at, ends_at__gt=at)


def on_duty(desk_id: int, duty: Duty, at: datetime) -> OnDuty | None:
    """Return who does a duty of a desk at a moment, or nothing when nobody's turn is planned."""
    told = _told(turns_at(at).filter(desk=desk_id, duty=duty), at).first()
    return _on_duty(told)


def duties_today(desk_id: int, at: datetime) -> list[DutyToday]:
    """Return every duty of a desk with who has it now and who has it next, in a fixed order."""
    turns = Turn.objects.filter(desk=desk_id, ends_at__gt=at)
    # The first two of each duty: the present one and the one after, or the one that comes.
    place = Window(RowNumber(), partition_by="duty", order_by=["starts_at", "id"])
    rows = _told(turns, at).annotate(place=place).filter(place__lte=2).order_by("starts_at")
    found: dict[Duty, list[OnDuty]] = {duty: [] for duty in Duty}
    for told in rows:
        one = _on_duty(told)
        if one is not None:
            found[one.duty].append(one)
    return [_today(duty, turns_of, at) for duty, turns_of in found.items()]


def _today(duty: Duty, turns: list[OnDuty], at: datetime) -> DutyToday:
    present = [one for one in turns if one.starts_at <= at]
    coming = [one for one in turns if one.starts_at > at]
    return DutyToday(
        duty=duty, now=present[0] if present else None, next=coming[0] if coming else None
    )


def queue_manager_along(at: Moment) -> BaseExpression:
    """Return what asks for the queue manager at a moment within a query for desks.

    What it gives is read by `read_on_duty`.
    """
    turns = turns_at(at).filter(desk=OuterRef("pk"), duty=Duty.QUEUE)
    return Subquery(_told(turns, at).order_by("starts_at")[:1])


def read_on_duty(told: Mapping[str, Any] | None) -> OnDuty | None:
    """Return what `queue_manager_along` has brought."""
    return _on_duty(told)


def _told(turns: QuerySet[Turn], at: Moment) -> "QuerySet[Turn, dict[str, Any]]":
    """Return turns with all that decides who stands, each as one value."""
    absent = absences_at(at)
    of_holder = absent.filter(person=OuterRef("person"))
    return turns.annotate(
        stand_in=Subquery(of_holder.values("stand_in")[:1]),
        told=JSONObject(
            turn="pk",
            duty="duty",
            holder="person",
            holder_name="person__name",
            holder_away=Exists(of_holder),
            deputy="deputy",
            deputy_name="deputy__name",
            deputy_away=Exists(absent.filter(person=OuterRef("deputy"))),
            stand_in="stand_in",
            stand_in_name=Subquery(of_holder.values("stand_in__name")[:1]),
            stand_in_away=Exists(absent.filter(person=OuterRef("stand_in"))),
            starts_at="starts_at",
            ends_at="ends_at",
        ),
    ).values_list("told", flat=True)


def _on_duty(told: Mapping[str, Any] | None) -> OnDuty | None:
    if told is None:
        return None
    places = ("holder", "deputy", "stand_in")
    away = {told[place] for place in places if told[f"{place}_away"]}
    person_id, standing = who_stands(
        told["holder"], deputy=told["deputy"], stand_in=told["stand_in"], away=away
    )
    names = {told[place]: told[f"{place}_name"] for place in places}
    starts_at, ends_at = parse_datetime(told["starts_at"]), parse_datetime(told["ends_at"])
    assert starts_at is not None  # noqa: S101 - written by the database
    assert ends_at is not None  # noqa: S101 - as above
    return OnDuty(
        turn_id=told["turn"],
        duty=Duty(told["duty"]),
        person_id=person_id,
        name=names[person_id],
        standing=standing,
        holder=told["holder_name"],
        holder_id=told["holder"],
        starts_at=starts_at,
        ends_at=ends_at,
    )


def absence_of(person_id: int, at: datetime) -> Absence | None:
    """Return the absence of somebody that holds at a moment, with the stand-in."""
    return absences_at(at).filter(person=person_id).select_related("stand_in").first()


def is_away(person_id: int, at: datetime) -> bool:
    """Tell whether somebody is away at a moment."""
    return absences_at(at).filter(person=person_id).exists()


def away_among(ids: Iterable[int], at: datetime) -> frozenset[int]:
    """Return those of *ids* who are away at a moment."""
    found = absences_at(at).filter(person__in=set(ids))
    return frozenset(found.values_list("person_id", flat=True))


def present_among(ids: Iterable[int], at: datetime) -> frozenset[int]:
    """Return those of *ids* who were seen in the workbench lately and are not away."""
    away = absences_at(at).filter(person=OuterRef("person"))
    found = Presence.objects.filter(
        ~Exists(away), person__in=set(ids), seen_at__gt=at - SEEN_WITHIN, seen_at__lte=at
    )
    return frozenset(found.values_list("person_id", flat=True))


def stand_in_of(person_id: int, at: datetime) -> int | None:
    """Return who stands in for somebody who is away at a moment, or nobody."""
    absence = absence_of(person_id, at)
    return absence.stand_in_id if absence else None


def stands_for_along(at: Moment) -> ArraySubquery:
    """Return what asks, within a query for a person, for whom that person stands in."""
    absent = absences_at(at).filter(stand_in=OuterRef("pk")).order_by("person")
    return ArraySubquery(absent.values("person"))


def absence_along(at: Moment) -> dict[str, BaseExpression]:
    """Return what tells, within a query for people, until when each is away and who stands in."""
    absent = absences_at(at).filter(person=OuterRef("pk"))
    return {
        "away_until": Subquery(absent.values("ends_at")[:1]),
        "stand_in_name": Subquery(absent.values("stand_in__name")[:1]),
    }


def coming_absences(people: Iterable[int], at: datetime) -> QuerySet[Absence]:
    """Return the absences of *people* that hold or are to come, the first to begin first."""
    rows = Absence.objects.filter(person__in=set(people), ends_at__gt=at)
    return rows.select_related("person", "stand_in").order_by("starts_at", "id")


def turns_between(desk_id: int, starts_at: datetime, ends_at: datetime) -> QuerySet[Turn]:
    """Return the turns of a desk that share any time with a stretch, in order."""
    rows = Turn.objects.filter(desk=desk_id, starts_at__lt=ends_at, ends_at__gt=starts_at)
    return rows.select_related("person", "deputy").order_by("starts_at", "duty", "id")


def turns_of(person_id: int, at: datetime) -> QuerySet[Turn]:
    """Return somebody's turns that hold or are to come, with their desks."""
    rows = Turn.objects.filter(person=person_id, ends_at__gt=at)
    return rows.select_related("desk", "deputy").order_by("starts_at", "id")
