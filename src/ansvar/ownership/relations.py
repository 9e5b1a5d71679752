"""Rights that follow from answering for a service."""

from ansvar.access.relations import relations
from ansvar.tickets.models import Ticket


@relations.add("ticket.remind")
def may_remind(person_id: int, ticket: Ticket) -> bool:
    """Let owner and deputy of a service remind whoever holds its tickets."""
    service = ticket.service
    return service is not None and person_id in (service.owner_id, service.deputy_id)
