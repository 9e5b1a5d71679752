"""Questions about tickets that pages, interfaces and other contexts ask."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import F, FilteredRelation, Q, QuerySet, Value

from ansvar.access.queries import desks_where
from ansvar.catalogue.models import NeededFact
from ansvar.kernel import clock
from ansvar.kernel.models import Entry
from ansvar.people.models import Membership
from ansvar.tickets.models import (
    OPEN_STATES,
    SEARCH_LANGUAGES,
    CustodySpell,
    HandOverRequest,
    Participant,
    Task,
    Ticket,
)

MOST_ASKED = 100
"""Whoever is asked more than that sees the oldest first."""
SHOWN_WITH = ("requester", "site", "team", "assignee", "service")


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """What decides which tickets somebody sees in the workbench, and which are theirs."""

    person_id: int
    desks: frozenset[int] | None
    """Desks whose tickets the person may read by role; nothing stands for all."""
    teams: frozenset[int]
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
        of_own_services = Q(service__owner_id=self.person_id) | Q(service__deputy_id=self.person_id)
        if self.desks is None:
            return Q()
        return Q(desk_id__in=self.desks) | of_own_services


def viewer_of(person_id: int) -> Viewer:
    """Return what decides about the person's tickets, with one query."""
    teams = Membership.objects.filter(person_id=person_id, team__is_active=True)
    mine = Q(person=person_id) | Q(person=None, team__in=teams.values("team"))
    tasks = Task.objects.filter(mine, ended_at=None).order_by("asked_at")
    waiting = HandOverRequest.objects.filter(_falls_to(person_id), answer="").order_by("asked_at")
    # Ids, and no condition on the rows themselves: so the queue finds them by their key.
    found = _told("team", teams, "team").union(
        _told("ticket", tasks, "ticket")[:MOST_ASKED],
        _told("ticket", waiting, "ticket")[:MOST_ASKED],
        all=True,
    )
    ids: dict[str, set[int]] = {"team": set(), "ticket": set()}
    for noun, pk in found:
        ids[noun].add(pk)
    return Viewer(
        person_id=person_id,
        desks=desks_where(person_id, "ticket.read"),
        teams=frozenset(ids["team"]),
        asked=frozenset(ids["ticket"]),
    )


def _told(noun: str, rows: "QuerySet[Any]", column: str) -> "QuerySet[Any, Any]":
    told: QuerySet[Any, Any] = rows.annotate(noun=Value(noun)).values_list("noun", column)
    return told


def _falls_to(person_id: int) -> Q:
    """Return the condition for hand-overs that somebody is asked to decide now."""
    owned = Q(service__owner=person_id) | Q(service__deputy=person_id)
    desks = desks_where(person_id, "ticket.decide_hand_over")
    late = Q(opens_at__lte=clock.now())
    return owned | (late if desks is None else late & Q(desk__in=desks))


def visible_tickets(viewer: Viewer) -> QuerySet[Ticket]:
    """Return the tickets somebody may read in the workbench, with notes and custody."""
    return Ticket.objects.filter(viewer.sees)


def tickets_of_party(person_id: int) -> QuerySet[Ticket]:
    """Return the tickets somebody asked for, reported or takes part in: the portal's world."""
    return Ticket.objects.filter(
        Q(requester_id=person_id)
        | Q(reporter_id=person_id)
        | Q(pk__in=_participations_of(person_id))
    )


def _participations_of(person_id: int) -> "QuerySet[Participant, int]":
    return Participant.objects.filter(person_id=person_id).values_list("ticket_id", flat=True)


def open_tickets_of(person_id: int) -> QuerySet[Ticket]:
    """Return a requester's open tickets, the latest first."""
    return Ticket.objects.filter(requester_id=person_id, state__in=OPEN_STATES).order_by(
        "-opened_at"
    )


def words_in_tickets(text: str) -> Q:
    """Return the condition for tickets that have the words of *text*, or whose reference it is."""
    words = text.strip()
    query = SearchQuery(words, config="simple", search_type="websearch")
    for configuration in SEARCH_LANGUAGES.values():
        query = query | SearchQuery(words, config=configuration, search_type="websearch")
    return Q(reference__iexact=words) | Q(search=query)


def found_tickets(viewer: Viewer, text: str) -> QuerySet[Ticket]:
    """Return tickets that have the words of *text*, or whose reference it is; latest first.

    Not ranked: ranking reads every match, and the latest is what an agent looks for.
    """
    matches = words_in_tickets(text)
    return visible_tickets(viewer).filter(matches).order_by("-changed_at", "-id")


def timeline_entries(ticket_id: int) -> QuerySet[Entry]:
    """Return the journal of one ticket, oldest first."""
    return Entry.objects.filter(subject_type="ticket", subject_id=ticket_id).order_by("id")


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
    rows = (
        NeededFact.objects.annotate(
            known=FilteredRelation("details", condition=Q(details__ticket=ticket.pk)),
            known_value=F("known__value"),
            known_by=F("known__noted_by__name"),
            known_at=F("known__noted_at"),
            known_from=F("known__message_id"),
        )
        .filter(Q(service=ticket.service_id, is_active=True) | Q(known__isnull=False))
        .order_by("position", "id")
    )
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
    spells = ticket.custody.select_related("team", "person").order_by("started_at", "id")
    return _joined(list(spells), at)


def custodies_of(tickets: Iterable[int], *, at: datetime) -> dict[int, Custody]:
    """Return the custody of several tickets by their ids, with one query."""
    spells: dict[int, list[CustodySpell]] = {pk: [] for pk in tickets}
    rows = CustodySpell.objects.filter(ticket__in=spells).select_related("team", "person")
    for spell in rows.order_by("started_at", "id"):
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
