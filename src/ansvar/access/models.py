"""Who may act in which role, on which desk, and by which token."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from ansvar.people.models import Desk, Person


class RoleGrant(models.Model):
    """A role given to a person on one desk, or on all desks when *desk* is empty."""

    class Role(models.TextChoices):
        """What somebody is on a desk; what each may do stands in `decisions.ALLOWED`."""

        AGENT = "agent", _("agent")
        TEAM_LEAD = "team_lead", _("team lead")
        SERVICE_OWNER = "service_owner", _("service owner")
        SUPERVISOR = "supervisor", _("supervisor")
        ADMINISTRATOR = "administrator", _("administrator")
        AUDITOR = "auditor", _("auditor")

    person = models.ForeignKey(Person, models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=16, choices=Role.choices)
    desk = models.ForeignKey(Desk, models.CASCADE, null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["person", "role", "desk"], name="role_grant_once", nulls_distinct=False
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.person}: {self.role} ({self.desk or 'all desks'})"


class Token(models.Model):
    """A key with which a program acts as a person; only its digest is stored."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="tokens")
    name = models.CharField(_("what it is for"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the token: it has 256 random bits, so no slow hash is needed."""
    start = models.CharField(max_length=12)
    """The first letters, by which a person recognises it."""
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at"]

    @override
    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"


class RefusedTry(models.Model):
    """A log-in that was refused, counted to make guessing slow; forgotten after an hour."""

    login = models.CharField(max_length=254)
    """What was typed as the name, in lower case; whether such a person exists is not said."""
    address = models.CharField(max_length=45)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["login", "at"], name="refused_try_login"),
            models.Index(fields=["address", "at"], name="refused_try_address"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.login} from {self.address}"
