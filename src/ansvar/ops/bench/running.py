"""One run of the bench on a filled data folder: the product is started, used and watched."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ansvar.kernel.refusal import Refusal
from ansvar.ops import console, postgres, startup
from ansvar.ops.bench import cast, explaining, interface, machine, parts, weighing
from ansvar.ops.bench.cluster import Cluster
from ansvar.ops.bench.explaining import Plan
from ansvar.ops.bench.figures import Run, Scenario
from ansvar.ops.bench.measuring import Effort, Meter, Request, measured, of_page
from ansvar.ops.bench.pages import PAGES
from ansvar.ops.bench.showing import in_a_line
from ansvar.ops.bench.visiting import Visitor
from ansvar.ops.config import Config
from ansvar.ops.serve import sole_server
from ansvar.ops.trouble import Trouble

API = ("api_list", "api_get", "api_search_rare", "api_create")
SERVED = ("memory_at_rest", "streams", "api_create_together", "memory_under_load")
SCENARIOS = (*(page.name for page in PAGES), *API, "page_weight", "clock_tick", "mail", *SERVED)
_NAME = "the bench"
_EXPLAINED_TIMES = 8
_TOGETHER_SECONDS = 20.0


@dataclass
class Bench:
    """What the scenarios of a run share."""

    data: Path
    size: int
    """How many tickets the database was filled with."""
    cluster: Cluster
    alone: contextlib.ExitStack
    """Keeps others from running the product on the folder."""
    progress: Progress
    names: Sequence[str]
    """Which scenarios are wanted."""
    effort: Effort = field(default_factory=Effort)
    machine: dict[str, Any] = field(default_factory=dict)
    done: dict[str, Scenario] = field(default_factory=dict)
    plans: dict[str, list[Plan]] = field(default_factory=dict)

    def wants(self, *names: str) -> bool:
        """Whether any of these scenarios is wanted."""
        return any(name in self.names for name in names)

    def keep(self, scenario: Scenario) -> None:
        """Keep what was measured; where no bar can be shown, say so in a line."""
        self.done[scenario.name] = scenario
        if not console.out.is_terminal:
            console.out.print(escape(in_a_line(scenario)))

    @contextlib.contextmanager
    def step(self, words: str, total: int = 1) -> Iterator[Callable[[str], None]]:
        """Show a bar for the block; what is yielded says what is done next."""
        bar = self.progress.add_task(words, total=total)
        done = -1

        def say(what: str) -> None:
            nonlocal done
            done += 1
            self.progress.update(bar, completed=done, description=what)

        try:
            yield say
        finally:
            self.progress.remove_task(bar)

    def result(self) -> Run:
        """Return what has been measured so far."""
        tickets = self.cluster.value("SELECT count(*) FROM tickets_ticket")
        facts = {**self.machine, "load_after": machine.load()}
        scenarios = {name: self.done[name] for name in SCENARIOS if name in self.done}
        return Run(size=self.size, tickets=tickets, machine=facts, scenarios=scenarios)


@contextlib.contextmanager
def opened(
    loaded: Config, *, tickets: int, names: Sequence[str] = (), effort: Effort | None = None
) -> Iterator[Bench]:
    """Give the database of a data folder, kept from others who would run the product on it.

    An empty one is filled with *tickets* first, if that is not nought.

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
    with contextlib.ExitStack() as alone, startup.database_running(loaded):
        alone.enter_context(sole_server(loaded.data, _NAME))
        startup.migrate_with_words()
        size = _filled(tickets)
        cluster = Cluster(postgres.EmbeddedPostgres(loaded.data))
        try:
            with bar:
                yield Bench(
                    data=loaded.data,
                    size=size,
                    cluster=cluster,
                    alone=alone,
                    progress=bar,
                    names=names,
                    effort=effort or Effort(),
                )
        finally:
            cluster.close()


def _filled(tickets: int) -> int:
    """Fill the database unless it is; returns with how many tickets it was.

    Raises: Trouble.
    """
    from ansvar.ops.bench.filling import showing, standing  # noqa: PLC0415  # needs Django set up

    if tickets and standing.standing() is None:
        showing.fill_with_words(tickets)
    try:
        return standing.require_ready().tickets
    except Refusal as refusal:
        raise Trouble(str(refusal)) from None


def named(wanted: Sequence[str]) -> list[str]:
    """Return the scenarios that are meant: by name or its beginning, with commas or without.

    Raises: Trouble.
    """
    found: list[str] = []
    for name in [part.strip() for one in wanted for part in one.split(",") if part.strip()]:
        meant = [one for one in SCENARIOS if one == name or one.startswith(f"{name}_")]
        meant = meant or [one for one in SCENARIOS if one.startswith(name)]
        if not meant:
            raise Trouble(f"There is no scenario {name!r}; there are {', '.join(SCENARIOS)}.")
        found += meant
    return [one for one in SCENARIOS if one in found or not found]


def measure(bench: Bench, *, explain: bool) -> None:
    """Measure what is wanted; what is done so far is in the bench, also when interrupted.

    Raises: Trouble.
    """
    bench.machine = machine.facts(bench.cluster) | {"load_before": machine.load()}
    if bench.wants(*(page.name for page in PAGES), *API, "page_weight"):
        with _watched_web(bench) as (requests, meter, visitor):
            _measure_requests(bench, requests, meter)
            if bench.wants("page_weight"):
                words = "Queue, first load"
                first = weighing.weighed(
                    "/queue/needs-you/", visitor, name="page_weight", words=words
                )
                bench.keep(first)
        if explain:
            with explaining.plans_written(bench.cluster), _watched_web(bench) as (requests, *_):
                _explain(bench, requests)
    if bench.wants("clock_tick"):
        with bench.step("Clock tick"):
            from ansvar.ops.bench import ticking  # noqa: PLC0415  # needs Django set up

            bench.keep(ticking.tick(bench.cluster))
    if bench.wants("mail"):
        _measure_mail(bench)
    if bench.wants(*SERVED):
        _measure_served(bench)


@contextlib.contextmanager
def _watched_web(bench: Bench) -> Iterator[tuple[list[Request], Meter, Visitor]]:
    """Run the web server alone; yields what is asked of it, its meter and an agent."""
    with contextlib.ExitStack() as stack:
        web, port = stack.enter_context(parts.web(bench.data))
        visitors: dict[str, Visitor] = {}
        requests = []
        for who in dict.fromkeys([cast.AGENT, *(page.who for page in PAGES)]):
            visitors[who] = Visitor(port)
            stack.callback(visitors[who].close)
            visitors[who].log_in(who)
        for page in PAGES:
            if bench.wants(page.name):
                paths = page.paths(bench.cluster, visitors[page.who])
                requests.append(of_page(page, visitors[page.who], paths))
        if bench.wants(*API):
            program = Visitor(port, token=stack.enter_context(_token(cast.AGENT)))
            requests += [
                one for one in interface.requests(bench.cluster, program) if bench.wants(one.name)
            ]
        yield requests, Meter(bench.cluster, web), visitors[cast.AGENT]
        web.ensure_alive()


def _measure_requests(bench: Bench, requests: Sequence[Request], meter: Meter) -> None:
    with bench.step("Pages", total=len(requests)) as say:
        for request in requests:
            say(request.words)
            bench.keep(measured(request, meter, bench.effort))


def _explain(bench: Bench, requests: Sequence[Request]) -> None:
    with bench.step("Plans", total=len(requests)) as say:
        log = explaining.Log(bench.cluster.log)
        for request in requests:
            say(f"Plans: {request.words}")
            # From the third time on plans are kept; what counts is how those do.
            for _time in range(_EXPLAINED_TIMES):
                log.skip()
                request.act()
            bench.plans[request.name] = log.dearest()


def _measure_mail(bench: Bench) -> None:
    from ansvar.ops.bench import inside, mailing  # noqa: PLC0415  # needs Django set up

    with bench.step("Mail"), mailing.sink() as port:
        inside.direct_mail(port)
        bench.keep(mailing.mail(bench.data, bench.cluster, bench.effort))


def _measure_served(bench: Bench) -> None:
    from ansvar.ops.bench import inside, mailing, serving  # noqa: PLC0415  # needs Django set up

    serving.allow_files(2 * serving.STREAMS)
    port = parts.free_port()
    address = ("--host", parts.HOST, "--port", str(port))
    with contextlib.ExitStack() as stack:
        say = stack.enter_context(bench.step("The whole product", total=3))
        inside.direct_mail(stack.enter_context(mailing.sink()))
        # `ansvar serve` itself is the only one on the folder now.
        bench.alone.close()
        stack.callback(bench.alone.enter_context, sole_server(bench.data, _NAME))
        part = stack.enter_context(parts.running(bench.data, "serve", *address))
        part.wait_until_healthy(port)
        served = serving.Served(
            cluster=bench.cluster, part=part, port=port, visitors=serving.people(port)
        )
        if bench.wants("memory_at_rest"):
            say("Memory at rest")
            mailing.until_idle(bench.cluster)
            bench.keep(served.at_rest())
        if bench.wants("streams"):
            say("Open streams")
            bench.keep(served.with_streams())
        if bench.wants("api_create_together", "memory_under_load"):
            say("Programs that open tickets")
            tokens = [stack.enter_context(_token(who)) for who in (cast.AGENT, cast.SUPERVISOR)]
            programs = [
                Visitor(port, token=tokens[number % len(tokens)])
                for number in range(interface.CLIENTS)
            ]
            for scenario in served.with_programs(
                programs,
                seconds=_TOGETHER_SECONDS,
                idle=lambda: mailing.until_idle(bench.cluster, at_once=True),
            ):
                bench.keep(scenario)
        part.ensure_alive()


@contextlib.contextmanager
def _token(login: str) -> Iterator[str]:
    """Give a token of one of the people, and take it away after the block."""
    from ansvar.ops.bench import inside  # noqa: PLC0415  # needs Django set up

    token_id, secret = inside.token_of(login)
    try:
        yield secret
    finally:
        inside.take_token_away(token_id)
