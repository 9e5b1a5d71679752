"""Loading the demo organisation, removing it, and whom to log in as."""

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from typing_extensions import override

from ansvar.access.queries import remembering_grants
from ansvar.demo.casework import Stage, new_case
from ansvar.demo.commands import is_loaded, remove_demo
from ansvar.demo.duties import found_duties, send_away
from ansvar.demo.founding import Company, found_catalogue, found_crowd, found_places
from ansvar.demo.lives import Life, life_of
from ansvar.demo.matters import MATTERS
from ansvar.demo.offers import offers
from ansvar.demo.pace import MONTHS_TOLD, STOCKHOLM, arrivals
from ansvar.demo.promises import found_promises, show_promises
from ansvar.demo.supplying import found_suppliers
from ansvar.demo.today import lives_of_today
from ansvar.kernel import clock
from ansvar.kernel.journal import as_history, request
from ansvar.kernel.refusal import Refusal, said

Progress = Callable[[str], None]

TICKETS: Final = 400
_FOUNDED_BEFORE: Final = timedelta(days=30)
_TOLD_EVERY: Final = 50


class DemoIsThere(Refusal):
    """The demo organisation has been loaded already."""

    status = 409


@dataclass(frozen=True, kw_only=True)
class LoginLink:
    """An address at which one of the demo's people is logged in by one click."""

    address: str
    name: str
    detail: str

    @override
    def __str__(self) -> str:
        return f"{self.address}  {self.name}: {self.detail}"


def load(progress: Progress, *, tickets: int = TICKETS) -> None:
    """Make the demo organisation with *tickets* tickets of the three months before now.

    All of it in one transaction and as history: nobody is told, nothing is queued.

    Raises: DemoIsThere.
    """
    if is_loaded():
        raise DemoIsThere(
            said("The demo organisation is there already. Remove it before loading anew.")
        )
    now = clock.now()
    with transaction.atomic():
        with as_history():
            company = _found(now, progress)
            _play(Stage(company=company, now=now), tickets, progress)
            with clock.at(now), request():
                send_away(company, now)
        progress("Working out what may be promised")
        # The clocks of a history are written at its end, and this reads them.
        with as_history(), request():
            show_promises(company)


def remove() -> None:
    """Remove everything that loading has made, and what has come onto it since.

    Raises: commands.DemoInUse when something that is not of the demo rests on it.
    """
    remove_demo()


def login_links() -> list[LoginLink]:
    """Return an address per role, for a browser on this machine."""
    return [
        LoginLink(
            address=f"{settings.BASE_URL}{reverse('log-in')}?as={offer.person_id}",
            name=offer.name,
            detail=offer.detail,
        )
        for offer in offers()
    ]


def _found(now: datetime, progress: Progress) -> Company:
    with clock.at(now - MONTHS_TOLD - _FOUNDED_BEFORE), request():
        progress("Opening 60 pharmacies")
        company = found_places(now.date())
        progress("Employing 200 people")
        found_crowd(company)
        progress("Describing 15 services")
        found_catalogue(company)
        progress("Agreeing on service levels")
        found_promises(company)
        found_suppliers(company)
        progress("Planning who is on duty")
        found_duties(company, now.astimezone(STOCKHOLM).date())
    return company


def _play(stage: Stage, count: int, progress: Progress) -> None:
    """Let all lives go on in the order of time until now; what is unfinished then is open."""
    waiting: list[tuple[datetime, int, Life]] = []
    for number, life in enumerate(_lives(stage, count)):
        # Up to its first moment a life only makes up its mind.
        waiting.append((next(life), number, life))
    heapq.heapify(waiting)
    told = 0
    with remembering_grants():
        while waiting and waiting[0][0] <= stage.now:
            moment, number, life = heapq.heappop(waiting)
            with clock.at(moment), request():
                following = next(life, None)
            if following is not None:
                heapq.heappush(waiting, (max(following, moment), number, life))
            told += 1
            if told % _TOLD_EVERY == 0:
                progress(f"Telling {count} tickets: {moment.astimezone(STOCKHOLM):%d %B}")


def _lives(stage: Stage, count: int) -> Iterator[Life]:
    today = stage.now.astimezone(STOCKHOLM).date()
    scenes = list(lives_of_today(stage, today.isoformat()))[:count]
    yield from scenes
    chances = random.Random(today.isoformat())  # noqa: S311 - a story, no secret
    calendar = stage.calendar(stage.company.desks["IT"])
    moments = arrivals(today, count - len(scenes), calendar=calendar, chances=chances)
    weights = [matter.weight for matter in MATTERS]
    for number, at in enumerate(moments):
        matter = chances.choices(MATTERS, weights=weights)[0]
        own = random.Random(f"{today} {number}")  # noqa: S311 - a story, no secret
        yield life_of(new_case(stage, matter, at=at, chances=own))
