"""Recomputing tickets from the journal and reporting every difference."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Max, Min, QuerySet

from ansvar.kernel.facts import Fact
from ansvar.kernel.models import Entry
from ansvar.kernel.verification import Difference, Progress, verifiers
from ansvar.tickets import facts
from ansvar.tickets.commands.opening import MAIL
from ansvar.tickets.decisions import DONE, Filing, State
from ansvar.tickets.models import CustodySpell, Ticket

BATCH = 500


@dataclass(kw_only=True)
class Standing:
    """A ticket as the journal alone tells it."""

    state: str = ""
    team_id: int | None = None
    assignee_id: int | None = None
    owner_id: int | None = None
    requester_id: int | None = None
    priority: int | None = None
    reopen_count: int = 0
    hand_over_count: int = 0
    bounce_count: int = 0
    filing: Filing = field(default_factory=Filing)
    teams_held: list[int] = field(default_factory=list)
    custody: list[tuple[int | None, int | None, datetime, datetime | None]] = field(
        default_factory=list
    )
    """Team, person, start, end."""

    def open(self, fact: facts.TicketOpened, at: datetime) -> None:
        """Begin as the ticket was opened."""
        self.state = State.NEW
        self.team_id, self.requester_id = fact.team_id, fact.requester_id
        self.priority = fact.priority
        self.filing = Filing(
            service_id=fact.service_id, kind="" if fact.channel == MAIL else fact.kind
        )
        self.hold(at)

    def edit(self, fact: facts.TicketEdited, at: datetime) -> None:
        """Take over what was changed of its heading."""
        self.filing = self.filing.changed(fact.changes, at=at)
        if "requester" in fact.changes:
            self.requester_id = fact.changes["requester"][1]

    def hold(self, at: datetime) -> None:
        """End the present spell and begin one with the present holder."""
        self.release(at)
        self.custody.append((self.team_id, self.assignee_id, at, None))
        if self.team_id is not None:
            self.teams_held.append(self.team_id)
        if self.state in DONE:
            # In a desk's past it changed hands after its end; nobody held it then.
            self.release(at)

    def release(self, at: datetime) -> None:
        """End the present spell."""
        if self.custody and self.custody[-1][3] is None:
            team, person, start, _ = self.custody[-1]
            self.custody[-1] = (team, person, start, at)


def follow(standing: Standing, fact: Fact, at: datetime) -> None:  # noqa: C901 - one case per kind of fact, and nothing else
    """Let one fact happen to a standing."""
    match fact:
        case facts.TicketOpened():
            standing.open(fact, at)
        case facts.TicketClassified() | facts.PriorityOverridden() | facts.PriorityRecomputed():
            standing.priority = fact.priority
        case facts.TicketAssigned():
            standing.assignee_id, standing.state = fact.assignee_id, fact.state
            standing.hold(at)
        case facts.TicketHandedOver():
            standing.hand_over_count += 1
            standing.bounce_count += fact.team_id in standing.teams_held
            standing.team_id, standing.assignee_id = fact.team_id, fact.assignee_id
            standing.state = fact.state
            standing.hold(at)
        case facts.OwnerChanged():
            standing.owner_id = fact.owner_id
        case facts.WorkStarted():
            standing.state = State.IN_WORK
        case facts.WaitingStarted():
            standing.state = State.WAITING
        case facts.WaitingEnded():
            standing.state = fact.state
        case facts.TicketResolved():
            standing.state = State.RESOLVED
            standing.release(at)
        case facts.TicketClosed():
            standing.state = State.CLOSED
            # A duplicate is closed without having been resolved.
            standing.release(at)
        case facts.TicketReopened():
            standing.state = fact.state
            standing.reopen_count += 1
            standing.hold(at)
        case facts.TicketEdited():
            standing.edit(fact, at)


COMPARED = (
    "state", "team_id", "assignee_id", "owner_id", "requester_id", "priority",
    "reopen_count", "hand_over_count", "bounce_count",
)  # fmt: skip


@verifiers.add("tickets")
def verify_tickets(sample: int | None = None) -> Iterator[Progress]:
    """Compare state, holder, priority, counters and custody of every ticket, in batches."""
    checked = 0
    for batch in batches(Ticket.objects.all(), sample):
        checked += len(batch)
        yield Progress(checked=checked, differences=list(_differences(batch)))


def batches(rows: QuerySet[Ticket], sample: int | None) -> Iterator[list[Ticket]]:
    """Yield all tickets in the order of their keys, or at most so many that are drawn by lot."""
    if sample is not None:
        ends = Ticket.objects.aggregate(first=Min("pk"), last=Max("pk"))
        keys = range(ends["first"] or 0, (ends["last"] or -1) + 1)
        # Numbers that were never given to a ticket, or were taken back, are drawn as well.
        drawn = random.sample(keys, min(len(keys), 2 * sample))
        found = rows.filter(pk__in=drawn).order_by("?")[:sample]
        yield from _chunks(sorted(found, key=lambda ticket: ticket.pk))
        return
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        yield batch


def _chunks(tickets: list[Ticket]) -> Iterator[list[Ticket]]:
    for begin in range(0, len(tickets), BATCH):
        yield tickets[begin : begin + BATCH]


def _differences(batch: list[Ticket]) -> Iterator[Difference]:
    ids = [ticket.pk for ticket in batch]
    standings: dict[int, Standing] = defaultdict(Standing)
    entries = Entry.objects.filter(subject_type="ticket", subject_id__in=ids).order_by("id")
    for entry in entries.iterator():
        follow(standings[entry.subject_id], entry.restored, entry.at)
    spells: dict[int, list[tuple[int | None, int | None, datetime, datetime | None]]]
    spells = defaultdict(list)
    for spell in CustodySpell.objects.filter(ticket_id__in=ids).order_by("id"):
        spells[spell.ticket_id].append(
            (spell.team_id, spell.person_id, spell.started_at, spell.ended_at)
        )
    for ticket in batch:
        standing = standings[ticket.pk]
        for what, stored, told in _pairs(ticket, standing):
            if stored != told:
                yield Difference(subject=ticket.reference, what=what, stored=stored, journal=told)
        if spells[ticket.pk] != standing.custody:
            yield Difference(
                subject=ticket.reference,
                what="custody",
                stored=len(spells[ticket.pk]),
                journal=len(standing.custody),
            )


def _pairs(ticket: Ticket, standing: Standing) -> Iterator[tuple[str, Any, Any]]:
    """Yield what is compared of a ticket: its name, the value stored, the value told."""
    for what in COMPARED:
        yield what, getattr(ticket, what), getattr(standing, what)
    stored = Filing(
        service_id=ticket.first_service_id,
        kind=ticket.first_kind,
        count=ticket.reclassify_count,
        at=ticket.reclassified_at,
    )
    yield "filing", stored, standing.filing
