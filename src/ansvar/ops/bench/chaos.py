"""Killing parts of the product under load, and proving that what it promised is kept, once."""

import contextlib
import random
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from django.db import connection

from ansvar.kernel.verification import verifiers
from ansvar.ops import postgres
from ansvar.ops.bench import founded, mailing, proof
from ansvar.ops.bench.apart import DATABASE, Apart
from ansvar.ops.bench.cluster import Cluster
from ansvar.ops.bench.load import Crowd, Ledger
from ansvar.ops.trouble import Trouble

HANDS: Final = 6
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.3, 6.0
_LONGEST_ABSENCE: Final = 2.0
_RETURN_SECONDS: Final = 60
_SETTLE_SECONDS: Final = 240
_LOOK_SECONDS: Final = 0.1
_SHOWN: Final = 10

Said = Callable[[str], None]


@dataclass
class Outcome:
    """What came of it."""

    seed: str
    seconds: float = 0.0
    kills: dict[str, int] = field(default_factory=dict)
    done: int = 0
    interrupted: int = 0
    """Things whose answer was an error or none; people saw it, programs repeated."""
    repeated: int = 0
    promised: dict[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    answers_sent: int = 0
    answers_sent_again: int = 0
    """Under the same Message-ID: the worker died between the server's yes and its own."""
    failures: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return it as values."""
        return asdict(self)


def chaos(data: Path, *, seconds: float, rate: float, seed: str, say: Said) -> Outcome:
    """Put load on the product, kill its parts at random, and prove what was promised.

    The order of the kills follows from *seed*. The database must be running.

    Raises: Trouble.
    """
    founded.found_unless_there()
    outcome = Outcome(seed=seed)
    run = f"{seed}-{secrets.token_hex(3)}"
    ledger = Ledger()
    with _cluster(data) as cluster, Apart(data, cluster) as apart:
        with apart.stage(run) as stage, Crowd(stage, ledger, hands=HANDS, rate=rate):
            begun = time.monotonic()
            _kill_at_random(apart, outcome, random.Random(seed), seconds=seconds, say=say)  # noqa: S311 - to be repeated
            outcome.seconds = time.monotonic() - begun
        outcome.done, outcome.repeated = len(ledger.done), ledger.repeated
        outcome.interrupted = sum(1 for one in ledger.done if one.wrong)
        outcome.promised = {kind: len(tokens) for kind, tokens in ledger.promised.items()}
        say("Waiting until all work is done")
        after = apart.cluster
        _settle(after)
        apart.ensure_alive()
        outcome.found, outcome.failures = proof.proven(after, ledger.promised, seed=run)
        sent, twice, missing = proof.sent_once(after, apart.sink.taken, seed=run)
        outcome.answers_sent, outcome.answers_sent_again = sent, twice
        outcome.failures += [*missing, *proof.left_over(after)]
    if not sum(outcome.promised.values()):
        outcome.failures.append("nothing was promised, so nothing is proven")
    say("Recomputing from the journal")
    outcome.failures += _verified()
    return outcome


def _kill_at_random(
    apart: Apart, outcome: Outcome, luck: random.Random, *, seconds: float, say: Said
) -> None:
    """Kill parts in rounds, in an order by chance, each at least once; all are there at the end."""
    end = time.monotonic() + seconds
    longest = max(_SHORTEST_PAUSE, min(_LONGEST_PAUSE, seconds / 10))
    waiting: list[str] = []
    while time.monotonic() < end or len(outcome.kills) < len(apart.names):
        if not waiting:
            waiting = luck.sample(apart.names, len(apart.names))
        name = waiting.pop()
        time.sleep(luck.uniform(_SHORTEST_PAUSE, longest))
        say(f"Killing the {name}")
        apart.kill(name)
        outcome.kills[name] = outcome.kills.get(name, 0) + 1
        if name == DATABASE:
            _wait_for_database(apart)
        else:
            time.sleep(luck.uniform(0, min(_LONGEST_ABSENCE, longest)))
            # It may be killed again while it starts: then it has promised nothing yet.
            apart.start(name)
        apart.revive()
    _wait_until_ready(apart)


def _wait_until_ready(apart: Apart) -> None:
    give_up = time.monotonic() + _RETURN_SECONDS
    while True:
        apart.revive()
        try:
            apart.wait_until_ready()
        except Trouble:
            if time.monotonic() > give_up:
                raise
        else:
            return


def _wait_for_database(apart: Apart) -> None:
    """Wait until somebody has started the database again, and connect anew."""
    give_up = time.monotonic() + _RETURN_SECONDS
    while True:
        with contextlib.suppress(Exception):
            apart.reconnect()
            return
        if time.monotonic() > give_up:
            raise Trouble("The database has not come back.")
        time.sleep(_LOOK_SECONDS)


def _settle(cluster: Cluster) -> None:
    """Wait until everything is done, also what the killed had begun and what waits for its time."""
    give_up = time.monotonic() + _SETTLE_SECONDS
    while proof.left_over(cluster) or _is_waiting(cluster):
        _hasten(cluster)
        if time.monotonic() > give_up:
            return
        time.sleep(5 * _LOOK_SECONDS)
    mailing.until_idle(cluster)


def _is_waiting(cluster: Cluster) -> bool:
    return bool(
        cluster.value(
            "SELECT (SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND"
            " (scheduled_at IS NULL OR scheduled_at < now() + interval '10 minutes'))"
            " + (SELECT count(*) FROM conversations_outboundmail WHERE state = 'queued')"
        )
    )


def _hasten(cluster: Cluster) -> None:
    """Let what waits for its time come now: pauses of retries, the time to take words back."""
    cluster.connection.execute(
        "UPDATE conversations_outboundmail SET send_after = now()"
        " WHERE state = 'queued' AND send_after > now()"
    )
    cluster.connection.execute(
        "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'"
        " AND scheduled_at > now() AND scheduled_at < now() + interval '10 minutes'"
    )
    # What a killed worker had begun is found by its missed heartbeats, half a minute later.
    cluster.connection.execute(
        "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'"
        " WHERE last_heartbeat < now() - interval '11 seconds'"
        " AND last_heartbeat > now() - interval '30 seconds'"
    )
    cluster.connection.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, queueing_lock)"
        " SELECT 'default', 'kernel.rescue', jsonb_build_object('timestamp', 0), 'todo',"
        " 'kernel.rescue' WHERE EXISTS (SELECT FROM procrastinate_jobs j LEFT JOIN"
        " procrastinate_workers w ON w.id = j.worker_id WHERE j.status = 'doing' AND"
        " (w.id IS NULL OR w.last_heartbeat < now() - interval '30 seconds')) AND NOT EXISTS"
        " (SELECT FROM procrastinate_jobs WHERE queueing_lock = 'kernel.rescue'"
        " AND status = 'todo')"
    )


def _verified() -> list[str]:
    """Recompute from the journal what is stored; a sentence for each of the first differences."""
    # The connection of before may have died with the database.
    connection.close()
    found = [
        difference
        for name in verifiers
        for progress in verifiers[name]()
        for difference in progress.differences
    ]
    return [f"`ansvar verify` finds: {difference}" for difference in found[:_SHOWN]]


@contextlib.contextmanager
def _cluster(data: Path) -> Iterator[Cluster]:
    cluster = Cluster(postgres.EmbeddedPostgres(data))
    try:
        yield cluster
    finally:
        cluster.close()
