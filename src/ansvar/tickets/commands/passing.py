"""Ownership passed on: many tickets in one act, with what the next one has to know."""

import uuid
from collections.abc import Iterable, Mapping, Sequence

from ansvar.kernel import clock, journal
from ansvar.kernel.actor import SYSTEM, Actor
from ansvar.kernel.command import all_or_nothing, command
from ansvar.kernel.journal import record
from ansvar.kernel.live import publish
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import NotPermitted, may
from ansvar.kernel.work import tasks
from ansvar.people.models import Person
from ansvar.tickets.commands.locking import save
from ansvar.tickets.facts import NoteAdded, OwnerChanged, OwnershipPassed
from ansvar.tickets.models import OPEN_STATES, Note, PassedTicket, Passing, Ticket

AT_ONCE = 200
"""Tickets that are passed on while somebody waits; more go in batches of as many."""
NAMED = 5
"""Of many tickets that somebody may not own, so many are named."""


class CannotOwn(Refusal):
    """Somebody was to answer for tickets of a desk at which they cannot reply."""


class NothingToPass(Refusal):
    """No ticket was chosen."""


class TakenBack(Refusal):
    """What was passed on is taken back already, or by somebody else than who did it."""

    status = 409


@command
def pass_ownership(
    ticket_ids: Iterable[int],
    *,
    to: Person,
    words: str = "",
    lines: Mapping[int, str] | None = None,
    whole: bool = False,
    by: Actor,
) -> Passing:
    """Make *to* answer for tickets until they are closed, in one act with one note.

    *words* are said of all of them, *lines* of single ones by id; together they are a note on each.
    Either all of them go or none. The present owner may pass them on. More than `AT_ONCE` are
    passed on in batches, unless they are to go *whole*.

    Raises: NotPermitted; CannotOwn; NothingToPass.
    Records: OwnerChanged and NoteAdded for each, with one request id; OwnershipPassed once.
    """
    tickets = _locked(ticket_ids)
    if not tickets:
        raise NothingToPass(said("Choose at least one ticket to pass on."))
    _require_may_pass(tickets, by)
    _require_may_own(tickets, to)
    owners = {ticket.owner_id for ticket in tickets}
    request_id = journal.request_id() or uuid.uuid4()
    passing = Passing.objects.create(
        giver_id=owners.pop() if len(owners) == 1 else None,
        to=to,
        words=words.strip(),
        made_by_id=by.person_id,
        made_at=clock.now(),
        request_id=request_id,
    )
    given = lines or {}
    PassedTicket.objects.bulk_create(
        PassedTicket(
            passing=passing,
            ticket=ticket,
            previous_id=ticket.owner_id,
            line=given.get(ticket.pk, "").strip(),
        )
        for ticket in tickets
    )
    if whole or len(tickets) <= AT_ONCE:
        _go_on(passing, len(tickets), by=by)
    else:
        tasks["tickets.pass_on"].later(passing_id=passing.pk)
    with journal.request(request_id):
        record(
            OwnershipPassed(
                subject_id=passing.giver_id or by.person_id or to.pk,
                passing_id=passing.pk,
                to_id=to.pk,
                count=len(tickets),
            ),
            by=by,
        )
    return passing


@command
def go_on_passing(passing_id: int) -> bool:
    """Pass the next batch on and return whether there is more to do. Twice does no harm.

    Records: OwnerChanged and NoteAdded for each.
    """
    passing = Passing.objects.select_for_update().get(pk=passing_id)
    if passing.done_at is not None or passing.undone_at is not None:
        return False
    person = passing.made_by
    by = Actor.person(person.pk, person.name) if person else SYSTEM
    with journal.request(passing.request_id):
        _go_on(passing, AT_ONCE, by=by)
    return passing.done_at is None


@command
def take_back(passing_id: int, *, by: Actor) -> int:
    """Take back what one has passed on, as far as nobody has gone on with it; return how many.

    What has got another owner meanwhile stays with them. The notes stay: they were read.

    Raises: TakenBack.
    Records: OwnerChanged for each.
    """
    passing = Passing.objects.select_for_update().get(pk=passing_id)
    if passing.undone_at is not None or passing.made_by_id != by.person_id:
        raise TakenBack(said("This is taken back already, or was not passed on by you."))
    passing.undone_at = clock.now()
    passing.save(update_fields=["undone_at"])
    before = {
        row.ticket_id: row.previous
        for row in passing.tickets.filter(done_at__isnull=False).select_related("previous")
    }
    count = 0
    with all_or_nothing():
        for ticket in _locked(before):
            previous = before[ticket.pk]
            if previous is not None and previous.is_active and ticket.owner_id == passing.to_id:
                _set_owner(ticket, previous, by=by)
                count += 1
    publish(f"person:{passing.to_id}", "shift")
    return count


def open_tickets_owned_by(person_id: int) -> list[int]:
    """Return the ids of all open tickets that somebody answers for."""
    rows = Ticket.objects.filter(owner=person_id, state__in=OPEN_STATES).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _locked(ticket_ids: Iterable[int]) -> list[Ticket]:
    # In the order of their numbers, so that two who pass on at once do not wait for each other.
    rows = Ticket.objects.select_for_update().filter(pk__in=set(ticket_ids))
    return list(rows.order_by("pk"))


def _require_may_pass(tickets: Sequence[Ticket], by: Actor) -> None:
    """Refuse unless *by* answers for each ticket or may change who does.

    Raises: NotPermitted.
    """
    allowed: dict[int, bool] = {}
    for ticket in tickets:
        if by.person_id is not None and by.person_id == ticket.owner_id:
            continue
        if ticket.desk_id not in allowed:
            allowed[ticket.desk_id] = may(by, "ticket.change_owner", ticket)
        if not allowed[ticket.desk_id]:
            raise NotPermitted(said("ticket.change_owner"))


def _require_may_own(tickets: Sequence[Ticket], to: Person) -> None:
    """Refuse tickets of desks at which *to* cannot inform anybody.

    Raises: CannotOwn.
    """
    actor = Actor.person(to.pk, to.name)
    allowed: dict[int, bool] = {}
    for ticket in tickets:
        if ticket.desk_id not in allowed:
            allowed[ticket.desk_id] = to.is_active and may(actor, "ticket.reply", ticket)
    refused = [ticket.reference for ticket in tickets if not allowed[ticket.desk_id]]
    if refused:
        raise CannotOwn(
            said(
                "%(person)s cannot answer for %(references)s: that needs the right to reply at "
                "their desk. Choose somebody else, or leave them out."
            ),
            person=to.name,
            references=", ".join(refused[:NAMED]) + (" …" if len(refused) > NAMED else ""),
        )


def _go_on(passing: Passing, most: int, *, by: Actor) -> None:
    """Pass up to *most* tickets on that are still to go."""
    waiting = passing.tickets.filter(done_at=None)
    rows = {row.ticket_id: row for row in waiting[:most]}
    author_id = passing.made_by_id
    with journal.request(passing.request_id), all_or_nothing():
        for ticket in _locked(rows):
            row = rows[ticket.pk]
            if ticket.owner_id == row.previous_id:
                _set_owner(ticket, passing.to, by=by)
                _write_note(ticket, passing.words, row.line, author_id=author_id, by=by)
    waiting.filter(pk__in=[row.pk for row in rows.values()]).update(done_at=clock.now())
    if not waiting.exists():
        passing.done_at = clock.now()
        passing.save(update_fields=["done_at"])
    publish(f"person:{passing.to_id}", "shift")


def _set_owner(ticket: Ticket, to: Person, *, by: Actor) -> None:
    if ticket.owner_id == to.pk:
        return
    previous_id, ticket.owner = ticket.owner_id, to
    save(ticket, "owner")
    record(OwnerChanged(subject_id=ticket.pk, owner_id=to.pk, previous_id=previous_id), by=by)


def _write_note(ticket: Ticket, words: str, line: str, *, author_id: int | None, by: Actor) -> None:
    text = "\n\n".join(part for part in (line, words) if part)
    if text:
        note = Note.objects.create(
            ticket=ticket, author_id=author_id, text=text, written_at=clock.now()
        )
        record(NoteAdded(subject_id=ticket.pk, note_id=note.pk), by=by)
