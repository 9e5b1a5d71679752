"""What insight keeps of its own: roll-ups that can be made anew at any time, and two settings."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from ansvar.catalogue.models import Service
from ansvar.insight.decisions.promises import Unit
from ansvar.insight.decisions.sums import Span
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


class RollUp(models.Model):
    """What was counted of one stretch of a desk's days, as `decisions.sums.written` gives it.

    It follows from tickets, clocks and the journal alone and can be made anew at any time.
    """

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="roll_ups")
    topic = models.CharField(max_length=12)
    span = models.CharField(max_length=1, choices=[(str(span), span.name) for span in Span])
    day = models.DateField()
    """The first one; days are those of the desk's calendar."""
    part = models.CharField(max_length=24, blank=True)
    """A kind of ticket, a service: what a topic is split by."""
    figures = models.TextField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["desk", "topic", "span", "day", "part"], name="roll_up_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.topic} {self.part} of {self.desk_id}, {self.span} {self.day}"


class RolledUp(models.Model):
    """How far the roll-ups of a desk have come."""

    desk = models.OneToOneField(Desk, models.CASCADE, primary_key=True, related_name="rolled_up")
    zone = models.CharField(max_length=64)
    """Whose days they are of."""
    basis = models.CharField(max_length=64)
    """What they rest on besides tickets: a print of hours, rates and lines of teams."""
    as_of = models.DateTimeField(null=True)
    """Up to when all has been seen; nothing until every day was counted once."""
    norms_on = models.DateField(null=True)
    """The day on which it was last worked out what such tickets usually take."""

    @override
    def __str__(self) -> str:
        return f"roll-ups of {self.desk_id} as of {self.as_of}"


class StaleDay(models.Model):
    """A day of a desk on which something has changed since it was counted."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="stale_days")
    day = models.DateField()
    stale_since = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["desk", "day"], name="stale_day_once"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.day} of {self.desk_id}"


class JournalRead(models.Model):
    """How far the journal has been read for the days on which something changed; one row."""

    settled = models.BigIntegerField(default=0)
    """Up to this entry nothing can be added any more: no transaction of then is open."""
    seen = models.BigIntegerField(default=0)
    """The last entry that was there."""
    oldest_open = models.BigIntegerField(default=0)
    """The oldest transaction that was open then: entries of it and of later ones may be new."""
    next_open = models.BigIntegerField(default=0)
    """The transaction that was to come next: once all before it are over, *seen* is settled."""

    @override
    def __str__(self) -> str:
        return f"read up to {self.seen}"
