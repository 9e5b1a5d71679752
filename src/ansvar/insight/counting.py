"""Figures of a period: added up from what is stored of it, or counted from their source.

Stored are whole days of a desk. What lies at the ends of a period that begins or ends within a day
is counted; everything is, while a desk's roll-ups do not stand yet or only some of its tickets are
asked for.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Min, OuterRef, Q, Subquery

from ansvar.insight.decisions.periods import Step, first_day
from ansvar.insight.decisions.sums import (
    DAY,
    Block,
    Span,
    Sums,
    added,
    blocks_between,
    read,
)
from ansvar.insight.models import RolledUp, RollUp, StaleDay
from ansvar.insight.stretches import Gathered, Stretch, Topic, day_after, midnight_of


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What was counted of a period."""

    by_part: Mapping[tuple[date, str], Sums]
    """By day or by the first day of a month, and by part."""
    as_of: datetime | None
    """Up to when what is stored tells; nothing when everything was counted this moment."""

    @property
    def by_day(self) -> dict[date, Sums]:
        """What was counted by day or month, all parts together."""
        found: dict[date, Sums] = {}
        for (day, _part), sums in sorted(self.by_part.items(), key=lambda one: one[0]):
            found.setdefault(day, Sums()).take(sums)
        return found

    @property
    def whole(self) -> Sums:
        """All of it."""
        return added(self.by_part.values())


@dataclass(frozen=True, kw_only=True)
class _Standing:
    """Which days of a desk are stored."""

    as_of: datetime
    """Of the period that is asked for."""
    today: date
    """Of the last look: what was counted of it goes up to that look."""


def counted(
    topic: Topic, asked: Stretch, *, parts: Collection[str] | None = None, live: bool = False
) -> Counted:
    """Return the figures of a topic in a stretch, of all parts or of some.

    A stretch of some services is stored where the parts of the topic are services; of some kinds,
    where they are kinds. Everything else, and what is asked for *live*, is counted.
    """
    standing = None if live or not _is_kept(asked, parts) else _standing(asked)
    if standing is None:
        found = topic.source.gathered(asked, topic.name)
        return Counted(by_part=dict(_of_topic(found, topic, parts)), as_of=None)
    summed = _Summed()
    first = day_after(asked.start, asked.zone)
    end = asked.end.astimezone(asked.zone).date()
    if end >= standing.today:
        end = standing.today + DAY
    for edge in _edges(asked, first, end, is_open=end > standing.today):
        for key, sums in _of_topic(topic.source.gathered(edge, topic.name), topic, parts):
            summed.take(key, sums)
    blocks = blocks_between(
        first, end, longest=topic.longest if asked.cut is Span.MONTH else Span.DAY
    )
    for key, sums in _stored(topic, asked, list(blocks), parts=parts):
        summed.take(key, sums)
    return Counted(by_part=summed.by_part, as_of=standing.as_of)


@dataclass
class _Summed:
    by_part: dict[tuple[date, str], Sums] = field(default_factory=dict)

    def take(self, key: tuple[date, str], sums: Sums) -> None:
        known = self.by_part.get(key)
        if known is None:
            self.by_part[key] = sums
        else:
            known.take(sums)


def _is_kept(asked: Stretch, parts: Collection[str] | None) -> bool:
    is_narrowed = asked.service_ids is not None or bool(asked.kinds)
    return asked.team_id is None and (not is_narrowed or parts is not None)


def _standing(asked: Stretch) -> _Standing | None:
    stale = StaleDay.objects.filter(
        desk=OuterRef("pk"), day__gte=asked.first, day__lte=asked.end.astimezone(asked.zone).date()
    )
    oldest = stale.order_by().values("desk").annotate(since=Min("stale_since")).values("since")
    row = (
        RolledUp.objects.filter(desk=asked.desk, as_of__isnull=False, zone=str(asked.zone))
        .annotate(stale_since=Subquery(oldest))
        .first()
    )
    if row is None or row.as_of is None:
        return None
    seen: datetime = row.as_of
    since: datetime | None = row.stale_since
    return _Standing(
        as_of=min(seen, since) if since else seen, today=seen.astimezone(asked.zone).date()
    )


def _edges(asked: Stretch, first: date, end: date, *, is_open: bool) -> Iterator[Stretch]:
    """Return what lies within the first and the last day of a period."""
    begins, ends = midnight_of(first, asked.zone), midnight_of(end, asked.zone)
    if begins >= asked.end:
        yield asked
        return
    if asked.start < begins:
        yield asked.between(asked.start, begins)
    if not is_open and ends < asked.end:
        yield asked.between(ends, asked.end)


def _stored(
    topic: Topic, asked: Stretch, blocks: Collection[Block], *, parts: Collection[str] | None
) -> Iterator[tuple[tuple[date, str], Sums]]:
    if not blocks:
        return
    rows = RollUp.objects.filter(desk=asked.desk, topic=topic.name)
    if parts is not None:
        rows = rows.filter(part__in=parts)
    wanted = Q()
    for span in (Span.DAY, Span.WEEK, Span.MONTH):
        days = [block.day for block in blocks if block.span is span]
        if days:
            wanted |= Q(span=span, day__in=days)
    for day, part, figures in rows.filter(wanted).values_list("day", "part", "figures"):
        yield (day if asked.cut is Span.DAY else day.replace(day=1), part), read(figures)


def _of_topic(
    found: Gathered, topic: Topic, parts: Collection[str] | None
) -> Iterator[tuple[tuple[date, str], Sums]]:
    for (name, day, part), sums in found.found.items():
        if name == topic.name and (parts is None or part in parts):
            yield (day, part), sums


def at_present(topic: str, desk_id: int) -> tuple[Sums, datetime] | None:
    """Return what was stored of how things stand on a desk, and when; nothing if it was not."""
    # There is one at most. Sorted by its number, as `first` would, it is looked for among all.
    rows = RollUp.objects.filter(
        desk=desk_id, topic=topic, span=Span.NOW, desk__rolled_up__as_of__isnull=False
    ).values_list("figures", "desk__rolled_up__as_of")
    return next(((read(figures), as_of) for figures, as_of in rows if as_of), None)


def by_step(sums: Mapping[date, Sums], step: Step) -> dict[date, Sums]:
    """Put months together to quarters or years, in order."""
    found: dict[date, Sums] = {}
    for day in sorted(sums):
        found.setdefault(first_day(day, step), Sums()).take(sums[day])
    return found
