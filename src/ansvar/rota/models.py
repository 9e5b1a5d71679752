"""Absences, presence and turns; `commands` is the only place that writes them."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from ansvar.people.models import Desk, Person
from ansvar.rota.decisions import Duty, Reason

DUTY_NAMES = {
    Duty.QUEUE: _("queue manager"),
    Duty.COMMUNICATION: _("customer communication"),
    Duty.OPERATIONS: _("daily operations"),
    Duty.SHIFT: _("shift leader"),
}
REASON_NAMES = {
    Reason.LEAVE: _("leave"),
    Reason.SICK: _("sick"),
    Reason.TRAINING: _("training"),
    Reason.TRAVEL: _("travelling"),
    Reason.OTHER: _("something else"),
}


def _stretch() -> Func:
    """Return the time of a row as a range: its end belongs to whatever comes next."""
    return Func(
        F("starts_at"), F("ends_at"), function="TSTZRANGE", output_field=DateTimeRangeField()
    )


class Absence(models.Model):
    """The time during which somebody is not here, and who stands in meanwhile."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=10, choices=[(str(k), v) for k, v in REASON_NAMES.items()])
    stand_in = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="stands_in_for"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["starts_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="absence_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(stand_in__isnull=True) | ~Q(stand_in=F("person")),
                name="absence_stand_in_is_somebody_else",
            ),
            ExclusionConstraint(
                name="absence_one_at_a_time", expressions=[("person", "="), (_stretch(), "&&")]
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["ends_at"], name="absence_end"),
            models.Index(fields=["stand_in", "ends_at"], name="absence_stand_in"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.person}: {self.starts_at} – {self.ends_at}"


class Presence(models.Model):
    """When somebody who works at a desk was last seen in the workbench."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True)
    seen_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        return f"{self.person_id} at {self.seen_at}"


class Turn(models.Model):
    """The time during which somebody has a duty of a desk; one at a time."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="turns")
    duty = models.CharField(max_length=13, choices=[(str(k), v) for k, v in DUTY_NAMES.items()])
    person = models.ForeignKey(Person, models.PROTECT, related_name="turns")
    deputy = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="deputised_turns"
    )
    """Who does it while *person* is away."""
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["starts_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="turn_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("person")),
                name="turn_deputy_is_somebody_else",
            ),
            ExclusionConstraint(
                name="turn_one_at_a_time",
                expressions=[("desk", "="), ("duty", "="), (_stretch(), "&&")],
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["ends_at", "starts_at"], name="turn_end"),
            models.Index(fields=["person", "ends_at"], name="turn_of_person"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.get_duty_display()}: {self.person}, {self.starts_at} – {self.ends_at}"
