"""Tickets: what they are about, where they stand, how fast they are to be dealt with."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from ansvar.catalogue.models import Matrix, ScriptVersion, Service
from ansvar.people.models import Desk, Organisation, Person, Site, Team
from ansvar.tickets.decisions import Kind, State, WaitingFor, may_take_up_again

KIND_NAMES = {
    Kind.INCIDENT: _("incident"),
    Kind.REQUEST: _("request"),
    Kind.QUESTION: _("question"),
    Kind.COMPLAINT: _("complaint"),
    Kind.ALARM: _("alarm"),
    Kind.PROJECT_WORK: _("project work"),
}
STATE_NAMES = {
    State.NEW: _("new"),
    State.ASSIGNED: _("assigned"),
    State.IN_WORK: _("in work"),
    State.WAITING: _("waiting"),
    State.RESOLVED: _("resolved"),
    State.CLOSED: _("closed"),
}
WAITING_NAMES = {
    WaitingFor.REQUESTER: _("the requester"),
    WaitingFor.SUPPLIER: _("a supplier"),
    WaitingFor.CHANGE: _("a change"),
    WaitingFor.DATE: _("a date"),
}
OPEN_STATES = [State.NEW, State.ASSIGNED, State.IN_WORK, State.WAITING]

REFERENCE = r"[A-Za-z][A-Za-z0-9]{0,5}-[0-9]{1,12}"
"""How references look, as people type them: the prefix of the desk, and a number."""
SEARCH_LANGUAGES = {"en": "english", "sv": "swedish", "ru": "russian", "de": "german"}
"""Language of a text to the PostgreSQL configuration that knows its word forms."""


def _search_sql() -> str:
    """Return the expression of the search column: constant configurations keep it immutable."""

    def vector(configuration: str) -> str:
        return (
            f"setweight(to_tsvector('{configuration}', subject), 'A') || "
            f"setweight(to_tsvector('{configuration}', description), 'B')"
        )

    cases = " ".join(
        f"WHEN '{language}' THEN {vector(configuration)}"
        for language, configuration in SEARCH_LANGUAGES.items()
    )
    words = f"CASE language {cases} ELSE {vector('simple')} END"
    return f"setweight(to_tsvector('simple', reference), 'A') || {words}"


SEARCH_SQL = _search_sql()


DUE_RANK_SQL = "COALESCE(due_at, TIMESTAMPTZ '9999-01-01 00:00:00+00')"


WINDOW_BITS = 12


def window_of(ticket_id: F) -> Func:
    """Return the number of the window of about four thousand tickets, in order of their opening.

    Words are indexed together with it, so that the newest tickets with a common word are found
    without looking at all of them.
    """
    template = f"(%(expressions)s >> {WINDOW_BITS})"
    return Func(ticket_id, template=template, output_field=models.BigIntegerField())


class Ticket(models.Model):
    """One matter to deal with, from first word to closing."""

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="tickets")
    reference = models.CharField(max_length=20, unique=True)
    """Such as IT-1042; never used again."""
    kind = models.CharField(max_length=14, choices=list(KIND_NAMES.items()), default=Kind.INCIDENT)
    subject = models.CharField(_("subject"), max_length=250)
    description = models.TextField(_("description"), blank=True)
    language = models.CharField(max_length=12, default="en")
    channel = models.CharField(max_length=12, default="workbench")
    """Where it came in: email, portal, workbench, api."""
    state = models.CharField(max_length=10, choices=list(STATE_NAMES.items()), default=State.NEW)
    waiting_for = models.CharField(max_length=10, choices=list(WAITING_NAMES.items()), blank=True)
    waiting_note = models.CharField(max_length=250, blank=True)
    waiting_until = models.DateTimeField(null=True, blank=True)
    supplier = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="awaited_tickets"
    )
    """Which one it waits for, when it waits for a supplier that the desk knows."""

    requester = models.ForeignKey(Person, models.PROTECT, related_name="requested_tickets")
    reporter = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="reported_tickets"
    )
    """Who told us, when that is somebody else than the requester."""
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="tickets")
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="owned_tickets")
    """The agent who answers for informing the requester; nothing until the desk took it up."""
    team = models.ForeignKey(Team, models.PROTECT, related_name="tickets")
    assignee = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="assigned_tickets"
    )

    impact = models.PositiveSmallIntegerField(null=True, blank=True)
    """By the impact script, after the weight of the site; nothing until classified."""
    urgency = models.PositiveSmallIntegerField()
    priority = models.PositiveSmallIntegerField()
    priority_basis = models.JSONField(default=dict)
    """What the priority rests on, as `decisions.Basis` stores it."""
    is_overridden = models.BooleanField(default=False)
    script_version = models.ForeignKey(ScriptVersion, models.PROTECT, null=True, blank=True)
    script_answers = models.JSONField(default=list)
    """The path through the script: a list of {"node", "answer"} numbers and words."""
    matrix = models.ForeignKey(Matrix, models.PROTECT, null=True, blank=True)

    resolution = models.TextField(_("resolution"), blank=True)
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    requester_spoke_at = models.DateTimeField(null=True)
    """The requester's last word that no agent has answered."""
    answer_due_at = models.DateTimeField(null=True)
    """By when the desk promises its first answer; nothing once it was given, or without promise."""
    due_at = models.DateTimeField(null=True)
    """By when the next target of its service level runs out; nothing while none is counted.

    Worked out above, where the service levels are, and kept here for lists to be ordered by it;
    likewise the one before and after.
    """
    due_rank = models.GeneratedField(
        expression=Func(template=DUE_RANK_SQL, output_field=models.DateTimeField()),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    """Kept by the database: *due_at*, or the end of time, so that lists go on where one ended."""
    update_due_at = models.DateTimeField(null=True)
    """By when its people are to be told something, even if there is nothing new."""
    reopen_count = models.PositiveIntegerField(default=0)
    hand_over_count = models.PositiveIntegerField(default=0)
    bounce_count = models.PositiveIntegerField(default=0)
    registered_at = models.DateTimeField(null=True)
    """When it was written down, if work had begun before that in an emergency; else nothing."""
    first_service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="+"
    )
    """As what it was filed first, together with *first_kind*: set once each is known."""
    first_kind = models.CharField(max_length=14, choices=list(KIND_NAMES.items()), blank=True)
    reclassify_count = models.PositiveIntegerField(default=0)
    """How often kind or service turned out to be another one."""
    reclassified_at = models.DateTimeField(null=True)
    """When it was filed as what it is now; the time until then went by under a wrong name."""
    expected_at = models.DateTimeField(null=True)
    """When whoever works on it expects it to be solved; told to the requester."""
    version = models.PositiveIntegerField(default=1)
    """Counts every change; a form made on an older version is refused."""
    search = models.GeneratedField(
        expression=Func(template=SEARCH_SQL, output_field=SearchVectorField()),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    """Kept by the database: reference, subject and description in the ticket's language."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(priority__gte=1, priority__lte=5), name="ticket_priority"
            ),
            models.CheckConstraint(
                condition=Q(impact__isnull=True) | Q(impact__gte=1, impact__lte=4),
                name="ticket_impact",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.RESOLVED, State.CLOSED]) | ~Q(resolution=""),
                name="ticket_resolved_with_words",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.WAITING) | ~Q(waiting_for=""),
                name="ticket_waits_for_something",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["desk", "priority", "due_rank", "id"],
                name="ticket_queue",
                condition=Q(state__in=OPEN_STATES),
            ),
            models.Index(
                fields=["assignee", "priority", "due_rank", "id"],
                name="ticket_of_assignee",
                condition=Q(state__in=OPEN_STATES),
            ),
            models.Index(
                fields=["team", "priority", "due_rank", "id"],
                name="ticket_of_team",
                condition=Q(state__in=OPEN_STATES),
            ),
            models.Index(
                fields=["owner", "priority", "due_rank", "id"],
                name="ticket_of_owner",
                condition=Q(state__in=OPEN_STATES),
            ),
            models.Index(fields=["requester", "-opened_at"], name="ticket_of_requester"),
            models.Index(fields=["desk", "-changed_at", "-id"], name="ticket_changed"),
            # Of programs that read all that changed since, on all desks they see.
            models.Index(fields=["-changed_at", "-id"], name="ticket_changed_anywhere"),
            models.Index(fields=["desk", "opened_at"], name="ticket_opened"),
            models.Index(
                fields=["service", "-resolved_at"],
                name="ticket_solved",
                condition=Q(resolved_at__isnull=False, assignee__isnull=False),
            ),
            models.Index(fields=["service", "opened_at"], name="ticket_of_service"),
            models.Index(
                fields=["service", "opened_at", "team"],
                name="ticket_open_of_service",
                condition=Q(state__in=OPEN_STATES),
            ),
            models.Index(
                fields=["resolved_at"], name="ticket_to_close", condition=Q(state=State.RESOLVED)
            ),
            models.Index(
                fields=["waiting_until"], name="ticket_to_wake", condition=Q(state=State.WAITING)
            ),
            models.Index(
                fields=["desk", "due_at", "id"],
                name="ticket_due",
                condition=Q(state__in=OPEN_STATES, due_at__isnull=False),
            ),
            models.Index(
                fields=["desk", "update_due_at", "id"],
                name="ticket_update_due",
                condition=Q(state__in=OPEN_STATES, update_due_at__isnull=False),
            ),
            models.Index(
                fields=["desk", "changed_at", "id"],
                name="ticket_stirred",
                condition=Q(state__in=OPEN_STATES),
            ),
            GinIndex(F("search"), window_of(F("id")), name="ticket_words"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.reference} {self.subject}"

    def may_be_taken_up(self, now: datetime) -> bool:
        """Tell whether words of its people take it up again, by the desk's policy."""
        return may_take_up_again(
            self.closed_at,
            reopen_days=self.desk.reopen_days,
            policy=self.desk.closed_reply,
            now=now,
        )

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.state in OPEN_STATES

    @property
    def is_classified(self) -> bool:
        """Whether an impact was found, by script or by hand."""
        return self.impact is not None
