"""Everybody and every place the desk knows."""

from decimal import Decimal
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class Calendar(models.Model):
    """Working hours in one time zone, with public holidays and days of its own."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")
    hours = models.JSONField(_("working hours"), default=dict)
    """Weekday number as text ("0" is Monday) to a list of ["08:00", "17:00"] pairs."""
    holiday_country = models.CharField(_("holidays of country"), max_length=2, blank=True)
    """ISO 3166-1 alpha-2, or nothing for a calendar without public holidays."""
    holiday_subdivision = models.CharField(_("holidays of region"), max_length=10, blank=True)
    special_days = models.JSONField(_("days of its own"), default=dict, blank=True)
    """ISO date to a list of pairs like those of *hours*; an empty list is a day off."""

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    @override
    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A company or authority: our own, a customer or a supplier."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    @override
    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A business unit in the tree of an organisation."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="departments")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "parent", "name"],
                name="department_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="department_not_in_itself"),
        ]

    @override
    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place, such as a pharmacy, an office or a plant."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="sites")
    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(_("address"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, default="SE")
    """ISO 3166-1 alpha-2; phone numbers without a prefix are read as of this country."""
    calendar = models.ForeignKey(Calendar, models.PROTECT, null=True, blank=True)
    business_weight = models.DecimalField(
        _("business weight"),
        max_digits=6,
        decimal_places=3,
        default=Decimal(0),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    """Share of the whole business in per cent, of turnover for instance."""
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "name"], name="site_once"),
            models.CheckConstraint(
                condition=Q(business_weight__gte=0) & Q(business_weight__lte=100),
                name="site_weight_is_a_share",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    """Finds persons by the name they log in with."""

    @override
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(login__iexact=username)


class Person(AbstractBaseUser):
    """Anybody the desk knows: requester, agent or both. May have a log-in."""

    class Theme(models.TextChoices):
        """Which colours a person reads best."""

        SYSTEM = "system", _("as the system")
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    class Density(models.TextChoices):
        """How much a page holds."""

        COMFORTABLE = "comfortable", _("comfortable")
        COMPACT = "compact", _("compact")

    login = models.CharField(  # noqa: DJ001 - nothing, not "", so that many may have none
        _("log-in name"), max_length=150, null=True, blank=True
    )
    name = models.CharField(_("name"), max_length=160)
    title = models.CharField(_("title"), max_length=120, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="persons"
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="persons"
    )
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="persons")
    manager = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="reports"
    )
    language = models.CharField(_("language"), max_length=12, default="en")
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    """Empty means that of the site's calendar."""
    is_active = models.BooleanField(default=True)
    is_vip = models.BooleanField(_("to be treated with special care"), default=False)
    theme = models.CharField(max_length=8, choices=Theme.choices, default=Theme.SYSTEM)
    density = models.CharField(max_length=12, choices=Density.choices, default=Density.COMFORTABLE)
    has_letter_keys = models.BooleanField(_("one-letter keys"), default=True)
    search = models.TextField(default="", editable=False)
    """Name and contact points, folded; kept by the commands, read through a trigram index."""

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Upper("login"), name="person_login_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(OpClass("search", name="gin_trgm_ops"), name="person_search"),
            models.Index(fields=["name", "id"], name="person_name"),
        ]

    @override
    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> str:
        """The time zone the person reads in: the chosen one, that of the site, or UTC."""
        calendar = self.site.calendar if self.site else None
        return self.timezone or (calendar.timezone if calendar else "UTC")

    @property
    def can_log_in(self) -> bool:
        """Whether the person has a log-in name and is active."""
        return self.is_active and self.login is not None


class ContactPoint(models.Model):
    """One address of a person on one channel."""

    class Channel(models.TextChoices):
        """Through which channel the address reaches the person."""

        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")
        CHAT = "chat", _("chat")

    person = models.ForeignKey(Person, models.CASCADE, related_name="contact_points")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    address = models.CharField(_("address"), max_length=254)
    """As it is shown."""
    normalised = models.CharField(max_length=254)
    """As it is found: an e-mail address in lower case, a phone number in E.164."""
    is_preferred = models.BooleanField(default=False)
    is_shared = models.BooleanField(_("used by several people"), default=False)
    failing_since = models.DateTimeField(null=True)
    """Since when a server says that nothing reaches this address."""
    failure = models.CharField(max_length=300, blank=True)
    """Why, in the server's words."""

    class Meta:
        ordering: ClassVar[list[str]] = ["-is_preferred", "channel", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["channel", "normalised"],
                condition=Q(is_shared=False),
                name="contact_point_of_one_person",
            ),
            models.UniqueConstraint(
                fields=["person", "channel", "normalised"], name="contact_point_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.address


class Desk(models.Model):
    """A single point of contact with its own teams, catalogue and confidentiality."""

    class ClosedReply(models.TextChoices):
        """What words on a closed ticket lead to."""

        REOPEN = "reopen", _("take the ticket up again")
        NEW = "new", _("open a new ticket, linked to it")

    name = models.CharField(_("name"), max_length=80, unique=True)
    prefix = models.CharField(_("prefix of references"), max_length=6, unique=True)
    """Letters before the number of a ticket, such as IT in IT-1042."""
    language = models.CharField(_("language"), max_length=12, default="en")
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="desks")
    quiet_days = models.PositiveSmallIntegerField(_("quiet period, days"), default=5)
    """A resolved ticket closes by itself when nobody objects for so long."""
    undo_seconds = models.PositiveSmallIntegerField(_("undo sending within, seconds"), default=8)
    closed_reply = models.CharField(
        _("words on a closed ticket"),
        max_length=8,
        choices=ClosedReply.choices,
        default=ClosedReply.REOPEN,
    )
    reopen_days = models.PositiveSmallIntegerField(_("take up again within, days"), default=14)
    """Words on a ticket that was closed longer ago open a new one, linked to it."""
    suggest_days = models.PositiveSmallIntegerField(
        _("suggest the same matter within, days"), default=7
    )
    """How recent an open ticket of the same subject and people must be to be suggested."""
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    """ISO 4217, of every amount of money that the desk reckons with."""
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(prefix__regex=r"^[A-Z][A-Z0-9]{0,5}$"), name="desk_prefix_is_letters"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """Agents who share a queue, in one line of support of one desk."""

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="teams")
    name = models.CharField(_("name"), max_length=80)
    line = models.PositiveSmallIntegerField(
        _("line"), default=1, validators=[MinValueValidator(1), MaxValueValidator(3)]
    )
    calendar = models.ForeignKey(Calendar, models.PROTECT, null=True, blank=True)
    """Empty means that of the desk."""
    is_default = models.BooleanField(_("takes what has no team yet"), default=False)
    is_active = models.BooleanField(default=True)
    members = models.ManyToManyField(Person, through="Membership", related_name="teams")
    hourly_rate = models.DecimalField(
        _("cost of an hour's work"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    """Of one person, in the desk's currency; nothing when nobody has said."""
    most_taken = models.PositiveSmallIntegerField(
        _("most tickets one person takes at a time"), null=True, blank=True
    )
    """Counted are those that somebody works on; nothing for no limit."""

    class Meta:
        ordering: ClassVar[list[str]] = ["line", "name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["desk", "name"], name="team_once"),
            models.UniqueConstraint(
                fields=["desk"], condition=Q(is_default=True), name="team_one_default"
            ),
            models.CheckConstraint(condition=Q(line__gte=1, line__lte=3), name="team_line"),
        ]

    @override
    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person in a team."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    is_lead = models.BooleanField(_("leads the team"), default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["team", "person"], name="membership_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.person} in {self.team}"
