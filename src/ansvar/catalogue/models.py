"""Services, question trees and priority matrices."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from ansvar.catalogue.decisions.needed import LONGEST_PATTERN, NeededKind, Wanted
from ansvar.catalogue.decisions.skills import Skill
from ansvar.people.models import Desk, Person, Team

SKILL_NAMES = {
    Skill.LEARNING: _("learning it"),
    Skill.ABLE: _("knows it"),
    Skill.EXPERT: _("others ask me"),
}
NEEDED_KIND_NAMES = {
    NeededKind.TEXT: _("words"),
    NeededKind.NUMBER: _("a number"),
    NeededKind.CHOICE: _("one of several"),
    NeededKind.YES_NO: _("yes or no"),
    NeededKind.DATE: _("a date"),
    NeededKind.PHONE: _("a phone number"),
    NeededKind.ATTACHMENT: _("a file, such as a picture"),
}


class Service(models.Model):
    """What a consumer pays for and gets, with exactly one service owner."""

    class State(models.TextChoices):
        """How far a service is agreed."""

        DRAFT = "draft", _("draft")
        AGREED = "agreed", _("agreed")
        RETIRED = "retired", _("retired")

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="services")
    name = models.CharField(_("name"), max_length=120)
    summary = models.CharField(_("in one sentence"), max_length=300, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    owner = models.ForeignKey(Person, models.PROTECT, related_name="owned_services")
    deputy = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="deputised_services"
    )
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="services")
    """The team that knows the service best: writes its scripts and gets what the desk can't end."""
    urgency = models.PositiveSmallIntegerField(
        _("urgency"), default=3, validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
    """1 is the highest. A constant of the service: only its owner changes it, for all tickets."""
    # The five answers of the service card.
    quality = models.TextField(_("What quality do we promise?"), blank=True)
    usage = models.TextField(_("How is it used?"), blank=True)
    demands = models.TextField(_("What may one demand?"), blank=True)
    cost = models.TextField(_("What does it cost?"), blank=True)
    contact = models.TextField(_("How does one make contact?"), blank=True)
    asks_at_once = models.BooleanField(_("ask at once for what is missing"), default=False)
    """Requesters are asked for missing facts without an agent having to do it."""
    cost_per_hour = models.DecimalField(
        _("what an hour without it costs the business"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    """In the desk's currency; nothing when nobody has said."""
    escalation = models.TextField(_("to whom it goes when the desk cannot end it"), blank=True)
    """In words: the routine, and what the next one has to know."""
    rests_on = models.ManyToManyField(
        "self", symmetrical=False, through="Dependency", related_name="carries"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["desk", "name"], name="service_once"),
            models.CheckConstraint(
                condition=Q(urgency__gte=1, urgency__lte=4), name="service_urgency"
            ),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("owner")),
                name="service_deputy_is_somebody_else",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name


class Dependency(models.Model):
    """One service rests on another. Cycles are refused by the command."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="dependencies")
    rests_on = models.ForeignKey(Service, models.CASCADE, related_name="dependants")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["service", "rests_on"], name="dependency_once"),
            models.CheckConstraint(
                condition=~Q(service=F("rests_on")), name="dependency_not_on_itself"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.service} rests on {self.rests_on}"


class NeededFact(models.Model):
    """Something that must be known before work on a matter of a service can begin."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="needed_facts")
    position = models.PositiveSmallIntegerField()
    """Counts from 1; those that were removed keep theirs."""
    name = models.CharField(_("name"), max_length=80)
    question = models.CharField(_("question"), max_length=250)
    """As it is asked of the requester, in the desk's language."""
    help = models.CharField(_("help or example"), max_length=250, blank=True)
    kind = models.CharField(
        max_length=12, choices=list(NEEDED_KIND_NAMES.items()), default=NeededKind.TEXT
    )
    choices = models.JSONField(default=list, blank=True)
    """The texts to choose from, for that kind alone."""
    pattern = models.CharField(_("pattern"), max_length=LONGEST_PATTERN, blank=True)
    """As `decisions.needed.Wanted` describes it, for words alone."""
    is_required = models.BooleanField(_("work cannot begin without it"), default=True)
    is_active = models.BooleanField(default=True)
    """False once it was removed from the list: what tickets know of it stays."""

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                Lower("name"),
                "service",
                condition=Q(is_active=True),
                name="needed_fact_name_once",
                violation_error_message=_("The service asks for something of this name already."),
            )
        ]

    @override
    def __str__(self) -> str:
        return self.name

    @property
    def wanted(self) -> Wanted:
        """What an answer must be like."""
        return Wanted(kind=NeededKind(self.kind), choices=tuple(self.choices), pattern=self.pattern)


class Script(models.Model):
    """A question tree of a service, or of the desk for services without one."""

    class Purpose(models.TextChoices):
        """What the answers lead to."""

        IMPACT = "impact", _("impact script")
        SUPPORT = "support", _("support script")

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="scripts")
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="scripts"
    )
    """Empty: the desk's default script."""
    purpose = models.CharField(max_length=8, choices=Purpose.choices, default=Purpose.IMPACT)
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["desk", "service"],
                condition=Q(purpose="impact"),
                name="script_one_impact_per_service",
                nulls_distinct=False,
            )
        ]

    @override
    def __str__(self) -> str:
        return self.name


class ScriptVersion(models.Model):
    """One state of a script. A published one never changes; a ticket keeps the one it ran."""

    class State(models.TextChoices):
        """Where a version stands."""

        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        REPLACED = "replaced", _("replaced")

    script = models.ForeignKey(Script, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    tree = models.JSONField()
    """As described in `decisions.Tree`."""
    tested_at = models.DateTimeField(null=True)
    """When somebody walked the present tree to a leaf; a change of the tree empties it."""
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["script", "number"], name="script_version_once"),
            models.UniqueConstraint(
                fields=["script"], condition=Q(state="published"), name="script_one_published"
            ),
            models.UniqueConstraint(
                fields=["script"], condition=Q(state="draft"), name="script_one_draft"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.script}, version {self.number}"


class DeclaredSkill(models.Model):
    """How well somebody who works at a desk says to know one of its services."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="skills")
    person = models.ForeignKey(Person, models.CASCADE, related_name="skills")
    level = models.PositiveSmallIntegerField(choices=list(SKILL_NAMES.items()))
    declared_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["service", "person"], name="skill_once"),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=3), name="skill_has_a_level"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.person_id} {self.service_id}: {self.level}"


class Matrix(models.Model):
    """One version of a desk's priority matrix; the highest number is in force."""

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="matrices")
    number = models.PositiveIntegerField()
    cells = models.JSONField()
    """Four rows (impact 1 to 4) of four priorities (urgency 1 to 4), each 1 to 5."""
    raise_from_weight = models.DecimalField(
        _("raise the impact by one from a site weight of, %"),
        max_digits=6,
        decimal_places=3,
        null=True,
        blank=True,
    )
    """Sites with at least this share of the business raise the impact by one step."""
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["desk", "number"], name="matrix_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.desk}, priority matrix {self.number}"
