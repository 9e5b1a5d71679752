"""A picture of what a service carries and rests on: boxes in rows, nearest rows in the middle."""

from dataclasses import dataclass

from django.urls import reverse

from ansvar.catalogue.models import Service
from ansvar.catalogue.queries import Neighbour, dependency_edges

BOX_WIDTH = 150
BOX_HEIGHT = 34
GAP = 14
ROW_GAP = 40
LONGEST_NAME = 20
BEYOND = 1_000_000
"""Less than any way, for what does not lead to the goal."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """One service in the picture."""

    name: str
    title: str
    href: str
    x: int
    y: int
    is_subject: bool

    @property
    def middle(self) -> int:
        """Where lines meet the box."""
        return self.x + BOX_WIDTH // 2


@dataclass(frozen=True, kw_only=True)
class Picture:
    """The boxes and the lines between them, in units of an SVG."""

    boxes: list[Box]
    lines: list[tuple[int, int, int, int]]
    width: int
    height: int


def picture_of(
    service: Service, rests_on: list[Neighbour], carries: list[Neighbour]
) -> Picture | None:
    """Lay out a service with everything above and below it; nothing when it stands alone."""
    if not rests_on and not carries:
        return None
    edges = dependency_edges()
    below = {neighbour.service.pk: neighbour.service for neighbour in rests_on}
    above = {neighbour.service.pk: neighbour.service for neighbour in carries}
    rows: dict[int, list[Service]] = {0: [service]}
    for pk, other in below.items():
        rows.setdefault(_longest_way(edges, service.pk, pk), []).append(other)
    for pk, other in above.items():
        rows.setdefault(-_longest_way(edges, pk, service.pk), []).append(other)
    widest = max(len(row) for row in rows.values())
    width = widest * (BOX_WIDTH + GAP) + GAP
    boxes: dict[int, Box] = {}
    for line, level in enumerate(sorted(rows)):
        row = rows[level]
        left = (width - len(row) * (BOX_WIDTH + GAP) + GAP) // 2
        for place, other in enumerate(row):
            boxes[other.pk] = Box(
                name=_short(other.name),
                title=other.name,
                href=reverse("admin-service", args=[other.pk]),
                x=left + place * (BOX_WIDTH + GAP),
                y=GAP + line * (BOX_HEIGHT + ROW_GAP),
                is_subject=other.pk == service.pk,
            )
    height = GAP * 2 + len(rows) * (BOX_HEIGHT + ROW_GAP) - ROW_GAP
    lines = [
        (boxes[upper].middle, boxes[upper].y + BOX_HEIGHT, boxes[lower].middle, boxes[lower].y)
        for upper, lowers in edges.items()
        for lower in lowers
        if upper in boxes and lower in boxes
    ]
    return Picture(boxes=list(boxes.values()), lines=lines, width=width, height=height)


def _longest_way(edges: dict[int, list[int]], start: int, goal: int) -> int:
    """Return the most steps from *start* down to *goal*: so that every line goes downwards."""
    longest: dict[int, int] = {goal: 0}

    def down(here: int) -> int:
        if here not in longest:
            longest[here] = max((down(lower) + 1 for lower in edges.get(here, ())), default=-BEYOND)
        return longest[here]

    return down(start)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"
