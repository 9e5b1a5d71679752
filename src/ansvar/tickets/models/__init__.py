"""The tables of tickets; `commands` is the only place that writes them."""

from ansvar.tickets.models.around import (
    Draft,
    Link,
    Note,
    Participant,
    TicketDetail,
)
from ansvar.tickets.models.custody import (
    ANSWER_NAMES,
    MODE_NAMES,
    TASK_NAMES,
    CustodySpell,
    HandOverReason,
    HandOverRequest,
    HandOverRule,
    Task,
)
from ansvar.tickets.models.passing import PassedTicket, Passing
from ansvar.tickets.models.ticket import (
    KIND_NAMES,
    OPEN_STATES,
    REFERENCE,
    SEARCH_LANGUAGES,
    SEARCH_SQL,
    STATE_NAMES,
    WAITING_NAMES,
    WINDOW_BITS,
    Ticket,
    window_of,
)

__all__ = [
    "ANSWER_NAMES",
    "KIND_NAMES",
    "MODE_NAMES",
    "OPEN_STATES",
    "REFERENCE",
    "SEARCH_LANGUAGES",
    "SEARCH_SQL",
    "STATE_NAMES",
    "TASK_NAMES",
    "WAITING_NAMES",
    "WINDOW_BITS",
    "CustodySpell",
    "Draft",
    "HandOverReason",
    "HandOverRequest",
    "HandOverRule",
    "Link",
    "Note",
    "Participant",
    "PassedTicket",
    "Passing",
    "Task",
    "Ticket",
    "TicketDetail",
    "window_of",
]
