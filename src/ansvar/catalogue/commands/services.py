"""Services: what they promise, who answers for them, what they rest on."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final, TypedDict

from django.core.exceptions import ValidationError
from django.db import connection
from typing_extensions import Unpack

from ansvar.catalogue.decisions import path_to
from ansvar.catalogue.facts import (
    DependenciesSet,
    ServiceAgreed,
    ServiceChanged,
    ServiceCreated,
    ServiceDeputySet,
    ServiceOwnerSet,
    ServiceRetired,
    UrgencySet,
)
from ansvar.catalogue.models import Dependency, Service
from ansvar.catalogue.queries import card_answers, dependency_edges
from ansvar.kernel.actor import Actor
from ansvar.kernel.changes import only, set_fields
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.people.models import Desk, Person, Team

DEPENDENCIES_LOCK: Final = 7_301_001
"""Key of the advisory lock under which dependencies change one after the other."""


class CardNotComplete(Refusal):
    """A service cannot be agreed while its card leaves questions open."""


class ServiceInUse(Refusal):
    """A service cannot be retired while others rest on it."""

    status = 409


class DependencyInCircle(Refusal):
    """A service would rest on itself; the text names the way round."""


class ServiceFields(TypedDict, total=False):
    """What can be said of a service without touching its urgency, owner or state."""

    name: str
    summary: str
    team: Team | None
    quality: str
    usage: str
    demands: str
    cost: str
    contact: str
    asks_at_once: bool
    cost_per_hour: Decimal | None
    escalation: str


@command
def create_service(
    *,
    desk: Desk,
    owner: Person,
    deputy: Person | None = None,
    urgency: int = 3,
    by: Actor,
    **wanted: Unpack[ServiceFields],
) -> Service:
    """Draft a service with the one person who answers for it.

    Raises: NotPermitted; ValidationError.
    Records: ServiceCreated.
    """
    require(by, "service.edit", desk)
    service = Service(
        desk=desk, owner=owner, deputy=deputy, urgency=urgency, **only(ServiceFields, wanted)
    )
    _check_people(owner, deputy)
    _check_service(service)
    service.save()
    record(
        ServiceCreated(
            subject_id=service.pk,
            title=service.name,
            desk_id=desk.pk,
            owner_id=owner.pk,
            urgency=urgency,
        ),
        by=by,
    )
    return service


@command
def edit_service(service_id: int, *, by: Actor, **wanted: Unpack[ServiceFields]) -> Service:
    """Change the card of a service; urgency, owner and state have commands of their own.

    Raises: NotPermitted; ValidationError; CardNotComplete for emptying an agreed card.
    Records: ServiceChanged.
    """
    service = Service.objects.select_for_update().get(pk=service_id)
    require(by, "service.edit", service)
    if changes := set_fields(service, only(ServiceFields, wanted)):
        _check_service(service)
        if service.state == Service.State.AGREED:
            _require_card(service)
        service.save(update_fields=[*changes])
        record(ServiceChanged(subject_id=service.pk, changes=changes), by=by)
    return service


@command
def set_service_owner(
    service_id: int, *, owner: Person, deputy: Person | None, by: Actor
) -> Service:
    """Say who answers for a service, and who in that person's absence.

    Raises: NotPermitted; ValidationError.
    Records: ServiceOwnerSet; ServiceDeputySet.
    """
    service = Service.objects.select_for_update().get(pk=service_id)
    require(by, "service.edit", service)
    _check_people(owner, deputy)
    old_owner, old_deputy = service.owner_id, service.deputy_id
    service.owner, service.deputy = owner, deputy
    service.save(update_fields=["owner", "deputy"])
    if old_owner != owner.pk:
        record(
            ServiceOwnerSet(subject_id=service.pk, owner_id=owner.pk, previous_id=old_owner), by=by
        )
    if old_deputy != service.deputy_id:
        record(
            ServiceDeputySet(
                subject_id=service.pk, deputy_id=service.deputy_id, previous_id=old_deputy
            ),
            by=by,
        )
    return service


@command
def set_urgency(service_id: int, urgency: int, *, by: Actor) -> Service:
    """Say how fast harm grows when the service fails: for all its tickets, now and later.

    Raises: NotPermitted for everybody but its owner and administrators; ValidationError.
    Records: UrgencySet.
    """
    service = Service.objects.select_for_update().get(pk=service_id)
    require(by, "service.set_urgency", service)
    previous = service.urgency
    if previous != urgency:
        service.urgency = urgency
        service.clean_fields(exclude=["owner", "deputy", "team", "desk"])
        service.save(update_fields=["urgency"])
        record(UrgencySet(subject_id=service.pk, urgency=urgency, previous=previous), by=by)
    return service


@command
def agree_service(service_id: int, *, by: Actor) -> Service:
    """Offer a service whose card answers all five questions. Doing it twice is silent.

    Raises: NotPermitted; CardNotComplete.
    Records: ServiceAgreed.
    """
    service = Service.objects.select_for_update().get(pk=service_id)
    require(by, "service.edit", service)
    if service.state != Service.State.AGREED:
        _require_card(service)
        service.state = Service.State.AGREED
        service.save(update_fields=["state"])
        record(ServiceAgreed(subject_id=service.pk), by=by)
    return service


@command
def retire_service(service_id: int, *, by: Actor) -> Service:
    """Offer a service no more. Doing it twice is silent.

    Raises: NotPermitted; ServiceInUse.
    Records: ServiceRetired.
    """
    _let_dependencies_follow_each_other()
    service = Service.objects.select_for_update().get(pk=service_id)
    require(by, "service.edit", service)
    if service.state == Service.State.RETIRED:
        return service
    above = Service.objects.filter(dependencies__rests_on=service).exclude(
        state=Service.State.RETIRED
    )
    if names := [other.name for other in above]:
        raise ServiceInUse(
            said("%(names)s still rests on %(name)s. Change that first, or retire it too."),
            names=", ".join(names),
            name=service.name,
        )
    service.state = Service.State.RETIRED
    service.save(update_fields=["state"])
    record(ServiceRetired(subject_id=service.pk), by=by)
    return service


@command
def set_dependencies(service_id: int, rests_on: Iterable[int], *, by: Actor) -> Service:
    """Say what a service rests on directly, also of other desks. The same again is silent.

    Raises: NotPermitted; DependencyInCircle; ValidationError for retired services.
    Records: DependenciesSet.
    """
    _let_dependencies_follow_each_other()
    service = Service.objects.select_for_update().get(pk=service_id)
    require(by, "service.edit", service)
    wanted = set(rests_on)
    edges = dependency_edges()
    present = set(edges.get(service.pk, ()))
    added, removed = sorted(wanted - present), sorted(present - wanted)
    if not added and not removed:
        return service
    _check_dependencies(service, added, edges)
    Dependency.objects.filter(service=service, rests_on__in=removed).delete()
    Dependency.objects.bulk_create(Dependency(service=service, rests_on_id=pk) for pk in added)
    record(
        DependenciesSet(
            subject_id=service.pk, rests_on=sorted(wanted), added=added, removed=removed
        ),
        by=by,
    )
    return service


def _let_dependencies_follow_each_other() -> None:
    """Take turns: two changes at the same time could close a circle that neither of them sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [DEPENDENCIES_LOCK])


def _check_dependencies(service: Service, added: list[int], edges: dict[int, list[int]]) -> None:
    for pk in added:
        if path := path_to(edges, pk, service.pk):
            names = dict(Service.objects.filter(pk__in=path).values_list("pk", "name"))
            way = " → ".join(names[step] for step in [service.pk, *path])
            raise DependencyInCircle(
                said("%(name)s would rest on itself: %(way)s. Take one of these away first."),
                name=service.name,
                way=way,
            )
    known = dict(Service.objects.filter(pk__in=added).values_list("pk", "state"))
    if set(added) - set(known):
        raise ValidationError({"rests_on": "One of these services does not exist. Choose anew."})
    if Service.State.RETIRED in known.values():
        raise ValidationError({"rests_on": "A retired service carries nothing. Choose another."})


def _check_people(owner: Person, deputy: Person | None) -> None:
    if not owner.is_active:
        raise ValidationError({"owner": f"{owner.name} is not active. Choose somebody who is."})
    if deputy is not None and not deputy.is_active:
        raise ValidationError({"deputy": f"{deputy.name} is not active. Choose somebody who is."})
    if deputy == owner:
        raise ValidationError({"deputy": "The deputy is somebody else than the owner."})


def _check_service(service: Service) -> None:
    # People and desk are rows in the hand of the caller; looking them up again says nothing new.
    unasked: list[Any] = ["owner", "deputy", "desk", "team"]
    service.full_clean(exclude=unasked, validate_constraints=False)
    service.validate_constraints()
    if service.team is not None and service.team.desk_id != service.desk_id:
        raise ValidationError({"team": f"{service.team.name} is of another desk. Choose another."})


def _require_card(service: Service) -> None:
    missing = [str(question) for question, text in card_answers(service) if not text.strip()]
    if missing:
        raise CardNotComplete(
            said("The card of %(name)s leaves open: %(missing)s Answer that first."),
            name=service.name,
            missing=" ".join(missing),
        )
