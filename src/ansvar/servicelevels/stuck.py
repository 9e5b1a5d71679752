"""Tickets that stand still: which they are, and why they count as stuck, in sentences.

The view of the queue is filed here; the workbench shows it like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ansvar.kernel import clock
from ansvar.notices.kinds import NoticeKind, kinds
from ansvar.people.models import Desk
from ansvar.servicelevels.decisions.amounts import HOUR, day_of
from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.stuck import PERCENT, Fixed, Normal, Normals
from ansvar.servicelevels.decisions.terms import Measure
from ansvar.servicelevels.models import Clock, StuckNormal, StuckRule, StuckTicket
from ansvar.tickets import queue
from ansvar.tickets.decisions import State, WaitingFor
from ansvar.tickets.models import OPEN_STATES, Ticket
from ansvar.tickets.queries import SHOWN_WITH
from ansvar.tickets.sight import Viewer, visible_tickets

IS_STUCK = Q(stuck__quiet_since=F("changed_at"))
"""A ticket that has not changed since it was found to stand still."""
_FEW_DAYS = 2
"""Up to so many working days hours are said as well: a part of a day matters there."""

LONGEST_FIRST = queue.Order(
    at="changed_at",
    words=gettext_lazy("The longest silence first"),
    why=gettext_lazy("The ticket on which nothing has happened for the longest time comes first."),
)
queue.views.add("stuck")(
    queue.View(
        title=gettext_lazy("Stuck"),
        icon="hand-stop",
        why=gettext_lazy(
            "Nothing has happened on them for longer than is normal for such tickets."
        ),
        where=lambda _viewer: IS_STUCK,
        order=LONGEST_FIRST,
        after="update-due",
    )
)


def _notice_words(values: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the values of a reminder in words of its reader."""
    told = {"number": str(values.get("number", ""))}
    if since := parse_datetime(str(values.get("since", ""))):
        told["since"] = formats.date_format(timezone.localtime(since), "j M H:i")
    if count := values.get("count"):
        told["tickets"] = ngettext(
            "%(n)s ticket stands still for longer than is normal.",
            "%(n)s tickets stand still for longer than is normal.",
            count,
        ) % {"n": count}
    return told


kinds.add("stuck")(
    NoticeKind(
        label=gettext_lazy("Tickets that stand still"),
        icon="hand-stop",
        sentences={
            "first": gettext_lazy("{reference} stands still, nothing has happened since {since}"),
            "again": gettext_lazy(
                "{reference} still stands still, nothing has happened since {since}"
                " (reminder {number})"
            ),
            "many": "{tickets}",
        },
        words=_notice_words,
        path=lambda: reverse("queue", args=["stuck"]),
    )
)


@dataclass(frozen=True, kw_only=True)
class Stuck:
    """How long a ticket has stood still, against what is normal."""

    since: datetime
    stands_for: timedelta
    """In working time of the desk."""
    normal: Normal
    day: int
    """Minutes of a usual working day there."""
    reminders: int

    @property
    def sentence(self) -> str:
        """Why it counts as stuck."""
        return _("Nothing has happened for %(stretch)s; %(normal)s") % {
            "stretch": stretch_in_words(self.stands_for, self.day),
            "normal": normal_in_words(self.normal, self.day),
        }


def stuck_since(ticket: Ticket, hours: Hours | None) -> Stuck | None:
    """Return how long a ticket has stood still, if that is longer than is normal.

    *hours* are those of its desk. It costs no query when the ticket brought `stuck` along.
    """
    row: StuckTicket | None = getattr(ticket, "stuck", None)
    if row is None or not ticket.is_open or row.quiet_since != ticket.changed_at:
        return None
    return stuck_of(row, hours)


def stuck_of(row: StuckTicket, hours: Hours | None) -> Stuck:
    """Return what a row says, reckoned up to now."""
    now = clock.now()
    return Stuck(
        since=row.quiet_since,
        stands_for=hours.between(row.quiet_since, now) if hours else now - row.quiet_since,
        normal=Normal(amount=row.normal, sample=row.sample),
        day=day_length(hours),
        reminders=row.reminders,
    )


def stuck_tickets(viewer: Viewer, desk_id: int | None) -> QuerySet[Ticket]:
    """Return the tickets that stand still, of one desk or of all that the viewer sees.

    The longest silence comes first; each carries its row as `stuck`.
    """
    rows = visible_tickets(viewer).filter(IS_STUCK, state__in=OPEN_STATES)
    if desk_id is not None:
        rows = rows.filter(desk_id=desk_id)
    return rows.select_related(*SHOWN_WITH, "stuck").order_by("changed_at", "id")


def overdue_waits(viewer: Viewer, desk_id: int | None) -> QuerySet[Clock]:
    """Return the clocks of tickets that wait for others for longer than was agreed (R84).

    The one that ran out first comes first.
    """
    waiting = visible_tickets(viewer).filter(
        state=State.WAITING, waiting_for__in=[WaitingFor.SUPPLIER, WaitingFor.CHANGE]
    )
    if desk_id is not None:
        waiting = waiting.filter(desk_id=desk_id)
    return (
        Clock.objects.filter(
            ticket__in=waiting,
            measure__in=[Measure.SUPPLIER, Measure.THIRD_PARTY],
            stopped_at=None,
            due_at__lt=clock.now(),
        )
        .select_related("supplier", *(f"ticket__{one}" for one in SHOWN_WITH))
        .order_by("due_at", "id")
    )


def normals_on(desk_id: int) -> Normals:
    """Return what is normal on a desk, as far as its closed tickets tell."""
    rows = StuckNormal.objects.filter(desk=desk_id)
    return {(row.kind, row.priority): Normal(amount=row.amount, sample=row.sample) for row in rows}


def rule_of(desk: Desk) -> StuckRule:
    """Return the fixed figures of a desk; those that every desk begins with are not stored."""
    return StuckRule.objects.filter(desk=desk).first() or StuckRule(desk=desk)


def fixed_by(rule: StuckRule, hours: Hours | None) -> Fixed:
    """Return the fixed figures in working time."""
    return Fixed(
        usual=timedelta(minutes=rule.days * day_length(hours)),
        urgent=timedelta(minutes=rule.urgent_minutes),
    )


def day_length(hours: Hours | None) -> int:
    """Return how many minutes a usual working day has; a whole day where there are no hours."""
    return day_of(hours.editions[-1][1]) if hours else 24 * HOUR


def normal_in_words(normal: Normal, day: int) -> str:
    """Say what is normal, and how that is known."""
    values: Mapping[str, object] = {
        "stretch": stretch_in_words(normal.amount, day),
        "percent": PERCENT,
        "sample": normal.sample,
    }
    if normal.sample:
        return (
            _(
                "for such tickets %(stretch)s is normal (%(percent)s of 100 of %(sample)s closed"
                " tickets never stood still for longer)."
            )
            % values
        )
    return (
        _("%(stretch)s is the desk’s figure until enough such tickets are closed to tell.") % values
    )


def stretch_in_words(amount: timedelta, day: int) -> str:
    """Say a stretch of working time: "40 min", "5 h 20 min", "1 working day 3 h".

    Where somebody is always there, days are days.
    """
    minutes = int(amount.total_seconds() // 60)
    days, rest = divmod(minutes, day)
    hours, rest = divmod(rest, HOUR)
    parts = []
    if days and day == 24 * HOUR:
        parts.append(ngettext("%(n)s day", "%(n)s days", days) % {"n": days})
    elif days:
        parts.append(ngettext("%(n)s working day", "%(n)s working days", days) % {"n": days})
    if hours and days <= _FEW_DAYS:
        parts.append(_("%(n)s h") % {"n": hours})
    if not days and (rest or not hours):
        parts.append(_("%(n)s min") % {"n": rest})
    return " ".join(parts)
