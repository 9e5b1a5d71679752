"""Service levels in their versions, and the clocks that run by them."""

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from ansvar.people.models import Desk, Organisation, Team
from ansvar.servicelevels.decisions.terms import LevelKind, Measure, Terms
from ansvar.tickets.models import Ticket

KIND_NAMES = {
    LevelKind.SLA: _("agreement with customers (SLA)"),
    LevelKind.OLA: _("agreement with a team (OLA)"),
    LevelKind.UC: _("contract with a supplier (UC)"),
    LevelKind.CARE: _("communication policy"),
}
MEASURE_NAMES = {
    Measure.REACTION: _("reaction"),
    Measure.RESOLUTION: _("solution"),
    Measure.HOLD: _("time in the team"),
    Measure.SUPPLIER: _("time at the supplier"),
    Measure.ACKNOWLEDGE: _("acknowledgement"),
    Measure.UPDATE: _("next update"),
    Measure.CLOSING: _("closing message"),
    Measure.THIRD_PARTY: _("waiting for others"),
}


class ServiceLevel(models.Model):
    """A promise to somebody: kept in versions, of which at most one is in force."""

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="levels")
    kind = models.CharField(max_length=4, choices=list(KIND_NAMES.items()))
    name = models.CharField(_("name"), max_length=120)
    party = models.CharField(_("agreed with"), max_length=200, blank=True)
    """Who is on the other side, in words."""

    class Meta:
        ordering: ClassVar[list[str]] = ["desk", "kind", "name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["desk", "name"], name="level_once"),
        ]

    @override
    def __str__(self) -> str:
        return self.name


class LevelVersion(models.Model):
    """One state of a level. A published one never changes; only its end may still be set."""

    class State(models.TextChoices):
        """Where a version stands."""

        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    level = models.ForeignKey(ServiceLevel, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    terms = models.JSONField(default=dict, blank=True)
    """As `decisions.terms.Terms` stores them."""
    words = models.TextField(_("in words"), blank=True)
    """What stands in the agreement besides its figures, as Markdown."""
    signatories = models.JSONField(default=list, blank=True)
    """Who signed: a list of {"name", "role", "party", "signed_on"}, the date in ISO form or empty.
    """
    valid_from = models.DateTimeField(null=True, blank=True)
    """For tickets opened (teams: got; suppliers: asked) from then on; nothing for a draft."""
    valid_until = models.DateTimeField(null=True, blank=True)
    review_on = models.DateField(_("to be reviewed on"), null=True, blank=True)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["level", "number"], name="level_version_once"),
            models.UniqueConstraint(
                fields=["level"], condition=Q(state="draft"), name="level_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(valid_from__isnull=False),
                name="level_published_from",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("valid_from")),
                name="level_ends_after_start",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.level}, version {self.number}"

    @property
    def agreed(self) -> Terms:
        """The terms, to be computed with."""
        return Terms.restore(self.terms)


class BookEdition(models.Model):
    """Which edition of the book of levels and calendars is in force; there is one row."""

    number = models.BigIntegerField()
    """From a sequence, so that none is used twice, not even after a rollback."""
    renewed_at = models.BigIntegerField(default=0)
    """Running clocks of older editions than this one are to be worked out anew."""

    @override
    def __str__(self) -> str:
        return f"edition {self.number}"


class Timing(models.Model):
    """What the clocks of a ticket are worked out from."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, primary_key=True, related_name="timing")
    desk = models.ForeignKey(Desk, models.PROTECT)
    story = models.JSONField(encoder=DjangoJSONEncoder)
    """As `decisions.story.stored` gives it."""
    edition = models.BigIntegerField()
    """Of the book by which the clocks were worked out."""
    taken = models.JSONField(default=dict)
    """Steps taken of clocks that are no more, by measure and number, should they come back."""
    is_running = models.BooleanField()
    """Whether a clock has not stopped yet."""

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["edition"], name="timing_to_renew", condition=Q(is_running=True)),
        ]

    @override
    def __str__(self) -> str:
        return f"timing of {self.ticket_id}"


class Clock(models.Model):
    """One target running on one ticket, as `decisions.clocks.Clock` describes it."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="clocks")
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="clocks")
    measure = models.CharField(max_length=12, choices=list(MEASURE_NAMES.items()))
    number = models.PositiveIntegerField()
    version = models.ForeignKey(LevelVersion, models.PROTECT, related_name="clocks")
    row = models.PositiveSmallIntegerField()
    """Of the version's rows, from 0."""
    target = models.DurationField()
    started_at = models.DateTimeField()
    used = models.DurationField()
    counting_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="clocks")
    supplier = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="clocks")
    shares = models.JSONField(default=list)
    """Who used how much of *used*: a list of [kind, id, seconds]."""
    taken = models.JSONField(default=list)
    """Keys of the steps taken, each once."""
    steps = models.JSONField(default=list)
    """Steps ahead while things stay as they are: a list of [microseconds since 1970, key]."""
    next_step_at = models.DateTimeField(null=True)
    """When the first of them is due."""

    class Meta:
        ordering: ClassVar[list[str]] = ["measure", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["ticket", "measure", "number"], name="clock_once"),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True) | Q(counting_since__isnull=True),
                name="clock_stopped_counts_no_more",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_step_at"],
                name="clock_next_step",
                condition=Q(next_step_at__isnull=False),
            ),
            models.Index(
                fields=["desk", "measure", "stopped_at"],
                name="clock_stopped",
                condition=Q(stopped_at__isnull=False),
            ),
            models.Index(
                fields=["desk", "-stopped_at", "-id"],
                name="clock_missed",
                condition=Q(stopped_at__isnull=False, used__gt=models.F("target")),
            ),
            models.Index(
                fields=["due_at", "id"],
                name="clock_of_others",
                condition=Q(
                    stopped_at__isnull=True,
                    due_at__isnull=False,
                    measure__in=[Measure.SUPPLIER, Measure.THIRD_PARTY],
                ),
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.measure} {self.number} of {self.ticket_id}"


class StuckRule(models.Model):
    """From when a desk counts a ticket as stuck while its own history does not tell yet."""

    desk = models.OneToOneField(Desk, models.CASCADE, primary_key=True, related_name="stuck_rule")
    days = models.PositiveSmallIntegerField(_("working days without anything happening"), default=2)
    urgent_minutes = models.PositiveIntegerField(_("minutes, for P1"), default=120)
    """Of working time, like the days."""
    is_watched = models.BooleanField(_("look for tickets that stand still"), default=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(days__gte=1, urgent_minutes__gte=1), name="stuck_rule_has_times"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.days} days, P1 {self.urgent_minutes} min"


class StuckNormal(models.Model):
    """For how long tickets of a kind normally stand still at most, from those closed of late."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="stuck_normals")
    kind = models.CharField(max_length=14)
    priority = models.PositiveSmallIntegerField(null=True)
    """Nothing for all priorities of the kind."""
    amount = models.DurationField()
    """Of working time: 90 of 100 closed tickets never stood still for longer."""
    sample = models.PositiveIntegerField()
    worked_out_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["desk", "kind", "priority"],
                name="stuck_normal_once",
                nulls_distinct=False,
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.kind} P{self.priority or '*'}: {self.amount}"


class StuckTicket(models.Model):
    """An open ticket that stands still for longer than is normal.

    It says so only while the ticket has not changed since: whatever somebody does ends it, without
    this row being touched.
    """

    ticket = models.OneToOneField(Ticket, models.CASCADE, primary_key=True, related_name="stuck")
    desk = models.ForeignKey(Desk, models.CASCADE, related_name="stuck_tickets")
    quiet_since = models.DateTimeField()
    """When the ticket last changed, as it was when this was found."""
    stuck_at = models.DateTimeField()
    """When it had stood still for as long as is normal."""
    normal = models.DurationField()
    sample = models.PositiveIntegerField()
    """Closed tickets that tell what is normal; 0 for the fixed figure."""
    reminders = models.PositiveSmallIntegerField(default=0)
    next_reminder_at = models.DateTimeField(null=True)
    """Nothing when everybody was reminded who can be."""

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_reminder_at"],
                name="stuck_to_remind",
                condition=Q(next_reminder_at__isnull=False),
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.ticket_id} since {self.quiet_since}"
