"""Which tickets somebody sees in the workbench: the one place where rights become a condition."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db.models import DateTimeField, Q, QuerySet
from typing_extensions import override

from ansvar.kernel import clock
from ansvar.kernel.composed import Given, IdsGiven, among
from ansvar.tickets.models import Ticket

Reach = Literal["all", "desks", "desks and services"]


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """What decides which tickets somebody sees in the workbench, and which are theirs."""

    person_id: int
    desks: frozenset[int] | None
    """Desks whose tickets the person may read by role; nothing stands for all."""
    services: frozenset[int]
    """Services the person is accountable for, as owner or deputy: their tickets are seen, too."""
    teams: frozenset[int] = frozenset()
    asked: frozenset[int] = frozenset()
    """Tickets on which others wait for the person or a team of theirs: for an answer, for a piece
    of work, for the decision on a hand-over. Up to `MOST_ASKED` of each.
    """
    queues: frozenset[int] = frozenset()
    """Desks whose queue the person manages today: what is new there and taken by nobody is theirs.

    Like the next one it is asked for with the pages that say what needs somebody.
    """
    stands_for: frozenset[int] = frozenset()
    """Who is away and has named this person as stand-in."""

    @property
    def sees(self) -> Q:
        """The tickets the person may read in the workbench."""
        if self.desks is None:
            return Q()
        by_role = among("desk_id", self.desks)
        return by_role | among("service_id", self.services) if self.services else by_role

    @property
    def now(self) -> datetime:
        """The moment for which it is asked what needs somebody."""
        return clock.now()

    def ahead(self, span: timedelta) -> datetime:
        """Return a moment to come."""
        return self.now + span

    def reach_on(self, desk_id: int | None) -> Reach:
        """Tell how far the person sees, on one desk or on all: whatever a shorter condition says.

        A desk that is read by role is read whole, so there nothing else has to be asked.
        """
        if self.desks is None or desk_id in self.desks:
            return "all"
        return "desks and services" if self.services else "desks"

    def values(self, desk_id: int | None) -> dict[str, Any]:
        """Return what a question composed with `given_viewer` is told."""
        return {
            "desk": desk_id,
            "person": self.person_id,
            "desks": list(self.desks or ()),
            "services": list(self.services),
            "teams": list(self.teams),
            "asked": list(self.asked),
            "queues": list(self.queues),
            "stands_for": list(self.stands_for),
            "now": self.now,
        }


@dataclass(frozen=True, kw_only=True)
class _GivenViewer(Viewer):
    """The places of a viewer's values in a question that is composed for everybody."""

    reach: Reach

    @override
    def reach_on(self, desk_id: int | None) -> Reach:
        return self.reach

    @property
    @override
    def sees(self) -> Q:
        if self.reach == "all":
            return Q()
        by_role = among("desk_id", IdsGiven("desks"))
        return by_role if self.reach == "desks" else by_role | among("service_id", self.services)

    @property
    @override
    def now(self) -> Any:
        return Given("now", DateTimeField())


def given_viewer(reach: Reach) -> Viewer:
    """Return a viewer with places instead of values, for questions composed once.

    Conditions made from it hold for any viewer of the same reach; empty lists find nothing.
    """
    lists: dict[str, Any] = {
        name: IdsGiven(name)
        for name in ("desks", "services", "teams", "asked", "queues", "stands_for")
    }
    person: Any = Given("person")
    return _GivenViewer(reach=reach, person_id=person, **lists)


def visible_tickets(viewer: Viewer) -> QuerySet[Ticket]:
    """Return the tickets somebody may read in the workbench, with notes and custody."""
    return Ticket.objects.filter(viewer.sees)


def tickets_on(desk_id: int, viewer: Viewer) -> QuerySet[Ticket]:
    """Return the tickets of one desk that somebody may read in the workbench."""
    found = Ticket.objects.filter(desk_id=desk_id)
    return found if viewer.reach_on(desk_id) == "all" else found.filter(viewer.sees)
