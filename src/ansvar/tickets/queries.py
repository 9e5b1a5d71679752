"""Questions about tickets that pages, interfaces and other contexts ask."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DateTimeField, F, FilteredRelation, Q, QuerySet, Value

from ansvar.access.queries import desks_where
from ansvar.catalogue.models import NeededFact, Service
from ansvar.kernel import clock
from ansvar.kernel.composed import Given, IdsGiven, among, composed
from ansvar.kernel.models import Entry
from ansvar.people.models import Membership
from ansvar.tickets.models import (
    OPEN_STATES,
    CustodySpell,
    HandOverRequest,
    Participant,
    Task,
    Ticket,
)
from ansvar.tickets.sight import Viewer

MOST_ASKED = 100
"""Whoever is asked more than that sees the oldest first."""
LATEST_ENTRIES = 400
"""Shown of a ticket with a very long journal; older ones are in the journal page."""
SHOWN_WITH = ("requester", "site", "team", "assignee", "service")
IN_A_LINE = (
    "desk", "reference", "kind", "subject", "state", "waiting_for", "requester__name",
    "site__name", "service__name", "service__owner", "owner", "team__name", "assignee__name",
    "priority", "opened_at", "changed_at", "requester_spoke_at", "answer_due_at", "due_at",
    "due_rank", "update_due_at", "version",
)  # fmt: skip
"""Of a ticket, read with `SHOWN_WITH`, what a line of a list needs: long texts stay behind."""


def viewer_of(person_id: int) -> Viewer:
    """Return what decides about the person's tickets, with one query."""
    desks = desks_where(person_id, "ticket.decide_hand_over")
    ids: dict[str, set[int]] = {"team": set(), "service": set(), "ticket": set()}
    for noun, pk in _about(decides_everywhere=desks is None).tuples(
        person=person_id, desks=list(desks or ()), now=clock.now()
    ):
        ids[noun].add(pk)
    return Viewer(
        person_id=person_id,
        desks=desks_where(person_id, "ticket.read"),
        services=frozenset(ids["service"]),
        teams=frozenset(ids["team"]),
        asked=frozenset(ids["ticket"]),
    )


@composed
def _about(*, decides_everywhere: bool) -> "QuerySet[Any, Any]":
    """Return all that a viewer consists of, each thing as its noun and its id."""
    person = Given("person")
    teams = Membership.objects.filter(person_id=person, team__is_active=True)
    services = Service.objects.filter(Q(owner_id=person) | Q(deputy_id=person))
    mine = Q(person_id=person) | Q(person=None, team__in=teams.values("team"))
    tasks = Task.objects.filter(mine, ended_at=None).order_by("asked_at")
    late = Q(opens_at__lte=Given("now", DateTimeField()))
    of_desk = late if decides_everywhere else late & among("desk_id", IdsGiven("desks"))
    falls_to = Q(service__owner_id=person) | Q(service__deputy_id=person) | of_desk
    waiting = HandOverRequest.objects.filter(falls_to, answer="").order_by("asked_at")
    # Ids, and no condition on the rows themselves: so the queue finds them by their key.
    return _told("team", teams, "team").union(
        _told("service", services.order_by(), "pk"),
        _told("ticket", tasks, "ticket")[:MOST_ASKED],
        _told("ticket", waiting, "ticket")[:MOST_ASKED],
        all=True,
    )


def _told(noun: str, rows: "QuerySet[Any]", column: str) -> "QuerySet[Any, Any]":
    told: QuerySet[Any, Any] = rows.annotate(noun=Value(noun)).values_list("noun", column)
    return told


def tickets_of_party(person_id: int) -> QuerySet[Ticket]:
    """Return the tickets somebody asked for, reported or takes part in: the portal's world."""
    return Ticket.objects.filter(
        Q(requester_id=person_id)
        | Q(reporter_id=person_id)
        | among("id", ArraySubquery(_participations_of(person_id)))
    )


def _participations_of(person_id: int) -> "QuerySet[Participant, int]":
    return Participant.objects.filter(person_id=person_id).values_list("ticket_id", flat=True)


def open_tickets_of(person_id: int) -> QuerySet[Ticket]:
    """Return a requester's open tickets, the latest first."""
    return Ticket.objects.filter(requester_id=person_id, state__in=OPEN_STATES).order_by(
        "-opened_at"
    )


def timeline_entries(ticket_id: int) -> QuerySet[Entry]:
    """Return the journal of one ticket, oldest first."""
    return Entry.objects.filter(subject_type="ticket", subject_id=ticket_id).order_by("id")


def latest_entries(ticket_id: int) -> list[Entry]:
    """Return the journal of one ticket, oldest first; of a very long one the latest part."""
    return _latest_entries().rows(ticket=ticket_id)[::-1]


@composed
def _latest_entries() -> QuerySet[Entry]:
    entries = Entry.objects.filter(subject_type="ticket", subject_id=Given("ticket"))
    return entries.order_by("-id")[:LATEST_ENTRIES]


@dataclass(frozen=True, kw_only=True)
class Needed:
    """Something that work on a ticket needs to know, and what is known of it."""

    fact: NeededFact
    value: str
    """Empty while it is not known."""
    noted_by: str
    noted_at: datetime | None
    message_id: int | None
    """The message from which it was read."""

    @property
    def is_known(self) -> bool:
        """Whether there is a value."""
        return bool(self.value)

    @property
    def is_missing(self) -> bool:
        """Whether work cannot begin because of it."""
        return self.fact.is_required and not self.value


def needed_on(ticket: Ticket) -> list[Needed]:
    """Return what a ticket's service needs to know with what is known, in the order of asking.

    What was noted for another service, or is asked for no longer, comes last.
    """
    rows: list[Any] = _needed().rows(ticket=ticket.pk, service=ticket.service_id)
    found = [
        Needed(
            fact=row,
            value=row.known_value or "",
            noted_by=row.known_by or "",
            noted_at=row.known_at,
            message_id=row.known_from,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: not _is_asked(one.fact, ticket))


@composed
def _needed() -> QuerySet[NeededFact]:
    of_ticket = Q(details__ticket_id=Given("ticket"))
    return (
        NeededFact.objects.annotate(
            known=FilteredRelation("details", condition=of_ticket),
            known_value=F("known__value"),
            known_by=F("known__noted_by__name"),
            known_at=F("known__noted_at"),
            known_from=F("known__message_id"),
        )
        .filter(Q(service_id=Given("service"), is_active=True) | Q(known__isnull=False))
        .order_by("position", "id")
    )


def missing_on(ticket: Ticket) -> list[NeededFact]:
    """Return what must be known before work on a ticket can begin, and is not, in order."""
    return [one.fact for one in needed_on(ticket) if one.is_missing]


def _is_asked(needed: NeededFact, ticket: Ticket) -> bool:
    return needed.is_active and needed.service_id == ticket.service_id


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One stretch of the custody strip: consecutive spells of one team."""

    team: str
    person: str
    started_at: datetime
    held: timedelta
    is_bounce: bool
    is_now: bool


@dataclass(frozen=True, kw_only=True)
class Custody:
    """Who held a ticket how long."""

    holdings: list[Holding]
    total: timedelta
    bounces: int
    lost: timedelta
    """Time between leaving a team and being handed back to it; no moment is lost twice."""
    names: Mapping[tuple[str, int], str]
    """Of all its teams and persons, by noun and id, so that nobody asks for them again."""


def custody_of(ticket: Ticket, *, at: datetime) -> Custody:
    """Return the custody of a ticket up to *at*."""
    return _joined(_spells_of().rows(ticket=ticket.pk), at)


@composed
def _spells_of() -> QuerySet[CustodySpell]:
    return _named(CustodySpell.objects.filter(ticket_id=Given("ticket")))


def _named(spells: QuerySet[CustodySpell]) -> QuerySet[CustodySpell]:
    """Return spells in order, with the names of their holders."""
    told = ("ticket", "started_at", "ended_at", "is_bounce", "team__name", "person__name")
    return spells.select_related("team", "person").only(*told).order_by("started_at", "id")


def custodies_of(tickets: Iterable[int], *, at: datetime) -> dict[int, Custody]:
    """Return the custody of several tickets by their ids, with one query."""
    spells: dict[int, list[CustodySpell]] = {pk: [] for pk in tickets}
    for spell in _named(CustodySpell.objects.filter(ticket__in=spells)):
        spells[spell.ticket_id].append(spell)
    return {pk: _joined(found, at) for pk, found in spells.items()}


def _joined(spells: Iterable[CustodySpell], at: datetime) -> Custody:
    holdings: list[Holding] = []
    left_at: dict[int, datetime] = {}
    lost: list[tuple[datetime, datetime]] = []
    team_before: int | None = None
    names: dict[tuple[str, int], str] = {}
    for spell in spells:
        names["team", spell.team_id] = spell.team.name
        if spell.person is not None:
            names["person", spell.person.pk] = spell.person.name
        end = spell.ended_at or at
        held = end - spell.started_at
        is_same = team_before == spell.team_id and not spell.is_bounce
        if spell.is_bounce and spell.team_id in left_at:
            lost.append((left_at[spell.team_id], spell.started_at))
        holding = Holding(
            team=spell.team.name,
            person=spell.person.name if spell.person else "",
            started_at=holdings[-1].started_at if is_same else spell.started_at,
            held=holdings[-1].held + held if is_same else held,
            is_bounce=holdings[-1].is_bounce if is_same else spell.is_bounce,
            is_now=spell.ended_at is None,
        )
        holdings[-1:] = [holding] if is_same else [*holdings[-1:], holding]
        left_at[spell.team_id] = end
        team_before = spell.team_id
    return Custody(
        holdings=holdings,
        total=sum((holding.held for holding in holdings), timedelta()),
        bounces=sum(holding.is_bounce for holding in holdings),
        lost=_covered(lost),
        names=names,
    )


def _covered(stretches: Iterable[tuple[datetime, datetime]]) -> timedelta:
    """Return how much time stretches cover that may overlap."""
    whole, upto = timedelta(), datetime.min.replace(tzinfo=UTC)
    for start, end in sorted(stretches):
        whole += max(end - max(start, upto), timedelta())
        upto = max(upto, end)
    return whole
