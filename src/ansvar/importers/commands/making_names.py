"""Teams, people, services and sites that a log names and the desk does not have yet."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ansvar.catalogue.commands import create_service
from ansvar.importers.decisions.wanted import NamesWanted
from ansvar.importers.models import ImportRun, LoggedPerson
from ansvar.importers.named import NOBODY, Named, organisation_called
from ansvar.kernel import journal
from ansvar.kernel.actor import Actor
from ansvar.kernel.refusal import Refusal, said
from ansvar.people.commands import (
    add_member,
    create_organisation,
    create_person,
    create_site,
    create_team,
    learn_person,
)
from ansvar.people.models import Organisation, Person
from ansvar.people.queries import people_by_email


class OwnerNotKnown(Refusal):
    """Services were to be made, and nobody has the address of their owner."""


@transaction.atomic
def make_named(run: ImportRun, named: Named, wanted: NamesWanted) -> None:
    """Make what cases name and is not there, as the mapping allows; signed by the import.

    Teams and people are always made, since no ticket is without them. Who had a ticket in hand
    becomes a member of the team that held it then.

    Raises: OwnerNotKnown; ValidationError.
    """
    by = run.actor
    named.look_up(wanted)
    unknown = named.unknown(wanted)
    with journal.as_history():
        for name in sorted(unknown.teams):
            here = named.here("team", name)[:80]
            line = named.mapping.line_of(here)
            named.teams[here.casefold()] = create_team(desk=run.desk, name=here, line=line, by=by)
        _make_persons(run, named, unknown)
        if named.mapping.organisation and unknown.sites:
            _make_sites(named, unknown, by=by)
        if named.mapping.service_owner and unknown.services:
            _make_services(named, unknown, by=by)
        _make_members(named, unknown, by=by)


def _make_persons(run: ImportRun, named: Named, unknown: NamesWanted) -> None:
    by, language = run.actor, run.desk.language
    plain = []
    for name in sorted(unknown.persons):
        if address := named.address_of(name):
            named.persons[name] = learn_person(address, by=by)
            continue
        shown = _(NOBODY) if name == NOBODY else name
        person = create_person(name=shown, language=language, by=by)
        named.persons[name] = person
        plain.append((name, person))
    LoggedPerson.objects.bulk_create(
        LoggedPerson(desk=run.desk, log=named.mapping.name, name=name, person=person)
        for name, person in plain
    )


def _make_sites(named: Named, unknown: NamesWanted, *, by: Actor) -> None:
    organisation: Organisation = organisation_called(
        named.mapping.organisation
    ) or create_organisation(name=named.mapping.organisation, by=by)
    for name in sorted(unknown.sites):
        here = named.here("site", name)[:120]
        named.sites[here.casefold()] = create_site(organisation=organisation, name=here, by=by)


def _make_services(named: Named, unknown: NamesWanted, *, by: Actor) -> None:
    address = named.mapping.service_owner
    owner: Person | None = people_by_email([address]).get(address.lower())
    if owner is None:
        raise OwnerNotKnown(
            said("Nobody here has the address %(address)s, who is to answer for services."),
            address=address,
        )
    for name in sorted(unknown.services):
        here = named.here("service", name)[:120]
        service = create_service(desk=named.desk, owner=owner, name=here, by=by)
        named.services[here.casefold()] = service


def _make_members(named: Named, unknown: NamesWanted, *, by: Actor) -> None:
    for team_name, person_name in sorted(
        unknown.memberships, key=lambda pair: (pair[0] or "", pair[1])
    ):
        team, person = named.team(team_name), named.persons.get(person_name[:200])
        if team is None or person is None or (team.pk, person.pk) in named.members:
            continue
        try:
            add_member(team.pk, person.pk, by=by)
        except ValidationError:
            # Who has left the company stays out; the ticket is told without that holder.
            continue
        named.members.add((team.pk, person.pk))
