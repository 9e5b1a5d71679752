"""Persons: made known, changed, gone and back."""

import zoneinfo
from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from typing_extensions import Unpack

from ansvar.kernel import journal
from ansvar.kernel.actor import Actor
from ansvar.kernel.changes import only, set_fields
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.rights import require
from ansvar.people.commands.contact_points import attach, attach_first, refresh_search
from ansvar.people.decisions import Channel, normalise_email, search_text
from ansvar.people.facts import (
    PersonChanged,
    PersonCreated,
    PersonDeactivated,
    PersonLearned,
    PersonReactivated,
    PreferencesSet,
)
from ansvar.people.leaving import Heirs, hand_everything_on
from ansvar.people.models import Department, Organisation, Person, Site
from ansvar.people.queries import person_at

LONGEST_NAME = 160


class PersonFields(TypedDict, total=False):
    """What can be said of a person."""

    name: str
    login: str | None
    title: str
    organisation: Organisation | None
    department: Department | None
    site: Site | None
    manager: Person | None
    language: str
    timezone: str
    is_vip: bool


class Preferences(TypedDict, total=False):
    """What persons choose for themselves."""

    theme: str
    density: str
    has_letter_keys: bool
    language: str
    timezone: str


@command
def create_person(
    *, by: Actor, email: str = "", phone: str = "", **wanted: Unpack[PersonFields]
) -> Person:
    """Add a person, with the first addresses if they are known.

    A log-in name is given only by those who give roles; a password is set afterwards.

    Raises: NotPermitted; ValidationError; BadAddress; AddressTaken.
    Records: PersonCreated; ContactPointAdded.
    """
    require(by, "person.edit")
    person = Person(**_tidy(only(PersonFields, wanted)))
    if person.login is not None:
        require(by, "role.grant")
    person.set_unusable_password()
    _check_person(person)
    person.save()
    if not email and not phone:
        refresh_search(person)
    record(PersonCreated(subject_id=person.pk, full_name=person.name), by=by)
    for channel, address in ((Channel.EMAIL, email), (Channel.PHONE, phone)):
        if address:
            attach(person, channel, address, by=by)
    return person


@command
def edit_person(person_id: int, *, by: Actor, **wanted: Unpack[PersonFields]) -> Person:
    """Change what is known of a person; the log-in name only by those who give roles.

    Raises: NotPermitted; ValidationError.
    Records: PersonChanged.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    require(by, "person.edit", person)
    if changes := set_fields(person, _tidy(only(PersonFields, wanted))):
        if "login" in changes:
            require(by, "role.grant", person)
        _check_person(person)
        person.save(update_fields=[*changes])
        if "name" in changes:
            refresh_search(person)
        record(PersonChanged(subject_id=person.pk, changes=changes), by=by)
    return person


@command
def deactivate_person(person_id: int, *, heirs: Heirs | None = None, by: Actor) -> Person:
    """Let a person be gone: no log-in, no proposals; what happened stays. Twice is silent.

    What the person answers for goes to the *heirs*, by name of the matter, see `leaving.py`.

    Raises: NotPermitted: whoever can log in is deactivated only by those who give roles;
    SomethingLeft when the person answers for something that has no heir.
    Records: PersonDeactivated, and what handing on records.
    """
    person = _locked_for_leaving(person_id, by=by)
    if person.is_active:
        hand_everything_on(person, heirs or {}, by=by)
        person.is_active = False
        person.save(update_fields=["is_active"])
        record(PersonDeactivated(subject_id=person.pk), by=by)
    return person


@command
def reactivate_person(person_id: int, *, by: Actor) -> Person:
    """Let a person be back, with the roles of before. Twice is silent.

    Raises: NotPermitted.
    Records: PersonReactivated.
    """
    person = _locked_for_leaving(person_id, by=by)
    if not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active"])
        record(PersonReactivated(subject_id=person.pk), by=by)
    return person


def _locked_for_leaving(person_id: int, *, by: Actor) -> Person:
    person = Person.objects.select_for_update().get(pk=person_id)
    require(by, "role.grant" if person.login else "person.edit", person)
    return person


@command
def set_preferences(person_id: int, *, by: Actor, **wanted: Unpack[Preferences]) -> Person:
    """Choose how pages look and speak; everybody for oneself, agents for others.

    Raises: NotPermitted; ValidationError.
    Records: PreferencesSet.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    if by.person_id != person.pk:
        require(by, "person.edit", person)
    if changes := set_fields(person, only(Preferences, wanted)):
        _check_person(person)
        person.save(update_fields=[*changes])
        record(PreferencesSet(subject_id=person.pk, changes=changes), by=by)
    return person


@command
def learn_person(
    address: str, name: str = "", *, organisation: Organisation | None = None, by: Actor
) -> Person:
    """Return the person with an e-mail address, made known if nobody has it yet.

    Two at once end with one person: the database keeps the address unique.

    Raises: NotPermitted; BadAddress.
    Records: PersonLearned, ContactPointAdded when the person is new.
    """
    normalised = normalise_email(address)
    return person_at(Channel.EMAIL, normalised) or make_known(
        address, name, organisation=organisation, by=by
    )


@command
def make_known(
    address: str, name: str = "", *, organisation: Organisation | None = None, by: Actor
) -> Person:
    """Make a person known of whom nothing but an e-mail address is; see `learn_person`.

    For who has just looked: when somebody has the address meanwhile, that person is returned.

    Raises: NotPermitted; BadAddress.
    Records: PersonLearned, ContactPointAdded.
    """
    normalised = normalise_email(address)
    require(by, "person.edit")
    person = Person(
        **_tidy({"name": name.strip() or _name_from(normalised), "organisation": organisation})
    )
    person.set_unusable_password()
    person.search = search_text(person.name, [(Channel.EMAIL, address.strip(), normalised)])
    _check_person(person)
    try:
        with journal.undone_on_failure(), transaction.atomic():
            person.save(force_insert=True)
            record(
                PersonLearned(subject_id=person.pk, full_name=person.name, address=normalised),
                by=by,
            )
            attach_first(person, Channel.EMAIL, address, normalised=normalised, by=by)
    except IntegrityError:
        # Somebody else has made the person known in this moment.
        return Person.objects.get(
            contact_points__channel=Channel.EMAIL,
            contact_points__normalised=normalised,
            contact_points__is_shared=False,
        )
    return person


def _tidy(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return *wanted* with single spaces in the name, which mail writes in every way and length."""
    if "name" in wanted:
        wanted["name"] = " ".join(wanted["name"].split())[:LONGEST_NAME]
    return wanted


def _name_from(normalised: str) -> str:
    """Return the best guess at a name: anna.berg@example.com is Anna Berg."""
    words = normalised.partition("@")[0].replace("_", ".").replace("+", ".").split(".")
    return " ".join(word.capitalize() for word in words if word) or normalised


def _check_person(person: Person) -> None:
    # Rows in the hand of the caller are there; a log-in name that is not there is not taken.
    unasked = ["password", "organisation", "department", "site", "manager"]
    person.full_clean(exclude=unasked if person.login else [*unasked, "login"])
    if person.timezone and person.timezone not in zoneinfo.available_timezones():
        raise ValidationError(
            {"timezone": f"There is no time zone {person.timezone!r}. Choose one from the list."}
        )
    department = person.department
    if (
        department is not None
        and person.organisation_id is not None
        and department.organisation_id != person.organisation_id
    ):
        raise ValidationError(
            {"department": f"{department.name} is of another organisation. Choose another."}
        )
