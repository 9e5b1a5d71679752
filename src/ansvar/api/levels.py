"""Service levels: what is promised, what would be, and writing them down."""

from datetime import date, datetime
from typing import Annotated, Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from ansvar.access.middleware import actor_of
from ansvar.access.queries import desks_where
from ansvar.api.level_terms import GivenTerms, TermsShape, terms_of, terms_shape
from ansvar.api.reading import page_by_name
from ansvar.api.sections import Section
from ansvar.api.shapes import (
    BIGGEST_ID,
    USUAL_PER_PAGE,
    Cursor,
    Given,
    Id,
    IdAsked,
    IdInPath,
    Limit,
    Line,
    Moment,
    Ref,
    Shape,
    SomeGiven,
    Text,
    TextAsked,
    ref,
)
from ansvar.kernel import clock
from ansvar.people.models import Desk
from ansvar.servicelevels.book import present_book
from ansvar.servicelevels.commands import (
    create_level,
    drop_draft,
    edit_level,
    end_level,
    publish_level,
    save_draft,
    sign_level,
)
from ansvar.servicelevels.decisions.previewing import Matter, preview_of
from ansvar.servicelevels.decisions.story import Traits
from ansvar.servicelevels.decisions.terms import LevelKind
from ansvar.servicelevels.documents import agreement_of
from ansvar.servicelevels.models import LevelVersion, ServiceLevel
from ansvar.servicelevels.queries import in_force, levels_with_versions
from ansvar.servicelevels.saying import VERDICT_WORDS
from ansvar.tickets.decisions import Kind

section = Section("Service levels")
READ = "service.read"
WRITE = "level.edit"


class VersionShape(Shape):
    """One version of a level."""

    id: int
    number: int
    state: str = Field(examples=["published"])
    valid_from: datetime | None
    valid_until: datetime | None
    review_on: date | None


class LevelShape(Shape):
    """A promise to somebody."""

    id: int
    desk: Ref
    kind: str = Field(
        description="`sla` with customers, `ola` with teams, `uc` with suppliers, `care`: the"
        " communication policy.",
        examples=["sla"],
    )
    name: str
    party: str = Field(description="Who is on the other side.")
    in_force: VersionShape | None
    versions: list[VersionShape] = Field(description="The latest first.")


class LevelPage(Shape):
    """Some levels, by name."""

    items: list[LevelShape]
    next: str | None


class SignatoryShape(Shape):
    """Who signs."""

    name: str
    role: str
    party: str
    signed_on: str = Field(description="The day, or empty while it is awaited.")


class AgreementShape(Shape):
    """A version with everything it says, for programs and in words."""

    level: Ref
    desk: Ref
    kind: str
    version: VersionShape
    parties: list[str]
    terms: TermsShape
    scope: list[str]
    hours: list[str]
    pauses: list[str]
    steps: list[str]
    words: str
    validity: str
    signatories: list[SignatoryShape]


class PromiseShape(Shape):
    """What one measure of a ticket would be held to."""

    measure: str = Field(examples=["resolution"])
    minutes: int = Field(description="Working time.", examples=[240])
    objective: float | None
    origin: str
    level: Ref
    version_id: int
    line: int = Field(description="Of the version's lines, from 1.")
    due_at: datetime | None = Field(
        description="If its time began then and never stood still; nothing: never open again."
    )


class ConsideredShape(Shape):
    """A level that was looked at, and what became of it."""

    kind: str
    level: Ref
    version_id: int
    verdict: str = Field(examples=["other_service"])
    words: str


class PreviewShape(Shape):
    """What a ticket would be promised, and why."""

    promises: list[PromiseShape]
    considered: list[ConsideredShape]


class NewLevel(Given):
    """A level to begin with; it promises nothing until a version is published."""

    desk: Id
    kind: Annotated[LevelKind, Field(strict=False)]
    name: Annotated[Line, Field(max_length=120)]
    party: Annotated[Text, Field(max_length=200)] = ""


class LevelChanges(SomeGiven):
    """How a level is called, and whom it is agreed with."""

    name: Annotated[Line, Field(max_length=120)] = ""
    party: Annotated[Text, Field(max_length=200)] = ""


class DraftChanges(SomeGiven):
    """What the draft says from now on; what is not sent stays."""

    terms: GivenTerms = Field(default_factory=lambda: GivenTerms(lines=[]))
    words: Annotated[Text, Field(max_length=100_000)] = ""
    review_on: Annotated[date | None, Field(strict=False)] = None


class Publishing(Given):
    """From when the draft is in force."""

    valid_from: Moment | None = Field(default=None, description="Nothing: from now on.")


class SignatoryGiven(Given):
    """Who signs."""

    name: Annotated[Line, Field(max_length=120)]
    role: Annotated[Text, Field(max_length=120)] = ""
    party: Annotated[Text, Field(max_length=120)] = ""
    signed_on: Annotated[date | None, Field(strict=False)] = None


class Signatories(Given):
    """Everybody who signs a version."""

    signatories: list[SignatoryGiven] = Field(max_length=20)


@section.get("/levels", LevelPage, requires=READ)
def list_levels(
    request: HttpRequest,
    desk: IdAsked = None,
    q: TextAsked = None,
    *,
    cursor: Cursor = None,
    limit: Limit = USUAL_PER_PAGE,
) -> LevelPage:
    """List the service levels of your desks."""
    found = _visible(request)
    if desk is not None:
        found = found.filter(desk_id=desk)
    if q is not None and q.strip():
        found = found.filter(Q(name__icontains=q.strip()) | Q(party__icontains=q.strip()))
    rows, following = page_by_name(found, cursor=cursor, limit=limit)
    return LevelPage(items=[_level(level) for level in rows], next=following)


@section.post("/levels", LevelShape, requires=WRITE, status=201)
def begin_level(request: HttpRequest, body: NewLevel) -> LevelShape:
    """Begin a service level, with an empty draft."""
    desk = Desk.objects.get(pk=body.desk)
    made = create_level(
        desk=desk, kind=body.kind, name=body.name, party=body.party, by=actor_of(request)
    )
    return _level(_visible(request).get(pk=made.pk))


@section.get("/levels/preview", PreviewShape, requires=READ)
def preview_levels(  # noqa: PLR0913 - one parameter per trait of a ticket
    request: HttpRequest,
    *,
    desk: Annotated[int, Query(ge=1, le=BIGGEST_ID)],
    kind: Annotated[Kind, Query()] = Kind.INCIDENT,
    priority: Annotated[int, Query(ge=1, le=5)] = 3,
    service: IdAsked = None,
    site: IdAsked = None,
    team: IdAsked = None,
    supplier: IdAsked = None,
    at: Annotated[Moment | None, Query(description="Nothing: now.")] = None,
) -> PreviewShape:
    """Tell what a ticket opened at a moment would be promised, and what was considered.

    An OLA is looked for when you name the team, a contract when you name the supplier.
    """
    own = desks_where(actor_of(request).person_id or 0, READ)
    if own is not None and desk not in own:
        raise Desk.DoesNotExist
    preview = preview_of(
        present_book(),
        Matter(
            desk_id=desk,
            traits=Traits(kind=kind, priority=priority, service_id=service, site_id=site),
            at=at or clock.now(),
            team_id=team,
            supplier_id=supplier,
        ),
    )
    return PreviewShape(
        promises=[
            PromiseShape(
                measure=promise.measure,
                minutes=promise.rule.target.minutes,
                objective=promise.rule.target.objective,
                origin=promise.rule.target.origin,
                level=Ref(id=promise.rule.version.level_id, name=promise.rule.version.level),
                version_id=promise.rule.version.id,
                line=promise.rule.row + 1,
                due_at=promise.due_at,
            )
            for promise in preview.promises
        ],
        considered=[
            ConsideredShape(
                kind=kind_of,
                level=Ref(id=version.level_id, name=version.level),
                version_id=version.id,
                verdict=verdict,
                words=str(VERDICT_WORDS[verdict]),
            )
            for kind_of, choice in preview.choices.items()
            for version, verdict in choice.considered
        ],
    )


@section.get("/levels/{level_id}", LevelShape, requires=READ)
def get_level(request: HttpRequest, level_id: IdInPath) -> LevelShape:
    """Read a service level with its versions."""
    return _level(_visible(request).get(pk=level_id))


@section.patch("/levels/{level_id}", LevelShape, requires=WRITE)
def change_level(request: HttpRequest, level_id: IdInPath, body: LevelChanges) -> LevelShape:
    """Call a level otherwise, or say whom it is agreed with."""
    level = _visible(request).get(pk=level_id)
    wanted = {"name": level.name, "party": level.party, **body.changes()}
    edit_level(level.pk, by=actor_of(request), **wanted)
    return _level(_visible(request).get(pk=level_id))


@section.patch("/levels/{level_id}/draft", AgreementShape, requires=WRITE)
def change_draft(request: HttpRequest, level_id: IdInPath, body: DraftChanges) -> AgreementShape:
    """Change the draft; the first change makes one out of the version in force."""
    level = _visible(request).get(pk=level_id)
    wanted: dict[str, Any] = body.changes()
    if "terms" in wanted:
        wanted["terms"] = terms_of(body.terms)
    return _agreement(save_draft(level.pk, by=actor_of(request), **wanted), level)


@section.delete("/levels/{level_id}/draft", requires=WRITE)
def delete_draft(request: HttpRequest, level_id: IdInPath) -> None:
    """Throw the draft away."""
    drop_draft(_visible(request).get(pk=level_id).pk, by=actor_of(request))


@section.post("/levels/{level_id}/publish", LevelShape, requires=WRITE)
def publish(request: HttpRequest, level_id: IdInPath, body: Publishing) -> LevelShape:
    """Put the draft in force. Running tickets keep the version they began with."""
    level = _visible(request).get(pk=level_id)
    publish_level(level.pk, valid_from=body.valid_from, by=actor_of(request))
    return _level(_visible(request).get(pk=level_id))


@section.post("/levels/{level_id}/end", LevelShape, requires=WRITE)
def end(request: HttpRequest, level_id: IdInPath) -> LevelShape:
    """Let a level hold for nothing that begins from now on."""
    end_level(_visible(request).get(pk=level_id).pk, by=actor_of(request))
    return _level(_visible(request).get(pk=level_id))


@section.get("/level-versions/{version_id}", AgreementShape, requires=READ)
def get_agreement(request: HttpRequest, version_id: IdInPath) -> AgreementShape:
    """Read a version as an agreement: its terms, and the same in words."""
    version = _versions(request).get(pk=version_id)
    return _agreement(version, version.level)


@section.post("/level-versions/{version_id}/signatories", AgreementShape, requires=WRITE)
def sign(request: HttpRequest, version_id: IdInPath, body: Signatories) -> AgreementShape:
    """Note everybody who signs a version; who is not named does not."""
    version = _versions(request).get(pk=version_id)
    done = sign_level(
        version.pk,
        signatories=[
            {
                "name": one.name,
                "role": one.role,
                "party": one.party,
                "signed_on": one.signed_on.isoformat() if one.signed_on else "",
            }
            for one in body.signatories
        ],
        by=actor_of(request),
    )
    return _agreement(done, version.level)


def _visible(request: HttpRequest) -> QuerySet[ServiceLevel]:
    own = desks_where(actor_of(request).person_id or 0, READ)
    return levels_with_versions(Q() if own is None else Q(desk__in=own))


def _versions(request: HttpRequest) -> QuerySet[LevelVersion]:
    own = desks_where(actor_of(request).person_id or 0, READ)
    rows = LevelVersion.objects.select_related("level__desk__calendar")
    return rows if own is None else rows.filter(level__desk__in=own)


def _level(level: ServiceLevel) -> LevelShape:
    versions = list(level.versions.all())
    present = in_force(versions, clock.now())
    return LevelShape(
        id=level.pk,
        desk=ref(level.desk),
        kind=level.kind,
        name=level.name,
        party=level.party,
        in_force=_version(present) if present else None,
        versions=[_version(version) for version in versions],
    )


def _version(version: LevelVersion) -> VersionShape:
    return VersionShape(
        id=version.pk,
        number=version.number,
        state=version.state,
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        review_on=version.review_on,
    )


def _agreement(version: LevelVersion, level: ServiceLevel) -> AgreementShape:
    version.level = level
    said = agreement_of(version)
    return AgreementShape(
        level=ref(level),
        desk=ref(level.desk),
        kind=level.kind,
        version=_version(version),
        parties=[*said.parties],
        terms=terms_shape(version.agreed),
        scope=[*said.scope],
        hours=[*said.hours],
        pauses=[*said.pauses],
        steps=[*said.steps],
        words=version.words,
        validity=said.validity,
        signatories=[SignatoryShape(**one) for one in version.signatories],
    )
