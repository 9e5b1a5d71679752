"""Who reads a page, and on which desk: asked once per request."""

from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import DateTimeField, QuerySet
from django.http import HttpRequest

from ansvar.access.queries import desks_where
from ansvar.catalogue.queries import own_services_of
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.composed import Given, IdsGiven, among, composed
from ansvar.kernel.rights import may
from ansvar.people.models import Desk, Person
from ansvar.rota.queries import OnDuty, queue_manager_along, read_on_duty
from ansvar.tickets.queries import viewer_of
from ansvar.tickets.sight import Viewer

DESK_KEY = "desk"
"""In the session: the desk somebody has chosen, when they work at several."""


@dataclass
class Reader:
    """The person in front of a page of the workbench."""

    request: HttpRequest
    person: Person

    @property
    def actor(self) -> Actor:
        """The person as a doer."""
        return Actor.person(self.person.pk, self.person.name)

    @cached_property
    def viewer(self) -> Viewer:
        """What decides which tickets the person sees, and which need them."""
        return replace(
            viewer_of(self.person.pk),
            queues=frozenset(
                pk for pk, one in self.queue_managers.items() if one.person_id == self.person.pk
            ),
            # Read with the person, see `rota/relations.py`.
            stands_for=frozenset(getattr(self.person, "stands_for", ())),
        )

    @cached_property
    def sight(self) -> Viewer:
        """The same without the teams, which cost a query, for pages of one thing."""
        return Viewer(
            person_id=self.person.pk,
            desks=desks_where(self.person.pk, "ticket.read"),
            services=own_services_of(self.person),
        )

    @cached_property
    def desks(self) -> list[Desk]:
        """The desks the person works at, by name."""
        mine = desks_where(self.person.pk, "service.read")
        found = _desks(everywhere=mine is None)
        return found.rows(desks=mine or (), now=clock.now())

    @cached_property
    def queue_managers(self) -> dict[int, OnDuty]:
        """Who manages the queue of each of those desks now, by the desk's id."""
        told = {desk.pk: read_on_duty(desk.manager_told) for desk in self.desks}  # type: ignore[attr-defined]  # annotated above
        return {pk: one for pk, one in told.items() if one is not None}

    @property
    def queue_manager(self) -> OnDuty | None:
        """Who manages the queue of the desk that is looked at."""
        return self.queue_managers.get(self.desk_id or 0)

    @cached_property
    def desk(self) -> Desk | None:
        """The desk that is looked at; nothing stands for all of the person's."""
        if len(self.desks) == 1:
            return self.desks[0]
        chosen = self.request.GET.get(DESK_KEY)
        if chosen is None:
            chosen = str(self.request.session.get(DESK_KEY, ""))
        elif chosen != self.request.session.get(DESK_KEY, ""):
            self.request.session[DESK_KEY] = chosen
        return next((desk for desk in self.desks if str(desk.pk) == chosen), None)

    @property
    def desk_id(self) -> int | None:
        """The id of the desk that is looked at."""
        return self.desk.pk if self.desk else None

    def may(self, permission: str, subject: object = None) -> bool:
        """Tell whether the person has a right, to show only what can be done."""
        return may(self.actor, permission, subject)


@composed
def _desks(*, everywhere: bool) -> QuerySet[Desk]:
    manager = queue_manager_along(Given("now", DateTimeField()))
    found = Desk.objects.filter(is_active=True).annotate(manager_told=manager)
    return found if everywhere else found.filter(among("id", IdsGiven("desks")))


def reader_of(request: HttpRequest) -> Reader:
    """Return the reader of a request, the same one each time.

    Raises: PermissionError when nobody is logged in.
    """
    known = getattr(request, "_reader", None)
    if isinstance(known, Reader):
        return known
    person = request.user
    if not isinstance(person, Person):
        raise PermissionError("Nobody is logged in.")
    made = Reader(request=request, person=person)
    request._reader = made  # type: ignore[attr-defined]  # noqa: SLF001 - kept with the request
    return made
