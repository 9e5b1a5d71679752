"""Promises as pages ask for them: what is stored, who may read it, how it stands to the target."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from ansvar.catalogue.models import Service
from ansvar.insight.decisions.drift import Direction, Tally, direction_of
from ansvar.insight.gathering import REQUESTED, agreed_for, agreements_in_force
from ansvar.insight.models import Drift, Promise, ShownPromise
from ansvar.people.models import Desk
from ansvar.servicelevels.decisions.terms import Measure, Row, Target

ByKinds = tuple[tuple[str, ...], Promise]
"""Kinds of tickets, and the promise that holds for all of them."""


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A promise that could be shown, with what requesters would read."""

    service: Service | None
    """Nothing: for matters of the desk without a service."""
    promise: Promise | None
    """What would be shown; nothing while there are too few tickets."""
    sample: int
    is_shown: bool


def promise_of_service(service: Service) -> Promise | None:
    """Return the promise of a service over all kinds; it may have no figure, or not be there."""
    return Promise.objects.filter(service=service, kind="").first()


def shown_promises(services: Collection[Service]) -> Mapping[int, list[ByKinds]]:
    """Return what requesters may read of services, by service and for each kind they open.

    A kind without enough tickets of its own has the promise of the whole service.
    """
    stored: dict[int, dict[str, Promise]] = defaultdict(dict)
    rows = Promise.objects.filter(
        service__in=services, service__shown_promise__isnull=False, time__isnull=False
    )
    for row in rows:
        stored[row.service_id or 0][row.kind] = row
    return {pk: _by_kinds(found) for pk, found in stored.items()}


def shown_promises_of_desks(desks: Collection[Desk]) -> Mapping[int, list[ByKinds]]:
    """Return what requesters may read of desks, for matters without a service."""
    shown = ShownPromise.objects.filter(desk__in=desks, service=None).values("desk")
    stored: dict[int, dict[str, Promise]] = defaultdict(dict)
    for row in Promise.objects.filter(desk__in=shown, service=None, time__isnull=False):
        stored[row.desk_id][row.kind] = row
    return {pk: _by_kinds(found) for pk, found in stored.items()}


def _by_kinds(stored: Mapping[str, Promise]) -> list[ByKinds]:
    found: dict[int, tuple[Promise, list[str]]] = {}
    for kind in REQUESTED:
        row = stored.get(kind) or stored.get("")
        if row is not None:
            found.setdefault(row.pk, (row, []))[1].append(kind.value)
    return [(tuple(kinds), row) for row, kinds in found.values()]


def proposed_promises(desk: Desk) -> list[Proposed]:
    """Return what could be shown of a desk: its services by name, and the desk itself last."""
    stored = {row.service_id: row for row in Promise.objects.filter(desk=desk, kind="")}
    shown = set(ShownPromise.objects.filter(desk=desk).values_list("service_id", flat=True))
    offered = Service.objects.filter(desk=desk, state=Service.State.AGREED)
    found = []
    for service in [*offered, None]:
        pk = service.pk if service else None
        row = stored.get(pk)
        found.append(
            Proposed(
                service=service,
                promise=row if row and row.time is not None else None,
                sample=row.sample if row else 0,
                is_shown=pk in shown,
            )
        )
    return found


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A target in force for a service, and what became of it lately."""

    level: str
    number: int
    """Of the version."""
    measure: Measure
    row: Row
    target: Target
    drift: Drift | None
    """Nothing until the roll-up of the next night."""

    @property
    def month(self) -> Tally:
        """What was in time in the last thirty days."""
        drift = self.drift
        return Tally(kept=drift.month_kept, all=drift.month_all) if drift else Tally(kept=0, all=0)

    @property
    def quarter(self) -> Tally:
        """What was in time in the last ninety days."""
        drift = self.drift
        if drift is None:
            return Tally(kept=0, all=0)
        return Tally(kept=drift.quarter_kept, all=drift.quarter_all)

    @property
    def direction(self) -> Direction:
        """How the last ninety days compare with the ninety before."""
        drift = self.drift
        if drift is None:
            return Direction.TOO_FEW
        return direction_of(self.quarter, Tally(kept=drift.before_kept, all=drift.before_all))

    @property
    def is_compared(self) -> bool:
        """Whether there are enough cases to compare with the quarter before."""
        return self.direction is not Direction.TOO_FEW

    @property
    def is_below(self) -> bool:
        """Whether less than the objective was in time in the last ninety days."""
        share = self.quarter.share
        return share is not None and share < (self.target.objective or 100) / 100


def standings_of(service: Service, *, now: datetime) -> list[Standing]:
    """Return how the targets in force for a service stand, without those nothing was counted of.

    When nothing was counted at all, all of them: what was agreed is worth a line.
    """
    drifts = {(row.version_id, row.row, row.measure): row for row in service.drifts.all()}
    found = [
        Standing(
            level=agreed.version.level,
            number=agreed.version.number,
            measure=agreed.measure,
            row=agreed.terms,
            target=agreed.terms.targets[agreed.measure],
            drift=drifts.get((agreed.version.id, agreed.row, agreed.measure)),
        )
        for agreed in agreed_for(service, agreements_in_force(service.desk, now=now))
    ]
    return [one for one in found if one.quarter.all] or found
