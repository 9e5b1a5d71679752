"""From what was measured to a hundred million tickets: tables, memory, and a rush hour simulated.

    python bench/hundred_million.py sizes FOLDER ...    measure the tables of filled data folders
    python bench/hundred_million.py                     extrapolate and simulate

The first writes `bench/sizes.json`; the second reads it and the results of `ansvar bench`
and prints what docs/growing-to-100-million.md quotes. No product and no load runs for it.
"""

import argparse
import heapq
import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from ansvar.ops import postgres
from ansvar.ops.bench import results
from ansvar.ops.bench.figures import Run, percentile

SIZES = results.BENCH / "sizes.json"
TARGET = 100_000_000
YEARS = 3
DAYS_A_YEAR = 250
"""Days on which people work; the tickets of a year come on them."""
RUSH_SHARE = 0.15
"""Of a day's tickets, in its busiest hour."""
TICKETS_AN_AGENT = 40
"""That one agent brings to their end in a day."""
VISITS = {"queue": 20, "ticket": 35, "search_common": 3, "search_rare": 4, "people_search": 6}
"""Pages that an agent opens in the busiest hour."""
WRITES = 25
"""What an agent does in that hour: replies, decisions; each costs what a ticket through the API
costs, which is more than most of them."""
PORTAL_VIEWS = 6
"""Pages of the portal for each ticket that comes."""
MAIL_SHARE = 0.3
"""Of the tickets; the others come over the portal, the phone and the API."""
_SAYS_NOTHING = 1_000_000
"""Bytes: what a smaller table did says nothing about how it grows, so it is taken as linear."""

_TABLES = """
SELECT relation.relname,
       greatest(relation.reltuples, 0)::bigint,
       pg_relation_size(relation.oid)
           + coalesce(pg_total_relation_size(nullif(relation.reltoastrelid, 0)), 0),
       pg_indexes_size(relation.oid)
FROM pg_class relation JOIN pg_namespace space ON space.oid = relation.relnamespace
WHERE relation.relkind = 'r' AND space.nspname = 'public'
ORDER BY pg_total_relation_size(relation.oid) DESC"""


def main() -> None:
    """Do what is asked."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", nargs="?", choices=["sizes"])
    parser.add_argument("folders", nargs="*", type=Path)
    options = parser.parse_args()
    if options.what:
        _measure(options.folders)
    else:
        sizes = json.loads(SIZES.read_text(encoding="utf-8"))
        _print_tables(sizes)
        _print_rush(results.read(results.RESULTS / "1m.json"))


def _measure(folders: list[Path]) -> None:
    """Write rows and bytes of every table of filled data folders, by their number of tickets."""
    known = json.loads(SIZES.read_text(encoding="utf-8")) if SIZES.exists() else {}
    for folder in folders:
        with (
            postgres.running(folder.resolve()) as server,
            psycopg.connect(**server.connection) as connection,
        ):
            tables = {
                name: {"rows": rows, "heap": heap, "indexes": indexes}
                for name, rows, heap, indexes in connection.execute(_TABLES)
            }
            counted = connection.execute("SELECT count(*) FROM tickets_ticket").fetchone()
        assert counted is not None
        known[str(counted[0])] = tables
    text = json.dumps(dict(sorted(known.items(), key=lambda one: int(one[0]))), indent=1)
    SIZES.write_text(text + "\n", encoding="utf-8")


def exponent(small: tuple[float, float], large: tuple[float, float]) -> float:
    """Return e of `size ~ tickets ** e` through two measured points (tickets, size)."""
    return math.log(large[1] / small[1]) / math.log(large[0] / small[0])


def _print_tables(sizes: dict[str, dict[str, dict[str, int]]]) -> None:
    counts = sorted(int(one) for one in sizes)
    small, large = counts[-2], counts[-1]
    print(f"measured at {small:,} and {large:,}; at {TARGET:,} by what each table did between them")
    print(f"{'table':<34}{'rows/ticket':>12}{'B/ticket':>10}{'of index':>9}{'grows':>7}{'GB':>9}")
    total = dict.fromkeys([*counts, TARGET], 0.0)
    lines = []
    for name, now in sizes[str(large)].items():
        before = sizes[str(small)].get(name, now)
        size, was = now["heap"] + now["indexes"], before["heap"] + before["indexes"]
        grows = exponent((small, was), (large, size)) if was > _SAYS_NOTHING else 1.0
        then = size * (TARGET / large) ** grows
        for count in counts:
            here = sizes[str(count)].get(name, {"heap": 0, "indexes": 0})
            total[count] += here["heap"] + here["indexes"]
        total[TARGET] += then
        lines.append((then, name, now, size, grows))
    for then, name, now, size, grows in sorted(lines, reverse=True)[:16]:
        print(
            f"{name:<34}{now['rows'] / large:>12.2f}{size / large:>10,.0f}"
            f"{now['indexes'] / size:>9.0%}{grows:>7.2f}{then / 1e9:>9,.0f}"
        )
    print(
        "in all: " + ", ".join(f"{count:,}: {size / 1e9:,.2f} GB" for count, size in total.items())
    )


@dataclass(frozen=True, kw_only=True)
class Work:
    """One kind of request in the rush hour."""

    per_second: float
    application: float
    """Seconds of one processor in a process of the product."""
    database: float
    """Seconds of one processor in the database."""


@dataclass(kw_only=True)
class Servers:
    """Some equal servers before which requests queue up, first come first served."""

    free_at: list[float] = field(default_factory=list)

    def serve(self, comes: float, takes: float) -> float:
        """Return when a request is through that comes at one moment and takes so long."""
        begins = max(comes, heapq.heappop(self.free_at))
        heapq.heappush(self.free_at, begins + takes)
        return begins + takes


def rush(run: Run) -> dict[str, Work]:
    """Return the load of the busiest hour at a hundred million tickets, with measured costs."""
    a_day = TARGET / YEARS / DAYS_A_YEAR
    tickets = a_day * RUSH_SHARE / 3600
    agents = a_day / TICKETS_AN_AGENT
    rates = {name: agents * times / 3600 for name, times in VISITS.items()}
    rates["portal"] = tickets * PORTAL_VIEWS
    rates["api_create"] = tickets * (1 - MAIL_SHARE) + agents * WRITES / 3600
    rates["mail"] = tickets * MAIL_SHARE
    return {name: _work(run, name, rate) for name, rate in rates.items()}


def _work(run: Run, name: str, per_second: float) -> Work:
    values = run.scenarios[name].values
    return Work(
        per_second=per_second,
        application=values["application_ms"] / 1000,
        database=values["database_ms"] / 1000,
    )


def simulated(load: dict[str, Work], *, web: int, cores: int, seconds: int = 300) -> list[float]:
    """Return how long each request of some minutes took, with so many processes and cores.

    Requests come at random (Poisson), take their measured time times an exponential of mean one
    (the spread of real pages is smaller), first in a process of the product, of which each has one
    core, then in the database.
    """
    luck = random.Random(6)
    pages, database = Servers(free_at=[0.0] * web), Servers(free_at=[0.0] * cores)
    made = []
    for comes, work in _arrivals(load, seconds, luck):
        after = pages.serve(comes, work.application * luck.expovariate(1))
        made.append((after, work.database * luck.expovariate(1), comes))
    # In the order in which they get there, which is not that in which they came.
    return [database.serve(after, takes) - comes for after, takes, comes in sorted(made)]


def _arrivals(
    load: dict[str, Work], seconds: int, luck: random.Random
) -> Iterator[tuple[float, Work]]:
    kinds = list(load.values())
    rates = [one.per_second for one in kinds]
    at = 0.0
    while (at := at + luck.expovariate(sum(rates))) < seconds:
        yield at, luck.choices(kinds, rates)[0]


def _print_rush(run: Run) -> None:
    load = rush(run)
    a_day = TARGET / YEARS / DAYS_A_YEAR
    application = sum(one.per_second * one.application for one in load.values())
    database = sum(one.per_second * one.database for one in load.values())
    requests = sum(one.per_second for one in load.values())
    print(
        f"\n{TARGET:,} tickets in {YEARS} years: {a_day:,.0f} a day, "
        f"{a_day / TICKETS_AN_AGENT:,.0f} agents, {requests:,.0f} requests/s in the rush hour, "
        f"{application:.1f} cores of the product and {database:.1f} of the database busy"
    )
    print(f"{'processes':>10}{'db cores':>10}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
    for head in (1.25, 1.6, 2.2, 3.0):
        web, cores = math.ceil(application * head), math.ceil(database * head)
        took = simulated(load, web=web, cores=cores)
        shares: list[Any] = [percentile(took, per_cent) * 1000 for per_cent in (50, 95, 99)]
        print(f"{web:>10}{cores:>10}" + "".join(f"{one:>9,.0f}" for one in shares))


if __name__ == "__main__":
    main()
