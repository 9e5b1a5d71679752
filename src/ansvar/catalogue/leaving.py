"""Services that somebody who leaves would leave without anybody accountable."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ansvar.catalogue.commands.services import set_service_owner
from ansvar.catalogue.models import Service
from ansvar.kernel.actor import Actor
from ansvar.people.leaving import NAMED, Left, Matter, matters
from ansvar.people.models import Person


def _owned(person_id: int) -> QuerySet[Service]:
    services = Service.objects.filter(owner=person_id).exclude(state=Service.State.RETIRED)
    return services.select_related("owner", "deputy").order_by("name")


def _deputised(person_id: int) -> QuerySet[Service]:
    services = Service.objects.filter(deputy=person_id).exclude(state=Service.State.RETIRED)
    return services.select_related("owner").order_by("name")


def _left(services: QuerySet[Service]) -> Left:
    return Left(count=services.count(), names=[service.name for service in services[:NAMED]])


def _hand_on(person_id: int, heir: Person | None, by: Actor) -> None:
    if heir is None:
        return
    for service in _owned(person_id):
        deputy = service.deputy if service.deputy_id != heir.pk else None
        set_service_owner(service.pk, owner=heir, deputy=deputy, by=by)


def _hand_on_deputy(person_id: int, heir: Person | None, by: Actor) -> None:
    for service in _deputised(person_id):
        deputy = heir if heir is not None and heir.pk != service.owner_id else None
        set_service_owner(service.pk, owner=service.owner, deputy=deputy, by=by)


def _lend(person_id: int, stand_in: Person, by: Actor) -> None:
    """Make the stand-in deputy of the services that have none."""
    for service in _owned(person_id).filter(deputy=None):
        set_service_owner(service.pk, owner=service.owner, deputy=stand_in, by=by)


def _heirs(person_id: int) -> QuerySet[Person]:
    at_work = Q(role_grants__isnull=False) | Q(owned_services__isnull=False)
    found = Person.objects.filter(at_work, is_active=True).exclude(pk=person_id)
    return found.distinct().order_by("name", "pk")


matters.add("services")(
    Matter(
        label=_("services they are accountable for"),
        why=_("Every service has exactly one accountable person, whoever works on its tickets."),
        icon="anchor",
        left=lambda person_id: _left(_owned(person_id)),
        hand_on=_hand_on,
        heirs=_heirs,
        asks_at_absence=True,
        lend=_lend,
    )
)
matters.add("deputies")(
    Matter(
        label=_("services they are deputy of"),
        why=_("The deputy answers while the owner is away."),
        icon="users",
        left=lambda person_id: _left(_deputised(person_id)),
        hand_on=_hand_on_deputy,
        heirs=_heirs,
        without_heir=_("they have no deputy for now"),
    )
)
