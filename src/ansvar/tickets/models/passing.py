"""Ownership of many tickets that changed hands in one act, such as at the end of a shift."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from ansvar.people.models import Person
from ansvar.tickets.models.ticket import Ticket


class Passing(models.Model):
    """One act by which somebody else came to answer for tickets, with the words that go along."""

    giver = models.ForeignKey(Person, models.PROTECT, null=True, related_name="given_passings")
    """Who answered for them; nobody when they came from several."""
    to = models.ForeignKey(Person, models.CASCADE, related_name="taken_passings")
    words = models.TextField(blank=True)
    """Said of all of them; each may have a line of its own."""
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    request_id = models.UUIDField()
    """Shared by all entries of the journal that it caused."""
    done_at = models.DateTimeField(null=True)
    """When the last ticket was passed on; nothing while many are still on their way."""
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["to", "-made_at"], name="passing_to"),
            models.Index(fields=["giver", "-made_at"], name="passing_from"),
            models.Index(fields=["request_id"], name="passing_request"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.giver_id} to {self.to_id} at {self.made_at}"


class PassedTicket(models.Model):
    """A ticket of such an act."""

    passing = models.ForeignKey(Passing, models.CASCADE, related_name="tickets")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="passings")
    previous = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    line = models.TextField(blank=True)
    """What is said of this one."""
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["passing", "ticket"], name="passed_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["passing", "id"], name="passed_to_do", condition=Q(done_at__isnull=True)
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.ticket_id} in {self.passing_id}"
