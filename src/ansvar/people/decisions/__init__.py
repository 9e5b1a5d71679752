"""What follows from an address, a tree or a calendar: pure, without database or clock."""

from ansvar.people.decisions.addresses import (
    BadAddress,
    Channel,
    fold,
    needles_for,
    normalise,
    normalise_email,
    normalise_phone,
    search_text,
)
from ansvar.people.decisions.calendars import (
    BadHours,
    DayPlan,
    NeverOpen,
    Span,
    WorkingCalendar,
    calendar_from,
)

__all__ = [
    "BadAddress",
    "BadHours",
    "Channel",
    "DayPlan",
    "NeverOpen",
    "Span",
    "WorkingCalendar",
    "calendar_from",
    "fold",
    "needles_for",
    "normalise",
    "normalise_email",
    "normalise_phone",
    "search_text",
]
