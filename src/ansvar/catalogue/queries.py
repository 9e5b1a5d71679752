"""Questions about services, scripts and matrices."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.utils.functional import Promise

from ansvar.access.queries import desks_where
from ansvar.catalogue.decisions import Purpose, reachable
from ansvar.catalogue.models import (
    Dependency,
    Matrix,
    NeededFact,
    Script,
    ScriptVersion,
    Service,
)
from ansvar.catalogue.small_tables import MATRICES
from ansvar.kernel.actor import Actor
from ansvar.kernel.composed import Given
from ansvar.kernel.rights import may
from ansvar.people.models import Person

CARD_FIELDS = ("quality", "usage", "demands", "cost", "contact")


def own_services_of(person: Person) -> frozenset[int]:
    """Return the services that somebody is accountable for, as owner or deputy.

    Somebody who is logged in carries them already, see `relations.py`.
    """
    known = getattr(person, "own_services", None)
    return frozenset(_owned_by(person.pk) if known is None else known)


def own_services_along(_at: Given) -> ArraySubquery:
    """Return what asks for these services within a query for the person."""
    return ArraySubquery(_owned_by(OuterRef("pk")))


def _owned_by(person: Any) -> "QuerySet[Service, int]":
    owned = Service.objects.filter(Q(owner=person) | Q(deputy=person)).order_by()
    return owned.values_list("pk", flat=True)


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A service above or below another, and how many steps away."""

    service: Service
    steps: int


@dataclass(frozen=True, kw_only=True)
class ServiceCard:
    """A service with its five answers and its technical side."""

    service: Service
    answers: list[tuple[Promise | str, str]]
    rests_on: list[Neighbour]
    carries: list[Neighbour]
    scripts: list[Script]

    @property
    def is_complete(self) -> bool:
        """Whether all five questions are answered."""
        return all(text.strip() for _, text in self.answers)


def services_of(desk_id: int, *, with_retired: bool = False) -> QuerySet[Service]:
    """Return the services of a desk with those who answer for them, by name."""
    found = Service.objects.filter(desk=desk_id).select_related("owner", "deputy", "team")
    return found if with_retired else found.exclude(state=Service.State.RETIRED)


def services_visible_to(by: Actor) -> QuerySet[Service]:
    """Return the services whose technical side somebody may see, of all states.

    By role on a desk, or because one answers for the service.
    """
    found = Service.objects.select_related("desk", "owner", "deputy", "team")
    if by.person_id is None:
        return found if may(by, "service.read") else found.none()
    desks = desks_where(by.person_id, "service.read")
    if desks is None:
        return found
    return found.filter(Q(desk__in=desks) | Q(owner=by.person_id) | Q(deputy=by.person_id))


def offered_services() -> QuerySet[Service]:
    """Return the agreed services of open desks, which everybody may see the card of."""
    return Service.objects.filter(state=Service.State.AGREED, desk__is_active=True).select_related(
        "desk"
    )


def card_answers(service: Service) -> list[tuple[Promise | str, str]]:
    """Return the five questions of the service card with their answers."""
    questions = {field.name: field.verbose_name for field in Service._meta.fields}  # noqa: SLF001 - Django's public name for it
    return [(questions[name], getattr(service, name)) for name in CARD_FIELDS]


def needed_facts_of(service_id: int) -> QuerySet[NeededFact]:
    """Return what must be known before work on a service's matters begins, in order."""
    return NeededFact.objects.filter(service=service_id, is_active=True)


def dependency_edges() -> dict[int, list[int]]:
    """Return every service to those it rests on directly: one query, a row per dependency."""
    edges: dict[int, list[int]] = defaultdict(list)
    for above, below in Dependency.objects.order_by("pk").values_list("service", "rests_on"):
        edges[above].append(below)
    return dict(edges)


def what_it_rests_on(service_id: int) -> list[Neighbour]:
    """Return everything that must work for a service to work, the nearest first."""
    return _neighbours(reachable(dependency_edges(), service_id))


def what_it_carries(service_id: int) -> list[Neighbour]:
    """Return everything that fails with a service, the nearest first."""
    upwards: dict[int, list[int]] = defaultdict(list)
    for above, belows in dependency_edges().items():
        for below in belows:
            upwards[below].append(above)
    return _neighbours(reachable(upwards, service_id))


def _neighbours(steps: dict[int, int]) -> list[Neighbour]:
    services = Service.objects.select_related("owner", "desk").in_bulk(steps)
    found = [Neighbour(service=services[pk], steps=count) for pk, count in steps.items()]
    return sorted(found, key=lambda neighbour: (neighbour.steps, neighbour.service.name))


def service_card(service: Service) -> ServiceCard:
    """Return the card of a service with what it rests on, carries and is asked by scripts."""
    return ServiceCard(
        service=service,
        answers=card_answers(service),
        rests_on=what_it_rests_on(service.pk),
        carries=what_it_carries(service.pk),
        scripts=list(service.scripts.order_by("purpose", "name")),
    )


def published_script(
    desk_id: int, service_id: int | None, purpose: Purpose = Purpose.IMPACT
) -> ScriptVersion | None:
    """Return the script in force for a service, else the desk's default, else nothing."""
    versions = ScriptVersion.objects.filter(
        state=ScriptVersion.State.PUBLISHED,
        script__desk=desk_id,
        script__purpose=purpose.value,
    ).select_related("script")
    own = versions.filter(script__service=service_id).first() if service_id else None
    return own or versions.filter(script__service=None).first()


def version_in(script: Script, state: ScriptVersion.State) -> ScriptVersion | None:
    """Return the draft or the published version of a script."""
    return script.versions.filter(state=state).first()


def matrix_in_force(desk_id: int) -> Matrix:
    """Return the desk's present priority matrix; a desk has one from its making.

    Raises: Matrix.DoesNotExist.
    """
    matrix = MATRICES.first(desk_id=desk_id)
    if matrix is None:
        raise Matrix.DoesNotExist
    return matrix


def scripts_visible_to(by: Actor) -> QuerySet[Script]:
    """Return the scripts of the services somebody may see, and of the desks they work at."""
    found = Script.objects.select_related("desk", "service__owner")
    if by.person_id is None:
        return found if may(by, "service.read") else found.none()
    desks = desks_where(by.person_id, "service.read")
    if desks is None:
        return found
    services = services_visible_to(by).values("pk")
    return found.filter(Q(desk__in=desks) | Q(service__in=services))
