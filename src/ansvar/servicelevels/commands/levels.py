"""Service levels: written as drafts, published as versions that never change, ended."""

from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from ansvar.catalogue.models import Service
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.changes import json_value, only, set_fields
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.people.models import Calendar, Desk, Organisation, Person, Site, Team
from ansvar.people.queries import working_calendar
from ansvar.servicelevels.book import new_edition
from ansvar.servicelevels.decisions.checking import Fault, faults_of
from ansvar.servicelevels.decisions.choosing import overlap
from ansvar.servicelevels.decisions.terms import LevelKind, Terms
from ansvar.servicelevels.explaining import fault_in_words
from ansvar.servicelevels.facts import (
    LevelCreated,
    LevelDraftChanged,
    LevelDraftDropped,
    LevelEdited,
    LevelEnded,
    LevelPublished,
    LevelSigned,
)
from ansvar.servicelevels.models import LevelVersion, ServiceLevel


class DraftMissing(Refusal):
    """There is no draft to publish or to drop."""

    status = 409


class TermsHaveFaults(Refusal):
    """The draft cannot be published; `faults` says why."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(
            said("%(faults)s"), faults=" ".join(fault_in_words(fault) for fault in faults)
        )


class UnknownPart(Refusal):
    """The terms name a service, site, team, supplier, calendar or person that is not there."""


class LevelOverlaps(Refusal):
    """Another level in force is for the very same tickets, and neither is the narrower one."""

    status = 409


class BeginsInThePast(Refusal):
    """A version was to come into force before now: what is over is not judged anew."""


class NotInForce(Refusal):
    """There is no version that could be ended."""

    status = 409


class Signatory(TypedDict):
    """Who signed a version."""

    name: str
    role: str
    party: str
    signed_on: str
    """ISO date, or empty while the signature is awaited."""


class DraftFields(TypedDict, total=False):
    """What can be set of a draft."""

    terms: Terms
    words: str
    review_on: date | None
    signatories: list[Signatory]


@command
def create_level(
    *, desk: Desk, kind: LevelKind, name: str, party: str = "", by: Actor
) -> ServiceLevel:
    """Make a service level, with an empty draft.

    Raises: NotPermitted; ValidationError.
    Records: LevelCreated.
    """
    require(by, "level.edit", desk)
    level = ServiceLevel(desk=desk, kind=kind, name=name.strip(), party=party.strip())
    level.full_clean()
    level.save()
    record(
        LevelCreated(subject_id=level.pk, title=level.name, kind=level.kind, desk_id=desk.pk), by=by
    )
    _draft_of(level).save()
    return level


@command
def edit_level(level_id: int, *, name: str, party: str, by: Actor) -> ServiceLevel:
    """Change the name of a level and whom it is agreed with. The same again: silent.

    Raises: NotPermitted; ValidationError.
    Records: LevelEdited.
    """
    level = _locked(level_id, by)
    changes = set_fields(level, {"name": name.strip(), "party": party.strip()})
    if changes:
        level.full_clean()
        level.save(update_fields=list(changes))
        # The name is part of the book: explanations name the level.
        new_edition(renews=False)
        record(LevelEdited(subject_id=level.pk, changes=changes), by=by)
    return level


@command
def save_draft(level_id: int, *, by: Actor, **wanted: Unpack[DraftFields]) -> LevelVersion:
    """Change the draft of a level; the first change makes one out of the version in force.

    A draft may have faults. The same again changes and records nothing.

    Raises: NotPermitted; UnknownPart; ValidationError.
    Records: LevelDraftChanged.
    """
    level = _locked(level_id, by)
    draft = level.versions.filter(state=LevelVersion.State.DRAFT).first() or _draft_of(level)
    values: dict[str, Any] = only(DraftFields, wanted)
    if "terms" in values:
        _require_known(values["terms"], level)
        values["terms"] = values["terms"].stored()
    is_new = draft.pk is None
    changes = set_fields(draft, values)
    if not changes and not is_new:
        return draft
    draft.full_clean()
    draft.save()
    record(
        LevelDraftChanged(
            subject_id=level.pk, version_id=draft.pk, number=draft.number, changes=changes
        ),
        by=by,
    )
    return draft


@command
def drop_draft(level_id: int, *, by: Actor) -> None:
    """Throw the draft of a level away; of one that was never published, the level stays empty.

    Raises: NotPermitted; DraftMissing.
    Records: LevelDraftDropped.
    """
    level = _locked(level_id, by)
    draft = _require_draft(level)
    draft.delete()
    record(LevelDraftDropped(subject_id=level.pk, number=draft.number), by=by)


@command
def publish_level(level_id: int, *, valid_from: datetime | None = None, by: Actor) -> LevelVersion:
    """Put the draft in force, now or from a later moment; the version before ends then.

    Running tickets keep the version they began with.

    Raises: NotPermitted; DraftMissing; TermsHaveFaults; LevelOverlaps; BeginsInThePast; NeverOpen.
    Records: LevelPublished.
    """
    level = _locked(level_id, by)
    draft = _require_draft(level)
    terms = draft.agreed
    if faults := faults_of(terms, LevelKind(level.kind)):
        raise TermsHaveFaults(faults)
    begins = valid_from or clock.now()
    if begins < clock.now():
        raise BeginsInThePast(
            said("Choose a beginning that is not over: what is past is not judged anew.")
        )
    _require_known(terms, level)
    _require_hours(terms, level)
    _require_no_overlap(terms, level, begins)
    _end_before(level, begins)
    draft.state = LevelVersion.State.PUBLISHED
    draft.valid_from, draft.published_at = begins, clock.now()
    draft.save(update_fields=["state", "valid_from", "published_at"])
    new_edition(renews=False)
    record(
        LevelPublished(
            subject_id=level.pk,
            version_id=draft.pk,
            number=draft.number,
            valid_from=begins,
            review_on=draft.review_on,
        ),
        by=by,
    )
    return draft


@command
def end_level(level_id: int, *, by: Actor) -> LevelVersion:
    """Let a level hold for nothing that begins from now on; running tickets keep it.

    Raises: NotPermitted; NotInForce.
    Records: LevelEnded.
    """
    level = _locked(level_id, by)
    now = clock.now()
    version = _published(level).exclude(valid_until__lte=now).order_by("-number").first()
    if version is None:
        raise NotInForce(said("%(level)s is not in force."), level=level)
    # One that was to begin later never does.
    version.valid_until = max(now, version.valid_from or now)
    _end_before(level, now)
    version.save(update_fields=["valid_until"])
    new_edition(renews=False)
    record(
        LevelEnded(
            subject_id=level.pk,
            version_id=version.pk,
            number=version.number,
            valid_until=version.valid_until,
        ),
        by=by,
    )
    return version


@command
def sign_level(version_id: int, *, signatories: list[Signatory], by: Actor) -> LevelVersion:
    """Note who signed a version; its figures stay as they are. The same again: silent.

    Raises: NotPermitted; ValidationError for a signatory without a name or with a broken date.
    Records: LevelSigned.
    """
    version = LevelVersion.objects.select_for_update().select_related("level").get(pk=version_id)
    require(by, "level.edit", version.level)
    for signatory in signatories:
        _check_signatory(signatory)
    if version.signatories == signatories:
        return version
    version.signatories = list(signatories)
    version.save(update_fields=["signatories"])
    record(
        LevelSigned(
            subject_id=version.level_id,
            version_id=version.pk,
            number=version.number,
            names=[one["name"] for one in signatories],
        ),
        by=by,
    )
    return version


def _check_signatory(signatory: Signatory) -> None:
    if not signatory["name"].strip():
        raise ValidationError({"signatories": "Give the name of everybody who signs."})
    if signatory["signed_on"]:
        try:
            date.fromisoformat(signatory["signed_on"])
        except ValueError:
            raise ValidationError(
                {"signatories": "Write the day of the signature like 2026-12-24."}
            ) from None


def _locked(level_id: int, by: Actor) -> ServiceLevel:
    level = ServiceLevel.objects.select_for_update(of=("self",)).select_related("desk")
    found = level.get(pk=level_id)
    require(by, "level.edit", found)
    return found


def _draft_of(level: ServiceLevel) -> LevelVersion:
    """Return an unsaved draft that begins where the latest version stands."""
    latest = level.versions.order_by("-number").first()
    draft = LevelVersion(level=level, number=1, made_at=clock.now(), terms=Terms().stored())
    if latest is not None:
        draft.number, draft.terms = latest.number + 1, json_value(latest.terms)
        draft.words, draft.review_on = latest.words, latest.review_on
    return draft


def _require_draft(level: ServiceLevel) -> LevelVersion:
    draft = level.versions.filter(state=LevelVersion.State.DRAFT).first()
    if draft is None:
        raise DraftMissing(said("%(level)s has no draft. Change something first."), level=level)
    return draft


def _published(level: ServiceLevel) -> QuerySet[LevelVersion]:
    return level.versions.filter(state=LevelVersion.State.PUBLISHED)


def _end_before(level: ServiceLevel, begins: datetime) -> None:
    """End what is in force at *begins*; what was to begin later never does."""
    for version in _published(level).exclude(valid_until__lte=begins):
        version.valid_until = max(begins, version.valid_from or begins)
        version.save(update_fields=["valid_until"])


def _require_known(terms: Terms, level: ServiceLevel) -> None:
    services = terms.scope.services.union(*(row.services for row in terms.rows))
    teams = terms.scope.teams | {step.team_id for step in terms.steps if step.team_id}
    named = (
        (Service.objects.filter(desk=level.desk), services, said("a service of the desk")),
        (Team.objects.filter(desk=level.desk), teams, said("a team of the desk")),
        (Site.objects.all(), terms.scope.sites, said("a site")),
        (Organisation.objects.all(), terms.scope.suppliers, said("a supplier")),
        (
            Person.objects.filter(is_active=True),
            {step.person_id for step in terms.steps if step.person_id},
            said("an active person"),
        ),
        (
            Calendar.objects.all(),
            {terms.calendar_id} if terms.calendar_id else frozenset(),
            said("a calendar"),
        ),
    )
    for rows, ids, what in named:
        if ids and set(rows.filter(pk__in=ids).values_list("pk", flat=True)) != set(ids):
            raise UnknownPart(said("Something chosen is not %(what)s any more."), what=what)


def _require_hours(terms: Terms, level: ServiceLevel) -> None:
    """Refuse a level whose clocks could never run.

    Raises: NeverOpen.
    """
    calendar_id = terms.calendar_id or level.desk.calendar_id
    working_calendar(Calendar.objects.get(pk=calendar_id)).next_opening(clock.now())


def _require_no_overlap(terms: Terms, level: ServiceLevel, begins: datetime) -> None:
    others = LevelVersion.objects.filter(
        level__desk=level.desk_id, level__kind=level.kind, state=LevelVersion.State.PUBLISHED
    ).exclude(level=level)
    for other in others.exclude(valid_until__lte=begins).select_related("level"):
        if overlap(terms.scope, other.agreed.scope):
            raise LevelOverlaps(
                said(
                    "“%(other)s” is for the same tickets. End that one, or choose services, sites, "
                    "teams or suppliers for one of them."
                ),
                other=other.level,
            )
