"""The whole product in one process, as `ansvar serve` runs it: memory, open streams, a crowd."""

import asyncio
import json
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ansvar.ops.bench import cast, interface, processes
from ansvar.ops.bench.cluster import Cluster
from ansvar.ops.bench.figures import Scenario
from ansvar.ops.bench.parts import Part
from ansvar.ops.bench.streams import Streams
from ansvar.ops.bench.visiting import Visitor

STREAMS = 2_000
NEWS = 20
_SETTLE_SECONDS = 5
_SPARE_FILES = 200
_CHANNEL = "ansvar_live"


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running `ansvar serve` with its database, and some who have logged in."""

    cluster: Cluster
    part: Part
    port: int
    visitors: Sequence[Visitor]

    def memory(self, name: str, words: str) -> Scenario:
        """Return what the product and its database hold in memory now."""
        product = processes.memory_megabytes(processes.tree_of(self.part.pid))
        database = processes.memory_megabytes(processes.tree_of(self.cluster.postmaster))
        return Scenario(
            name=name,
            words=words,
            times=1,
            values={"megabytes": product + database},
            notes=[f"product {product:.0f} MB, database {database:.0f} MB"],
        )

    def at_rest(self) -> Scenario:
        """Return the memory of a product that has served its first pages and waits."""
        for visitor in self.visitors:
            visitor.get("/queue/needs-you/")
        # What the first requests began is finished first.
        time.sleep(_SETTLE_SECONDS)
        return self.memory("memory_at_rest", "Memory at rest")

    def with_streams(self) -> Scenario:
        """Open many streams; returns the memory of the process and what a piece of news costs."""
        wanted = min(STREAMS, allow_files(2 * STREAMS) - _SPARE_FILES)
        cookies = [
            "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
            for visitor in self.visitors
        ]
        before = processes.memory_megabytes([self.part.pid])
        streams = Streams(
            port=self.port, cookies=[cookies[number % len(cookies)] for number in range(wanted)]
        )
        values, notes = asyncio.run(self._held(streams))
        return Scenario(
            name="streams",
            words=f"{wanted:,} open streams",
            times=wanted,
            values=values,
            notes=[f"{before:.0f} MB without them", *notes],
            failures=[] if wanted == STREAMS else ["this machine allows too few open files"],
        )

    def with_programs(
        self, programs: Sequence[Visitor], *, seconds: float, idle: Callable[[], None]
    ) -> Iterator[Scenario]:
        """Let programs open tickets at the same time; yields the rate and the memory meanwhile."""
        opened = interface.opened_together(programs, interface.matters_of(self.cluster), seconds)
        yield self.memory("memory_under_load", "Memory under load")
        waiting = self.cluster.value(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"
        )
        begun = time.perf_counter()
        idle()
        after = time.perf_counter() - begun
        yield replace(opened, notes=[f"{waiting:,} jobs waited then, done {after:.1f} s later"])

    async def _held(self, streams: Streams) -> tuple[dict[str, float], list[str]]:
        """Hold streams open and tell them news; returns what that took."""
        begun = time.perf_counter()
        await streams.open()
        opened = time.perf_counter() - begun
        desk = self.cluster.value("SELECT desk_id FROM tickets_ticket ORDER BY id LIMIT 1")
        used, waited = self.part.seconds, 0.0
        for number in range(NEWS):
            news = {"audience": f"desk:{desk}", "kind": "bench", "number": number}
            begun = time.perf_counter()
            self.cluster.rows("SELECT pg_notify(%s, %s)", _CHANNEL, json.dumps(news))
            waited += await streams.wait_for(number, len(streams.cookies)) - begun
        values = {
            "megabytes": processes.memory_megabytes([self.part.pid]),
            "news_ms": 1000 * (self.part.seconds - used) / NEWS,
        }
        await streams.close()
        return values, [
            f"opened in {opened:.1f} s",
            f"a piece of news has reached all after {1000 * waited / NEWS:.0f} ms",
        ]


def allow_files(wanted: int) -> int:
    """Let this process and those it starts hold so many files open; returns how many they may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return soft


def people(port: int) -> list[Visitor]:
    """Log in those whose screens are open."""
    found = []
    for who in (cast.AGENT, cast.SUPERVISOR):
        found.append(Visitor(port))
        found[-1].log_in(who)
    return found
