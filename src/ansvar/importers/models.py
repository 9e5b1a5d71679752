"""Imports, what they have seen, and what of it has become which ticket."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from ansvar.conversations.models import Message
from ansvar.kernel.actor import Actor
from ansvar.people.models import Desk, Person
from ansvar.tickets.models import Ticket


class ImportRun(models.Model):
    """One taking over of a mailbox or a log for a desk, from the first look to the last ticket."""

    class State(models.TextChoices):
        """How far it has come."""

        SURVEYING = "surveying", _("looking through the mail")
        SURVEYED = "surveyed", _("looked through, nothing imported")
        IMPORTING = "importing", _("importing, not finished")
        DONE = "done", _("imported")
        DROPPED = "dropped", _("given up for a newer one")
        UNDONE = "undone", _("undone")

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="imports")
    source = models.CharField(max_length=500)
    """A path, or the address of a folder without a password."""
    kind = models.CharField(max_length=8)
    """What the source is: mbox, maildir, eml, imap, log."""
    signature = models.CharField(max_length=200, blank=True)
    """What the source was like when it was looked through; another one holds other mail."""
    options: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SURVEYING)
    position = models.CharField(max_length=600, blank=True)
    """The last place that was looked at."""
    counts: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    report: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    """What the mailbox reveals, as `decisions.Tally` tells it; of a log, `decisions.Outcome`."""
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["desk", "-id"], name="import_run_of_desk")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.pk}: {self.source}"

    @property
    def actor(self) -> Actor:
        """Who signs what the run leads to."""
        # The end of a path tells more than its beginning.
        return Actor.integration(f"Import {self.pk} of {self.source[-150:]}", self.pk)


class SurveyedMail(models.Model):
    """A mail that a run has looked at: what of it decides where it belongs, not what it says."""

    class State(models.TextChoices):
        """What becomes of it."""

        WAITING = "waiting"
        TAKEN = "taken"
        LEFT = "left"

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="mails")
    place = models.CharField(max_length=600)
    key = models.CharField(max_length=32)
    """Equal for the same mail in another source."""
    size = models.PositiveBigIntegerField()
    at = models.DateTimeField(null=True)
    """When it was said; nothing for a mail without any date."""
    author = models.CharField(max_length=254, blank=True)
    author_name = models.CharField(max_length=160, blank=True)
    addressed = ArrayField(models.CharField(max_length=254), default=list)
    subject = models.CharField(max_length=250, blank=True)
    """Without marks of answering."""
    is_answer = models.BooleanField(default=False)
    message_id = models.CharField(max_length=500, blank=True)
    references = ArrayField(models.CharField(max_length=500), default=list)
    is_automatic = models.BooleanField(default=False)
    is_no_reply = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=14, blank=True)
    """Why it is left out: a `decisions.LeftOut`."""
    detail = models.CharField(max_length=300, blank=True)
    thread = models.BigIntegerField(null=True)
    """The row of the first mail of its conversation."""
    thread_at = models.DateTimeField(null=True)
    ticket = models.ForeignKey(Ticket, models.SET_NULL, null=True, related_name="+")
    """For a mail that is known already: where it is."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "key"], name="surveyed_mail_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["run", "at", "id"], name="surveyed_mail_in_time"),
            models.Index(
                fields=["run", "thread_at", "thread", "id"],
                name="surveyed_mail_to_do",
                condition=Q(state="waiting"),
            ),
            models.Index(fields=["run", "thread", "at", "id"], name="surveyed_mail_of_thread"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.author}: {self.subject}"


class ImportedMail(models.Model):
    """A mail that is words on a ticket: whoever imports it again changes nothing."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="+")
    key = models.CharField(max_length=32)
    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="imported")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="imported_mail")
    message = models.OneToOneField(Message, models.CASCADE, related_name="imported_mail")
    sha256 = models.CharField(max_length=64)
    """Of the mail as it came, which lies in the content store under this name."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["desk", "key"], name="imported_mail_once")
        ]

    @override
    def __str__(self) -> str:
        return self.key


class ImportedCase(models.Model):
    """A case of a log, and the ticket that it is: whoever imports it again changes nothing."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="+")
    log = models.CharField(max_length=40)
    """Name of the log, as its mapping gives it."""
    case = models.CharField(max_length=200)
    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="cases")
    ticket = models.OneToOneField(Ticket, models.CASCADE, null=True, related_name="imported_case")
    """Nothing for a case that could not be told; it is tried again with the next import."""
    rows = models.PositiveIntegerField(default=0)
    why = models.CharField(max_length=300, blank=True)
    """Why there is no ticket."""
    remarks: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    """What could not be told as the log has it: how often, and where first, by remark."""
    logged: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    """The log's own counters in the last row."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["desk", "log", "case"], name="imported_case_once"),
            models.CheckConstraint(
                condition=Q(ticket__isnull=False) | ~Q(why=""), name="imported_case_or_why_not"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["run", "id"], name="imported_case_of_run")
        ]

    @override
    def __str__(self) -> str:
        return self.case


class LoggedPerson(models.Model):
    """Who is meant by a name in a log, so that the next import of it knows too."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="+")
    log = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["desk", "log", "name"], name="logged_person_once")
        ]

    @override
    def __str__(self) -> str:
        return self.name
