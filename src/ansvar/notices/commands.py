"""The only place that writes notices."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from ansvar.kernel import clock, journal
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.live import News, publish, publish_all
from ansvar.notices.carriers import carriers
from ansvar.notices.facts import NoticesChosen
from ansvar.notices.kinds import kinds
from ansvar.notices.models import Notice, NoticeWish
from ansvar.notices.queries import may_be_told, usual_wishes, wishes_of, wishes_of_all
from ansvar.tickets.models import Ticket

KEPT_DAYS = 90
AT_ONCE = 1000
"""Notices that are written, or deleted, with one statement."""


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What is to be told to whom."""

    people: Collection[int]
    kind: str
    """Of `kinds.kinds`."""
    sentence: str
    """Of the kind's sentences."""
    key: str
    """Names what happened, such as `step:17:warn`: the same is told to nobody twice."""
    ticket: Ticket | None = None
    """Whom it concerns must be able to read it; others are not told."""
    values: Mapping[str, Any] = field(default_factory=dict)
    is_urgent: bool = False
    """To call somebody at once: it also leaves by every carrier that takes urgent ones."""


class _Made(NamedTuple):
    id: int
    person_id: int
    kind: str
    is_urgent: bool


@command
def tell(*tellings: Telling) -> int:
    """Tell people something, on every page and by the ways they wish; return how many notices.

    Who may not read the ticket is left out, and so is who was told already. Nothing is told of
    what happened long ago. The cost is a handful of statements for any number of notices.
    """
    if journal.is_history():
        return 0
    made = [one for batch in _batches(list(_rows(tellings))) for one in _written(batch)]
    latest = {one.person_id: one.id for one in sorted(made)}
    publish_all([News(f"person:{who}", "notice", {"id": which}) for who, which in latest.items()])
    _carry(made)
    return len(made)


def singly_or_summed(tellings: Iterable[Telling], *, most: int) -> Iterator[Telling]:
    """Tell each person of each thing, or of more than *most* only how many they are.

    For tellings of one kind, whose sentence "many" says `count`. Urgent ones come singly as well.
    """
    by_person: dict[int, list[Telling]] = defaultdict(list)
    for one in tellings:
        for person_id in one.people:
            by_person[person_id].append(replace(one, people=[person_id]))
    moment = clock.now().isoformat()
    for person_id, theirs in by_person.items():
        are_summed = len(theirs) > most
        if are_summed:
            kind = theirs[0].kind
            yield Telling(
                people=[person_id],
                kind=kind,
                sentence="many",
                key=f"{kind}:many:{moment}",
                values={"count": len(theirs)},
            )
        yield from (one for one in theirs if one.is_urgent or not are_summed)


@command
def see_notices(*, by: Actor, notice_id: int | None = None) -> datetime | None:
    """Note that somebody has seen one of their notices, or all; return the moment, to undo it.

    Nothing when there was nothing unseen.
    """
    now = clock.now()
    rows = Notice.objects.filter(person=by.person_id, seen_at=None)
    if notice_id is not None:
        rows = rows.filter(pk=notice_id)
    if not rows.update(seen_at=now):
        return None
    publish(f"person:{by.person_id}", "notice")
    return now


@command
def unsee_notices(moment: datetime, *, by: Actor) -> int:
    """Take back what was marked as seen at *moment*, and return how many they were."""
    count = Notice.objects.filter(person=by.person_id, seen_at=moment).update(seen_at=None)
    if count:
        publish(f"person:{by.person_id}", "notice")
    return count


@command
def choose_notices(wished: Iterable[tuple[str, str]], *, by: Actor) -> None:
    """Choose by which carriers one wants which kinds of notices besides the page.

    The same choice again is silent. What is no kind or carrier is left out.

    Records: NoticesChosen.
    """
    wanted = {(kind, carrier) for kind, carrier in wished if kind in kinds and carrier in carriers}
    if by.person_id is None or wishes_of(by.person_id) == wanted:
        return
    NoticeWish.objects.filter(person=by.person_id).delete()
    usual = usual_wishes()
    NoticeWish.objects.bulk_create(
        NoticeWish(
            person_id=by.person_id, kind=kind, carrier=carrier, is_wished=(kind, carrier) in wanted
        )
        for kind, carrier in sorted(wanted ^ usual)
    )
    record(NoticesChosen(subject_id=by.person_id, wished=sorted(wanted)), by=by)


def forget_old_notices() -> int:
    """Delete what was told so long ago that nobody looks for it, and return how much."""
    before = clock.now() - timedelta(days=KEPT_DAYS)
    count = 0
    while True:
        old = Notice.objects.filter(made_at__lt=before).order_by("made_at")
        ids = list(old.values_list("pk", flat=True)[:AT_ONCE])
        Notice.objects.filter(pk__in=ids).delete()
        count += len(ids)
        if len(ids) < AT_ONCE:
            return count


def _rows(tellings: Sequence[Telling]) -> Iterable[tuple[Any, ...]]:
    """Return the columns of each notice that may be made."""
    tickets = {one.ticket.pk: one.ticket for one in tellings if one.ticket is not None}
    people = {person for one in tellings if one.ticket is not None for person in one.people}
    allowed = may_be_told(tickets.values(), people)
    for one in tellings:
        ticket_id = one.ticket.pk if one.ticket else None
        values = json.dumps(dict(one.values), cls=DjangoJSONEncoder)
        for person_id in dict.fromkeys(one.people):
            if ticket_id is None or (ticket_id, person_id) in allowed:
                yield (person_id, ticket_id, one.kind, one.sentence, values, one.key,
                       one.is_urgent)  # fmt: skip


def _batches(rows: list[tuple[Any, ...]]) -> Iterable[list[tuple[Any, ...]]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]


def _written(rows: list[tuple[Any, ...]]) -> list[_Made]:
    """Write notices that are not there yet. The ORM would not tell which of them are new."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO notices_notice
                (person_id, ticket_id, kind, sentence, "values", key, is_urgent, made_at)
            SELECT person_id, ticket_id, kind, sentence, told::jsonb, key, is_urgent, %s
            FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[],
                        %s::text[], %s::boolean[])
                AS new (person_id, ticket_id, kind, sentence, told, key, is_urgent)
            ON CONFLICT (person_id, key) DO NOTHING
            RETURNING id, person_id, kind, is_urgent
            """,
            [clock.now(), *(list(column) for column in zip(*rows, strict=True))],
        )
        return [_Made(*row) for row in cursor.fetchall()]


def _carry(made: list[_Made]) -> None:
    """Let notices leave by the carriers that their readers wish, urgent ones by all that can."""
    if not made or not len(carriers):
        return
    wishes = wishes_of_all({one.person_id for one in made})
    for name, carrier in carriers.items():
        ids = [
            one.id
            for one in made
            if (one.is_urgent and carrier.takes_urgent) or (one.kind, name) in wishes[one.person_id]
        ]
        if ids:
            carrier.carry(ids)
