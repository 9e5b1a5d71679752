"""How tickets are named where a fact mentions them."""

from collections.abc import Mapping

from ansvar.kernel.names import nouns
from ansvar.tickets.models import Ticket


@nouns.add("ticket")
def ticket_names(ids: set[int]) -> Mapping[int, str]:
    """Return the references."""
    return dict(Ticket.objects.filter(pk__in=ids).values_list("pk", "reference"))
