"""Services with their cards, and the scripts that find the impact."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from ansvar.access.middleware import actor_of
from ansvar.api.reading import page_by_name
from ansvar.api.sections import Section
from ansvar.api.shapes import (
    USUAL_PER_PAGE,
    Cursor,
    IdAsked,
    IdInPath,
    Limit,
    PersonRef,
    Ref,
    Shape,
    TextAsked,
    maybe,
    person_ref,
    ref,
)
from ansvar.catalogue.decisions import Purpose
from ansvar.catalogue.models import NeededFact, Service
from ansvar.catalogue.queries import (
    needed_facts_of,
    offered_services,
    published_script,
    services_visible_to,
    what_it_carries,
    what_it_rests_on,
)

section = Section("Services")


class ServiceShape(Shape):
    """What a consumer gets, in one line."""

    id: int
    desk: Ref
    name: str = Field(examples=["Cashier"])
    summary: str
    state: str = Field(examples=["agreed"])


class ServicePage(Shape):
    """Some services, by name."""

    items: list[ServiceShape]
    next: str | None


class TechnicalSide(Shape):
    """What only those see who work with the catalogue."""

    urgency: int
    owner: PersonRef
    deputy: PersonRef | None
    team: Ref | None
    cost_per_hour: Decimal | None = Field(
        description="What an hour without it costs the business, as text, in the desk's currency."
    )
    escalation: str = Field(description="To whom it goes when the desk cannot end it.")
    rests_on: list[Ref]
    carries: list[Ref]


class CardShape(ServiceShape):
    """A service with the five answers of its card."""

    quality: str = Field(description="What quality do we promise?")
    usage: str = Field(description="How is it used?")
    demands: str = Field(description="What may one demand?")
    cost: str = Field(description="What does it cost?")
    contact: str = Field(description="How does one make contact?")
    technical_side: TechnicalSide | None


class ScriptShape(Shape):
    """The script in force for a service."""

    version_id: int = Field(description="What `classify` wants as `script_version`.")
    number: int
    name: str
    is_default: bool = Field(description="The desk's script, for services without one.")
    tree: dict[str, Any]


class NeededFactShape(Shape):
    """Something that must be known before work can begin, and how it is asked for."""

    id: int
    name: str = Field(examples=["Cash desk"])
    question: str = Field(examples=["Which cash desk is it?"])
    help: str = Field(examples=["the number on its front, such as 3"])
    kind: str = Field(
        description="text, number, choice, yes_no, date, phone or attachment.", examples=["number"]
    )
    choices: list[str]
    pattern: str = Field(
        description="`#` a digit, `@` a letter, what stands in brackets may be missing."
    )
    is_required: bool


class NeededFacts(Shape):
    """What a service needs to know, in the order of asking."""

    items: list[NeededFactShape]


@section.get("", ServicePage)
def list_services(
    request: HttpRequest,
    desk: IdAsked = None,
    q: TextAsked = None,
    *,
    cursor: Cursor = None,
    limit: Limit = USUAL_PER_PAGE,
) -> ServicePage:
    """List the agreed services, and those of every state whose technical side you may see."""
    found = _visible(request)
    if desk is not None:
        found = found.filter(desk_id=desk)
    if q is not None and q.strip():
        found = found.filter(Q(name__icontains=q.strip()) | Q(summary__icontains=q.strip()))
    rows, following = page_by_name(found, cursor=cursor, limit=limit)
    return ServicePage(items=[_line(service) for service in rows], next=following)


@section.get("/{service_id}", CardShape)
def get_service(request: HttpRequest, service_id: IdInPath) -> CardShape:
    """Read the card of a service."""
    service = _visible(request).get(pk=service_id)
    inside = services_visible_to(actor_of(request)).filter(pk=service_id).first()
    return CardShape(
        **_line(service).model_dump(),
        quality=service.quality,
        usage=service.usage,
        demands=service.demands,
        cost=service.cost,
        contact=service.contact,
        technical_side=maybe(_technical_side, inside),
    )


@section.get("/{service_id}/script", ScriptShape)
def get_script(
    request: HttpRequest,
    service_id: IdInPath,
    purpose: Annotated[Literal["impact", "support"], Query()] = "impact",
) -> ScriptShape:
    """Read the question tree in force for a service, its own or the desk's."""
    service = _visible(request).get(pk=service_id)
    version = published_script(service.desk_id, service.pk, Purpose(purpose))
    if version is None:
        raise Service.DoesNotExist
    return ScriptShape(
        version_id=version.pk,
        number=version.number,
        name=version.script.name,
        is_default=version.script.service_id is None,
        tree=version.tree,
    )


@section.get("/{service_id}/needed-facts", NeededFacts)
def list_needed_facts(request: HttpRequest, service_id: IdInPath) -> NeededFacts:
    """Read what must be known before work on a matter of the service can begin."""
    service = _visible(request).get(pk=service_id)
    return NeededFacts(items=[needed_fact_shape(one) for one in needed_facts_of(service.pk)])


def needed_fact_shape(needed: NeededFact) -> NeededFactShape:
    """Return how something that is needed looks to a program."""
    return NeededFactShape(
        id=needed.pk,
        name=needed.name,
        question=needed.question,
        help=needed.help,
        kind=needed.kind,
        choices=needed.choices,
        pattern=needed.pattern,
        is_required=needed.is_required,
    )


def _visible(request: HttpRequest) -> QuerySet[Service]:
    inside = services_visible_to(actor_of(request)).values("pk")
    offered = offered_services().values("pk")
    return Service.objects.filter(Q(pk__in=inside) | Q(pk__in=offered)).select_related("desk")


def _line(service: Service) -> ServiceShape:
    return ServiceShape(
        id=service.pk,
        desk=ref(service.desk),
        name=service.name,
        summary=service.summary,
        state=service.state,
    )


def _technical_side(service: Service) -> TechnicalSide:
    return TechnicalSide(
        urgency=service.urgency,
        owner=person_ref(service.owner),
        deputy=maybe(person_ref, service.deputy),
        team=maybe(ref, service.team),
        cost_per_hour=service.cost_per_hour,
        escalation=service.escalation,
        rests_on=[ref(below.service) for below in what_it_rests_on(service.pk)],
        carries=[ref(above.service) for above in what_it_carries(service.pk)],
    )
