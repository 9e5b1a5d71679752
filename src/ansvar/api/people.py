"""People: found, read, added, changed, and how they are reached."""

from typing import Annotated, Any, Literal

from django.db.models import Model
from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from ansvar.access.middleware import actor_of
from ansvar.api.cursors import decode, encode
from ansvar.api.sections import Section
from ansvar.api.shapes import (
    USUAL_PER_PAGE,
    Cursor,
    Given,
    Id,
    IdInPath,
    Limit,
    Line,
    PersonRef,
    Ref,
    Shape,
    SomeGiven,
    Text,
    TextAsked,
    maybe,
    person_ref,
    ref,
)
from ansvar.api.tickets import UnknownRow
from ansvar.people.commands import (
    add_contact_point,
    create_person,
    edit_person,
    prefer_contact_point,
    remove_contact_point,
)
from ansvar.people.models import ContactPoint, Department, Organisation, Person, Site
from ansvar.people.queries import search_people

section = Section("People")
ROWS: dict[str, type[Model]] = {
    "organisation": Organisation,
    "department": Department,
    "site": Site,
    "manager": Person,
}


class ContactPointShape(Shape):
    """One address on one channel."""

    id: int
    channel: str = Field(examples=["email"])
    address: str = Field(examples=["anna.berg@example.com"])
    is_preferred: bool
    is_shared: bool


class PersonShape(Shape):
    """Somebody the desk knows."""

    id: int
    name: str = Field(examples=["Anna Berg"])
    title: str
    organisation: Ref | None
    department: Ref | None
    site: Ref | None
    manager: PersonRef | None
    language: str
    timezone: str
    is_active: bool
    is_vip: bool
    contact_points: list[ContactPointShape]


class PersonPage(Shape):
    """Some people, by name."""

    items: list[PersonShape]
    next: str | None


class PersonGiven(Given):
    """Somebody to be made known."""

    name: Annotated[Line, Field(max_length=160)] = Field(examples=["Anna Berg"])
    email: Text = Field(default="", max_length=254, examples=["anna.berg@example.com"])
    phone: Text = Field(default="", max_length=40, examples=["+46 8 123 45 67"])
    title: Text = Field(default="", max_length=120)
    organisation: Id | None = None
    department: Id | None = None
    site: Id | None = None
    manager: Id | None = None
    language: Text = Field(default="en", max_length=12)
    timezone: Text = Field(default="", max_length=64)
    is_vip: bool = False


class PersonChanges(SomeGiven):
    """What to change of a person; only the fields that are sent."""

    name: Annotated[Line, Field(max_length=160)] = Field(default="", examples=["Anna Berg-Lind"])
    title: Text = Field(default="", max_length=120)
    organisation: Id | None = None
    department: Id | None = None
    site: Id | None = None
    manager: Id | None = None
    language: Text = Field(default="en", max_length=12)
    timezone: Text = Field(default="", max_length=64)
    is_vip: bool = False


class ContactPointGiven(Given):
    """An address of a person."""

    channel: Literal["email", "phone", "chat"]
    address: Annotated[Line, Field(max_length=254)]
    is_shared: bool = Field(default=False, description="Used by several people.")


@section.get("", PersonPage, requires="person.read")
def list_people(
    request: HttpRequest,
    q: TextAsked = None,
    *,
    with_inactive: Annotated[bool, Query()] = False,
    cursor: Cursor = None,
    limit: Limit = USUAL_PER_PAGE,
) -> PersonPage:
    """Find people by any part of name, phone or e-mail; several words must all be there."""
    after = decode(cursor, str, int) if cursor else None
    found = search_people(
        q or "",
        by=actor_of(request),
        after=(after[0], after[1]) if after else None,
        limit=limit,
        with_inactive=with_inactive,
    )
    shapes = [
        _shape(person)
        for person in Person.objects.filter(pk__in=[person.pk for person in found.people])
        .select_related("organisation", "department", "site", "manager")
        .prefetch_related("contact_points")
        .order_by("name", "pk")
    ]
    return PersonPage(items=shapes, next=encode(*found.after) if found.after else None)


@section.post("", PersonShape, requires="person.edit", status=201)
def add_person(request: HttpRequest, body: PersonGiven) -> PersonShape:
    """Make somebody known, with the first addresses."""
    wanted = _with_rows(body.model_dump())
    person = create_person(by=actor_of(request), **wanted)
    return _shape(person)


@section.get("/{person_id}", PersonShape, requires="person.read")
def get_person(request: HttpRequest, person_id: IdInPath) -> PersonShape:  # noqa: ARG001 - the door has asked
    """Read what is known of a person."""
    return _shape(Person.objects.get(pk=person_id))


@section.patch("/{person_id}", PersonShape, requires="person.edit")
def patch_person(request: HttpRequest, person_id: IdInPath, body: PersonChanges) -> PersonShape:
    """Change what is known of a person."""
    return _shape(edit_person(person_id, by=actor_of(request), **_with_rows(body.changes())))


@section.post("/{person_id}/contact-points", ContactPointShape, requires="person.edit", status=201)
def create_contact_point(
    request: HttpRequest, person_id: IdInPath, body: ContactPointGiven
) -> ContactPointShape:
    """Add an address; one the person has already is left as it is."""
    point = add_contact_point(
        person_id, body.channel, body.address, is_shared=body.is_shared, by=actor_of(request)
    )
    return _point(point)


@section.post(
    "/{person_id}/contact-points/{contact_point_id}/prefer",
    ContactPointShape,
    requires="person.edit",
)
def prefer(
    request: HttpRequest, person_id: IdInPath, contact_point_id: IdInPath
) -> ContactPointShape:
    """Make an address the one to use first on its channel."""
    point = ContactPoint.objects.get(pk=contact_point_id, person_id=person_id)
    return _point(prefer_contact_point(point.pk, by=actor_of(request)))


@section.delete("/{person_id}/contact-points/{contact_point_id}", requires="person.edit")
def delete_contact_point(
    request: HttpRequest, person_id: IdInPath, contact_point_id: IdInPath
) -> None:
    """Take an address away."""
    point = ContactPoint.objects.get(pk=contact_point_id, person_id=person_id)
    remove_contact_point(point.pk, by=actor_of(request))


def _with_rows(wanted: dict[str, Any]) -> dict[str, Any]:
    """Put rows where the body has ids.

    Raises: UnknownRow.
    """
    for field, model in ROWS.items():
        if wanted.get(field) is not None:
            row = model._default_manager.filter(pk=wanted[field]).first()  # noqa: SLF001 - Django's public name for it
            if row is None:
                raise UnknownRow(f"There is no {field} {wanted[field]}.")
            wanted[field] = row
    return wanted


def _shape(person: Person) -> PersonShape:
    return PersonShape(
        id=person.pk,
        name=person.name,
        title=person.title,
        organisation=maybe(ref, person.organisation),
        department=maybe(ref, person.department),
        site=maybe(ref, person.site),
        manager=maybe(person_ref, person.manager),
        language=person.language,
        timezone=person.timezone,
        is_active=person.is_active,
        is_vip=person.is_vip,
        contact_points=[_point(point) for point in person.contact_points.all()],
    )


def _point(point: ContactPoint) -> ContactPointShape:
    return ContactPointShape(
        id=point.pk,
        channel=point.channel,
        address=point.address,
        is_preferred=point.is_preferred,
        is_shared=point.is_shared,
    )
