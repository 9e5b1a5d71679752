"""Silence by team (R45 to R48): who never heard from the desk, who heard late, and how long."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ansvar.insight.clock_figures import SILENCE, TOLD
from ansvar.insight.counting import counted
from ansvar.insight.decisions.sums import Sums, as_number, parts_of
from ansvar.insight.present import present_of
from ansvar.insight.stretches import Stretch
from ansvar.people.models import Desk, Team
from ansvar.servicelevels.book import present_book
from ansvar.servicelevels.decisions.choosing import Book
from ansvar.servicelevels.decisions.terms import Measure
from ansvar.servicelevels.models import Clock
from ansvar.servicelevels.running import OF_EACH_LEG


@dataclass(kw_only=True)
class Hearing:
    """How often somebody was to hear something, and how often it came late."""

    due: int = 0
    late: int = 0

    @property
    def share(self) -> float | None:
        """The share that came late."""
        return self.late / self.due if self.due else None


@dataclass(frozen=True, kw_only=True)
class Longest:
    """A silence on one ticket."""

    ticket_id: int
    reference: str
    working: timedelta
    """Working time that counted: what was paused is not in it."""
    elapsed: timedelta
    is_lasting: bool


@dataclass(kw_only=True)
class Silence:
    """What people heard of one team, or of one priority."""

    name: str
    key: int
    told: dict[Measure, Hearing] = field(
        default_factory=lambda: {measure: Hearing() for measure in TOLD}
    )
    solved: int = 0
    """Tickets solved, of those that people had opened themselves."""
    never: int = 0
    """Of them without any message."""
    only_automatic: int = 0
    """Of them with automatic messages and no word of a person."""
    longest: Longest | None = None

    @property
    def all(self) -> Hearing:
        """All that people were to hear."""
        counts = self.told.values()
        return Hearing(due=sum(one.due for one in counts), late=sum(one.late for one in counts))


Cells = dict[tuple[int | None, int], Silence]
"""By team and priority."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """The finest figures of the report: of one team and one priority."""

    team_id: int | None
    priority: int
    silence: Silence


@dataclass(frozen=True, kw_only=True)
class SilenceReport:
    """The report of a desk over a period that ends now."""

    desk: Desk
    start: datetime
    end: datetime
    whole: Silence
    teams: list[Silence]
    """The most late messages first."""
    priorities: list[Silence]
    cells: list[Cell]
    as_of: datetime | None = None
    """Up to when what is stored tells; nothing when everything was counted this moment."""


def silence_of(desk: Desk, *, start: datetime, end: datetime) -> SilenceReport:
    """Report what people heard of a desk between two moments, of which the later one is now.

    The duty to inform lies with the team that held the ticket when the message was due to end.
    """
    found = counted(SILENCE, Stretch(desk=desk, start=start, end=end))
    sums = found.whole
    cells = _cells(sums)
    longest = _longest(desk, sums, end)
    names = dict(Team.objects.filter(desk=desk).values_list("pk", "name"))
    teams = _added(cells, lambda key: key[0] or 0)
    for pk in longest:
        teams.setdefault(pk, Silence(name="", key=pk))
    for pk, silence in teams.items():
        silence.name, silence.longest = names.get(pk, ""), longest.get(pk)
    priorities = _added(cells, lambda key: key[1])
    whole = _added(cells, lambda _key: 0).get(0) or Silence(name="", key=0)
    whole.name = desk.name
    whole.longest = max(longest.values(), key=lambda one: one.working, default=None)
    return SilenceReport(
        desk=desk,
        start=start,
        end=end,
        whole=whole,
        teams=sorted(teams.values(), key=lambda one: (-one.all.late, -one.all.due, one.name)),
        priorities=[priorities[key] for key in sorted(priorities)],
        as_of=found.as_of,
        cells=[
            Cell(team_id=team_id, priority=priority, silence=silence)
            for (team_id, priority), silence in sorted(
                cells.items(), key=lambda pair: (names.get(pair[0][0] or 0, ""), pair[0][1])
            )
        ],
    )


def _added(cells: Cells, key: Callable[[tuple[int | None, int]], int]) -> dict[int, Silence]:
    found: dict[int, Silence] = {}
    for place, cell in cells.items():
        whole = found.setdefault(key(place), Silence(name="", key=key(place)))
        whole.solved += cell.solved
        whole.never += cell.never
        whole.only_automatic += cell.only_automatic
        for measure, count in cell.told.items():
            whole.told[measure].due += count.due
            whole.told[measure].late += count.late
    return found


def _cells(sums: Sums) -> Cells:
    cells: Cells = defaultdict(lambda: Silence(name="", key=0))
    late = sums.table("late")
    for key, due in sums.table("due").items():
        team, measure, priority = parts_of(key)
        told = cells[as_number(team), int(priority)].told
        told[Measure(measure)] = Hearing(due=due, late=late.get(key, 0))
    never, automatic = sums.table("never"), sums.table("only_automatic")
    for key, solved in sums.table("solved").items():
        team, priority = parts_of(key)
        cell = cells[as_number(team), int(priority)]
        cell.solved = solved
        cell.never, cell.only_automatic = never.get(key, 0), automatic.get(key, 0)
    return cells


_SAID_OF_IT = (
    "team_id", "version_id", "used", "counting_since", "started_at", "stopped_at",
    "ticket__reference", "ticket__site_id", "ticket__opened_at",
)  # fmt: skip


def _longest(desk: Desk, sums: Sums, end: datetime) -> dict[int, Longest]:
    """Return the longest silence of each team: one that ended in the period, or still lasts."""
    ended = [-whose for _value, whose in sums.greatest.get("longest", {}).values()]
    lasting = [int(key) for key in present_of(desk, now=end).table("lasting")]
    found = Clock.objects.filter(pk__in=[*ended, *lasting]).select_related("ticket")
    # Those that have ended come first; nulls are last.
    rows = found.only(*_SAID_OF_IT).order_by("stopped_at", "pk")
    longest: dict[int, Longest] = {}
    book = present_book()
    for row in rows:
        working = row.used if row.stopped_at is not None else _so_far(row, book, end)
        before = longest.get(row.team_id or 0)
        if working and (before is None or working > before.working):
            longest[row.team_id or 0] = Longest(
                ticket_id=row.ticket_id,
                reference=row.ticket.reference,
                working=working,
                elapsed=(row.stopped_at or end) - row.started_at,
                is_lasting=row.stopped_at is None,
            )
    return longest


def _so_far(row: Clock, book: Book, now: datetime) -> timedelta:
    """Return the working time that a silence has lasted."""
    version = next((one for one in book.versions if one.id == row.version_id), None)
    if row.counting_since is None or version is None:
        return row.used
    hours = book.hours_of(
        version,
        site_id=row.ticket.site_id,
        team_id=row.team_id,
        at=row.started_at if version.kind in OF_EACH_LEG else row.ticket.opened_at,
    )
    return row.used + hours.between(row.counting_since, now) if hours else row.used
