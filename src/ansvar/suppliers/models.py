"""Suppliers, what they are asked, and what is said with them."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from ansvar.conversations.models import InboundMail, KeptFile, LoneMail
from ansvar.people.models import Desk, Organisation, Person
from ansvar.suppliers.decisions import LONGEST_PATTERN, TaskState
from ansvar.tickets.models import Ticket

STATE_NAMES = {
    TaskState.DRAFT: _("draft"),
    TaskState.WITH_SUPPLIER: _("with the supplier"),
    TaskState.ANSWERED: _("answered"),
    TaskState.DONE: _("done"),
    TaskState.WITHDRAWN: _("withdrawn"),
}


class Supplier(models.Model):
    """An outside partner of the desks: how it is reached, and what is agreed."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="supplier")
    desks = models.ManyToManyField(Desk, related_name="suppliers", blank=True)
    """Which desks ask it; none stands for all."""
    address = models.EmailField(_("address for tasks"), blank=True)
    domains = models.JSONField(default=list, blank=True)
    """Whoever writes from these mail domains writes for it."""
    language = models.CharField(_("language"), max_length=12, default="en")
    pattern = models.CharField(_("how its references look"), max_length=LONGEST_PATTERN, blank=True)
    contract = models.CharField(_("contract"), max_length=200, blank=True)
    remarks = models.TextField(_("remarks"), blank=True)
    remind_after = models.PositiveSmallIntegerField(
        _("working hours until it is reminded"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )
    """Without an answer; nothing when reminders are sent by hand alone."""
    is_reminded_by_contract = models.BooleanField(
        _("reminded when a step of its contract is taken"), default=False
    )
    is_named_to_requesters = models.BooleanField(_("requesters may read its name"), default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["organisation__name"]

    @override
    def __str__(self) -> str:
        return self.organisation.name


class SupplierContact(models.Model):
    """Somebody at a supplier who can be written to or called."""

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=160)
    address = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    about = models.CharField(_("for what"), max_length=160, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]

    @override
    def __str__(self) -> str:
        return self.name


class SupplierTask(models.Model):
    """What one supplier is asked about one ticket, in words written for it."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="supplier_tasks")
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="+")
    """That of the ticket, for rights."""
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="tasks")
    reference = models.CharField(max_length=28, unique=True)
    """Such as IT-1042-S1; never used again."""
    subject = models.CharField(_("subject"), max_length=200)
    recipient = models.CharField(max_length=320, blank=True)
    """Where its mails go; nothing when the supplier is asked by phone or on a portal of its own."""
    their_reference = models.CharField(max_length=80, blank=True)
    state = models.CharField(
        max_length=10, choices=list(STATE_NAMES.items()), default=TaskState.DRAFT
    )
    holds_ticket = models.BooleanField(default=True)
    """The ticket waits for the supplier while this is with it."""
    asked_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="asked_supplier_tasks"
    )
    drafted_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    """When the supplier got it, the last time."""
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    reminder_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["drafted_at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["supplier", "-drafted_at", "-id"], name="supplier_task_of"),
            models.Index(fields=["sent_at"], name="supplier_task_out", condition=Q(state="asked")),
            models.Index(
                "supplier",
                Upper("their_reference"),
                name="supplier_task_theirs",
                condition=~Q(their_reference=""),
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(sent_at__isnull=False),
                name="supplier_task_sent_at",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.reference} {self.subject}"

    @property
    def is_draft(self) -> bool:
        """Whether the supplier knows nothing of it."""
        return self.state == TaskState.DRAFT

    @property
    def is_out(self) -> bool:
        """Whether the supplier has the next word."""
        return self.state == TaskState.WITH_SUPPLIER

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to come of it."""
        return self.state in {TaskState.DONE, TaskState.WITHDRAWN}


class SupplierMessage(models.Model):
    """One utterance between the desk and a supplier; no requester ever reads it."""

    class Direction(models.TextChoices):
        """Which way it went."""

        IN = "in", _("from the supplier")
        OUT = "out", _("to the supplier")

    class Purpose(models.TextChoices):
        """What it is for."""

        TASK = "task", _("the task")
        WORDS = "words", _("further words")
        REMINDER = "reminder", _("reminder")
        UNNEEDED = "unneeded", _("not needed any more")

    task = models.ForeignKey(SupplierTask, models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    purpose = models.CharField(max_length=8, choices=Purpose.choices, default=Purpose.WORDS)
    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    """Who of the desk wrote it, or noted what was said on the phone."""
    sender = models.CharField(max_length=320, blank=True)
    """The address a mail came from."""
    sender_name = models.CharField(max_length=200, blank=True)
    is_automatic = models.BooleanField(default=False)
    is_of_supplier = models.BooleanField(default=True)
    """False when a mail came from an address that is not known to be the supplier's."""
    subject = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)
    """The new words only; of ours Markdown."""
    quoted = models.TextField(blank=True)
    message_id = models.CharField(max_length=500, blank=True)
    inbound = models.OneToOneField(
        InboundMail, models.SET_NULL, null=True, related_name="supplier_message"
    )
    said_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["said_at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["message_id"], name="supplier_message_by_id", condition=~Q(message_id="")
            ),
            models.Index(fields=["task", "said_at", "id"], name="supplier_message_of"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.direction}: {self.text[:60]}"


class SupplierFile(KeptFile):
    """A file that was sent to a supplier, or came from one."""

    message = models.ForeignKey(SupplierMessage, models.CASCADE, related_name="files")

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["id"], name="supplier_file_to_scan", condition=Q(scan="unscanned"))
        ]

    @property
    @override
    def ticket(self) -> Ticket:
        return self.message.task.ticket


class SupplierMail(LoneMail):
    """A mail to a supplier, through a mailbox of the desk."""

    IS_AUTOMATIC = False
    """Help desks sort out what says of itself that a program wrote it."""

    said = models.OneToOneField(SupplierMessage, models.CASCADE, related_name="mail")
    references = models.TextField(blank=True)
    send_after = models.DateTimeField()
    """Until then the author can take it back."""

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["mailbox", "-sent_at"],
                name="supplier_mail_pace",
                condition=Q(sent_at__isnull=False),
            ),
        ]

    @property
    @override
    def foot(self) -> str:
        task = self.said.task
        return _("{desk} · our reference {reference}: please keep it in the subject").format(
            desk=self.mailbox.desk.name, reference=task.reference
        )

    @property
    @override
    def earlier_ids(self) -> Sequence[str]:
        return self.references.split()

    @property
    @override
    def files(self) -> Sequence[KeptFile]:
        return list(self.said.files.all())

    def may_be_recalled(self, now: datetime) -> bool:
        """Tell whether its author can still take it back."""
        return self.state == self.State.QUEUED and not self.attempts and now < self.send_after
