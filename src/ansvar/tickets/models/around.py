"""What goes with a ticket: who takes part, notes, details, links, drafts."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from ansvar.catalogue.models import NeededFact
from ansvar.people.models import Person
from ansvar.tickets.models.ticket import Ticket


class Participant(models.Model):
    """Somebody else who takes part in a ticket's conversation and may read it."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="participants")
    person = models.ForeignKey(Person, models.PROTECT, related_name="participations")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["ticket", "person"], name="participant_once")
        ]

    @override
    def __str__(self) -> str:
        return str(self.person)


class Note(models.Model):
    """Words among agents; a requester never sees them."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="notes")
    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="notes")
    text = models.TextField()
    is_attempt = models.BooleanField(default=False)
    """It tells what was tried and did not help."""
    written_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["written_at", "id"]

    @override
    def __str__(self) -> str:
        return self.text[:80]


class TicketDetail(models.Model):
    """What is known on a ticket of something that its service needs to know."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="details")
    needed = models.ForeignKey(NeededFact, models.PROTECT, related_name="details")
    value = models.TextField()
    """As `catalogue.decisions.fitted` keeps it."""
    message_id = models.BigIntegerField(null=True)
    """The message from which it was read; nothing when somebody filled it in.

    A number only: conversations are made above tickets.
    """
    noted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="noted_details")
    """Nobody when it was read."""
    noted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["ticket", "needed"], name="ticket_detail_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.needed_id}: {self.value[:60]}"


class Link(models.Model):
    """How two tickets hang together."""

    class Relation(models.TextChoices):
        """Read as: *ticket* is ... *other*."""

        DUPLICATE = "duplicate", _("duplicate of")
        CHILD = "child", _("part of")
        RELATED = "related", _("related to")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="links")
    other = models.ForeignKey(Ticket, models.CASCADE, related_name="links_here")
    relation = models.CharField(max_length=10, choices=Relation.choices)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["ticket", "other"], name="link_once"),
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(relation="child"), name="link_one_parent"
            ),
            models.CheckConstraint(condition=~Q(ticket=F("other")), name="link_not_to_itself"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.ticket_id} {self.relation} {self.other_id}"


class Draft(models.Model):
    """What somebody has typed on a page and not sent yet."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="drafts")
    place = models.CharField(max_length=80)
    """Where it is typed, such as `ticket:17:reply`."""
    text = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "place"], name="draft_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.person_id} {self.place}"
