"""Stretches of a desk's time that figures are counted in, and what is counted of them."""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import DateField, Exists, OuterRef, QuerySet
from django.db.models.functions import TruncDate, TruncMonth

from ansvar.insight.decisions.sums import DAY, Block, Span, Sums, end_of
from ansvar.people.models import Desk
from ansvar.people.queries import working_calendar
from ansvar.tickets.models import CustodySpell, Ticket


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Whose figures are counted, from when to when, and into what they are cut.

    Days and months are those of the desk's calendar.
    """

    desk: Desk
    start: datetime
    end: datetime
    cut: Span = Span.MONTH
    """Days or months."""
    team_id: int | None = None
    """Only tickets that this team has held."""
    service_ids: Collection[int] | None = None
    """Only those of these services."""
    kinds: Collection[str] = ()
    """Nothing stands for all."""

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of the desk's calendar."""
        return working_calendar(self.desk.calendar).zone

    @property
    def first(self) -> date:
        """The day on which it begins."""
        return self.start.astimezone(self.zone).date()

    def between(self, start: datetime, end: datetime) -> "Stretch":
        """Return the same of other moments."""
        return replace(self, start=start, end=end)

    def day_of(self, moment: str) -> Any:
        """Return in the database the day, or the first day of the month, of a column."""
        if self.cut is Span.DAY:
            return TruncDate(moment, tzinfo=self.zone)
        return TruncMonth(moment, tzinfo=self.zone, output_field=DateField())

    def day_in_sql(self, column: str) -> str:
        """Return the same for written SQL, in which `%(zone)s` is the zone."""
        local = f"{column} AT TIME ZONE %(zone)s"
        return f"({local})::date" if self.cut is Span.DAY else f"date_trunc('month', {local})::date"

    def tickets(self, moment: str = "opened_at") -> QuerySet[Ticket]:
        """Return the tickets to which something happened in the stretch, by its column."""
        times = {f"{moment}__gte": self.start, f"{moment}__lt": self.end}
        if moment != "opened_at":
            # A ticket changes when it is solved or closed: so the index (desk, changed at) bounds
            # the walk.
            times["changed_at__gte"] = self.start
        return self.narrowed(Ticket.objects.filter(desk=self.desk, **times))

    def narrowed(self, tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
        """Return of some tickets those that are asked for."""
        if self.team_id is not None:
            held = CustodySpell.objects.filter(ticket=OuterRef("pk"), team=self.team_id)
            tickets = tickets.filter(Exists(held))
        if self.service_ids is not None:
            tickets = tickets.filter(service__in=self.service_ids)
        return tickets.filter(kind__in=self.kinds) if self.kinds else tickets


def stretch_of(desk: Desk, block: Block) -> Stretch:
    """Return the time of a block on a desk's clock, cut into days."""
    zone = working_calendar(desk.calendar).zone
    return Stretch(
        desk=desk,
        start=midnight_of(block.day, zone),
        end=midnight_of(end_of(block), zone),
        cut=Span.DAY,
    )


def midnight_of(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day begins on a clock."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def day_after(moment: datetime, zone: ZoneInfo) -> date:
    """Return the first day that begins at a moment or after it."""
    day = moment.astimezone(zone).date()
    return day if midnight_of(day, zone) == moment else day + DAY


@dataclass
class Gathered:
    """What was counted, by topic, day (or month) and part."""

    wanted: Collection[str]
    """Topics; what belongs to others need not be counted."""
    found: dict[tuple[str, date, str], Sums] = field(default_factory=lambda: defaultdict(Sums))

    def to(self, topic: str, day: date, part: object = "") -> Sums:
        """Return to what something is added."""
        return self.found[topic, day, str(part)]


@dataclass(frozen=True, kw_only=True)
class Source:
    """One reading of a stretch, and the topics whose figures come of it."""

    topics: tuple[str, ...]
    gather: Callable[[Stretch, Gathered], None]

    def gathered(self, stretch: Stretch, *topics: str) -> Gathered:
        """Count a stretch."""
        found = Gathered(wanted=topics or self.topics)
        self.gather(stretch, found)
        return found


@dataclass(frozen=True, kw_only=True)
class Topic:
    """Figures that are kept together and read together."""

    name: str
    source: Source
    longest: Span = Span.MONTH
    """The longest blocks of which it is kept."""
