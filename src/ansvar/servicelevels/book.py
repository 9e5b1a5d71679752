"""The book of all published levels and all calendars: read once per process and edition.

How calendars came to be, and who had which, is read from the journal: a clock that was worked out
last year must come out the same today.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from ansvar.kernel.models import Entry
from ansvar.kernel.small_tables import SmallTable
from ansvar.people.decisions.calendars import BadHours, calendar_from
from ansvar.people.models import Calendar, Desk, Site, Team
from ansvar.servicelevels.decisions.choosing import Book, Kept, Version, in_order
from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.terms import LevelKind, Terms
from ansvar.servicelevels.models import BookEdition, LevelVersion

_CALENDAR_FIELDS = ("timezone", "hours", "holiday_country", "holiday_subdivision", "special_days")
_CHANGES = {"calendar": "calendar.changed", "desk": "desk.changed", "team": "team.changed",
            "site": "site.changed"}  # fmt: skip

Changes = Mapping[tuple[str, int], list[tuple[datetime, dict[str, Any]]]]
"""Subject to when it was changed, the latest first, and the values before."""

EDITIONS = SmallTable(BookEdition)
_latest: tuple[int, Book] | None = None


def edition() -> int:
    """Return the number of the edition in force; 0 before there is any."""
    return max(EDITIONS.values_of("number").values(), default=0)


def book_of(number: int) -> Book:
    """Return the book of the edition in force, whose *number* the caller has just asked for."""
    global _latest  # noqa: PLW0603 - one book per process, replaced as a whole
    if _latest is None or _latest[0] != number:
        _latest = (number, _read())
    return _latest[1]


def present_book() -> Book:
    """Return the book in force."""
    return book_of(edition())


def new_edition(*, renews: bool) -> None:
    """Let a new edition come into force; *renews* when it concerns clocks that run already."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO servicelevels_bookedition AS one (id, number, renewed_at)
            VALUES (1, nextval('servicelevels_edition'), 0)
            ON CONFLICT (id) DO UPDATE SET number = EXCLUDED.number,
                renewed_at = CASE WHEN %s THEN EXCLUDED.number ELSE one.renewed_at END
            """,
            [renews],
        )


def _read() -> Book:
    changes = _changes()
    return Book(
        versions=_versions(),
        calendars=_calendars(changes),
        desk_calendars=_kept("desk", dict(Desk.objects.values_list("pk", "calendar")), changes),
        team_calendars=_kept("team", dict(Team.objects.values_list("pk", "calendar")), changes),
        site_calendars=_kept("site", dict(Site.objects.values_list("pk", "calendar")), changes),
    )


def _versions() -> tuple[Version, ...]:
    rows = LevelVersion.objects.filter(state=LevelVersion.State.PUBLISHED).select_related("level")
    agreed = [(row, Terms.restore(row.terms)) for row in rows]
    agreed.sort(key=lambda pair: (in_order(pair[1].scope, pair[0].level_id), pair[0].number))
    return tuple(
        Version(
            id=row.pk,
            level_id=row.level_id,
            level=row.level.name,
            kind=LevelKind(row.level.kind),
            desk_id=row.level.desk_id,
            position=position,
            number=row.number,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            terms=terms,
        )
        for position, (row, terms) in enumerate(agreed)
        if row.valid_from is not None
    )


def _calendars(changes: Changes) -> dict[int, Hours]:
    found = {}
    for calendar in Calendar.objects.all():
        values = {field: getattr(calendar, field) for field in _CALENDAR_FIELDS}
        editions: list[tuple[datetime | None, Any]] = []
        for at, before in changes.get(("calendar", calendar.pk), ()):
            if before := {name: old for name, old in before.items() if name in values}:
                editions.append((at, values))
                values = values | before
        editions.append((None, values))
        try:
            found[calendar.pk] = Hours(
                tuple((since, _computed(calendar.name, one)) for since, one in reversed(editions))
            )
        except BadHours:
            # Hours that nothing can be counted by, written past the commands: no clock runs by
            # them, and the administrator sees the calendar as broken.
            continue
    return found


def _computed(name: str, values: Mapping[str, Any]) -> Any:
    return calendar_from(
        name=name,
        timezone=values["timezone"],
        hours=values["hours"],
        country=values["holiday_country"],
        subdivision=values["holiday_subdivision"],
        special_days=values["special_days"],
    )


def _kept(of: str, present: Mapping[int, int | None], changes: Changes) -> dict[int, Kept]:
    found = {}
    for pk, calendar_id in present.items():
        kept: list[tuple[datetime | None, int | None]] = []
        value = calendar_id
        for at, before in changes.get((of, pk), ()):
            if "calendar" in before:
                kept.append((at, value))
                value = before["calendar"]
        if value is not None or kept:
            found[pk] = (*reversed([*kept, (None, value)]),)
    return found


def _changes() -> Changes:
    found: dict[tuple[str, int], list[tuple[datetime, dict[str, Any]]]] = defaultdict(list)
    entries = (
        Entry.objects.filter(subject_type__in=_CHANGES, fact__in=_CHANGES.values())
        .order_by("-id")
        .values_list("subject_type", "subject_id", "at", "payload")
    )
    for subject_type, subject_id, at, payload in entries.iterator():
        before = {name: pair[0] for name, pair in payload["changes"].items()}
        found[subject_type, subject_id].append((at, before))
    return found
