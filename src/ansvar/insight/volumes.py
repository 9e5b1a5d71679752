"""What came and what went, month by month (R126): incidents, requests and the rest apart.

Came are tickets that were opened in a month, went those that were closed in it. They count for
the team and the person that have them, or had them last.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, TypeVar

from ansvar.insight.counting import counted
from ansvar.insight.custody_reading import AskedCustody
from ansvar.insight.decisions.sums import as_number
from ansvar.insight.work_figures import VOLUMES
from ansvar.people.models import Person, Team
from ansvar.tickets.decisions import Kind

Key = TypeVar("Key", bound=Hashable)


class Sort(StrEnum):
    """Into what kinds of tickets are put together."""

    INCIDENT = "incident"
    REQUEST = "request"
    OTHER = "other"


SORTS: Mapping[str, Sort] = {
    Kind.INCIDENT: Sort.INCIDENT,
    Kind.ALARM: Sort.INCIDENT,
    Kind.REQUEST: Sort.REQUEST,
}
"""An alarm is an incident that a machine has seen."""


@dataclass(kw_only=True)
class Volume:
    """How many came, and how many went."""

    came: Counter[Sort] = field(default_factory=Counter)
    went: Counter[Sort] = field(default_factory=Counter)

    @property
    def growth(self) -> int:
        """By how many more came than went."""
        return self.came.total() - self.went.total()

    def add(self, other: "Volume") -> None:
        """Add others that came and went."""
        self.came += other.came
        self.went += other.went


class Cell(NamedTuple):
    """The finest figures: of one month, team and person."""

    month: date
    team: int | None
    person: int | None


@dataclass(frozen=True, kw_only=True)
class Volumes:
    """What came and went in a scope and period."""

    asked: AskedCustody
    whole: Volume
    months: list[tuple[date, Volume]]
    teams: list[tuple[Team, Volume]]
    people: list[tuple[Person | None, Volume]]
    """By name, what nobody has had last."""
    cells: list[tuple[date, str, str, Volume]]
    """By month, team and person."""
    as_of: datetime | None = None
    """Up to when what is stored tells; nothing when everything was counted this moment."""


def volumes_of(asked: AskedCustody) -> Volumes:
    """Count what came and went; the period bounds both openings and closings."""
    found = counted(VOLUMES, asked.stretch, parts=asked.parts)
    cells: dict[Cell, Volume] = defaultdict(Volume)
    for (day, kind), sums in found.by_part.items():
        sort = SORTS.get(kind, Sort.OTHER)
        for (team, person), count in sums.rows("came"):
            cells[Cell(day, as_number(team), as_number(person))].came[sort] += count
        for (team, person), count in sums.rows("went"):
            cells[Cell(day, as_number(team), as_number(person))].went[sort] += count
    months = _added(cells, lambda cell: cell.month)
    by_team, by_person = _added(cells, lambda cell: cell.team), _added(cells, lambda c: c.person)
    teams = Team.objects.in_bulk([pk for pk in by_team if pk is not None])
    people = Person.objects.in_bulk([pk for pk in by_person if pk is not None])
    return Volumes(
        asked=asked,
        whole=_added(cells, lambda _cell: 0).get(0) or Volume(),
        months=sorted(months.items()),
        teams=sorted(
            ((teams[pk], volume) for pk, volume in by_team.items() if pk in teams),
            key=lambda pair: (pair[0].line, pair[0].name),
        ),
        people=sorted(
            ((people.get(pk or 0), volume) for pk, volume in by_person.items()),
            key=lambda pair: (pair[0] is None, pair[0].name if pair[0] else ""),
        ),
        cells=sorted(
            (
                (
                    cell.month,
                    teams[cell.team].name if cell.team else "",
                    people[cell.person].name if cell.person else "",
                    volume,
                )
                for cell, volume in cells.items()
            ),
            key=lambda row: row[:3],
        ),
        as_of=found.as_of,
    )


def _added(cells: Mapping[Cell, Volume], key: Callable[[Cell], Key]) -> dict[Key, Volume]:
    found: dict[Key, Volume] = defaultdict(Volume)
    for cell, volume in cells.items():
        found[key(cell)].add(volume)
    return found
