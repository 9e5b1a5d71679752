"""Questions about service levels."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from ansvar.kernel.models import Entry
from ansvar.people.models import Calendar, Desk
from ansvar.servicelevels.decisions.choosing import Version, in_order
from ansvar.servicelevels.decisions.terms import LevelKind, Terms
from ansvar.servicelevels.facts import LevelChosen
from ansvar.servicelevels.models import LevelVersion, ServiceLevel


def levels_with_versions(condition: Q) -> QuerySet[ServiceLevel]:
    """Return levels by name, each with its versions, the latest first."""
    versions = LevelVersion.objects.order_by("-number")
    rows = ServiceLevel.objects.filter(condition).select_related("desk__calendar")
    return rows.prefetch_related(Prefetch("versions", versions)).order_by("name", "pk")


def in_force(versions: Iterable[LevelVersion], at: datetime) -> LevelVersion | None:
    """Return the version that holds for what begins at a moment."""
    for version in versions:
        begins, ends = version.valid_from, version.valid_until
        if version.state != LevelVersion.State.PUBLISHED or begins is None:
            continue
        if begins <= at and (ends is None or at < ends):
            return version
    return None


def policies_in_force(at: datetime, desk_id: int | None = None) -> list[LevelVersion]:
    """Return the communication policies that hold at a moment, in the order they are tried."""
    rows = LevelVersion.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=at),
        level__kind=LevelKind.CARE,
        level__desk__is_active=True,
        state=LevelVersion.State.PUBLISHED,
        valid_from__lte=at,
    )
    if desk_id is not None:
        rows = rows.filter(level__desk=desk_id)
    found = rows.select_related("level__desk__calendar")
    return sorted(
        found, key=lambda row: (row.level.desk.name, in_order(row.agreed.scope, row.level_id))
    )


def calendar_of_terms(terms: Terms, desk: Desk) -> Calendar:
    """Return the calendar by which a level counts, where neither team nor site has another."""
    if terms.calendar_id is None:
        return desk.calendar
    return Calendar.objects.filter(pk=terms.calendar_id).first() or desk.calendar


def as_if_published(draft: LevelVersion, at: datetime) -> Version:
    """Return a draft as the book would hold it if it came into force at a moment."""
    level = draft.level
    return Version(
        # A draft that was never kept has no id yet, and no clock asks for it.
        id=draft.pk or 0,
        level_id=level.pk,
        level=level.name,
        kind=LevelKind(level.kind),
        desk_id=level.desk_id,
        position=0,
        number=draft.number,
        valid_from=at,
        terms=draft.agreed,
    )


def level_choice(ticket_id: int) -> Entry | None:
    """Return the entry of who last chose the level of a ticket by hand, and why."""
    chosen = Entry.objects.filter(
        subject_type="ticket", subject_id=ticket_id, fact=LevelChosen.name
    )
    return chosen.order_by("-id").first()


def agreements_to_choose(desk_id: int, at: datetime) -> list[LevelVersion]:
    """Return the agreements with customers that a ticket of a desk can be put under by hand."""
    rows = LevelVersion.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=at),
        level__kind=LevelKind.SLA,
        level__desk=desk_id,
        state=LevelVersion.State.PUBLISHED,
    )
    return list(rows.select_related("level").order_by("level__name", "-number"))
