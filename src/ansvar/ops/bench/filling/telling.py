"""Telling the tickets that all others are cast from, and taking moulds of them."""

import logging
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final

from django.db import transaction

from ansvar.access.queries import remembering_grants
from ansvar.conversations.commands import edit_mailbox
from ansvar.conversations.models import Mailbox
from ansvar.kernel import clock
from ansvar.kernel.journal import as_history, request
from ansvar.ops.bench import cast
from ansvar.ops.bench.filling.belonging import Table, rows_of_all_tables
from ansvar.ops.bench.filling.casting import IN_ORDER, Moulds
from ansvar.ops.bench.filling.founding import MAKER, House
from ansvar.ops.bench.filling.gathering import Told, Uncastable, gather
from ansvar.ops.bench.filling.lives import Ending, Life
from ansvar.ops.bench.filling.moulds import mould_of
from ansvar.ops.bench.mailing import sink
from ansvar.people.commands import create_person
from ansvar.people.models import Person
from ansvar.people.queries import working_calendar
from ansvar.servicelevels.commands import take_due_steps
from ansvar.tickets.decisions import State
from ansvar.tickets.models import Ticket

_CLOSED_AGO: Final = timedelta(days=60)
"""So long ago the closed ones begin, for all of them to be over by now."""
_CLOSED_DAYS: Final = 60
"""Over so many days they are spread: a desk answers nobody too often on one day."""
_OPEN_AGO: Final = 30
"""Days since the oldest open one began."""
_QUIET: Final = 4.0
"""Days within which the resolved ones began: fewer than pass until a ticket closes by itself."""
_HOURS: Final = (6, 15, 17, 13, 9, 11, 12, 10, 8, 5, 2, 1)
"""How many come in within each hour, from when the desk opens."""


def moulds_of_lives(
    house: House,
    tables: Sequence[Table],
    *,
    lives: int,
    now: datetime,
    told: Callable[[int, int], None],
) -> Moulds:
    """Tell so many closed lives, and open ones; take the moulds, and undo it all.

    Raises: Uncastable.
    """
    mailbox_id = Mailbox.objects.get(address=cast.DESK_ADDRESS).pk
    with transaction.atomic():
        before = rows_of_all_tables()
        # The mail server of a moment would tell of every line it hears.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        with sink() as port:
            edit_mailbox(mailbox_id, smtp_port=port, by=MAKER)
            stories = _tell_all(house, lives=lives, now=now, told=told)
        gather(tables, stories)
        _require_all_cast(before, tables)
        moulds = [mould_of(one, tables, in_order=IN_ORDER) for one in stories.values()]
        transaction.set_rollback(True)
    return Moulds(
        closed=[mould for mould in moulds if mould.state == State.CLOSED],
        resolved=[mould for mould in moulds if mould.state == State.RESOLVED],
        open=[mould for mould in moulds if mould.state not in {State.RESOLVED, State.CLOSED}],
    )


def _tell_all(
    house: House, *, lives: int, now: datetime, told: Callable[[int, int], None]
) -> dict[int, Told]:
    with as_history():
        planned = _planned(house, lives, now)
    for number, life in enumerate(planned):
        told(number, len(planned))
        # Each is a history of its own, at whose end its clocks are written.
        with as_history(), remembering_grants():
            life.tell()
        if life.ending is not Ending.CLOSED:
            # What was due by now has been done, and whom it concerns has been told just now.
            with clock.at(now), request():
                take_due_steps()
    told(len(planned), len(planned))
    rows = Ticket.objects.select_related("requester")
    return {
        ticket.pk: Told(
            reference=ticket.reference,
            language=ticket.language,
            state=ticket.state,
            requester=ticket.requester,
        )
        for ticket in rows
    }


def _planned(house: House, lives: int, now: datetime) -> list[Life]:
    chances = random.Random(f"lives {lives}")  # noqa: S311 - stories, no secret
    calendar = working_calendar(house.calendar)
    mailbox = Mailbox.objects.select_related("desk__calendar").get(address=cast.DESK_ADDRESS)
    endings = [Ending.CLOSED] * lives + [Ending.OPEN] * (lives // 2)
    endings += [Ending.RESOLVED] * max(4, lives // 8)
    planned = []
    for number, ending in enumerate(endings):
        ago = {
            Ending.CLOSED: _CLOSED_AGO + timedelta(days=number % _CLOSED_DAYS),
            Ending.RESOLVED: timedelta(days=chances.uniform(0.5, _QUIET)),
            Ending.OPEN: timedelta(days=_OPEN_AGO * chances.random() ** 2),
        }[ending]
        planned.append(
            Life(
                house=house,
                mailbox=mailbox,
                calendar=calendar,
                requester=_somebody(house, number),
                chances=random.Random(f"life {number}"),  # noqa: S311 - as above
                at=_arrival((now - ago), now, chances),
                until=now,
                ending=ending,
                number=number,
                is_of_agent=number in {lives, lives + 1},
            )
        )
    return planned


def _somebody(house: House, number: int) -> Person:
    """Make who asks in one of the lives, by a name that stands nowhere else."""
    with clock.at(house.began), request():
        return create_person(
            name=f"Zqone{number}qz Zqother{number}qz",
            email=f"zqwho{number}@bench.example",
            organisation=house.organisation,
            site=house.sites[0],
            language="sv" if number % 2 else "en",
            by=MAKER,
        )


def _arrival(around: datetime, now: datetime, chances: random.Random) -> datetime:
    """Return a moment of that day at which matters come in; the moment itself if none is left."""
    hour = 7 + chances.choices(range(len(_HOURS)), weights=_HOURS)[0]
    at = time(hour, chances.randrange(60), chances.randrange(60), chances.randrange(1_000_000))
    arrived = datetime.combine(around.date(), at, tzinfo=UTC)
    return arrived if arrived < now else around


def _require_all_cast(before: dict[str, int], tables: Sequence[Table]) -> None:
    """Refuse when telling wrote into a table that is not cast.

    Raises: Uncastable.
    """
    known = {table.label for table in tables}
    grown = {
        label
        for label, count in rows_of_all_tables().items()
        if count != before[label] and label not in known | _OF_PEOPLE
    }
    if grown:
        raise Uncastable(f"Telling a ticket writes into {', '.join(sorted(grown))}, too.")


_OF_PEOPLE: Final = {"people.Person", "people.ContactPoint"}
"""Where the one who asks in all lives was written."""
