"""Questions about notices: who may be told, what was told, in the reader's words."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from ansvar.access.decisions import Grant, Role, desks_with
from ansvar.access.models import RoleGrant
from ansvar.catalogue.models import Service
from ansvar.kernel.composed import Given
from ansvar.notices.kinds import NoticeKind, kinds
from ansvar.notices.models import Notice, NoticeWish
from ansvar.people.models import Person
from ansvar.tickets.models import Ticket
from ansvar.tickets.sight import Viewer, visible_tickets

COUNTED_UP_TO = 100
"""More unseen notices than this are shown as "99+"."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """A notice in the words and with the reach of its reader."""

    notice: Notice
    text: str
    icon: str
    ticket: Ticket | None
    """Nothing also for a ticket that the reader may no longer see."""
    path: str
    """Where it leads without a ticket; may be empty."""

    @property
    def is_new(self) -> bool:
        """Whether the reader has not seen it yet."""
        return self.notice.seen_at is None


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place among the seen notices, from which the next page goes on."""

    at: datetime
    id: int


def may_be_told(tickets: Iterable[Ticket], people: Iterable[int]) -> set[tuple[int, int]]:
    """Return which of *people* may read which of *tickets*, as pairs of ticket and person.

    With two queries for any number, where the judge would ask for each person.
    """
    asked, wanted = list(tickets), set(people)
    if not asked or not wanted:
        return set()
    grants: dict[int, list[Grant]] = defaultdict(list)
    rows = RoleGrant.objects.filter(person__in=wanted, person__is_active=True)
    for person_id, role, desk_id in rows.values_list("person_id", "role", "desk_id"):
        grants[person_id].append((Role(role), desk_id))
    owners = _owners({ticket.service_id for ticket in asked if ticket.service_id}, wanted)
    desks = {person_id: desks_with(held, "ticket.read") for person_id, held in grants.items()}
    return {
        (ticket.pk, person_id)
        for ticket in asked
        for person_id in wanted
        if person_id in owners.get(ticket.service_id or 0, ())
        or (person_id in desks and _reaches(desks[person_id], ticket.desk_id))
    }


def unseen_of(person: Person) -> list[int]:
    """Return the ids of what a person has not seen, the latest first, up to a bound.

    Somebody who is logged in carries them already, see `relations.py`.
    """
    known = getattr(person, "unseen_notices", None)
    return list(unseen_ids(person.pk)) if known is None else list(known)


def unseen_ids(person: Any) -> "QuerySet[Notice, int]":
    """Return the ids of the unseen notices of a person, given by id or by an outer query."""
    rows = Notice.objects.filter(person=person, seen_at=None).order_by("-id")
    return rows.values_list("pk", flat=True)[:COUNTED_UP_TO]


def unseen_along(_at: Given) -> ArraySubquery:
    """Return what asks for the unseen notices within a query for the person."""
    return ArraySubquery(unseen_ids(OuterRef("pk")))


def unseen_notices(viewer: Viewer, *, after: int = 0) -> list[Said]:
    """Return what somebody has not seen yet, the latest first, made after the notice *after*."""
    rows = Notice.objects.filter(person=viewer.person_id, seen_at=None, pk__gt=after)
    return said(rows.order_by("-id")[:COUNTED_UP_TO], viewer)


def seen_notices(
    viewer: Viewer, *, after: Place | None = None, size: int = 50
) -> tuple[list[Said], Place | None]:
    """Return a page of what somebody has seen, the latest first, and where the next one begins."""
    rows = Notice.objects.filter(person=viewer.person_id, seen_at__isnull=False)
    if after is not None:
        rows = rows.filter(Q(made_at__lt=after.at) | Q(made_at=after.at, pk__lt=after.id))
    found = list(rows.order_by("-made_at", "-id")[: size + 1])
    page = found[:size]
    more = Place(at=page[-1].made_at, id=page[-1].pk) if len(found) > size else None
    return said(page, viewer), more


def said(notices: Iterable[Notice], viewer: Viewer) -> list[Said]:
    """Put notices into the words of their reader, with one query for their tickets."""
    rows = list(notices)
    wanted = {notice.ticket_id for notice in rows if notice.ticket_id}
    tickets = visible_tickets(viewer).filter(pk__in=wanted).in_bulk() if wanted else {}
    return [said_of(notice, tickets.get(notice.ticket_id or 0)) for notice in rows]


def said_of(notice: Notice, ticket: Ticket | None) -> Said:
    """Put a notice into words; *ticket* is nothing when its reader may not see it."""
    kind = kinds.get(notice.kind)
    sentence = kind.sentences.get(notice.sentence) if kind else None
    if kind is None or sentence is None:
        text, path = _("Something that this version of Ansvar does not know any more."), ""
    elif notice.ticket_id is not None and ticket is None:
        text, path = _("Something about a ticket that you may not see any more."), ""
    else:
        text = str(sentence).format_map(_Missing({**kind.words(notice.values), **_about(ticket)}))
        path = _place(kind, notice)
    icon = kind.icon if kind else "bell"
    return Said(notice=notice, text=text, icon=icon, ticket=ticket, path=path)


def wishes_of(person_id: int) -> set[tuple[str, str]]:
    """Return by which ways somebody wants which notices, as pairs of kind and carrier."""
    return wishes_of_all({person_id})[person_id]


def wishes_of_all(people: Collection[int]) -> dict[int, set[tuple[str, str]]]:
    """Return the wishes of each of *people*: what is usual, and what they have chosen."""
    found = {person_id: usual_wishes() for person_id in people}
    rows = NoticeWish.objects.filter(person__in=people)
    for person_id, kind, carrier, is_wished in rows.values_list(
        "person", "kind", "carrier", "is_wished"
    ):
        if is_wished:
            found[person_id].add((kind, carrier))
        else:
            found[person_id].discard((kind, carrier))
    return found


def usual_wishes() -> set[tuple[str, str]]:
    """Return by which ways which notices leave for those who have chosen nothing."""
    return {(name, carrier) for name, kind in kinds.items() for carrier in kind.usual}


def _place(kind: NoticeKind, notice: Notice) -> str:
    if kind.place is not None:
        return kind.place(notice.values)
    return kind.path() if kind.path else ""


class _Missing(dict[str, str]):
    """Leaves a placeholder that an older notice has no value for as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def _about(ticket: Ticket | None) -> Mapping[str, str]:
    return {"reference": ticket.reference, "subject": ticket.subject} if ticket else {}


def _reaches(desks: frozenset[int] | None, desk_id: int) -> bool:
    return desks is None or desk_id in desks


def _owners(services: set[int], people: set[int]) -> dict[int, set[int]]:
    if not services:
        return {}
    active = set(Person.objects.filter(pk__in=people, is_active=True).values_list("pk", flat=True))
    rows = Service.objects.filter(pk__in=services).values_list("pk", "owner", "deputy")
    return {pk: {owner, deputy} & active for pk, owner, deputy in rows}
