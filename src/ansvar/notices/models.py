"""Notices, and by which ways people want them."""

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from typing_extensions import override

from ansvar.people.models import Person
from ansvar.tickets.models import Ticket


class Notice(models.Model):
    """Something that one person was told. Its words are made when they are read."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="notices")
    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, related_name="notices")
    kind = models.CharField(max_length=24)
    """Of `kinds.kinds`."""
    sentence = models.CharField(max_length=24)
    """Which of the kind's sentences it says."""
    values = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """What fills the sentence."""
    key = models.CharField(max_length=160)
    """Names what happened: nobody is told twice of the same."""
    is_urgent = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "key"], name="notice_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["person", "-id"], name="notice_unseen", condition=Q(seen_at__isnull=True)
            ),
            models.Index(
                fields=["person", "-made_at", "-id"],
                name="notice_seen",
                condition=Q(seen_at__isnull=False),
            ),
            models.Index(fields=["made_at"], name="notice_made"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.kind} to {self.person_id}: {self.key}"


class NoticeWish(models.Model):
    """Whether a person wants notices of a kind also by another way than on the page.

    Without a row what is usual for the kind holds, see `kinds.NoticeKind.usual`.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="notice_wishes")
    kind = models.CharField(max_length=24)
    carrier = models.CharField(max_length=12)
    """Of `carriers.carriers`."""
    is_wished = models.BooleanField(default=True, db_default=True)
    """False only where it would be usual."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "kind", "carrier"], name="notice_wish_once"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind} by {self.carrier}"
