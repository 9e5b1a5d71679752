"""What is known on a ticket of the things that its service needs to know."""

from collections.abc import Mapping

from ansvar.catalogue.fitting import fitted_value
from ansvar.catalogue.models import NeededFact
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.tickets.commands.locking import locked, save
from ansvar.tickets.facts import DetailDropped, DetailNoted
from ansvar.tickets.models import Ticket, TicketDetail


class NotNeededHere(Refusal):
    """The service of the ticket does not ask for this."""


@command
def note_detail(
    ticket_id: int, needed_id: int, *, value: str, message_id: int | None = None, by: Actor
) -> TicketDetail:
    """Note what is known of something that the ticket's service needs. The same again: silent.

    With a *message_id* it was read from that message.

    Raises: NotPermitted; NotNeededHere; ValueNotFitting.
    Records: DetailNoted.
    """
    note_details(ticket_id, values={needed_id: value}, message_id=message_id, by=by)
    return TicketDetail.objects.get(ticket=ticket_id, needed=needed_id)


@command
def note_details(
    ticket_id: int,
    *,
    values: Mapping[int, str],
    message_id: int | None = None,
    version: int | None = None,
    by: Actor,
) -> Ticket:
    """Note several things at once, all of them or none.

    Raises: NotPermitted; NotNeededHere; ValueNotFitting; StaleTicket.
    Records: DetailNoted for each that is new or another than before.
    """
    ticket = locked(ticket_id, version)
    require(by, "ticket.edit", ticket)
    needed = NeededFact.objects.in_bulk(list(values))
    known = {one.needed_id: one for one in ticket.details.filter(needed__in=values)}
    is_changed = False
    for pk, text in values.items():
        fact = needed.get(pk)
        if fact is None or (fact.service_id != ticket.service_id and pk not in known):
            raise NotNeededHere(
                said("%(reference)s needs nothing of that kind."), reference=ticket.reference
            )
        fitting = fitted_value(fact, text)
        present = known.get(pk)
        if present is None or present.value != fitting:
            _note(ticket, fact, present, value=fitting, message_id=message_id, by=by)
            is_changed = True
    if is_changed:
        save(ticket)
    return ticket


@command
def drop_detail(ticket_id: int, needed_id: int, *, by: Actor) -> None:
    """Take back what was noted of something. What is not known: silent.

    Raises: NotPermitted.
    Records: DetailDropped.
    """
    ticket = locked(ticket_id)
    require(by, "ticket.edit", ticket)
    detail = ticket.details.filter(needed=needed_id).select_related("needed").first()
    if detail is None:
        return
    detail.delete()
    save(ticket)
    record(
        DetailDropped(
            subject_id=ticket.pk,
            needed_id=needed_id,
            title=detail.needed.name,
            previous=detail.value,
        ),
        by=by,
    )


def _note(
    ticket: Ticket,
    fact: NeededFact,
    present: TicketDetail | None,
    /,
    *,
    value: str,
    message_id: int | None,
    by: Actor,
) -> None:
    TicketDetail.objects.update_or_create(
        ticket=ticket,
        needed=fact,
        defaults={
            "value": value,
            "message_id": message_id,
            "noted_by_id": None if message_id is not None else by.person_id,
            "noted_at": clock.now(),
        },
    )
    record(
        DetailNoted(
            subject_id=ticket.pk,
            needed_id=fact.pk,
            title=fact.name,
            value=value,
            previous=present.value if present else "",
            message_id=message_id,
        ),
        by=by,
    )
