"""Working time under a calendar that was changed: what had passed stays counted as it was."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ansvar.people.decisions.calendars import NeverOpen, WorkingCalendar


@dataclass(frozen=True)
class Hours:
    """The working hours of one calendar through all its changes.

    A change holds from the moment it was made. So a clock that has counted four hours has counted
    four hours, whatever becomes of the calendar later.
    """

    editions: tuple[tuple[datetime | None, WorkingCalendar], ...]
    """From when each holds, the first without a beginning, in order of time."""

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return how much working time passes; none when *end* is not after *start*."""
        if len(self.editions) == 1:
            return self.editions[0][1].working_time_between(start, end)
        spent = timedelta()
        for begins, until, calendar in self._from(start):
            upto = end if until is None else min(end, until)
            if begins < upto:
                spent += calendar.working_time_between(begins, upto)
        return spent

    def add(self, start: datetime, amount: timedelta) -> datetime | None:
        """Return the first moment by which *amount* of working time has passed since *start*.

        Nothing when that moment never comes: the calendar is not open any more.
        """
        left = amount
        for begins, until, calendar in self._from(start):
            try:
                reached = calendar.add_working_time(begins, left)
            except NeverOpen:
                reached = None
            if until is None or (reached is not None and reached <= until):
                return reached
            left -= calendar.working_time_between(begins, until)
        return None

    def is_open(self, at: datetime) -> bool:
        """Tell whether *at* is working time."""
        return next(self._from(at))[2].is_open(at)

    def next_opening(self, at: datetime) -> datetime | None:
        """Return *at* itself in working time, else the next beginning of it, if there is one."""
        for begins, until, calendar in self._from(at):
            try:
                opening = calendar.next_opening(begins)
            except NeverOpen:
                continue
            if until is None or opening < until:
                return opening
        return None

    def _from(self, start: datetime) -> Iterator[tuple[datetime, datetime | None, WorkingCalendar]]:
        """Walk over the editions that hold after *start*: from when, until when, which."""
        for number, (since, calendar) in enumerate(self.editions):
            following = self.editions[number + 1 :]
            until = following[0][0] if following else None
            if until is None or until > start:
                yield (start if since is None else max(start, since)), until, calendar
