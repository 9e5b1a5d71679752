"""Founding the company: everything but its tickets, made through the commands."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from ansvar.access.commands import grant_role
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
from ansvar.demo import company, trees
from ansvar.demo.cards import CARDS, Card
from ansvar.demo.crowd import ADMINISTRATOR, Post, phone_numbers, posts
from ansvar.kernel.actor import Actor
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
from ansvar.tickets.commands import set_hand_over_rule
from ansvar.tickets.decisions import RuleMode

MAKER: Final = Actor.integration("Demo organisation")
"""Signs everything the demo is founded with; by this it is found again when it is removed."""

_TEAMS: Final = (
    # desk, name, line, what an hour of one person costs
    ("IT", "Service desk", 1, 420),
    ("IT", "On-site", 2, 520),
    ("IT", "Workstations", 2, 560),
    ("IT", "Pharmacy applications", 2, 640),
    ("IT", "POS development", 3, 780),
    ("IT", "Networks", 3, 740),
    ("IT", "Servers and directory", 3, 720),
    ("HR", "HR service", 1, None),
    ("HR", "Payroll", 2, None),
    ("HR", "HR partners", 3, None),
)
CURRENCY: Final = "SEK"
_AN_HOUR_WITHOUT: Final = {"Cash desk": 9_500, "E-prescription": 7_200, "Price service": 6_000}
"""What it costs the pharmacies, as far as anybody has said."""
_RULES: Final = {"Cash desk": RuleMode.ALWAYS, "E-prescription": RuleMode.AFTER}
"""Services whose owners want to be asked about hand-overs."""
_DESKS: Final = (("IT", "IT service desk", "service desk"), ("HR", "HR desk", "offices"))


@dataclass(kw_only=True)
class Company:
    """The rows of the founded company, by the names of the plan."""

    organisation: Organisation
    calendars: dict[str, Calendar] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    desks: dict[str, Desk] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    members: dict[str, list[Person]] = field(default_factory=lambda: defaultdict(list))
    """The people of each team, those who lead it first."""
    services: dict[str, Service] = field(default_factory=dict)
    suppliers: dict[str, Organisation] = field(default_factory=dict)
    scripts: dict[tuple[str, str], ScriptVersion] = field(default_factory=dict)
    """By desk and service; no service stands for what the desk asks otherwise."""

    def script_for(self, desk: str, service: str) -> ScriptVersion:
        """Return the impact script of a service, else that of the desk."""
        return self.scripts.get((desk, service)) or self.scripts[desk, ""]


def found_places(today: date) -> Company:
    """Make the organisation with calendars, departments, pharmacies and desks."""
    made = Company(organisation=create_organisation(name=company.ORGANISATION, by=MAKER))
    for name in company.CALENDARS:
        made.calendars[name] = create_calendar(
            name=f"Lindblom {name}",
            timezone=company.ZONE,
            hours=company.hours_of(name),
            holiday_country="" if name in company.OPEN_ON_HOLIDAYS else "SE",
            special_days=company.days_off(name, range(today.year - 1, today.year + 2)),
            by=MAKER,
        )
    for name, parent in company.DEPARTMENTS.items():
        made.departments[name] = create_department(
            organisation=made.organisation,
            name=name,
            parent=made.departments.get(parent),
            by=MAKER,
        )
    made.sites[company.HEAD_OFFICE] = create_site(
        organisation=made.organisation,
        name=company.HEAD_OFFICE,
        address="Tullplan 1, 111 36 Stockholm",
        city="Stockholm",
        calendar=made.calendars["offices"],
        by=MAKER,
    )
    for place in company.places():
        made.sites[place.name] = create_site(
            organisation=made.organisation,
            name=place.name,
            address=place.address,
            city=place.city,
            calendar=made.calendars[place.calendar],
            business_weight=place.weight,
            by=MAKER,
        )
    _found_desks(made)
    return made


def _found_desks(made: Company) -> None:
    for prefix, name, calendar in _DESKS:
        made.desks[prefix] = create_desk(
            name=f"Lindblom {name}",
            prefix=_free(prefix),
            calendar=made.calendars[calendar],
            currency=CURRENCY,
            by=MAKER,
        )
    for prefix, name, line, rate in _TEAMS:
        made.teams[name] = create_team(
            desk=made.desks[prefix],
            name=name,
            line=line,
            hourly_rate=None if rate is None else Decimal(rate),
            by=MAKER,
        )
    for prefix, cells in (("IT", trees.IT_CELLS), ("HR", trees.HR_CELLS)):
        weight = Decimal(trees.RAISE_FROM_WEIGHT) if prefix == "IT" else None
        set_matrix(made.desks[prefix].pk, cells=cells, raise_from_weight=weight, by=MAKER)


def _free(prefix: str) -> str:
    """Return the prefix, with a number behind it when a real desk has it already."""
    taken = set(Desk.objects.values_list("prefix", flat=True))
    wanted = (prefix, *(f"{prefix}{number}" for number in range(2, 1000)))
    return next(one for one in wanted if one not in taken)


def found_crowd(made: Company) -> None:
    """Make the people with their addresses, teams and roles; nobody gets a password."""
    plan = posts()
    phones = phone_numbers(plan)
    for post in plan:
        person = create_person(
            name=post.name,
            login=post.email if post.roles else None,
            title=post.title,
            organisation=made.organisation,
            department=made.departments[post.department],
            site=made.sites[post.site],
            manager=made.people.get(post.manager),
            is_vip=post.is_vip,
            email=post.email,
            phone=phones[post.name],
            by=MAKER,
        )
        made.people[post.name] = person
        _give_work(made, post, person)


def _give_work(made: Company, post: Post, person: Person) -> None:
    for role, prefix in post.roles:
        grant_role(person.pk, Role(role), desk=made.desks.get(prefix), by=MAKER)
    if post.team:
        add_member(made.teams[post.team].pk, person.pk, is_lead=post.leads, by=MAKER)
        made.members[post.team].append(person)


def found_catalogue(made: Company) -> None:
    """Make the services with their cards and dependencies, and the scripts, tested and in force."""
    for card in CARDS:
        made.services[card.name] = _create(made, card)
    for card in CARDS:
        service = made.services[card.name]
        below = [made.services[name].pk for name in card.rests_on]
        set_dependencies(service.pk, below, by=MAKER)
        made.services[card.name] = agree_service(service.pk, by=acting(service.owner))
    for name, mode in _RULES.items():
        service = made.services[name]
        set_hand_over_rule(service.pk, mode=mode, after=2, by=acting(service.owner))
    for desk, name, title, tree in trees.SCRIPTS:
        service_asked = made.services.get(name)
        author = service_asked.owner if service_asked else made.people[ADMINISTRATOR]
        by = acting(author)
        script = create_script(desk=made.desks[desk], service=service_asked, name=title, by=by)
        save_draft(script.pk, tree, by=by)
        try_draft(script.pk, trees.first_walk(tree), by=by)
        made.scripts[desk, name] = publish_draft(script.pk, by=by)


def _create(made: Company, card: Card) -> Service:
    return create_service(
        desk=made.desks[card.desk],
        name=card.name,
        summary=card.summary,
        owner=made.people[card.owner],
        deputy=made.people[card.deputy],
        team=made.teams[card.team],
        urgency=card.urgency,
        cost_per_hour=Decimal(_AN_HOUR_WITHOUT[card.name])
        if card.name in _AN_HOUR_WITHOUT
        else None,
        quality=card.quality,
        usage=card.usage,
        demands=card.demands,
        cost=card.cost,
        contact=card.contact,
        by=MAKER,
    )


def acting(person: Person) -> Actor:
    """Return *person* as the doer of a command."""
    return Actor.person(person.pk, person.name)
