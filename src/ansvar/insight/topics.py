"""All figures that are stored by days, and what they rest on besides tickets."""

import hashlib
from collections.abc import Mapping
from typing import Final

from ansvar.insight.clock_figures import KEPT, LEVELS, SILENCE
from ansvar.insight.contact_figures import CONTACTS, CONTACTS_BY
from ansvar.insight.custody_reading import rates_of
from ansvar.insight.decisions.sums import Span
from ansvar.insight.filing_figures import FILED
from ansvar.insight.stretches import Source, Topic
from ansvar.insight.walk_figures import FLOWS, HANDOVERS, WHAT_IF
from ansvar.insight.work_figures import TAKEN, VOLUMES
from ansvar.kernel import clock
from ansvar.people.models import Desk, Team
from ansvar.people.queries import working_calendar
from ansvar.servicelevels.book import present_book

TOPICS: Final[tuple[Topic, ...]] = (
    LEVELS, SILENCE, KEPT, CONTACTS, CONTACTS_BY, HANDOVERS, FLOWS, WHAT_IF, FILED, VOLUMES, TAKEN,
)  # fmt: skip
SOURCES: Final[tuple[Source, ...]] = tuple({topic.source: None for topic in TOPICS})
LONGEST: Final[Mapping[str, Span]] = {topic.name: topic.longest for topic in TOPICS}
"""The longest blocks of each topic."""


SHAPE: Final = 2
"""Counts up with each change of what is stored, so that all of it is counted anew after it."""


def basis_of(desk: Desk) -> str:
    """Return a print of what the figures of a desk rest on besides its tickets.

    Its hours, what its teams and services cost, and which teams are of the first line: whoever
    changes them changes what was counted of every day.
    """
    hours = present_book().hours_of_desk(desk.pk, clock.now())
    rates = rates_of(desk)
    lines = Team.objects.filter(desk=desk).order_by("pk").values_list("pk", "line")
    told = (
        SHAPE,
        working_calendar(desk.calendar),
        None if hours is None else hours.editions,
        sorted(rates.teams.items()),
        sorted(rates.services.items()),
        list(lines),
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()
