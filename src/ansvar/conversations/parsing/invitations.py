"""Calendar entries that come with a mail."""

import contextlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ansvar.conversations.parsing.charsets import clean, text_of

_LARGEST = 500_000
_LONGEST = 500
_KINDS = {"VEVENT", "VTODO"}


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """An appointment that a mail is about."""

    method: str
    """What the sender does with it: `REQUEST`, `REPLY`, `CANCEL`; empty when it only tells."""
    summary: str
    start: datetime | date | None
    """A day when it takes whole days; a time without zone when the sender means everybody's own."""
    end: datetime | date | None
    zone: str
    """As the sender named it, such as `Europe/Stockholm`."""
    place: str
    organiser: str
    """An address in lower case, or nothing."""


def invitation_in(raw: bytes, charset: str) -> Invitation | None:
    """Return the first appointment of a calendar file, or nothing when there is none."""
    if len(raw) > _LARGEST:
        return None
    # A quarter of the time that reading needs at the start, and few mails have one.
    from icalendar import Calendar  # noqa: PLC0415  # as above

    # The library raises all kinds on what is no calendar.
    with contextlib.suppress(Exception):
        calendar = Calendar.from_ical(text_of(raw, charset or "utf-8"))
        for entry in calendar.walk():
            if entry.name in _KINDS:
                return _invitation(entry, str(calendar.get("METHOD") or ""))
    return None


def _invitation(entry: Any, method: str) -> Invitation:
    start = _moment(entry, "DTSTART")
    end = _moment(entry, "DTEND") or _moment(entry, "DUE")
    duration = getattr(entry.get("DURATION"), "dt", None)
    if end is None and start is not None and duration is not None:
        with contextlib.suppress(TypeError, OverflowError):
            end = start + duration
    organiser = str(entry.get("ORGANIZER") or "").strip().lower().removeprefix("mailto:")
    return Invitation(
        method=clean(method).upper()[:20],
        summary=_words(entry, "SUMMARY"),
        start=start,
        end=end,
        zone=_zone(entry),
        place=_words(entry, "LOCATION"),
        organiser=clean(organiser)[:254],
    )


def _moment(entry: Any, name: str) -> datetime | date | None:
    with contextlib.suppress(Exception):  # a broken date is found only when it is asked for
        moment = getattr(entry.get(name), "dt", None)
        if isinstance(moment, date):
            return moment
    return None


def _zone(entry: Any) -> str:
    with contextlib.suppress(Exception):
        field = entry.get("DTSTART")
        named = field.params.get("TZID") or getattr(field.dt, "tzinfo", None)
        return clean(str(named or ""))[:100]
    return ""


def _words(entry: Any, name: str) -> str:
    return clean(str(entry.get(name) or "")).strip()[:_LONGEST]
