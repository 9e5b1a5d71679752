"""By when somebody is promised an answer, in the words of who reads it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as formatted
from django.utils.translation import gettext as _

from ansvar.kernel import clock
from ansvar.tickets.models import Ticket

_WEEK = 7


def zone_of_reader(ticket: Ticket) -> ZoneInfo:
    """Return the requester's time zone; that of the desk for somebody of whom none is known."""
    requester = ticket.requester
    known = requester.timezone or (requester.site is not None and requester.site.calendar)
    return ZoneInfo(requester.zone if known else ticket.desk.calendar.timezone)


def first_answer_by(ticket: Ticket) -> datetime | None:
    """Return by when somebody is to hear from a person of the desk; nothing without a promise.

    A moment that is over is told to nobody.
    """
    due_at = ticket.answer_due_at
    return due_at if due_at is not None and due_at > clock.now() else None


def moment_in_words(at: datetime, *, now: datetime, zone: ZoneInfo) -> str:
    """Say when something is, as people do: “today 16:30”, “Monday 10:00”."""
    there = at.astimezone(zone)
    days = (there.date() - now.astimezone(zone).date()).days
    clock_time = f"{there:%H:%M}"
    if days == 0:
        return _("today {time}").format(time=clock_time)
    if days == 1:
        return _("tomorrow {time}").format(time=clock_time)
    day = formatted(there, "l") if 0 < days < _WEEK else formatted(there, "l j F")
    return f"{day} {clock_time}"
