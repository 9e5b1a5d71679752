"""Finding the one thing a page is about, among what its reader may see."""

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from ansvar.access.queries import desks_where
from ansvar.tickets.models import Ticket
from ansvar.tickets.sight import visible_tickets
from ansvar.workbench.reading import reader_of


def tickets_seen(request: HttpRequest) -> QuerySet[Ticket]:
    """Return the tickets that the reader may see in the workbench."""
    return visible_tickets(reader_of(request).sight)


def ticket_id_of(request: HttpRequest, reference: str) -> int:
    """Return the id of the ticket with *reference*, if the reader may see it.

    Raises: Http404, also for one that exists but is not theirs to see.
    """
    found = tickets_seen(request).filter(reference=reference.upper())
    pk = found.values_list("pk", flat=True).first()
    if pk is None:
        raise Http404
    return pk


def on_own_desks(request: HttpRequest, permission: str, field: str = "desk") -> Q:
    """Return the condition for rows of the desks on which the reader has *permission*."""
    desks = desks_where(reader_of(request).person.pk, permission)
    return Q() if desks is None else Q(**{f"{field}__in": desks})
