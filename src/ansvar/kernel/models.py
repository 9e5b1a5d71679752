"""The journal, failed work and answers already given."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from typing_extensions import override

from ansvar.kernel.actor import Actor, ActorKind
from ansvar.kernel.facts import Fact, facts


class Entry(models.Model):
    """One line of the journal. A database trigger refuses to change or delete it."""

    at = models.DateTimeField()
    """When it happened; for imported history earlier than *recorded_at*."""
    recorded_at = models.DateTimeField(default=timezone.now)
    fact = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    actor_kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in ActorKind])
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=200)
    payload = models.JSONField(encoder=DjangoJSONEncoder)
    request_id = models.UUIDField(null=True)
    """Shared by all entries that one request, job or import step has caused."""

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="entry_subject"),
            BrinIndex(fields=["at"], name="entry_at", autosummarize=True),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.fact} on {self.subject_type} {self.subject_id}"

    @property
    def actor(self) -> Actor:
        """The doer, as named at that time."""
        return Actor(kind=ActorKind(self.actor_kind), id=self.actor_id, label=self.actor_label)

    @property
    def restored(self) -> Fact:
        """The typed fact of this entry."""
        return facts[self.fact].restore(self.subject_id, self.payload)


class TableMark(models.Model):
    """The state of a small table, as one or more marks; each change within it makes a new one.

    Kept by triggers alone, see `kernel.small_tables`. Of changes that are under way at the same
    time each adds its own mark and waits for no other; the next change takes them all away.
    """

    mark = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=80)
    """Of the table, or of that part of it whose changes count."""

    @override
    def __str__(self) -> str:
        return self.name


class Failure(models.Model):
    """Work that failed for good and waits for an administrator: to be run again or let go."""

    class State(models.TextChoices):
        """What has become of the failure."""

        OPEN = "open"
        RUN_AGAIN = "run_again"
        DISMISSED = "dismissed"

    work = models.CharField(max_length=120)
    """Name of the task, see `kernel.work`."""
    about = models.CharField(max_length=200)
    arguments = models.JSONField()
    error = models.CharField(max_length=500)
    traceback = models.TextField()
    attempts = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    failed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "-failed_at"], name="failure_state")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.work}: {self.error}"


class GivenAnswer(models.Model):
    """The answer to a request that carried an idempotency key; a repeat gets the same one."""

    actor_id = models.BigIntegerField()
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    """SHA-256 of method, path and body: the same key with another request is refused."""
    status = models.PositiveSmallIntegerField(null=True)
    """Nothing while the first request is still being worked on."""
    body = models.JSONField(null=True)
    given_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["actor_id", "key"], name="given_answer_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["given_at"], name="given_answer_at")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.key}: {self.status}"
