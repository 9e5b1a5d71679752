"""What insight keeps of its own: roll-ups that can be made anew at any time, and two settings."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from ansvar.catalogue.models import Service
from ansvar.insight.decisions.promises import Unit
from ansvar.people.models import Desk
from ansvar.servicelevels.models import MEASURE_NAMES, LevelVersion
from ansvar.tickets.models import KIND_NAMES

MOST_MONTHS = 24
UNIT_NAMES = {
    Unit.MINUTE: _("minutes"),
    Unit.HOUR: _("hours"),
    Unit.DAY: _("working days"),
    Unit.WEEK: _("working weeks"),
}


class PromiseTerms(models.Model):
    """From how many months the promises of a desk are taken."""

    desk = models.OneToOneField(Desk, models.CASCADE, related_name="promise_terms")
    months = models.PositiveSmallIntegerField(
        _("months"),
        default=6,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MONTHS)],
    )

    @override
    def __str__(self) -> str:
        return f"promises of {self.desk_id}"


class ShownPromise(models.Model):
    """An administrator allows that requesters read the promise of a service, or of the desk."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="shown_promises")
    service = models.OneToOneField(
        Service, models.CASCADE, null=True, blank=True, related_name="shown_promise"
    )
    """Nothing stands for matters without a service."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["desk"], condition=Q(service=None), name="shown_promise_of_desk_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"promise of {self.service_id or self.desk_id} is shown"


class Promise(models.Model):
    """Within which time nine in ten closed tickets were solved: of a service, a kind, or a desk.

    Without a figure there were too few tickets.
    """

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="promises")
    service = models.ForeignKey(
        Service, models.CASCADE, null=True, blank=True, related_name="promises"
    )
    """Nothing: all tickets of the desk."""
    kind = models.CharField(max_length=14, choices=list(KIND_NAMES.items()), blank=True)
    """Empty: all kinds that requesters open."""
    sample = models.PositiveIntegerField()
    is_cut = models.BooleanField(default=False)
    """There were more tickets; the latest of them are the sample."""
    within = models.PositiveIntegerField(null=True)
    amount = models.PositiveIntegerField(null=True)
    unit = models.CharField(max_length=6, choices=list(UNIT_NAMES.items()), blank=True)
    time = models.DurationField(null=True)
    """Working time that the figure comes to."""
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    months = models.PositiveSmallIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["desk", "service", "kind"], name="promise_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(time__isnull=True, within__isnull=True, amount__isnull=True)
                | Q(time__isnull=False, within__isnull=False, amount__isnull=False),
                name="promise_whole_or_none",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"promise of {self.service_id or self.desk_id} {self.kind}".strip()


class Drift(models.Model):
    """How one target that is in force for a service compares with what happened lately."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="drifts")
    version = models.ForeignKey(LevelVersion, models.CASCADE, related_name="drifts")
    row = models.PositiveSmallIntegerField()
    measure = models.CharField(max_length=12, choices=list(MEASURE_NAMES.items()))
    month_kept = models.PositiveIntegerField()
    month_all = models.PositiveIntegerField()
    """Of the last thirty days."""
    quarter_kept = models.PositiveIntegerField()
    quarter_all = models.PositiveIntegerField()
    """Of the last ninety days."""
    before_kept = models.PositiveIntegerField()
    before_all = models.PositiveIntegerField()
    """Of the ninety days before those."""
    held = models.DurationField(null=True)
    """The time that was held in as many cases as the objective asks, in the last ninety days."""
    computed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["service", "version", "row", "measure"], name="drift_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.measure} of {self.service_id}"
