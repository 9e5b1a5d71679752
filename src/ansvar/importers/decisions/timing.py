"""When something was said, from clocks that are often wrong."""

from datetime import UTC, datetime, timedelta

OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Mail as it is today is hardly older; a clock that was never set says 1970."""
LONGEST_WAY = timedelta(days=5)
"""So long servers try to deliver a mail; who is further off has a wrong clock."""
ZONE_SLIP = timedelta(days=1)
"""A clock in the wrong time zone is off by less."""


def said_at(
    *, written: datetime | None, received: datetime | None, filed: datetime | None, now: datetime
) -> datetime | None:
    """Return when a mail was said: its own date, as far as servers' clocks allow it.

    *received* is the stamp of the first server on the way. *filed* is when it came into the
    mailbox, which says little: whoever moved the mailbox filed it anew.
    """
    written, received, filed = (_sane(moment, now) for moment in (written, received, filed))
    if received is not None:
        if written is None or not received - LONGEST_WAY <= written <= received + ZONE_SLIP:
            return received
        # Nobody receives a mail before it was written.
        return min(written, received)
    if written is not None and (filed is None or written <= filed + ZONE_SLIP):
        return written
    return filed


def closing_of(last_said: datetime, *, silent_days: int, now: datetime) -> datetime | None:
    """Return when a conversation ended that nobody has gone on with, or nothing if it may go on."""
    return last_said if now - last_said > timedelta(days=silent_days) else None


def _sane(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment is not None and OLDEST <= moment <= now else None
