"""Whom and what the names of a log mean here; looked up once, never written."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop

from ansvar.catalogue.models import Service
from ansvar.catalogue.queries import services_of
from ansvar.importers.decisions import LogMapping
from ansvar.importers.decisions.wanted import NamesWanted
from ansvar.importers.models import LoggedPerson
from ansvar.people.models import Desk, Membership, Organisation, Person, Site, Team
from ansvar.people.queries import default_team, people_by_email

NOBODY = gettext_noop("Requester not named in the log")
_LONGEST_TEAM = 80
_LONGEST_SITE = 120
_LONGEST_PERSON = 200
_AT_ONCE = 500


@dataclass(kw_only=True)
class Named:
    """What is known of the names in a log on a desk."""

    desk: Desk
    mapping: LogMapping
    teams: dict[str, Team] = field(default_factory=dict)
    """By name without regard to case, as all of these but persons."""
    services: dict[str, Service] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    persons: dict[str, Person] = field(default_factory=dict)
    """By name as in the log."""
    members: set[tuple[int, int]] = field(default_factory=set)
    first_team: Team = field(init=False)

    def __post_init__(self) -> None:
        """Look up what a desk has few of."""
        desk = self.desk
        self.first_team = default_team(desk)
        self.teams = {one.name.casefold(): one for one in Team.objects.filter(desk=desk)}
        self.services = {one.name.casefold(): one for one in services_of(desk.pk)}
        self.sites = self._sites()
        rows = Membership.objects.filter(team__desk=desk, person__is_active=True)
        self.members = set(rows.values_list("team_id", "person_id"))

    @property
    def nobody(self) -> str:
        """What a requester is called whom the log does not name."""
        return self.mapping.unnamed.get("requester", NOBODY)

    def look_up(self, wanted: NamesWanted) -> None:
        """Find out which of the wanted persons are known."""
        names = {name for name in self._people_wanted(wanted) if name not in self.persons}
        addresses = {name: self.address_of(name) for name in names}
        by_address = people_by_email([one for one in addresses.values() if one])
        for name, address in addresses.items():
            if person := by_address.get(address.lower()):
                self.persons[name] = person
        plain = [name for name, address in addresses.items() if not address]
        for start in range(0, len(plain), _AT_ONCE):
            rows = LoggedPerson.objects.filter(
                desk=self.desk, log=self.mapping.name, name__in=plain[start : start + _AT_ONCE]
            )
            for row in rows.select_related("person"):
                self.persons[row.name] = row.person

    def unknown(self, wanted: NamesWanted) -> NamesWanted:
        """Return those of the wanted names that mean nothing here yet."""
        return NamesWanted(
            teams={name for name in wanted.teams if self.team(name) is None},
            persons=set(self._people_wanted(wanted)) - set(self.persons),
            services={name for name in wanted.services if self.service(name) is None},
            sites={name for name in wanted.sites if self.site(name) is None},
            memberships={pair for pair in wanted.memberships if not self._is_member(*pair)},
        )

    def team(self, name: str | None) -> Team | None:
        """Return the team that a name means; without a name, the first one."""
        if name is None:
            return self.first_team
        return self.teams.get(self.here("team", name)[:_LONGEST_TEAM].casefold())

    def service(self, name: str) -> Service | None:
        """Return the service that a name means."""
        return self.services.get(self.here("service", name).casefold())

    def site(self, name: str) -> Site | None:
        """Return the site that a name means."""
        return self.sites.get(self.here("site", name)[:_LONGEST_SITE].casefold())

    def holder(self, team: Team, name: str) -> Person | None:
        """Return the person that a name means, if it works in the team."""
        person = self.persons.get(name[:_LONGEST_PERSON])
        return person if person and (team.pk, person.pk) in self.members else None

    def requester(self, name: str | None) -> Person:
        """Return the person that a name means, or who stands for those without a name."""
        return self.persons[(name or self.nobody)[:_LONGEST_PERSON]]

    def here(self, noun: str, name: str) -> str:
        """Return what is called *name* in the log as it is called here."""
        return self.mapping.known.get(noun, {}).get(name, name)

    def address_of(self, name: str) -> str:
        """Return the e-mail address that a person's name is or stands for, if any."""
        here = self.here("person", name)
        return here if "@" in here else ""

    def _people_wanted(self, wanted: NamesWanted) -> Iterable[str]:
        names = [*wanted.persons, *([self.nobody] if wanted.needs_nobody else [])]
        return [name[:_LONGEST_PERSON] for name in names]

    def _is_member(self, team_name: str | None, person_name: str) -> bool:
        team = self.team(team_name)
        return team is not None and self.holder(team, person_name) is not None

    def _sites(self) -> dict[str, Site]:
        """Return sites by name; of several of a name that of the organisation that was given."""
        given = self.mapping.organisation
        found: dict[str, Site] = {}
        several = set()
        for site in Site.objects.filter(is_active=True).select_related("organisation"):
            key = site.name.casefold()
            if key in found and found[key].organisation.name != given:
                several.add(key)
            if key not in found or site.organisation.name == given:
                found[key] = site
        own = {key for key, site in found.items() if site.organisation.name == given}
        return {key: site for key, site in found.items() if key not in several - own}


def organisation_called(name: str) -> Organisation | None:
    """Return the organisation of a name."""
    return Organisation.objects.filter(name__iexact=name).first()
