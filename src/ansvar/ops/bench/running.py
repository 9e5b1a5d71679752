"""One run of the bench on a filled data folder: the product is started, used and watched."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ansvar.ops import console, postgres
from ansvar.ops.bench import machine, parts
from ansvar.ops.bench.cluster import Cluster
from ansvar.ops.bench.figures import Run, Scenario
from ansvar.ops.bench.measuring import Effort, Meter, measured_page
from ansvar.ops.bench.pages import PAGES, Page
from ansvar.ops.bench.visiting import Visitor
from ansvar.ops.serve import sole_server
from ansvar.ops.trouble import Trouble

SIZES = (10_000, 100_000, 1_000_000)
"""What is compared with each other."""


@dataclass
class Bench:
    """What the scenarios of a run share."""

    data: Path
    cluster: Cluster
    progress: Progress
    effort: Effort = field(default_factory=Effort)
    done: dict[str, Scenario] = field(default_factory=dict)

    def keep(self, scenario: Scenario) -> None:
        """Keep what was measured, and show that it is there."""
        self.done[scenario.name] = scenario


@contextlib.contextmanager
def opened(data: Path) -> Iterator[Bench]:
    """Give the database of a data folder, kept from others who would run the product on it.

    Raises: Trouble.
    """
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console.out,
        transient=True,
    )
    with sole_server(data, "the bench"), postgres.running(data) as server:
        cluster = Cluster(server)
        try:
            with bar:
                yield Bench(data=data, cluster=cluster, progress=bar)
        finally:
            cluster.close()


def measure(bench: Bench, names: Sequence[str]) -> Run:
    """Measure the scenarios of these names, all if there are none.

    What was measured before an interruption is in `bench.done`.

    Raises: Trouble.
    """
    facts = machine.facts(bench.cluster)
    facts["load_before"] = machine.load()
    wanted = [page for page in PAGES if not names or page.name in names]
    if wanted:
        _measure_pages(bench, wanted)
    facts["load_after"] = machine.load()
    tickets = bench.cluster.value("SELECT count(*) FROM tickets_ticket")
    return Run(size=_size(tickets), tickets=tickets, machine=facts, scenarios=bench.done)


def _size(tickets: int) -> int:
    """Return the size that a database was filled to, by the tickets it holds by now."""
    return max((size for size in SIZES if size <= tickets), default=tickets)


def known(names: Sequence[str]) -> list[str]:
    """Return the scenarios that names mean; the beginning of names will do.

    Raises: Trouble.
    """
    every = [page.name for page in PAGES]
    found = []
    for name in names:
        exact = [one for one in every if one == name]
        meant = exact or [one for one in every if one.startswith(name.removesuffix("*"))]
        if not meant:
            raise Trouble(f"There is no scenario {name!r}; there are {', '.join(every)}.")
        found += meant
    return found


def _measure_pages(bench: Bench, pages: Sequence[Page]) -> None:
    with parts.web(bench.data) as (web, port):
        visitors: dict[str, Visitor] = {}
        meter = Meter(bench.cluster, web)
        doing = bench.progress.add_task("pages", total=len(pages))
        for page in pages:
            bench.progress.update(doing, description=page.words)
            if page.who not in visitors:
                visitors[page.who] = Visitor(port)
                visitors[page.who].log_in(page.who)
            visitor = visitors[page.who]
            paths = page.paths(bench.cluster, visitor)
            bench.keep(measured_page(page, visitor, meter, paths=paths, effort=bench.effort))
            web.ensure_alive()
            bench.progress.advance(doing)
        bench.progress.remove_task(doing)
        for visitor in visitors.values():
            visitor.close()
