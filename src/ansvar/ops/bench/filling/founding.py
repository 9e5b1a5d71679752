"""Founding the organisation of a bench: everything but people who only ask, and their tickets."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from ansvar.access.commands import grant_role, set_password
from ansvar.access.decisions import Role
from ansvar.catalogue.commands import (
    agree_service,
    create_script,
    create_service,
    publish_draft,
    save_draft,
    set_dependencies,
    set_matrix,
    try_draft,
)
from ansvar.catalogue.models import ScriptVersion, Service
from ansvar.conversations.commands import create_mailbox
from ansvar.conversations.models import Mailbox
from ansvar.kernel.actor import Actor
from ansvar.ops.bench import cast
from ansvar.ops.bench.filling.words import person_name
from ansvar.people.commands import (
    add_member,
    create_calendar,
    create_department,
    create_desk,
    create_organisation,
    create_person,
    create_site,
    create_team,
)
from ansvar.people.models import Calendar, Department, Desk, Organisation, Person, Site, Team

MAKER: Final = Actor.integration("Bench")
"""Signs everything that is founded."""
BEFORE: Final = timedelta(days=365 * cast.YEARS + 90)
"""So long ago the desk began: before its first ticket."""
OPENS: Final = "07:00"
CLOSES: Final = "19:00"
HOURS: Final = {str(day): [[OPENS, CLOSES]] for day in range(7)}
"""Every day alike, in UTC and without holidays: what took so much working time on one day takes as
much on any other, so tickets may be moved by whole days."""

_DOMAIN: Final = "bench.example"
_STAFF_FROM: Final = 10_000_001
"""Names of staff are drawn from here on, those of the others from 1 on."""
_HELD_BY: Final = 3
"""Agents of each team behind the first line."""
ORDINARY: Final = 1
"""The place of `cast.AGENT` among the agents of the first line; the first one leads it."""
_SMALL: Final = 1000


@dataclass(frozen=True, kw_only=True)
class Size:
    """How big the organisation is around so many tickets."""

    tickets: int

    @property
    def people(self) -> int:
        """How many people there are who only ask."""
        return max(100, self.tickets // cast.TICKETS_PER_PERSON)

    @property
    def is_small(self) -> bool:
        """Whether only a test looks at it."""
        return self.tickets < _SMALL

    @property
    def first_line(self) -> int:
        """How many of the agents take what comes in; the others are the teams behind them."""
        return 6 if self.is_small else 24

    @property
    def owners(self) -> int:
        """How many people own the services: a twentieth of them each."""
        return 4 if self.is_small else 20

    @property
    def sites(self) -> int:
        """How many places there are."""
        return min(1000, max(50, self.tickets // 100))

    @property
    def services(self) -> int:
        """How many services there are."""
        return 12 if self.is_small else 120

    @property
    def teams(self) -> int:
        """How many teams there are, the first line among them."""
        return 6 if self.is_small else 40

    @property
    def agents(self) -> int:
        """How many agents there are."""
        return 12 if self.is_small else 60


@dataclass(kw_only=True)
class House:
    """What was founded."""

    size: Size
    began: datetime
    organisation: Organisation
    calendar: Calendar
    desk: Desk
    departments: list[Department] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    """The first line first."""
    members: dict[int, list[Person]] = field(default_factory=dict)
    """By team; who leads it first."""
    owners: list[Person] = field(default_factory=list)
    supervisor: Person
    services: list[Service] = field(default_factory=list)
    scripts: dict[int | None, ScriptVersion] = field(default_factory=dict)
    """By service; nothing stands for those that have none of their own."""


def found_house(size: Size, began: datetime) -> House:
    """Make the organisation with places, teams, staff, services and the scripts of these."""
    organisation = create_organisation(name="Bench Retail AB", by=MAKER)
    calendar = create_calendar(name="Every day", timezone="UTC", hours=HOURS, by=MAKER)
    desk = create_desk(name="IT service desk", prefix="IT", calendar=calendar, by=MAKER)
    cells = ((1, 1, 2, 3), (2, 2, 3, 4), (3, 3, 4, 4), (4, 4, 5, 5))
    set_matrix(desk.pk, cells=cells, raise_from_weight=None, by=MAKER)
    house = House(
        size=size,
        began=began,
        organisation=organisation,
        calendar=calendar,
        desk=desk,
        supervisor=_log_in(organisation, "Supervisor", cast.SUPERVISOR),
    )
    grant_role(house.supervisor.pk, Role.SUPERVISOR, desk=desk, by=MAKER)
    administrator = _log_in(organisation, "Administrator", cast.ADMINISTRATOR)
    grant_role(administrator.pk, Role.ADMINISTRATOR, desk=None, by=MAKER)
    _found_places(house)
    _found_teams(house)
    _found_services(house)
    _found_scripts(house)
    return house


def _log_in(organisation: Organisation, name: str, login: str, **more: Any) -> Person:
    person = create_person(
        name=f"{name} Bench", login=login, email=login, organisation=organisation, by=MAKER, **more
    )
    set_password(person.pk, cast.PASSWORD, by=MAKER)
    return person


def _found_places(house: House) -> None:
    for number in range(1, 13):
        parent = house.departments[(number - 1) // 3] if number > 3 else None  # noqa: PLR2004 - three on top
        house.departments.append(
            create_department(
                organisation=house.organisation,
                name=f"Department {number}",
                parent=parent,
                by=MAKER,
            )
        )
    for number in range(1, house.size.sites + 1):
        house.sites.append(
            create_site(
                organisation=house.organisation,
                name=f"Store {number:04}",
                city=f"City {number % 90}",
                calendar=house.calendar,
                business_weight=Decimal(100) / house.size.sites // Decimal("0.001") / 1000,
                by=MAKER,
            )
        )


def _found_teams(house: House) -> None:
    """Make the teams and their agents, those of the teams behind the first line in several."""
    agents = [_agent(house, number) for number in range(house.size.agents)]
    first, behind = agents[: house.size.first_line], agents[house.size.first_line :]
    for number in range(house.size.teams):
        team = create_team(
            desk=house.desk,
            name="First line" if number == 0 else f"Team {number:02}",
            line=1 if number == 0 else 2 + number % 2,
            hourly_rate=Decimal(500 + number),
            by=MAKER,
        )
        house.teams.append(team)
        begin = number * _HELD_BY
        members = first
        if number:
            members = [behind[(begin + place) % len(behind)] for place in range(_HELD_BY)]
        for place, person in enumerate(members):
            add_member(team.pk, person.pk, is_lead=place == 0, by=MAKER)
        house.members[team.pk] = members
    _give_owners(house, behind)


def _agent(house: House, number: int) -> Person:
    name = person_name(_STAFF_FROM + number)
    if number == ORDINARY:
        # Not the one who leads the first line: an ordinary agent.
        person = _log_in(house.organisation, "Agent", cast.AGENT, site=house.sites[0])
    else:
        address = f"agent{number:02}@{_DOMAIN}"
        person = create_person(
            name=name,
            login=address,
            email=address,
            organisation=house.organisation,
            site=house.sites[number % len(house.sites)],
            by=MAKER,
        )
    grant_role(person.pk, Role.AGENT, desk=house.desk, by=MAKER)
    return person


def _give_owners(house: House, behind: list[Person]) -> None:
    owner = _log_in(house.organisation, "Owner", cast.OWNER, site=house.sites[0])
    house.owners = [owner, *behind[: house.size.owners - 1]]
    for person in house.owners:
        grant_role(person.pk, Role.SERVICE_OWNER, desk=house.desk, by=MAKER)


def _found_services(house: House) -> None:
    """Make a tree of services, each resting on one that came before; the first ones on none."""
    roots = max(2, house.size.services // 12)
    for number in range(house.size.services):
        service = create_service(
            desk=house.desk,
            name=f"Service {number:03}",
            summary=f"What service {number:03} is for, in one sentence.",
            owner=house.owners[number % house.size.owners],
            deputy=house.owners[(number + 1) % house.size.owners],
            team=house.teams[1 + number % (len(house.teams) - 1)],
            urgency=1 + (number * 7) % 4,
            quality="There on every day from seven to seven.",
            usage="By everybody at every place.",
            demands="A first answer within hours.",
            cost="Nothing to those who use it.",
            contact="By mail or on the portal.",
            by=MAKER,
        )
        house.services.append(service)
        if number >= roots:
            below = house.services[(number - roots) // 3]
            set_dependencies(service.pk, [below.pk], by=MAKER)
    for place, service in enumerate(house.services):
        by = acting(house.owners[place % house.size.owners])
        house.services[place] = agree_service(service.pk, by=by)


_TREE: Final = {
    "start": "who",
    "nodes": {
        "who": {
            "question": "Who is hindered?",
            "help": "Ask for the whole place, not only for who calls.",
            "answers": [
                {"label": "Several places", "impact": 1},
                {"label": "One place", "next": "detour"},
                {"label": "Some people", "impact": 3},
                {"label": "One person", "impact": 4},
            ],
        },
        "detour": {
            "question": "Is there a detour?",
            "help": "",
            "answers": [{"label": "No", "impact": 2}, {"label": "Yes", "impact": 3}],
        },
    },
}
WALKS: Final = ((0,), (1, 0), (1, 1), (2,), (3,))
"""The ways through the script; most matters concern one person, see `lives`."""


def _found_scripts(house: House) -> None:
    with_own = [None, *house.services[::10]]
    for service in with_own:
        owner = service.owner if service else house.owners[0]
        script = create_script(
            desk=house.desk,
            service=service,
            name=f"Impact: {service.name}" if service else "Impact: everything else",
            by=MAKER if service is None else acting(owner),
        )
        by = MAKER if service is None else acting(owner)
        save_draft(script.pk, _TREE, by=by)
        try_draft(script.pk, [0], by=by)
        house.scripts[service.pk if service else None] = publish_draft(script.pk, by=by)


def acting(person: Person) -> Actor:
    """Return *person* as the doer of a command."""
    return Actor.person(person.pk, person.name)


def found_requester(house: House) -> Person:
    """Make the one who asks and can log in."""
    return _log_in(
        house.organisation,
        "Requester",
        cast.REQUESTER,
        site=house.sites[0],
        department=house.departments[0],
    )


def found_mailbox(house: House) -> None:
    """Give the desk an address; mail is handed to it, and what it sends goes nowhere."""
    create_mailbox(
        desk=house.desk,
        address=cast.DESK_ADDRESS,
        display_name=house.desk.name,
        entrance=Mailbox.Entrance.HANDED,
        smtp_host="127.0.0.1",
        smtp_port=2525,
        smtp_security=Mailbox.Security.NONE,
        by=MAKER,
    )
