"""The two hundred made-up people: who leads what, who works where, how they are reached."""

import random
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

import phonenumbers

from ansvar.access.decisions import Role
from ansvar.demo.company import DOMAIN, HEAD_OFFICE, Place, places

SIZE: Final = 200

_FIRST: Final = (
    "Agnes Ahmed Aino Alva Amir Anders Astrid Axel Bengt Birgitta Carina Daniel David Ebba Edvin"
    " Eivor Emil Erik Fatima Filip Frida Gabriel Greta Gunnel Hanna Hassan Helena Hugo Ida Ingvar"
    " Isak Jasmin Jonas Josefin Kajsa Kerstin Klara Lars Leila Linnea Lovisa Maja Malin Mattias"
    " Mikael Miriam Nadia Nils Noor Olof Oskar Pernilla Rasmus Rebecka Samira Selma Signe Sixten"
    " Stina Svante Thea Tilde Ulrika Viggo Vera Yusuf Åke Åsa Örjan"
)
_LAST: Final = (
    "Abrahamsson Alfredsson Backlund Bergkvist Bodin Cederholm Dahlbäck Demir Edholm Ekdahl Engvall"
    " Fagerlund Forslund Gadd Granath Haddad Hagberg Hellgren Isaksson Jarnevid Kallio Kjellin"
    " Lagerås Lindmark Lövgren Mohammadi Månsby Nordgren Nyhlén Omar Palmkvist Rosander Rydell"
    " Sandahl Skoglund Stenmark Sundelin Tengvall Thorsell Uddman Vesterlund Wahlström Yildiz"
    " Åkerlind Öhrn"
)


@dataclass(frozen=True, kw_only=True)
class Post:
    """A person as he or she is to be made."""

    name: str
    title: str
    department: str
    site: str
    city: str
    manager: str = ""
    """Name of somebody made before."""
    team: str = ""
    leads: bool = False
    roles: tuple[tuple[Role, str], ...] = ()
    """Roles with the prefix of the desk; no prefix means all desks."""
    is_vip: bool = False

    @property
    def login(self) -> str:
        """The address before the @, which is also the name to log in with."""
        return slug(self.name)

    @property
    def email(self) -> str:
        """The address at a domain that cannot exist."""
        return f"{self.login}@{DOMAIN}"


def slug(name: str) -> str:
    """Return a name as an address has it: åsa öhrn is asa.ohrn."""
    plain = unicodedata.normalize("NFKD", name.lower())
    return ".".join("".join(c for c in plain if not unicodedata.combining(c)).split())


# Who may be tried out, and who must be known by name elsewhere in the demo.
DIRECTOR: Final = "Gunilla Lindblom"
CIO: Final = "Henrik Brandelius"
ADMINISTRATOR: Final = "Tobias Renfeldt"
SUPERVISOR: Final = "Karin Ahlmarker"
AUDITOR: Final = "Sten Ödlund"
DESK_AGENT: Final = "Elin Sjödahl"
DESK_LEAD: Final = "Markus Hedvall"
CASH_DESK_OWNER: Final = "Petra Ekwall"
HR_AGENT: Final = "Johanna Lidmark"
REQUESTER: Final = "Amina Warsame"
"""Manager of the biggest pharmacy."""

_HEADS: Final = (
    (DIRECTOR, "Managing director", "Head office functions", ""),
    (CIO, "Head of IT", "IT", DIRECTOR),
    ("Monica Tallgren", "Head of human resources", "Human resources", DIRECTOR),
    ("Bo Ramstedt", "Head of finance", "Finance", DIRECTOR),
    ("Lena Åhlberg", "Head of assortment", "Assortment and purchasing", DIRECTOR),
    ("Farid Nazari", "Head of pharmacy practice", "Pharmacy practice and quality", DIRECTOR),
    ("Sofia Winterqvist", "Head of online sales", "Online sales", DIRECTOR),
    ("Per-Olov Häggkvist", "Regional manager", "Region East", DIRECTOR),
    ("Annika Storm-Berg", "Regional manager", "Region West", DIRECTOR),
    ("Vesna Jurić", "Regional manager", "Region South", DIRECTOR),
    ("Nils-Erik Fjällström", "Regional manager", "Region North", DIRECTOR),
)
REGIONAL: Final[Mapping[str, str]] = {
    department: name for name, title, department, _ in _HEADS if title == "Regional manager"
}

_AGENT, _LEAD, _OWNER = Role.AGENT, Role.TEAM_LEAD, Role.SERVICE_OWNER
_STAFF: Final = (
    # name, title, department, team, roles besides that of an agent, leads the team
    (DESK_LEAD, "Team lead, service desk", "IT support", "Service desk", (_LEAD,)),
    (DESK_AGENT, "Service desk agent", "IT support", "Service desk", ()),
    ("Jesper Brinkman", "Service desk agent", "IT support", "Service desk", ()),
    ("Maryam Sabeti", "Service desk agent", "IT support", "Service desk", ()),
    ("Oliver Lundh", "Service desk agent", "IT support", "Service desk", ()),
    ("Wilma Bäckman", "Service desk agent", "IT support", "Service desk", ()),
    ("Rolf Sandgren", "On-site technician, Stockholm", "IT support", "On-site", (_LEAD,)),
    ("Dejan Marković", "On-site technician, Göteborg", "IT support", "On-site", ()),
    ("Ellen Tornqvist", "On-site technician, Malmö", "IT support", "On-site", ()),
    ("Magnus Elfving", "Workstation engineer", "IT infrastructure", "Workstations",
     (_LEAD, _OWNER)),
    ("Sara Pihlgren", "Workstation engineer", "IT infrastructure", "Workstations", ()),
    ("Ali Rezai", "Workstation engineer", "IT infrastructure", "Workstations", ()),
    ("Cecilia Norrman", "Application specialist", "IT applications", "Pharmacy applications",
     (_LEAD, _OWNER)),
    ("Jonatan Frisk", "Application specialist", "IT applications", "Pharmacy applications", ()),
    ("Hedda Ljungqvist", "Application specialist", "IT applications", "Pharmacy applications",
     (_OWNER,)),
    (CASH_DESK_OWNER, "Product owner, cash desk", "IT applications", "POS development",
     (_LEAD, _OWNER)),
    ("Viktor Sommar", "Developer", "IT applications", "POS development", ()),
    ("Ines Pereira", "Developer", "IT applications", "POS development", ()),
    ("Patrik Hallonsten", "Network engineer", "IT infrastructure", "Networks", (_LEAD, _OWNER)),
    ("Tove Grahn", "Network engineer", "IT infrastructure", "Networks", (_OWNER,)),
    ("Kaveh Moradi", "Network engineer", "IT infrastructure", "Networks", ()),
    ("Ann-Sofie Drott", "System engineer", "IT infrastructure", "Servers and directory",
     (_LEAD, _OWNER)),
    ("Linus Ekroth", "System engineer", "IT infrastructure", "Servers and directory", (_OWNER,)),
    ("Barbro Sjöstrand", "System engineer", "IT infrastructure", "Servers and directory", ()),
)  # fmt: skip
_HR_STAFF: Final = (
    ("Catharina Ståhle", "Team lead, HR service", "Human resources", "HR service",
     (_LEAD, _OWNER)),
    (HR_AGENT, "HR adviser", "Human resources", "HR service", ()),
    ("Simon Bergendal", "HR adviser", "Human resources", "HR service", ()),
    ("Marie Wiklander", "Payroll specialist", "Payroll office", "Payroll", (_LEAD, _OWNER)),
    ("Ludvig Hammarin", "Payroll specialist", "Payroll office", "Payroll", ()),
    ("Yvonne Rådberg", "HR partner", "Human resources", "HR partners", (_LEAD, _OWNER)),
    ("Pontus Lilja", "HR partner", "Human resources", "HR partners", ()),
)  # fmt: skip
_OFFICE: Final = (
    ("Controller", "Finance", "Bo Ramstedt", 3),
    ("Accountant", "Finance", "Bo Ramstedt", 3),
    ("Category manager", "Assortment and purchasing", "Lena Åhlberg", 4),
    ("Buyer", "Assortment and purchasing", "Lena Åhlberg", 4),
    ("Quality pharmacist", "Pharmacy practice and quality", "Farid Nazari", 3),
    ("Editor, online shop", "Online sales", "Sofia Winterqvist", 3),
)

_SHOP_TITLES: Final = (
    "Pharmacist", "Prescriptionist", "Pharmacy technician", "Self-care adviser",
)  # fmt: skip
ORDINARY_TITLES: Final = frozenset({*_SHOP_TITLES, *(title for title, _, _, _ in _OFFICE)})
"""Of those who lead nobody."""


def posts() -> list[Post]:
    """Return everybody, managers before those they manage."""
    found = [*_leadership(), *_desk_staff()]
    names = _fresh_names({post.name for post in found})
    found += _office(names)
    sites = places()
    heads = list(_managers(sites, names))
    found += heads
    found += _shop_staff(sites, heads, names, count=SIZE - len(found))
    return found


def _leadership() -> Iterator[Post]:
    for name, title, department, manager in _HEADS:
        yield Post(
            name=name,
            title=title,
            department=department,
            site=HEAD_OFFICE,
            city="Stockholm",
            manager=manager,
            is_vip=name == DIRECTOR,
        )
    for name, title, role in (
        (ADMINISTRATOR, "Administrator of the service desk system", Role.ADMINISTRATOR),
        (SUPERVISOR, "Head of IT support", Role.SUPERVISOR),
        (AUDITOR, "Internal auditor", Role.AUDITOR),
    ):
        yield Post(
            name=name,
            title=title,
            department="Finance" if role is Role.AUDITOR else "IT support",
            site=HEAD_OFFICE,
            city="Stockholm",
            manager="Bo Ramstedt" if role is Role.AUDITOR else CIO,
            roles=((role, "IT" if role is Role.SUPERVISOR else ""),),
        )


def _desk_staff() -> Iterator[Post]:
    for prefix, staff in (("IT", _STAFF), ("HR", _HR_STAFF)):
        leads = {team: name for name, _, _, team, roles in staff if _LEAD in roles}
        for name, title, department, team, roles in staff:
            is_lead = leads[team] == name
            above = SUPERVISOR if department == "IT support" else CIO
            yield Post(
                name=name,
                title=title,
                department=department,
                site=HEAD_OFFICE,
                city=_city_in(title),
                manager=(above if prefix == "IT" else "Monica Tallgren")
                if is_lead
                else leads[team],
                team=team,
                leads=is_lead,
                roles=((_AGENT, prefix), *((role, prefix) for role in roles)),
            )


def _city_in(title: str) -> str:
    return next((city for city in ("Göteborg", "Malmö") if city in title), "Stockholm")


def _office(names: Iterator[str]) -> Iterator[Post]:
    for title, department, manager, count in _OFFICE:
        for _ in range(count):
            yield Post(
                name=next(names),
                title=title,
                department=department,
                site=HEAD_OFFICE,
                city="Stockholm",
                manager=manager,
            )


def _managers(sites: list[Place], names: Iterator[str]) -> Iterator[Post]:
    for number, site in enumerate(sites):
        yield Post(
            name=REQUESTER if number == 0 else next(names),
            title="Pharmacy manager",
            department=site.region,
            site=site.name,
            city=site.city,
            manager=REGIONAL[site.region],
        )


def _shop_staff(
    sites: list[Place], heads: list[Post], names: Iterator[str], *, count: int
) -> list[Post]:
    """Spread the remaining people over the pharmacies, more of them over the bigger ones."""
    chances = random.Random("who works where")  # noqa: S311 - made-up people, no secret
    manager_of = {head.site: head.name for head in heads}
    weights = [float(site.weight) for site in sites]
    chosen = chances.choices(sites, weights=weights, k=count)
    return [
        Post(
            name=next(names),
            title=_SHOP_TITLES[number % len(_SHOP_TITLES)],
            department=site.region,
            site=site.name,
            city=site.city,
            manager=manager_of[site.name],
        )
        for number, site in enumerate(chosen)
    ]


def _fresh_names(taken: set[str]) -> Iterator[str]:
    """Walk over made-up names in an order that looks like none, always the same."""
    names = [f"{first} {last}" for first, last in product(_FIRST.split(), _LAST.split())]
    random.Random("names").shuffle(names)  # noqa: S311 - made-up people, no secret
    seen = {slug(name) for name in taken}
    for name in names:
        if slug(name) not in seen:
            seen.add(slug(name))
            yield name


_NUMBERS: Final[Mapping[str, range]] = {
    "Stockholm": range(8_465_004_00, 8_465_005_00),
    "Göteborg": range(31_390_06_00, 31_390_07_00),
    "Malmö": range(40_628_04_00, 40_628_05_00),
    "": range(70_174_06_05, 70_174_07_00),
    "Kiruna": range(980_319_2_00, 980_319_3_00),
}
"""Numbers that the Swedish regulator keeps free for fiction; no city means mobile phones."""


def phone_numbers(people: list[Post]) -> dict[str, str]:
    """Give everybody a number of the city, else a mobile one, else one of the far north."""
    free = {area: iter(numbers) for area, numbers in _NUMBERS.items()}
    given = {}
    for post in people:
        for area in (post.city, "", "Kiruna"):
            number = next(free.get(area, iter(())), None)
            if number is not None:
                given[post.name] = _as_written(number)
                break
    return given


def _as_written(number: int) -> str:
    parsed = phonenumbers.PhoneNumber(country_code=46, national_number=number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
