"""Rights that follow from what somebody is to a ticket: requester, participant, service owner."""

from ansvar.access.relations import relations
from ansvar.tickets.models import Participant, Ticket


def is_party(person_id: int, ticket: Ticket) -> bool:
    """Tell whether somebody asked for, reported or takes part in a ticket."""
    if person_id in (ticket.requester_id, ticket.reporter_id):
        return True
    return Participant.objects.filter(ticket_id=ticket.pk, person_id=person_id).exists()


@relations.add("ticket.confirm")
def may_confirm(person_id: int, ticket: Ticket) -> bool:
    """Who asked for it, or reported it, says whether it works."""
    return person_id in (ticket.requester_id, ticket.reporter_id)


@relations.add("ticket.invite")
def may_invite(person_id: int, ticket: Ticket) -> bool:
    """Who asked for it, or reported it, lets colleagues follow it."""
    return person_id in (ticket.requester_id, ticket.reporter_id)


@relations.add("ticket.speak")
def may_speak(person_id: int, ticket: Ticket) -> bool:
    """Every party may read the conversation and say something."""
    return is_party(person_id, ticket)


@relations.add("ticket.read")
def may_read(person_id: int, ticket: Ticket) -> bool:
    """Let owner and deputy of a service read its tickets, whichever desk works on them."""
    service = ticket.service
    return service is not None and person_id in (service.owner_id, service.deputy_id)
