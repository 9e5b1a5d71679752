"""How the database goes about the dearest statements: its own plans, of the real requests."""

import contextlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansvar.ops import postgres
from ansvar.ops.bench.cluster import Cluster

# Plans with what really happened, of every statement, in the server's log; one object for each.
_SETTINGS = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_buffers": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_format": "json",
    "auto_explain.log_level": "log",
}
_BEGIN = re.compile(r"duration: ([0-9.]+) ms  plan:\n")
DEAREST = 3


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How one statement was carried out."""

    milliseconds: float
    text: str
    lines: Sequence[str]


@contextlib.contextmanager
def plans_written(cluster: Cluster) -> Iterator[None]:
    """Let the database write the plan of every statement of connections begun within the block."""
    try:
        for name, value in _SETTINGS.items():
            # Names and values of this file; a setting takes no parameters.
            order = f"ALTER ROLE {postgres.ROLE} SET {name} = '{value}'"
            cluster.connection.execute(order.encode())
        yield
    finally:
        cluster.connection.execute(f"ALTER ROLE {postgres.ROLE} RESET ALL".encode())


class Log:
    """What the database has written since the last look."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = path.stat().st_size

    def skip(self) -> None:
        """Let what has been written so far be of no interest."""
        self._at = self._path.stat().st_size

    def dearest(self) -> list[Plan]:
        """Return the plans that took longest, each statement once."""
        with self._path.open("rb") as file:
            file.seek(self._at)
            text = file.read().decode("utf-8", "replace")
            self._at = file.tell()
        found: dict[str, Plan] = {}
        for plan in plans_in(text):
            known = found.get(plan.text)
            if known is None or known.milliseconds < plan.milliseconds:
                found[plan.text] = plan
        return sorted(found.values(), key=lambda plan: -plan.milliseconds)[:DEAREST]


def plans_in(log: str) -> Iterator[Plan]:
    """Yield the plans in a piece of the server's log."""
    decoder = json.JSONDecoder()
    for begin in _BEGIN.finditer(log):
        start = log.find("{", begin.end())
        # The server begins each further line of an entry with a tab.
        with contextlib.suppress(ValueError):
            said, _end = decoder.raw_decode(log[start:].replace("\n\t", "\n"))
            yield Plan(
                milliseconds=float(begin[1]),
                text=" ".join(said["Query Text"].split()),
                lines=list(_lines(said["Plan"])),
            )


def _lines(node: dict[str, Any], depth: int = 0) -> Iterator[str]:
    """Yield a line for each node: what it does, how many rows, how many pages of the database."""
    where = " ".join(
        str(node[key]) for key in ("Relation Name", "Index Name", "CTE Name") if key in node
    )
    loops = node.get("Actual Loops", 1)
    times = f" × {loops}" if loops != 1 else ""
    pages = node.get("Shared Hit Blocks", 0) + node.get("Shared Read Blocks", 0)
    rows = f"{node.get('Actual Rows', 0):g} rows (guessed {node['Plan Rows']}){times}"
    yield f"{'  ' * depth}{node['Node Type']} {where}".rstrip() + f": {rows}, {pages} pages"
    conditions = ("Index Cond", "Recheck Cond", "Filter", "Join Filter", "Hash Cond", "Sort Key")
    for name in conditions:
        if name in node:
            removed = node.get("Rows Removed by Filter") if name == "Filter" else None
            dropped = f" (dropped {removed})" if removed else ""
            yield f"{'  ' * depth}    {name}: {str(node[name])[:300]}{dropped}"
    for child in node.get("Plans", ()):
        yield from _lines(child, depth + 1)
