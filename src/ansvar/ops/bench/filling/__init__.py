"""Filling a database with so many tickets: some are told by the commands, all are cast from them.

What the commands write of a few hundred tickets is kept as moulds, in which everything that is a
ticket's own is a blank: numbers of rows, references, moments, whoever asks, words. Filled in, they
are rows such as the commands would have written, by the hundred thousand.
"""

import random
from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from ansvar.kernel import clock
from ansvar.kernel.journal import as_history, request
from ansvar.ops.bench.filling import casting, crowd, loosening, standing
from ansvar.ops.bench.filling.agreements import found_agreements
from ansvar.ops.bench.filling.belonging import table_of, tables_of_tickets
from ansvar.ops.bench.filling.founding import (
    BEFORE,
    House,
    Size,
    found_house,
    found_mailbox,
    found_requester,
)
from ansvar.ops.bench.filling.telling import moulds_of_lives
from ansvar.ops.bench.filling.words import Language
from ansvar.people.models import ContactPoint, Person

Progress = Callable[[str, int, int], None]
"""Told how far a phase has come: its words, what is done, and how much there is."""

_LIVES: Final = ((1000, 10), (50_000, 160), (500_000, 240))
_MOST_LIVES: Final = 320
_SETTINGS: Final = (
    "SET LOCAL timezone = 'UTC'",
    "SET LOCAL maintenance_work_mem = '768MB'",
    "SET LOCAL work_mem = '128MB'",
    "SET LOCAL max_parallel_maintenance_workers = 2",
    "SET LOCAL idle_in_transaction_session_timeout = 0",
)


def fill(tickets: int, told: Progress) -> None:
    """Fill an empty, migrated database with a desk of so many tickets.

    All of it is one transaction: if it is interrupted, the database is as empty as before.

    Raises: standing.NotEmpty; standing.HalfFilled; standing.Disagreeing; gathering.Uncastable.
    """
    standing.require_empty()
    with transaction.atomic():
        house = make_desk(tickets, told)
        standing.note_filled(tickets)
    standing.settle(house.desk.pk, told)


def make_desk(tickets: int, told: Progress) -> House:
    """Write a desk with so many tickets, in the caller's transaction.

    Raises: gathering.Uncastable.
    """
    now = clock.now()
    with connection.cursor() as cursor:
        for setting in _SETTINGS:
            cursor.execute(setting)
    house = _found(Size(tickets=tickets), now, told)
    _cast(house, now, told)
    return house


def _found(size: Size, now: datetime, told: Progress) -> House:
    told("Founding the organisation", 0, 1)
    began = now - BEFORE
    with as_history(), clock.at(began), request():
        house = found_house(size, began)
        found_agreements(house)
        found_requester(house)
        found_mailbox(house)
    told("Founding the organisation", 1, 1)
    return house


def _cast(house: House, now: datetime, told: Progress) -> None:
    tables = tables_of_tickets()
    count = next((lives for below, lives in _LIVES if house.size.tickets <= below), _MOST_LIVES)
    moulds = moulds_of_lives(
        house,
        tables,
        lives=count,
        now=now,
        told=lambda done, of: told("Telling tickets", done, of),
    )
    names = [table.name for table in (*tables, table_of(Person), table_of(ContactPoint))]
    taken = loosening.loosen(names)
    askers = crowd.employ(house, lambda done, of: told("Employing people", done, of))
    chances = random.Random(f"casting {house.size.tickets}")  # noqa: S311 - a story, no secret
    work = casting.Casting(
        tables=tables,
        filling=casting.Filling(
            askers=askers,
            languages={language: Language(language) for language in ("en", "sv")},
            tickets=house.size.tickets,
            desk_id=house.desk.pk,
            prefix=house.desk.prefix,
        ),
        chances=chances,
    )
    days = casting.plan(moulds, house.size.tickets, today=now.date(), chances=chances)
    work.cast_all(days, lambda done, of: told("Casting tickets", done, of))
    loosening.fasten(taken, lambda done, of: told("Making indexes, checking relations", done, of))
