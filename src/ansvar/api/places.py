"""Desks, teams and sites, and who asks."""

from decimal import Decimal

from django.http import HttpRequest
from pydantic import Field

from ansvar.access.middleware import actor_of
from ansvar.access.queries import grants_of
from ansvar.api.reading import page_by_name
from ansvar.api.sections import Section
from ansvar.api.shapes import (
    USUAL_PER_PAGE,
    Cursor,
    IdAsked,
    Limit,
    Ref,
    Shape,
    TextAsked,
    ref,
)
from ansvar.people.models import Desk, Person, Site, Team

section = Section("Desks, teams, sites, you")


class RoleShape(Shape):
    """A role, on one desk or on all."""

    role: str = Field(examples=["agent"])
    desk: Ref | None = Field(description="Nothing: on all desks.")


class Me(Shape):
    """Who asks."""

    id: int
    name: str
    language: str
    timezone: str
    roles: list[RoleShape]


class DeskShape(Shape):
    """A single point of contact."""

    id: int
    name: str = Field(examples=["IT"])
    prefix: str = Field(examples=["IT"])
    quiet_days: int = Field(description="A resolved ticket closes by itself after so many days.")
    currency: str = Field(description="Of all its amounts of money.", examples=["EUR"])


class DeskPage(Shape):
    """Some desks, by name."""

    items: list[DeskShape]
    next: str | None


class TeamShape(Shape):
    """Agents who share a queue."""

    id: int
    name: str
    desk: Ref
    line: int = Field(examples=[1])
    is_default: bool
    hourly_rate: Decimal | None = Field(description="An hour's work of one person, as text.")
    most_taken: int | None = Field(description="So many one person takes at a time at most.")


class TeamPage(Shape):
    """Some teams, by name."""

    items: list[TeamShape]
    next: str | None


class SiteShape(Shape):
    """A place."""

    id: int
    name: str
    city: str
    country: str = Field(examples=["SE"])
    business_weight: Decimal = Field(description="Share of the business in per cent, as text.")


class SitePage(Shape):
    """Some sites, by name."""

    items: list[SiteShape]
    next: str | None


@section.get("/me", Me)
def get_me(request: HttpRequest) -> Me:
    """Read who you are and which roles you have."""
    person = Person.objects.get(pk=actor_of(request).person_id or 0)
    grants = grants_of(person.pk)
    desks = Desk.objects.in_bulk([desk for _, desk in grants if desk is not None])
    return Me(
        id=person.pk,
        name=person.name,
        language=person.language,
        timezone=person.timezone,
        roles=[
            RoleShape(role=role, desk=None if desk is None else ref(desks[desk]))
            for role, desk in grants
        ],
    )


@section.get("/desks", DeskPage)
def list_desks(
    request: HttpRequest,  # noqa: ARG001 - everybody may know the desks
    *,
    cursor: Cursor = None,
    limit: Limit = USUAL_PER_PAGE,
) -> DeskPage:
    """List the desks."""
    rows, following = page_by_name(Desk.objects.filter(is_active=True), cursor=cursor, limit=limit)
    return DeskPage(
        items=[
            DeskShape(
                id=desk.pk,
                name=desk.name,
                prefix=desk.prefix,
                quiet_days=desk.quiet_days,
                currency=desk.currency,
            )
            for desk in rows
        ],
        next=following,
    )


@section.get("/teams", TeamPage, requires="person.read")
def list_teams(
    request: HttpRequest,  # noqa: ARG001 - the door has asked
    desk: IdAsked = None,
    *,
    cursor: Cursor = None,
    limit: Limit = USUAL_PER_PAGE,
) -> TeamPage:
    """List the active teams."""
    teams = Team.objects.filter(is_active=True).select_related("desk")
    if desk is not None:
        teams = teams.filter(desk_id=desk)
    rows, following = page_by_name(teams, cursor=cursor, limit=limit)
    return TeamPage(
        items=[
            TeamShape(
                id=team.pk,
                name=team.name,
                desk=ref(team.desk),
                line=team.line,
                is_default=team.is_default,
                hourly_rate=team.hourly_rate,
                most_taken=team.most_taken,
            )
            for team in rows
        ],
        next=following,
    )


@section.get("/sites", SitePage, requires="person.read")
def list_sites(
    request: HttpRequest,  # noqa: ARG001 - the door has asked
    q: TextAsked = None,
    *,
    cursor: Cursor = None,
    limit: Limit = USUAL_PER_PAGE,
) -> SitePage:
    """List the active sites."""
    sites = Site.objects.filter(is_active=True)
    if q is not None and q.strip():
        sites = sites.filter(name__icontains=q.strip())
    rows, following = page_by_name(sites, cursor=cursor, limit=limit)
    return SitePage(
        items=[
            SiteShape(
                id=site.pk,
                name=site.name,
                city=site.city,
                country=site.country,
                business_weight=site.business_weight,
            )
            for site in rows
        ],
        next=following,
    )
