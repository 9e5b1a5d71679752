"""The people of a bench who only ask: one is made by the command, all others after that one."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max

from ansvar.kernel import clock
from ansvar.kernel.models import Entry
from ansvar.ops.bench import cast
from ansvar.ops.bench.filling.belonging import Table, table_of
from ansvar.ops.bench.filling.copying import Copying
from ansvar.ops.bench.filling.founding import MAKER, House
from ansvar.ops.bench.filling.gathering import rows_of
from ansvar.ops.bench.filling.words import person_name
from ansvar.people.commands import create_person
from ansvar.people.decisions import Channel, fold, search_text
from ansvar.people.models import ContactPoint, Person

_TOLD_EVERY: Final = 5000
Row = dict[str, str | None]


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Somebody who asks, as far as tickets speak of them."""

    person_id: int
    name: str
    address: str
    site_id: int


@dataclass(frozen=True, kw_only=True)
class _Pattern:
    """What the command wrote for one person, by table."""

    person: Row
    points: list[Row]
    entries: list[Row]


def employ(house: House, told: Callable[[int, int], None]) -> list[Asker]:
    """Make the people who ask; the first is `cast.REQUESTER`, who was made by the command."""
    tables = [table_of(model) for model in (Person, ContactPoint, Entry)]
    pattern = _pattern(house, tables)
    askers = [_first(house)]
    ids = [_next(table) for table in tables]
    copying = Copying()
    for number in range(1, house.size.people):
        asker = Asker(
            person_id=ids[0],
            name=person_name(number),
            address=_address(number),
            site_id=house.sites[number % len(house.sites)].pk,
        )
        askers.append(asker)
        department = house.departments[number % len(house.departments)].pk
        for place, row in _rows(pattern, asker, department_id=department, number=number, ids=ids):
            copying.add(tables[place], row)
            ids[place] += 1
        if number % _TOLD_EVERY == 0:
            told(number, house.size.people)
    copying.finish()
    told(house.size.people, house.size.people)
    return askers


def _first(house: House) -> Asker:
    person = Person.objects.get(login=cast.REQUESTER)
    return Asker(
        person_id=person.pk,
        name=person.name,
        address=cast.REQUESTER,
        site_id=house.sites[0].pk,
    )


def _pattern(house: House, tables: list[Table]) -> _Pattern:
    """Make a person by the command, keep what it wrote, and undo it."""
    with transaction.atomic():
        before = Entry.objects.aggregate(last=Max("pk"))["last"] or 0
        with clock.at(house.began):
            person = create_person(
                name="Pattern Pattern",
                email=_address(0),
                phone=_phone(0),
                organisation=house.organisation,
                department=house.departments[0],
                site=house.sites[0],
                by=MAKER,
            )
        people, points, entries = (
            [dict(zip(table.columns, row, strict=True)) for row in rows_of(table)]
            for table in tables
        )
        pattern = _Pattern(
            person=next(row for row in people if row["id"] == str(person.pk)),
            points=[row for row in points if row["person_id"] == str(person.pk)],
            entries=[row for row in entries if int(str(row["id"])) > before],
        )
        transaction.set_rollback(True)
    return pattern


def _rows(
    pattern: _Pattern, asker: Asker, *, department_id: int, number: int, ids: list[int]
) -> Iterator[tuple[int, list[str | None]]]:
    """Yield the rows of a person, each with the place of its table."""
    phone = _phone(number)
    shown = {str(Channel.EMAIL): asker.address, str(Channel.PHONE): phone}
    found = {str(Channel.EMAIL): asker.address, str(Channel.PHONE): phone.replace(" ", "")}
    person = pattern.person | {
        "id": str(asker.person_id),
        "name": asker.name,
        "site_id": str(asker.site_id),
        "department_id": str(department_id),
        "search": search_text(
            asker.name, [(channel, shown[channel], found[channel]) for channel in shown]
        ),
    }
    yield 0, [*person.values()]
    points: dict[str, int] = {}
    for row in pattern.points:
        channel = str(row["channel"])
        points[channel] = ids[1]
        own = {
            "id": str(ids[1]),
            "person_id": str(asker.person_id),
            "address": shown[channel],
            "normalised": found[channel],
        }
        yield 1, [*(row | own).values()]
    for row in pattern.entries:
        payload = json.loads(str(row["payload"])) | _said(row, asker, shown=shown, points=points)
        own = {
            "id": str(ids[2]),
            "subject_id": str(asker.person_id),
            "payload": json.dumps(payload, ensure_ascii=False),
        }
        yield 2, [*(row | own).values()]


def _said(
    row: Row, asker: Asker, *, shown: dict[str, str], points: dict[str, int]
) -> dict[str, Any]:
    payload = json.loads(str(row["payload"]))
    if "full_name" in payload:
        return {"full_name": asker.name}
    channel = payload["channel"]
    return {"address": shown[channel], "contact_point_id": points[channel]}


def _address(number: int) -> str:
    return f"{fold(person_name(number)).replace(' ', '.')}.{number}@bench.example"


def _phone(number: int) -> str:
    # Telephone numbers of nine digits behind the trunk code of Stockholm are given to nobody.
    digits = f"{number:07}"
    return f"+46 8 1{digits[:1]} {digits[1:4]} {digits[4:]}"


def _next(table: Table) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table.name])
        row = cursor.fetchone()
    return int(row[0]) if row else 1
