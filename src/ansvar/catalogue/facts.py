"""What can happen to services, scripts and priority matrices."""

from dataclasses import dataclass
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from ansvar.kernel.facts import Changes, Fact, PersonId, Ref

OptionalPersonId = Annotated[int | None, Ref("person")]
OptionalServiceId = Annotated[int | None, Ref("service")]
DeskId = Annotated[int, Ref("desk")]


@dataclass(frozen=True, kw_only=True)
class ServiceCreated(Fact, name="service.created", wording=_("made the service {title}")):
    """A service was drafted, with the person who answers for it."""

    title: str
    desk_id: DeskId
    owner_id: PersonId
    urgency: int


@dataclass(frozen=True, kw_only=True)
class ServiceChanged(Fact, name="service.changed", wording=_("changed {changes}")):
    """The card of a service was changed."""

    changes: Changes


@dataclass(frozen=True, kw_only=True)
class ServiceOwnerSet(
    Fact, name="service.owner_set", wording=_("made {owner} answer for the service, for {previous}")
):
    """Somebody else became the one who answers for a service."""

    owner_id: PersonId
    previous_id: PersonId


@dataclass(frozen=True, kw_only=True)
class ServiceDeputySet(
    Fact, name="service.deputy_set", wording=_("made {deputy} the deputy, for {previous}")
):
    """A service got another deputy owner, or none."""

    deputy_id: OptionalPersonId
    previous_id: OptionalPersonId


@dataclass(frozen=True, kw_only=True)
class UrgencySet(
    Fact,
    name="service.urgency_set",
    wording=_("set the urgency from {previous} to {urgency}, for all tickets"),
):
    """The urgency of a service was changed, which changes the priority of its open tickets."""

    urgency: int
    previous: int


@dataclass(frozen=True, kw_only=True)
class ServiceAgreed(Fact, name="service.agreed", wording=_("agreed the service")):
    """A service with a complete card was agreed and is offered from now on."""


@dataclass(frozen=True, kw_only=True)
class ServiceRetired(Fact, name="service.retired", wording=_("retired the service")):
    """A service is offered no more; its past stays."""


@dataclass(frozen=True, kw_only=True)
class DependenciesSet(
    Fact, name="service.dependencies_set", wording=_("let it rest on {count} services")
):
    """What a service rests on directly was changed."""

    rests_on: list[int]
    added: list[int]
    removed: list[int]

    @override
    def words(self) -> dict[str, str]:
        return {"count": str(len(self.rests_on))}


@dataclass(frozen=True, kw_only=True)
class NeededFactAdded(
    Fact, name="needed_fact.added", subject="service", wording=_("asks for {title} from now on")
):
    """A service came to need one more thing to be known before work can begin."""

    needed_id: int
    title: str
    question: str
    kind: str
    is_required: bool


@dataclass(frozen=True, kw_only=True)
class NeededFactChanged(
    Fact,
    name="needed_fact.changed",
    subject="service",
    wording=_("changed how it asks for {title}: {changes}"),
):
    """What a service needs to know is asked for in another way."""

    needed_id: int
    title: str
    changes: Changes


@dataclass(frozen=True, kw_only=True)
class NeededFactRemoved(
    Fact, name="needed_fact.removed", subject="service", wording=_("asks for {title} no longer")
):
    """A service needs something no longer; what tickets know of it stays."""

    needed_id: int
    title: str


@dataclass(frozen=True, kw_only=True)
class NeededFactsOrdered(
    Fact,
    name="needed_fact.ordered",
    subject="service",
    wording=_("changed the order in which it asks"),
):
    """What a service needs to know is asked for in another order."""

    order: list[int]


@dataclass(frozen=True, kw_only=True)
class ScriptCreated(Fact, name="script.created", wording=_("made the script {title}")):
    """A question tree was begun, for a service or as the desk's default."""

    title: str
    purpose: str
    desk_id: DeskId
    service_id: OptionalServiceId = None


@dataclass(frozen=True, kw_only=True)
class ScriptChanged(Fact, name="script.changed", wording=_("changed {changes}")):
    """A script was renamed."""

    changes: Changes


@dataclass(frozen=True, kw_only=True)
class DraftSaved(Fact, name="script.draft_saved", wording=_("wrote on draft {number}")):
    """The draft of a script was written or changed; it has to be tested anew."""

    version_id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class DraftTested(
    Fact, name="script.tested", wording=_("walked draft {number} to its end: {outcome}")
):
    """Somebody walked the draft of a script to an end."""

    version_id: int
    number: int
    answers: list[int]
    outcome: str


@dataclass(frozen=True, kw_only=True)
class DraftDiscarded(Fact, name="script.draft_discarded", wording=_("threw draft {number} away")):
    """The draft of a script was thrown away; what is published stays."""

    number: int


@dataclass(frozen=True, kw_only=True)
class ScriptPublished(Fact, name="script.published", wording=_("published version {number}")):
    """A version of a script came into force; running tickets keep theirs."""

    version_id: int
    number: int
    previous_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class MatrixSet(Fact, name="matrix.set", subject="desk", wording=_("set priority matrix {number}")):
    """A desk got a new version of its priority matrix and weight rule."""

    matrix_id: int
    number: int
    cells: list[list[int]]
    raise_from_weight: str | None = None


@dataclass(frozen=True, kw_only=True)
class SkillDeclared(
    Fact, name="person.skill_declared", wording=_("said of the knowledge of {service}: {degree}")
):
    """It was said how well somebody knows a service."""

    service_id: Annotated[int, Ref("service")]
    level: int | None
    """From 1, learning it, to 3, asked by others; nothing when nothing is said any more."""
    previous: int | None = None

    @override
    def words(self) -> dict[str, str]:
        # Imported here: models import the decisions that facts are made of.
        from ansvar.catalogue.models import SKILL_NAMES  # noqa: PLC0415

        names = {int(level): str(name) for level, name in SKILL_NAMES.items()}
        return {"degree": str(_("nothing")) if self.level is None else names[self.level]}
