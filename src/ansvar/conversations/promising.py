"""By when somebody is promised an answer, in the words of who reads it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as formatted
from django.utils.translation import gettext as _

from ansvar.people.decisions.calendars import NeverOpen
from ansvar.people.queries import working_calendar
from ansvar.tickets.models import Ticket

_WEEK = 7


def zone_of_reader(ticket: Ticket) -> ZoneInfo:
    """Return the requester's time zone; that of the desk for somebody of whom none is known."""
    requester = ticket.requester
    known = requester.timezone or (requester.site is not None and requester.site.calendar)
    return ZoneInfo(requester.zone if known else ticket.desk.calendar.timezone)


def first_answer_by(ticket: Ticket) -> datetime | None:
    """Return by when the desk promises its first answer; nothing when it promises none."""
    desk = ticket.desk
    if not desk.first_answer_hours:
        return None
    hours = timedelta(hours=desk.first_answer_hours)
    try:
        return working_calendar(desk.calendar).add_working_time(ticket.opened_at, hours)
    except NeverOpen:
        return None


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
