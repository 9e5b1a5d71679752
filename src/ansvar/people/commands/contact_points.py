"""How people are reached, and the text they are found by."""

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.people.decisions import Channel, normalise, search_text
from ansvar.people.decisions.addresses import DEFAULT_COUNTRY
from ansvar.people.facts import (
    ContactPointAdded,
    ContactPointFailing,
    ContactPointPreferred,
    ContactPointRecovered,
    ContactPointRemoved,
)
from ansvar.people.models import ContactPoint, Person


class AddressTaken(Refusal):
    """An address belongs to somebody else already; `person_id` says to whom."""

    def __init__(self, address: str, person: Person) -> None:
        self.person_id = person.pk
        super().__init__(
            said(
                "%(address)s already belongs to %(person)s. Open that person instead, or mark the "
                "address as used by several people on both."
            ),
            address=address,
            person=person.name,
        )


@command
def add_contact_point(
    person_id: int, channel: str, address: str, *, is_shared: bool = False, by: Actor
) -> ContactPoint:
    """Add an address to a person. One the person already has is left as it is, silently.

    The first one on a channel is preferred. A *shared* address may belong to several people.

    Raises: NotPermitted; BadAddress; AddressTaken.
    Records: ContactPointAdded.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    require_for_contact_points(person, by=by)
    return attach(person, channel, address, is_shared=is_shared, by=by)


@command
def remove_contact_point(contact_point_id: int, *, by: Actor) -> None:
    """Take an address away; the next one on its channel is then preferred.

    Raises: NotPermitted.
    Records: ContactPointRemoved; ContactPointPreferred.
    """
    person = Person.objects.select_for_update().get(contact_points=contact_point_id)
    require_for_contact_points(person, by=by)
    point = ContactPoint.objects.get(pk=contact_point_id)
    point.delete()
    refresh_search(person)
    record(
        ContactPointRemoved(
            subject_id=person.pk,
            contact_point_id=contact_point_id,
            channel=point.channel,
            address=point.address,
        ),
        by=by,
    )
    heir = person.contact_points.filter(channel=point.channel).order_by("id").first()
    if point.is_preferred and heir is not None:
        _prefer(heir, by=by)


@command
def prefer_contact_point(contact_point_id: int, *, by: Actor) -> ContactPoint:
    """Make an address the one to use first on its channel. Doing it twice is silent.

    Raises: NotPermitted.
    Records: ContactPointPreferred.
    """
    person = Person.objects.select_for_update().get(contact_points=contact_point_id)
    require_for_contact_points(person, by=by)
    point = ContactPoint.objects.get(pk=contact_point_id)
    if not point.is_preferred:
        person.contact_points.filter(channel=point.channel).update(is_preferred=False)
        _prefer(point, by=by)
    return point


@command
def note_contact_point_fails(address: str, *, failure: str, by: Actor) -> None:
    """Note that mail does not reach an address; one that is known to fail is left as it is.

    *address* is normalised. Everybody who shares it is concerned.

    Records: ContactPointFailing.
    """
    for point in _at_email(address).filter(failing_since__isnull=True):
        point.failing_since, point.failure = clock.now(), failure[:300]
        point.save(update_fields=["failing_since", "failure"])
        record(
            ContactPointFailing(
                subject_id=point.person_id,
                contact_point_id=point.pk,
                address=point.address,
                failure=point.failure,
            ),
            by=by,
        )


@command
def note_contact_point_works(address: str, *, by: Actor) -> None:
    """Note that mail comes from an address or reaches it; one that never failed: silent.

    Records: ContactPointRecovered.
    """
    for point in _at_email(address).filter(failing_since__isnull=False):
        point.failing_since, point.failure = None, ""
        point.save(update_fields=["failing_since", "failure"])
        record(
            ContactPointRecovered(
                subject_id=point.person_id, contact_point_id=point.pk, address=point.address
            ),
            by=by,
        )


def require_for_contact_points(person: Person, *, by: Actor) -> None:
    """Refuse unless *by* may say how *person* is reached: agents may, for everybody.

    Raises: NotPermitted.
    """
    require(by, "person.edit", person)


def attach(
    person: Person, channel: str, address: str, *, is_shared: bool = False, by: Actor
) -> ContactPoint:
    """Add an address to a person who is locked and may be changed; see `add_contact_point`.

    Raises: BadAddress; AddressTaken.
    Records: ContactPointAdded.
    """
    country = person.site.country if person.site else DEFAULT_COUNTRY
    normalised = normalise(channel, address, country=country)
    mine = list(person.contact_points.filter(channel=channel))
    for point in mine:
        if point.normalised == normalised:
            return point
    point = ContactPoint(
        person=person,
        channel=channel,
        address=address.strip(),
        normalised=normalised,
        is_shared=is_shared,
        is_preferred=not any(other.is_preferred for other in mine),
    )
    try:
        with transaction.atomic():
            point.save()
    except IntegrityError:
        holder = (
            ContactPoint.objects.select_related("person")
            .filter(channel=channel, normalised=normalised, is_shared=False)
            .first()
        )
        if holder is None:
            raise
        raise AddressTaken(point.address, holder.person) from None
    refresh_search(person)
    record(
        ContactPointAdded(
            subject_id=person.pk, contact_point_id=point.pk, channel=channel, address=point.address
        ),
        by=by,
    )
    return point


def attach_first(
    person: Person, channel: str, address: str, *, normalised: str, by: Actor
) -> ContactPoint:
    """Add the first address to a person who was made in this transaction, search text and all.

    Raises: IntegrityError when somebody has the address already.
    Records: ContactPointAdded.
    """
    point = ContactPoint.objects.create(
        person=person,
        channel=channel,
        address=address.strip(),
        normalised=normalised,
        is_preferred=True,
    )
    record(
        ContactPointAdded(
            subject_id=person.pk, contact_point_id=point.pk, channel=channel, address=point.address
        ),
        by=by,
    )
    return point


def refresh_search(person: Person) -> None:
    """Write anew what *person* is found by; the name may have been changed but not yet saved."""
    points = person.contact_points.values_list("channel", "address", "normalised")
    person.search = search_text(person.name, points)
    person.save(update_fields=["search"])


def _at_email(address: str) -> QuerySet[ContactPoint]:
    rows = ContactPoint.objects.select_for_update()
    return rows.filter(channel=Channel.EMAIL, normalised=address).order_by("pk")


def _prefer(point: ContactPoint, *, by: Actor) -> None:
    point.is_preferred = True
    point.save(update_fields=["is_preferred"])
    record(
        ContactPointPreferred(
            subject_id=point.person_id,
            contact_point_id=point.pk,
            channel=point.channel,
            address=point.address,
        ),
        by=by,
    )
