"""How things stand on a desk: targets that run, and the silences that last.

Worked out from the open tickets alone. That is stored together with the roll-ups, so that a page
costs no walk over all that is open.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, ExpressionWrapper, F, Q, QuerySet, Window
from django.db.models.fields import DurationField
from django.db.models.functions import Coalesce, RowNumber

from ansvar.insight.clock_figures import LASTING
from ansvar.insight.counting import at_present
from ansvar.insight.decisions.sums import Sums, key_of
from ansvar.people.models import Desk
from ansvar.servicelevels.decisions.terms import Measure
from ansvar.servicelevels.models import Clock
from ansvar.tickets.decisions import State
from ansvar.tickets.models import OPEN_STATES

PRESENT: Final = "present"
CANDIDATES = 3
"""Silences of a team that last: the longest by the clock on the wall, to be worked out exactly."""


def present_of(desk: Desk, *, now: datetime) -> Sums:
    """Return how things stand on a desk, as stored; else worked out."""
    stored = at_present(PRESENT, desk.pk)
    return stored[0] if stored is not None else worked_out(desk, now=now)


def worked_out(desk: Desk, *, now: datetime) -> Sums:
    """Work out from the open tickets how things stand."""
    sums = Sums()
    rows = (
        _running(desk, *Measure)
        # Resolved tickets have clocks that run, too: those of the closing message.
        .filter(Q(ticket__state__in=OPEN_STATES) | Q(ticket__state=State.RESOLVED))
        .values_list("version_id", "row", "measure")
        .annotate(
            all=Count("pk"), over=Count("pk", filter=Q(used__gt=F("target")) | Q(due_at__lt=now))
        )
        .order_by()
    )
    for version, row, measure, all_, over in rows:
        sums.add("running", key_of(version, row, measure), all_)
        sums.add("over", key_of(version, row, measure), over)
    for pk in _lasting(desk, now):
        sums.add("lasting", key_of(pk), 1)
    return sums


def _running(desk: Desk, *measures: Measure) -> QuerySet[Clock]:
    return Clock.objects.filter(desk=desk, ticket__desk=desk, measure__in=measures, stopped_at=None)


def _lasting(desk: Desk, now: datetime) -> QuerySet[Clock, int]:
    """Return the silences of each team that last longest by the clock on the wall."""
    upto = Coalesce(
        ExpressionWrapper(now - F("counting_since"), output_field=DurationField()), timedelta()
    )
    return (
        # Only open tickets have silences that last; their index is by desk.
        _running(desk, *LASTING)
        .filter(ticket__state__in=OPEN_STATES)
        .annotate(upto=ExpressionWrapper(F("used") + upto, output_field=DurationField()))
        .annotate(
            place=Window(RowNumber(), partition_by=[F("team_id")], order_by=[F("upto").desc()])
        )
        .filter(place__lte=CANDIDATES)
        .values_list("pk", flat=True)
    )
