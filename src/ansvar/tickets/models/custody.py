"""Who held a ticket, under which rule it changes hands, and what others were asked about it."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from ansvar.catalogue.models import Service
from ansvar.people.models import Desk, Person, Team
from ansvar.tickets.decisions import Answer, Because, RuleMode, TaskKind
from ansvar.tickets.models.ticket import Ticket

MODE_NAMES = {
    RuleMode.FREE: _("teams hand over freely"),
    RuleMode.AFTER: _("the owner decides after some hand-overs"),
    RuleMode.ALWAYS: _("the owner decides every hand-over"),
}
ANSWER_NAMES = {
    Answer.GIVE: _("given on"),
    Answer.KEEP: _("kept where it is"),
    Answer.SPLIT: _("a task given, custody stays"),
    Answer.TOGETHER: _("both teams together"),
    Answer.WITHDRAWN: _("withdrawn"),
}
TASK_NAMES = {
    TaskKind.WORK: _("task"),
    TaskKind.QUESTION: _("question"),
    TaskKind.TOGETHER: _("to work on together"),
}


class CustodySpell(models.Model):
    """The time during which one team, and in it one person, held a ticket."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="custody")
    team = models.ForeignKey(Team, models.PROTECT)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    is_bounce = models.BooleanField(default=False)
    """The team had held the ticket before and it was handed back."""

    class Meta:
        ordering: ClassVar[list[str]] = ["started_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(ended_at__isnull=True), name="custody_one_holder"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="custody_ends_after_start",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.team} {self.person or ''}".strip()


class HandOverReason(models.Model):
    """One of the reasons that a desk lets its people choose from when they hand a ticket over."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="hand_over_reasons")
    text = models.CharField(_("reason"), max_length=120)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["desk", "text"], name="hand_over_reason_once"),
        ]

    @override
    def __str__(self) -> str:
        return self.text


class HandOverRule(models.Model):
    """When the owner of a service decides about hand-overs; a service without one is free."""

    service = models.OneToOneField(
        Service, models.CASCADE, primary_key=True, related_name="hand_over_rule"
    )
    mode = models.CharField(max_length=6, choices=list(MODE_NAMES.items()), default=RuleMode.FREE)
    after = models.PositiveSmallIntegerField(
        _("hand-overs that are free"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
    )
    """With `after`: so many a ticket, the next one is decided by the owner."""
    wait_minutes = models.PositiveIntegerField(
        _("then the supervisors may decide too, after minutes of working time"),
        default=120,
        validators=[MinValueValidator(1)],
    )

    @override
    def __str__(self) -> str:
        return f"{self.service}: {self.mode}"


class HandOverRequest(models.Model):
    """A hand-over that waits for the service owner, or what became of it; custody stays."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="hand_over_requests")
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="hand_over_requests")
    service = models.ForeignKey(Service, models.PROTECT, null=True, related_name="+")
    """Whose owner decides; nothing for a ticket that was filed under none: the supervisors do."""
    giver = models.ForeignKey(Team, models.PROTECT, related_name="+")
    """The team that wants to give it."""
    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    """The team that is to get it."""
    assignee = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    """Nobody when a rule asked."""
    asked_at = models.DateTimeField()
    reason = models.TextField()
    tried = models.TextField(blank=True)
    because = models.CharField(max_length=8, choices=[(one, one) for one in Because])
    """Why the owner is asked."""
    opens_at = models.DateTimeField()
    """From when on the supervisors of the desk may decide too."""
    escalated_at = models.DateTimeField(null=True)
    """When they were told."""
    answer = models.CharField(max_length=9, choices=list(ANSWER_NAMES.items()), blank=True)
    """Empty while it waits."""
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    words = models.TextField(blank=True)
    """What whoever decided said to it."""

    class Meta:
        ordering: ClassVar[list[str]] = ["asked_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(answer=""), name="hand_over_one_waits"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="hand_over_answered_at_a_time",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["opens_at"],
                name="hand_over_to_escalate",
                condition=Q(answer="", escalated_at__isnull=True),
            ),
            models.Index(
                fields=["service", "asked_at"],
                name="hand_over_waits",
                condition=Q(answer=""),
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.giver} to {self.team}"

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has decided yet."""
        return not self.answer


class Task(models.Model):
    """A part of the work, or a question, that others of the desk have while custody stays."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="tasks")
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=8, choices=list(TASK_NAMES.items()))
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="tasks")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="tasks")
    """A named expert, or who took it in the team."""
    words = models.TextField()
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="answered_tasks"
    )
    ended_at = models.DateTimeField(null=True)
    """When it was answered or withdrawn; an answered one has an *answered_by*."""
    has_helped = models.BooleanField(null=True)
    """Whether the answer helped, as whoever asked said; nothing while not said."""

    class Meta:
        ordering: ClassVar[list[str]] = ["asked_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(team__isnull=False) | Q(person__isnull=False), name="task_of_somebody"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["team"], name="task_of_team", condition=Q(ended_at__isnull=True)),
            models.Index(
                fields=["person"], name="task_of_person", condition=Q(ended_at__isnull=True)
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.kind} on {self.ticket_id}: {self.words[:60]}"

    @property
    def is_open(self) -> bool:
        """Whether it is neither answered nor withdrawn."""
        return self.ended_at is None
