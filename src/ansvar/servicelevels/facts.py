"""What can happen to service levels, and to tickets by their clocks."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from ansvar.kernel.facts import Changes, Fact, PersonId, Ref

TeamId = Annotated[int, Ref("team")]
OrganisationId = Annotated[int, Ref("organisation")]
VersionId = Annotated[int, Ref("level_version")]


@dataclass(frozen=True, kw_only=True)
class LevelCreated(Fact, name="level.created", wording=_("made the service level {title}")):
    """A service level was made; it promises nothing until a version is published."""

    title: str
    kind: str
    desk_id: Annotated[int, Ref("desk")]


@dataclass(frozen=True, kw_only=True)
class LevelEdited(Fact, name="level.edited", wording=_("changed {changes}")):
    """The name of a level, or whom it was agreed with, changed."""

    changes: Changes


@dataclass(frozen=True, kw_only=True)
class LevelDraftChanged(
    Fact, name="level.draft_changed", wording=_("changed the draft of version {number}")
):
    """The draft of a version was made or changed."""

    version_id: int
    number: int
    changes: Changes


@dataclass(frozen=True, kw_only=True)
class LevelDraftDropped(
    Fact, name="level.draft_dropped", wording=_("dropped the draft of version {number}")
):
    """A draft was thrown away."""

    number: int


@dataclass(frozen=True, kw_only=True)
class LevelPublished(
    Fact, name="level.published", wording=_("put version {number} in force from {valid_from}")
):
    """A version of a level came into force, and ended the one before."""

    version_id: int
    number: int
    valid_from: datetime
    review_on: date | None = None

    @override
    def words(self) -> dict[str, str]:
        return {"valid_from": _moment(self.valid_from)}


@dataclass(frozen=True, kw_only=True)
class LevelEnded(Fact, name="level.ended", wording=_("ended the level at {valid_until}")):
    """A level holds for nothing that begins later."""

    version_id: int
    number: int
    valid_until: datetime

    @override
    def words(self) -> dict[str, str]:
        return {"valid_until": _moment(self.valid_until)}


@dataclass(frozen=True, kw_only=True)
class LevelSigned(Fact, name="level.signed", wording=_("noted who signed version {number}")):
    """The people who signed a version were noted."""

    version_id: int
    number: int
    names: list[str]


@dataclass(frozen=True, kw_only=True)
class LevelChosen(
    Fact, name="level.chosen", subject="ticket", wording=_("put it under {level}: {reason}")
):
    """Somebody chose the service level of a ticket by hand, or gave the choice back to the rule."""

    version_id: VersionId | None
    """0 for no level at all; nothing for the one that applies by the rule."""
    level: str
    reason: str

    @override
    def words(self) -> dict[str, str]:
        if self.version_id is None:
            return {"level": str(_("the service level that applies by the rule"))}
        return {} if self.version_id else {"level": str(_("no service level"))}


@dataclass(frozen=True, kw_only=True)
class TargetMissed(
    Fact, name="clock.target_missed", subject="ticket", wording=_("{measure}: the time is used up")
):
    """A clock used more than its target."""

    measure: str
    number: int
    version_id: VersionId
    target_minutes: int
    due_at: datetime | None
    team_id: TeamId | None = None
    supplier_id: OrganisationId | None = None
    shares: list[tuple[str, int, float]]
    """Who used how many seconds of it: kind of holder, id, seconds."""

    @override
    def words(self) -> dict[str, str]:
        return {"measure": measure_in_words(self.measure)}


@dataclass(frozen=True, kw_only=True)
class StepTaken(
    Fact, name="clock.step_taken", subject="ticket", wording=_("{measure}, {when}: {what}")
):
    """A step that a service level foresees was taken, once."""

    measure: str
    number: int
    version_id: VersionId
    key: str
    percent: int | None = None
    minutes: int | None = None
    """Working time before (negative) or after the target instead of a share of it."""
    action: str
    told: list[PersonId] = ()  # type: ignore[assignment]  # a list from JSON, an immutable default
    """Whom it told."""

    @override
    def words(self) -> dict[str, str]:
        whats = {
            "notify": _("told those concerned"),
            "page": _("called those concerned"),
            "raise": _("raise the priority"),
            "assign": _("give it to somebody else"),
        }
        minutes = self.minutes or 0
        if self.percent is not None:
            when = _("%(n)s %% used") % {"n": self.percent}
        elif minutes < 0:
            when = _("%(n)s min before the end") % {"n": -minutes}
        else:
            when = _("%(n)s min after the end") % {"n": minutes}
        return {
            "measure": measure_in_words(self.measure),
            "what": str(whats.get(self.action, self.action)),
            "when": when,
        }


@dataclass(frozen=True, kw_only=True)
class TicketReminded(
    Fact,
    name="clock.reminded",
    subject="ticket",
    wording=_("reminded {whom}: nothing had happened for longer than is normal"),
):
    """Somebody was reminded of a ticket that stands still; this is no movement of it."""

    number: int
    """The first, second, ... since the ticket last changed."""
    to: str
    """Who was meant, such as `assignee`."""
    told: list[PersonId]
    quiet_since: datetime
    normal_minutes: int
    """So much working time without anything is normal."""
    sample: int
    """Closed tickets that tell so; 0 for a fixed figure."""

    @override
    def words(self) -> dict[str, str]:
        whom = {
            "assignee": _("who works on it"),
            "lead": _("who leads the team"),
            "service_owner": _("the service owner"),
        }
        return {"whom": str(whom.get(self.to, self.to))}


@dataclass(frozen=True, kw_only=True)
class StuckRuleSet(
    Fact,
    name="desk.stuck_rule_set",
    subject="desk",
    wording=_("set from when a ticket counts as stuck: {changes}"),
):
    """The fixed figures from which a ticket counts as stuck were set."""

    changes: Changes


def _moment(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "j F Y H:i")


def measure_in_words(measure: str) -> str:
    """Return what a measure is called."""
    # Imported here: models import the decisions that facts are made of.
    from ansvar.servicelevels.models import MEASURE_NAMES  # noqa: PLC0415

    name = next((name for key, name in MEASURE_NAMES.items() if key == measure), measure)
    return str(name)
