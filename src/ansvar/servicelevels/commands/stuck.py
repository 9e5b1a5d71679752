"""The stuck radar: finding tickets that stand still, reminding of them, learning what is normal."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

from django.db.models import F, Q
from typing_extensions import Unpack

from ansvar.kernel import clock, journal
from ansvar.kernel.actor import SYSTEM, Actor
from ansvar.kernel.changes import only, set_fields
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.models import Entry
from ansvar.kernel.rights import require
from ansvar.notices.commands import Telling, singly_or_summed, tell
from ansvar.people.models import Desk
from ansvar.servicelevels.addressing import Addresses
from ansvar.servicelevels.book import present_book
from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.stuck import (
    Fixed,
    Move,
    Normal,
    Normals,
    addressee_of,
    earlier,
    longest_standstill,
    normal_for,
    normals_of,
)
from ansvar.servicelevels.decisions.terms import Addressee, Step
from ansvar.servicelevels.facts import StuckRuleSet, TicketReminded
from ansvar.servicelevels.models import StuckNormal, StuckRule, StuckTicket
from ansvar.servicelevels.stuck import fixed_by, normals_on, rule_of
from ansvar.tickets.decisions import Kind, State
from ansvar.tickets.models import OPEN_STATES, Ticket

AT_ONCE = 500
"""Tickets dealt with in one run; the rest follow at the next."""
SAMPLE = 1000
"""The latest closed tickets of a kind that tell what is normal."""
SAMPLED_DAYS = 180
"""Closed longer ago, they tell of another desk."""
READ_AT_ONCE = 200
TOLD_EACH = 3
"""Of more tickets than this somebody is told at once with one notice."""
PRIORITIES = (1, 2, 3, 4, 5)
NO_MOVES = ("clock.", "message.delivered", "message.failed", "message.stopped", "level.")
"""Beginnings of the names of facts that move no ticket: what the product does by itself."""


class StuckRuleFields(TypedDict, total=False):
    """What a desk can say of when a ticket counts as stuck."""

    days: int
    urgent_minutes: int
    is_watched: bool


@command
def set_stuck_rule(desk_id: int, *, by: Actor, **wanted: Unpack[StuckRuleFields]) -> StuckRule:
    """Set from when tickets of a desk count as stuck while its history does not tell yet.

    The same again is silent.

    Raises: NotPermitted; ValidationError.
    Records: StuckRuleSet.
    """
    desk = Desk.objects.select_for_update().get(pk=desk_id)
    require(by, "desk.manage", desk)
    rule = rule_of(desk)
    changes = set_fields(rule, only(StuckRuleFields, wanted))
    if changes:
        rule.full_clean(exclude=["desk"])
        rule.save()
        record(StuckRuleSet(subject_id=desk.pk, changes=changes), by=by)
    return rule


@command
def find_stuck() -> int:
    """Note the tickets that have stood still for longer than is normal, and return how many.

    Bounded, with a query for each desk and priority. Those on which something happened since they
    were found are forgotten.
    """
    StuckTicket.objects.exclude(
        quiet_since=F("ticket__changed_at"), ticket__state__in=OPEN_STATES
    ).delete()
    book, now, found = present_book(), clock.now(), 0
    for desk in Desk.objects.filter(is_active=True).order_by("pk"):
        hours, rule = book.hours_of_desk(desk.pk, now), rule_of(desk)
        # A calendar without any hours leaves nothing to count by.
        if hours is not None and rule.is_watched:
            watched = _Watched(
                desk=desk,
                hours=hours,
                normals=normals_on(desk.pk),
                fixed=fixed_by(rule, hours),
                now=now,
            )
            found += sum(_find(watched, priority) for priority in PRIORITIES)
    return found


@command
def remind_of_stuck() -> int:
    """Remind those concerned of tickets that stand still, in turn, and return of how many.

    Each reminder comes after the same time again, the last one to the service owner. What is due is
    bounded in each run; tickets that somebody is changing in this moment wait for the next.

    Records: TicketReminded.
    """
    rows = list(
        StuckTicket.objects.select_for_update(of=("self", "ticket"), skip_locked=True)
        .filter(
            next_reminder_at__lte=clock.now(),
            quiet_since=F("ticket__changed_at"),
            ticket__state__in=OPEN_STATES,
        )
        .select_related("ticket")
        .order_by("next_reminder_at")[:AT_ONCE]
    )
    addresses = Addresses([row.ticket for row in rows])
    book = present_book()
    reminders: list[Telling] = []
    with journal.together():
        for row in rows:
            hours = book.hours_of_desk(row.desk_id, clock.now())
            if to := addressee_of(row.reminders + 1):
                reminders.append(_telling(row, _remind(row, to, addresses)))
            row.next_reminder_at = _next_reminder(row, hours)
    StuckTicket.objects.bulk_update(rows, ["reminders", "next_reminder_at"])
    tell(*singly_or_summed(reminders, most=TOLD_EACH))
    return len(reminders)


@command
def learn_normals(desk_id: int) -> int:
    """Work out anew what is normal on a desk, from the journal of tickets closed of late.

    Returns how many tickets it was taken from.
    """
    hours = present_book().hours_of_desk(desk_id, clock.now())
    if hours is None:
        return 0
    standstills = [
        (kind, priority, longest)
        for kind in Kind
        for ids in _batches(_closed(desk_id, kind))
        for priority, longest in _standstills(ids, hours)
    ]
    now = clock.now()
    StuckNormal.objects.filter(desk=desk_id).delete()
    StuckNormal.objects.bulk_create(
        StuckNormal(
            desk_id=desk_id,
            kind=kind,
            priority=priority,
            amount=normal.amount,
            sample=normal.sample,
            worked_out_at=now,
        )
        for (kind, priority), normal in normals_of(standstills).items()
    )
    return len(standstills)


@dataclass(frozen=True, kw_only=True)
class _Watched:
    """A desk with all that tells which of its tickets stand still too long."""

    desk: Desk
    hours: Hours
    normals: Normals
    fixed: Fixed
    now: datetime

    def normal(self, kind: str, priority: int) -> Normal:
        """Return what is normal for a ticket there."""
        return normal_for(kind, priority, normals=self.normals, fixed=self.fixed)


def _find(watched: _Watched, priority: int) -> int:
    limits = {kind: watched.normal(kind, priority) for kind in Kind}
    # Many kinds have the same limit, and looking for the moment it began is the dear part.
    began = {
        amount: earlier(watched.hours, watched.now, amount)
        for amount in {one.amount for one in limits.values()}
    }
    too_quiet = Q()
    for kind, normal in limits.items():
        since = began[normal.amount]
        if since is not None:
            too_quiet |= Q(kind=kind, changed_at__lte=since)
    if not too_quiet:
        return 0
    # Follows from the condition already; said once more so that an index is walked up to there.
    latest = max(since for since in began.values() if since is not None)
    tickets = (
        Ticket.objects.filter(
            too_quiet,
            desk=watched.desk,
            priority=priority,
            state__in=OPEN_STATES,
            changed_at__lte=latest,
        )
        .exclude(stuck__quiet_since=F("changed_at"))
        .exclude(waiting_until__gt=watched.now)
        .order_by("changed_at")
        .only("pk", "kind", "priority", "changed_at")[:AT_ONCE]
    )
    rows = [_row(ticket, watched) for ticket in tickets]
    StuckTicket.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["ticket"],
        update_fields=[
            "quiet_since", "stuck_at", "normal", "sample", "reminders", "next_reminder_at",
        ],
    )  # fmt: skip
    return len(rows)


def _row(ticket: Ticket, watched: _Watched) -> StuckTicket:
    normal = watched.normal(ticket.kind, ticket.priority)
    stuck_at = watched.hours.add(ticket.changed_at, normal.amount) or watched.now
    return StuckTicket(
        ticket_id=ticket.pk,
        desk=watched.desk,
        quiet_since=ticket.changed_at,
        stuck_at=stuck_at,
        normal=normal.amount,
        sample=normal.sample,
        next_reminder_at=stuck_at,
    )


def _remind(row: StuckTicket, to: Addressee, addresses: Addresses) -> Sequence[int]:
    row.reminders += 1
    told = addresses.of(Step(key="stuck", to=to), row.ticket)
    record(
        TicketReminded(
            subject_id=row.ticket_id,
            number=row.reminders,
            to=str(to),
            told=list(told),
            quiet_since=row.quiet_since,
            normal_minutes=int(row.normal.total_seconds() // 60),
            sample=row.sample,
        ),
        by=SYSTEM,
    )
    return told


def _next_reminder(row: StuckTicket, hours: Hours | None) -> datetime | None:
    """Return when the next reminder is due; after a standstill none is caught up on."""
    if hours is None or addressee_of(row.reminders + 1) is None:
        return None
    return hours.add(clock.now(), row.normal)


def _telling(row: StuckTicket, people: Sequence[int]) -> Telling:
    since = int(row.quiet_since.timestamp())
    return Telling(
        people=people,
        kind="stuck",
        sentence="first" if row.reminders == 1 else "again",
        key=f"stuck:{row.ticket_id}:{since}:{row.reminders}",
        ticket=row.ticket,
        values={"since": row.quiet_since, "number": row.reminders},
    )


def _closed(desk_id: int, kind: Kind) -> list[tuple[int, int]]:
    """Return ids and priorities of the latest closed tickets of a kind."""
    since = clock.now() - timedelta(days=SAMPLED_DAYS)
    rows = Ticket.objects.filter(
        desk=desk_id, state=State.CLOSED, kind=kind, changed_at__gt=since
    ).order_by("-changed_at", "-id")
    return list(rows.values_list("pk", "priority")[:SAMPLE])


def _batches(rows: list[tuple[int, int]]) -> Iterable[dict[int, int]]:
    for start in range(0, len(rows), READ_AT_ONCE):
        yield dict(rows[start : start + READ_AT_ONCE])


def _standstills(priorities: dict[int, int], hours: Hours) -> Iterable[tuple[int, timedelta]]:
    """Return the longest standstill of tickets with their priorities, read from their journal."""
    no_move = Q()
    for beginning in NO_MOVES:
        no_move |= Q(fact__startswith=beginning)
    entries = (
        Entry.objects.filter(subject_type="ticket", subject_id__in=list(priorities))
        .exclude(no_move)
        .exclude(fact="message.sent", payload__is_automatic=True)
        .order_by("subject_id", "id")
        .values_list("subject_id", "fact", "at", "payload__until", "payload__how")
    )
    moves: dict[int, list[Move]] = defaultdict(list)
    left_out: set[int] = set()
    for ticket_id, fact, at, until, how in entries.iterator():
        told, is_done = moves[ticket_id], fact in {"ticket.resolved", "ticket.closed"}
        was_done = bool(told) and not told[-1].counts and fact not in _GOES_ON
        told.append(Move(at=at, counts=not (is_done or was_done or until)))
        if how == "imported":
            # Nobody worked on it: how long it lay in another desk tells nothing of this one.
            left_out.add(ticket_id)
    for ticket_id, told in moves.items():
        if ticket_id not in left_out:
            yield priorities[ticket_id], longest_standstill(told, hours)


_GOES_ON = frozenset({"ticket.reopened", "ticket.waiting_started", "ticket.waiting_ended",
                      "ticket.work_started", "ticket.assigned", "ticket.handed_over"})  # fmt: skip
"""Facts after which a ticket is in hands again."""
