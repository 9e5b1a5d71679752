"""Questions about people, places, desks and teams."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from ansvar.kernel import prepared
from ansvar.kernel.actor import Actor
from ansvar.kernel.composed import Given, carry, composed
from ansvar.kernel.rights import may
from ansvar.people.decisions import (
    Channel,
    WorkingCalendar,
    calendar_from,
    needles_for,
    normalise_email,
)
from ansvar.people.models import (
    Calendar,
    ContactPoint,
    Department,
    Desk,
    Person,
    Team,
)

PAGE_SIZE = 20


@dataclass(frozen=True, kw_only=True)
class FoundPeople:
    """One page of a search for people."""

    people: list[Person]
    after: tuple[str, int] | None
    """Where the next page begins, or nothing at the end."""


def search_people(
    text: str,
    *,
    by: Actor,
    after: tuple[str, int] | None = None,
    limit: int = PAGE_SIZE,
    with_inactive: bool = False,
) -> FoundPeople:
    """Return people by any part of name, phone or e-mail; several words must all be there.

    Words of one or two letters are looked for at the beginnings of words. Without a text all
    people are listed. Who may not see people finds nobody.
    """
    if not may(by, "person.read"):
        return FoundPeople(people=[], after=None)
    found = Person.objects.select_related("site", "organisation").prefetch_related("contact_points")
    if not with_inactive:
        found = found.filter(is_active=True)
    for needle in needles_for(text):
        found = found.filter(search__contains=needle)
    if after is not None:
        name, pk = after
        found = found.filter(Q(name__gt=name) | Q(name=name, pk__gt=pk))
    rows = list(found.order_by("name", "pk")[: limit + 1])
    more = len(rows) > limit
    people = rows[:limit]
    return FoundPeople(
        people=people, after=(people[-1].name, people[-1].pk) if more and people else None
    )


def person_at(channel: str, normalised: str) -> Person | None:
    """Return the one person of a normalised address; shared ones belong to nobody alone."""
    point = (
        ContactPoint.objects.select_related("person")
        .filter(channel=channel, normalised=normalised, is_shared=False)
        .first()
    )
    return point.person if point else None


def at_email(address: str) -> tuple[Person | None, bool]:
    """Return the person of an e-mail address, and whether mail is known not to reach it.

    Raises: BadAddress.
    """
    points = prepared.rows(
        ContactPoint,
        "channel = 'email' AND normalised = %s ORDER BY id",
        normalise_email(address),
    )
    own = next((point for point in points if not point.is_shared), None)
    person = prepared.first(Person, "id = %s", own.person_id) if own else None
    return person, any(point.failing_since for point in points)


def person_by_email(address: str) -> Person | None:
    """Return the person with an e-mail address, however it is written.

    Raises: BadAddress.
    """
    return person_at(Channel.EMAIL, normalise_email(address))


def people_by_email(addresses: Iterable[str]) -> dict[str, Person]:
    """Return those whom e-mail addresses belong to, by address in lower case, in one query."""
    wanted = {address.strip().lower() for address in addresses}
    points = ContactPoint.objects.select_related("person").filter(
        channel=Channel.EMAIL, normalised__in=wanted, is_shared=False
    )
    return {point.normalised: point.person for point in points}


def read_with_points(person: Person) -> Person:
    """Let a person carry the contact points, read by a kept statement."""
    carry([person], "contact_points", _points().rows(person=person.pk), by="person_id")
    return person


@composed
def _points() -> QuerySet[ContactPoint]:
    return ContactPoint.objects.filter(person_id=Given("person"))


def email_of(person: Person) -> str:
    """Return the address to write to, or an empty text; a failing one only without another."""
    point = email_point_of(person)
    return point.address if point else ""


def email_point_of(person: Person) -> ContactPoint | None:
    """Return the contact point of the address to write to."""
    points = [point for point in person.contact_points.all() if point.channel == Channel.EMAIL]
    points.sort(
        key=lambda point: (point.failing_since is not None, not point.is_preferred, point.pk)
    )
    return points[0] if points else None


def failing_emails(addresses: Iterable[str]) -> dict[str, str]:
    """Return those of normalised *addresses* that mail does not reach, with the reason."""
    rows = ContactPoint.objects.filter(
        channel=Channel.EMAIL, normalised__in=list(addresses), failing_since__isnull=False
    )
    return dict(rows.values_list("normalised", "failure"))


def agents_of(desk: Desk) -> QuerySet[Person]:
    """Return the active members of the desk's active teams, by name."""
    return (
        Person.objects.filter(
            is_active=True, memberships__team__desk=desk, memberships__team__is_active=True
        )
        .distinct()
        .order_by("name", "pk")
    )


def members_of(team: Team) -> QuerySet[Person]:
    """Return the active members of a team, by name."""
    return Person.objects.filter(is_active=True, memberships__team=team).order_by("name", "pk")


def teams_of(person_id: int) -> QuerySet[Team]:
    """Return the active teams somebody works in, with their desks."""
    return Team.objects.filter(is_active=True, memberships__person=person_id).select_related("desk")


def default_team(desk: Desk) -> Team:
    """Return the team that takes what has no team yet.

    Raises: Team.DoesNotExist for a desk that nobody has given a team.
    """
    return Team.objects.get(desk=desk, is_default=True)


def departments_above(department: Department) -> list[Department]:
    """Return a department and those it lies in, from the inside out."""
    path = [department]
    while (parent := path[-1].parent) is not None and parent not in path:
        path.append(parent)
    return path


def working_calendar(calendar: Calendar) -> WorkingCalendar:
    """Return a stored calendar as one that can be computed with.

    Raises: BadHours.
    """
    return calendar_from(
        name=calendar.name,
        timezone=calendar.timezone,
        hours=calendar.hours,
        country=calendar.holiday_country,
        subdivision=calendar.holiday_subdivision,
        special_days=calendar.special_days,
    )


def calendar_of(team: Team) -> Calendar:
    """Return the calendar of a team: its own or that of its desk."""
    return team.calendar or team.desk.calendar
