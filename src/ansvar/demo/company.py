"""The made-up company: its calendars, departments and pharmacies, as plain figures and words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

ORGANISATION: Final = "Lindblom Apotek"
HEAD_OFFICE: Final = "Head office"
DOMAIN: Final = "lindblom.example"
"""Ends in a name that is reserved for examples: no mail to it can reach anybody."""

ZONE: Final = "Europe/Stockholm"
FRIDAY: Final = 4

CALENDARS: Final[Mapping[str, Mapping[str, tuple[tuple[str, str], ...]]]] = {
    "offices": {"01234": (("08:00", "17:00"),)},
    "shops": {"01234": (("09:00", "18:30"),), "5": (("10:00", "15:00"),)},
    "shopping centres": {"01234": (("10:00", "20:00"),), "56": (("10:00", "18:00"),)},
    "day and night": {"0123456": (("00:00", "24:00"),)},
    "service desk": {"01234": (("07:00", "19:00"),), "5": (("09:30", "15:30"),)},
}
"""Name to the hours of groups of weekdays, Monday being 0."""
OPEN_ON_HOLIDAYS: Final = frozenset({"day and night"})
OPEN_ON_EVES: Final = frozenset({"day and night", "shopping centres", "service desk"})

DEPARTMENTS: Final[Mapping[str, str]] = {
    "Pharmacies": "",
    "Region East": "Pharmacies",
    "Region West": "Pharmacies",
    "Region South": "Pharmacies",
    "Region North": "Pharmacies",
    "Head office functions": "",
    "Finance": "Head office functions",
    "Payroll office": "Finance",
    "Human resources": "Head office functions",
    "Assortment and purchasing": "Head office functions",
    "Pharmacy practice and quality": "Head office functions",
    "Online sales": "Head office functions",
    "IT": "Head office functions",
    "IT support": "IT",
    "IT applications": "IT",
    "IT infrastructure": "IT",
}
"""Name to the department it is part of."""


@dataclass(frozen=True, kw_only=True)
class City:
    """A city with pharmacies: as many as it has names."""

    name: str
    region: str
    streets: str
    pharmacies: str
    postcode: int
    """Of the first pharmacy; the others follow it."""


CITIES: Final = (
    City(
        name="Stockholm",
        region="Region East",
        streets="Brogatan Kvarnbacken Östra Allén Fiskargränd Tullplan Sjöstigen",
        pharmacies="Linden Eken Rönnen Syrenen Björken Asken Almen Lönnen Granen Tallen Hasseln"
        " Häggen Oxeln Sälgen Enen Hagtornen",
        postcode=11120,
    ),
    City(
        name="Göteborg",
        region="Region West",
        streets="Hamnstigen Västra Kajen Repslagargatan Norra Allén Torgplan",
        pharmacies="Ljungen Vallmon Blåklinten Gullvivan Sippan Violen Tusenskönan Kamomillen"
        " Lavendeln Salvian Timjan",
        postcode=41110,
    ),
    City(
        name="Malmö",
        region="Region South",
        streets="Södra Kajen Kvarnvägen Bokallén Stationsplan",
        pharmacies="Mejram Rosmarin Flädern Kungsljuset Prästkragen Lupinen Pionen Dahlian",
        postcode=21120,
    ),
    City(
        name="Uppsala",
        region="Region East",
        streets="Åstigen Bibliotekgränd Fyrisplan",
        pharmacies="Rosen Liljan Tulpanen Krokusen Påskliljan Snödroppen",
        postcode=75310,
    ),
    City(
        name="Linköping",
        region="Region South",
        streets="Domallén Trädgårdsstigen Stångplan",
        pharmacies="Näckrosen Kabbelekan Smörblomman Klövern Malvan",
        postcode=58220,
    ),
    City(
        name="Örebro",
        region="Region West",
        streets="Slottsgränd Svartåstigen Industrivägen",
        pharmacies="Slånet Havtornet Nyponet Kaprifolen Blåsippan",
        postcode=70210,
    ),
    City(
        name="Västerås",
        region="Region East",
        streets="Mälarstigen Kopparvägen Gasverksplan",
        pharmacies="Hallonet Smultronet Blåbäret Vinbäret Krusbäret",
        postcode=72210,
    ),
    City(
        name="Umeå",
        region="Region North",
        streets="Björkallén Älvstigen Norrplan",
        pharmacies="Lingonet Hjortronet Åkerbäret Odonet",
        postcode=90320,
    ),
)

FLAGSHIP: Final = "Stockholm Linden"
"""The biggest pharmacy, open day and night."""
_BIG: Final[Mapping[str, int]] = {
    FLAGSHIP: 640,
    "Göteborg Ljungen": 470,
    "Malmö Mejram": 390,
    "Stockholm Eken": 360,
    "Uppsala Rosen": 330,
    "Stockholm Rönnen": 310,
}
_CENTRES: Final = frozenset(
    {
        "Stockholm Eken", "Stockholm Asken", "Göteborg Ljungen", "Göteborg Sippan",
        "Malmö Mejram", "Uppsala Rosen", "Västerås Hallonet", "Umeå Lingonet",
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Place:
    """A pharmacy as it is to be made."""

    name: str
    address: str
    city: str
    region: str
    calendar: str
    weight: Decimal
    """Share of the turnover, in per cent."""


def places() -> list[Place]:
    """Return the pharmacies; their weights sum to exactly 100."""
    found = []
    for city in CITIES:
        streets = _streets(city)
        for number, name in enumerate(city.pharmacies.split()):
            street = streets[number % len(streets)]
            found.append(
                (
                    f"{city.name} {name}",
                    (
                        f"{street} {3 + number * 7 % 46}, {_postcode(city.postcode + number)}"
                        f" {city.name}"
                    ),
                    city,
                )
            )
    weights = _weights([name for name, _, _ in found])
    return [
        Place(
            name=name,
            address=address,
            city=city.name,
            region=city.region,
            calendar=_calendar_of(name),
            weight=weights[name],
        )
        for name, address, city in found
    ]


def _streets(city: City) -> list[str]:
    """Return the streets of a city; those of two words begin with a point of the compass."""
    streets: list[str] = []
    for word in city.streets.split():
        if streets and streets[-1] in {"Östra", "Västra", "Södra", "Norra"}:
            streets[-1] += f" {word}"
        else:
            streets.append(word)
    return streets


def _postcode(number: int) -> str:
    return f"{number // 100} {number % 100:02}"


def _calendar_of(name: str) -> str:
    if name == FLAGSHIP:
        return "day and night"
    return "shopping centres" if name in _CENTRES else "shops"


def _weights(names: list[str]) -> dict[str, Decimal]:
    """Share 100 per cent out in thousandths: what rounding leaves goes to the biggest."""
    whole = 100_000
    turnover = {name: _BIG.get(name, 95 + number * 53 % 110) for number, name in enumerate(names)}
    total = sum(turnover.values())
    shares = {name: whole * value // total for name, value in turnover.items()}
    shares[FLAGSHIP] += whole - sum(shares.values())
    return {name: Decimal(share) / 1000 for name, share in shares.items()}


def hours_of(calendar: str) -> dict[str, list[list[str]]]:
    """Return the hours of a calendar in the form in which calendars are stored."""
    return {
        day: [list(span) for span in spans]
        for days, spans in CALENDARS[calendar].items()
        for day in days
    }


def days_off(calendar: str, years: range) -> dict[str, list[list[str]]]:
    """Return the eves on which a calendar is closed although the law would let it be open."""
    if calendar in OPEN_ON_EVES:
        return {}
    return {day.isoformat(): [] for year in years for day in _eves(year)}


def _eves(year: int) -> list[date]:
    """Return the eves of Midsummer, which falls on a Friday, of Christmas and of New Year."""
    earliest = date(year, 6, 19)
    midsummer = earliest + timedelta(days=(FRIDAY - earliest.weekday()) % 7)
    return [midsummer, date(year, 12, 24), date(year, 12, 31)]
