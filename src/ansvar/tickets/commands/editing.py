"""What a ticket is about: its heading data, notes, links and who takes part."""

from typing import Any

from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.changes import set_fields
from ansvar.kernel.command import command
from ansvar.kernel.facts import Changes
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.people.models import Person
from ansvar.tickets.commands.locking import locked, save
from ansvar.tickets.commands.opening import LONGEST_SUBJECT, NothingSaid
from ansvar.tickets.commands.weighing import WEIGHED_FIELDS, weigh_again
from ansvar.tickets.decisions import Filing
from ansvar.tickets.facts import (
    NoteAdded,
    ParticipantAdded,
    ParticipantRemoved,
    TicketEdited,
    TicketLinked,
    TicketUnlinked,
)
from ansvar.tickets.models import Link, Note, Participant, Ticket

EDITABLE = frozenset({"subject", "description", "kind", "requester", "service", "site", "language"})


class NotOfThisDesk(Refusal):
    """A service of another desk, or one that is not offered any more."""


class LinkNotAllowed(Refusal):
    """Two tickets cannot be linked like this."""


@command
def edit_ticket(ticket_id: int, *, version: int | None = None, by: Actor, **wanted: Any) -> Ticket:
    """Change subject, description, kind, requester, service, site or language.

    Another service or site can make another priority, which is worked out anew. Without a change:
    silent.

    Raises: NotPermitted; NothingSaid; NotOfThisDesk; StaleTicket; TypeError for other fields.
    Records: TicketEdited, and PriorityRecomputed.
    """
    if unknown := wanted.keys() - EDITABLE:
        raise TypeError(f"A ticket has no {', '.join(sorted(unknown))} to change.")
    ticket = locked(ticket_id, version)
    require(by, "ticket.edit", ticket)
    if "subject" in wanted:
        wanted["subject"] = " ".join(wanted["subject"].split())[:LONGEST_SUBJECT]
        if not wanted["subject"]:
            raise NothingSaid(said("Write a few words of what this is about."))
    service = wanted.get("service")
    if service is not None and service.desk_id != ticket.desk_id:
        raise NotOfThisDesk(
            said("%(service)s is not a service of %(desk)s."), service=service, desk=ticket.desk
        )
    changes = set_fields(ticket, wanted)
    if not changes:
        return ticket
    record(TicketEdited(subject_id=ticket.pk, changes=changes), by=by)
    filed = _file_anew(ticket, changes)
    weighed: tuple[str, ...] = ()
    if changes.keys() & {"service", "site"}:
        weigh_again(ticket, why=" and ".join(sorted(changes)) + " changed", by=by)
        weighed = WEIGHED_FIELDS
    save(ticket, *changes, *filed, *weighed)
    return ticket


def _file_anew(ticket: Ticket, changes: Changes) -> list[str]:
    """Note what a ticket was filed as first, and that it turned out to be something else.

    Returns the fields that the caller saves.
    """
    filing = Filing(
        service_id=ticket.first_service_id,
        kind=ticket.first_kind,
        count=ticket.reclassify_count,
        at=ticket.reclassified_at,
    )
    after = filing.changed(changes, at=clock.now())
    if after == filing:
        return []
    ticket.first_service_id, ticket.first_kind = after.service_id, after.kind
    ticket.reclassify_count, ticket.reclassified_at = after.count, after.at
    return ["first_service", "first_kind", "reclassify_count", "reclassified_at"]


@command
def add_note(ticket_id: int, *, text: str, is_attempt: bool = False, by: Actor) -> Note:
    """Write words that only agents see; an attempt is what was tried and did not help.

    Raises: NotPermitted; NothingSaid.
    Records: NoteAdded.
    """
    ticket = locked(ticket_id)
    require(by, "ticket.note", ticket)
    if not text.strip():
        raise NothingSaid(said("A note needs words."))
    note = Note.objects.create(
        ticket=ticket,
        author_id=by.person_id,
        text=text.strip(),
        is_attempt=is_attempt,
        written_at=clock.now(),
    )
    save(ticket)
    record(NoteAdded(subject_id=ticket.pk, note_id=note.pk, is_attempt=is_attempt), by=by)
    return note


@command
def add_participant(ticket_id: int, *, person: Person, by: Actor) -> Participant:
    """Let somebody else read the ticket and take part. Twice, or the requester: silent.

    Raises: NotPermitted.
    Records: ParticipantAdded.
    """
    ticket = locked(ticket_id)
    require(by, "ticket.invite", ticket)
    participant, is_new = Participant.objects.get_or_create(ticket=ticket, person=person)
    if is_new:
        save(ticket)
        record(ParticipantAdded(subject_id=ticket.pk, person_id=person.pk), by=by)
    return participant


@command
def remove_participant(ticket_id: int, *, person: Person, by: Actor) -> None:
    """Take somebody out of the conversation. Who does not take part: silent.

    Raises: NotPermitted.
    Records: ParticipantRemoved.
    """
    ticket = locked(ticket_id)
    require(by, "ticket.invite", ticket)
    gone, _ = ticket.participants.filter(person=person).delete()
    if gone:
        save(ticket)
        record(ParticipantRemoved(subject_id=ticket.pk, person_id=person.pk), by=by)


@command
def link_tickets(ticket_id: int, *, other_id: int, relation: Link.Relation, by: Actor) -> Link:
    """Link two tickets: a duplicate of, a part of, or related to. The same link twice: silent.

    Raises: NotPermitted on either; LinkNotAllowed.
    Records: TicketLinked.
    """
    ticket = locked(ticket_id)
    other = Ticket.objects.get(pk=other_id)
    require(by, "ticket.link", ticket)
    require(by, "ticket.link", other)
    _require_linkable(ticket, other, relation)
    link, is_new = Link.objects.update_or_create(
        ticket=ticket, other=other, defaults={"relation": relation}
    )
    if is_new:
        save(ticket)
        record(TicketLinked(subject_id=ticket.pk, other_id=other.pk, relation=relation), by=by)
    return link


@command
def unlink_tickets(link_id: int, *, by: Actor) -> None:
    """Take a link away.

    Raises: NotPermitted.
    Records: TicketUnlinked.
    """
    link = Link.objects.get(pk=link_id)
    ticket = locked(link.ticket_id)
    require(by, "ticket.link", ticket)
    link.delete()
    save(ticket)
    record(
        TicketUnlinked(subject_id=ticket.pk, other_id=link.other_id, relation=link.relation),
        by=by,
    )


def _require_linkable(ticket: Ticket, other: Ticket, relation: Link.Relation) -> None:
    if ticket.pk == other.pk:
        raise LinkNotAllowed(said("A ticket cannot be linked to itself."))
    if Link.objects.filter(ticket=other, other=ticket).exists():
        raise LinkNotAllowed(
            said("%(other)s is linked to %(ticket)s already."),
            other=other.reference,
            ticket=ticket.reference,
        )
    if relation == Link.Relation.CHILD:
        if ticket.links.filter(relation=relation).exclude(other=other).exists():
            raise LinkNotAllowed(
                said("%(reference)s is part of another ticket already."), reference=ticket.reference
            )
        above: int | None = other.pk
        seen = {ticket.pk}
        while above is not None:
            if above in seen:
                raise LinkNotAllowed(
                    said("%(other)s is itself a part of %(ticket)s."),
                    other=other.reference,
                    ticket=ticket.reference,
                )
            seen.add(above)
            above = (
                Link.objects.filter(ticket_id=above, relation=relation)
                .values_list("other_id", flat=True)
                .first()
            )
