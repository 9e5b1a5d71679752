"""Counting stored days from their source again and reporting every difference."""

from collections.abc import Iterator

from ansvar.insight.decisions.sums import Block, Span, Sums, added, parts_in, read
from ansvar.insight.models import RolledUp, RollUp, StaleDay
from ansvar.insight.stretches import Gathered, stretch_of
from ansvar.insight.topics import LONGEST, SOURCES
from ansvar.kernel.verification import Difference, Progress, verifiers

DAYS = 40
"""Days of a desk that are counted again, drawn by lot: each is as good as any other."""


@verifiers.add("figures")
def verify_figures(sample: int | None = None) -> Iterator[Progress]:
    """Compare days that nothing has changed since, and the weeks and months made of them."""
    checked = 0
    drawn = DAYS if sample is None else min(DAYS, sample)
    for row in RolledUp.objects.filter(as_of__isnull=False).select_related("desk__calendar"):
        stale = StaleDay.objects.filter(desk=row.desk).values("day")
        stored = RollUp.objects.filter(desk=row.desk)
        # What happened since the last look has not marked its days yet; today is never done.
        seen = row.as_of.date() if row.as_of else None
        whole = stored.exclude(day__in=stale).exclude(span=Span.NOW).exclude(day__gte=seen)
        for span in (Span.DAY, Span.WEEK, Span.MONTH):
            days = set(whole.filter(span=span).order_by("?").values_list("day", flat=True)[:drawn])
            for day in sorted(days):
                block = Block(span, day)
                checked += 1
                found = list(_differences(row, block))
                yield Progress(checked=checked, differences=found)


def _differences(row: RolledUp, block: Block) -> Iterator[Difference]:
    stored = _stored(row, [block])
    if block.span is Span.DAY:
        gathered = Gathered(wanted=LONGEST)
        for source in SOURCES:
            source.gather(stretch_of(row.desk, block), gathered)
        told = {(topic, part): sums for (topic, _day, part), sums in gathered.found.items()}
    else:
        finer = _stored(row, parts_in(block))
        told = {key: sums for key, sums in finer.items() if LONGEST[key[0]] is Span.MONTH}
    for topic, part in sorted({*stored, *told}):
        kept, counted = stored.get((topic, part)), told.get((topic, part))
        if kept != counted:
            yield Difference(
                subject=f"{row.desk.prefix} {block.day}",
                what=f"{topic} {part}".strip(),
                stored=_said(kept),
                journal=_said(counted),
            )


def _stored(row: RolledUp, blocks: list[Block]) -> dict[tuple[str, str], Sums]:
    rows = RollUp.objects.filter(
        desk=row.desk, span=blocks[0].span, day__in=[block.day for block in blocks]
    )
    found: dict[tuple[str, str], list[Sums]] = {}
    for topic, part, figures in rows.values_list("topic", "part", "figures"):
        found.setdefault((topic, part), []).append(read(figures))
    return {key: added(ones) for key, ones in found.items()}


def _said(sums: Sums | None) -> dict[str, int]:
    """Return what a table comes to: enough to see where the difference lies."""
    return {name: sums.total(name) for name in sums.tables} if sums else {}
