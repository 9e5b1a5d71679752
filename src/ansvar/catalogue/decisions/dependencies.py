"""What rests on what: paths through dependencies."""

from collections import deque
from collections.abc import Collection, Mapping

Edges = Mapping[int, Collection[int]]
"""Each thing to those it rests on directly."""


def path_to(edges: Edges, start: int, goal: int) -> list[int]:
    """Return the shortest way from *start* down to *goal*, both included, or nothing."""
    came_from: dict[int, int] = {}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        if here == goal:
            path = [here]
            while path[-1] != start:
                path.append(came_from[path[-1]])
            return path[::-1]
        for below in edges.get(here, ()):
            if below not in came_from and below != start:
                came_from[below] = here
                waiting.append(below)
    return []


def reachable(edges: Edges, start: int) -> dict[int, int]:
    """Return everything below *start* with how many steps below it is, the nearest first."""
    depth = {start: 0}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for below in edges.get(here, ()):
            if below not in depth:
                depth[below] = depth[here] + 1
                waiting.append(below)
    del depth[start]
    return depth
