"""Inbound mail: handed over by LMTP as a mail server does, until the tickets are there."""

import contextlib
import logging
import smtplib
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from ansvar.ops.bench import cast, letters, parts
from ansvar.ops.bench.cluster import Cluster
from ansvar.ops.bench.figures import Scenario, typical
from ansvar.ops.bench.measuring import Effort, Meter
from ansvar.ops.trouble import Trouble

NAME = "mail"
WORDS = "Mail to ticket"
_LOOK_SECONDS = 0.01
_GIVE_UP_SECONDS = 300
_SINGLE = 30
_FLOOD_TIMES = 2
_AT_ONCE = 2


class _Sink:
    """Takes every mail and forgets it."""

    async def handle_DATA(self, *_: Any) -> str:  # noqa: N802  # the library's name
        return "250 taken"


@contextlib.contextmanager
def sink() -> Iterator[int]:
    """Take mail that the desk sends, for the block; yields the port."""
    # Which mail came and went is of no interest here.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    port = parts.free_port()
    controller = Controller(_Sink(), hostname=parts.HOST, port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def mail(data: Path, cluster: Cluster, effort: Effort) -> Scenario:
    """Hand over single mails and then many at once; returns what one of the many cost.

    The answers to a flood are queued for later; they are done at the end and counted by
    themselves.
    """
    port = parts.free_port()
    with (
        parts.running(data, "receive", "--lmtp", f"{parts.HOST}:{port}") as receiver,
        parts.running(data, "worker") as worker,
    ):
        receiver.wait_for("Mail is taken")
        until_idle(cluster)
        seed = str(time.time_ns())
        single = _single(cluster, port, _letters(cluster, _SINGLE, seed=f"{seed}.single"))
        until_idle(cluster, at_once=True)
        flood = _letters(cluster, effort.times * _FLOOD_TIMES, seed=f"{seed}.flood")
        before = _latest(cluster)
        meter = Meter(cluster, receiver, worker)
        begun = time.perf_counter()
        _hand_over_all(port, flood)
        stored = time.perf_counter() - begun
        _until(lambda: _read(cluster, after=before) >= len(flood), "mails were read")
        seconds = time.perf_counter() - begun
        cost = meter.cost()
        meter.restart()
        until_idle(cluster, at_once=True)
        later = meter.cost()
        receiver.ensure_alive()
        worker.ensure_alive()
    count = len(flood)
    shares = [f"{part} {1000 * used / count:.1f} ms" for part, used in cost.application.items()]
    return Scenario(
        name=NAME,
        words=WORDS,
        times=count,
        values={
            **typical(single),
            **cost.values(count),
            "later_ms": later.values(count)["processor_ms"],
            "per_second": count / seconds,
        },
        statements=cost.dearest(count),
        notes=[f"stored at {count / stored:.0f} a second", *shares],
        failures=_failures(cluster, after=before),
    )


def until_idle(cluster: Cluster, *, at_once: bool = False) -> None:
    """Wait until the worker has nothing to do; *at_once*: also what is to be done later.

    Raises: Trouble.
    """
    waiting = (
        "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"
        " OR status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())"
    )
    _until(lambda: cluster.value(waiting) == 0, "jobs were done")
    if at_once:
        # What follows from a flood waits for a minute; the bench does not.
        cluster.connection.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = now()"
            " WHERE status = 'todo' AND scheduled_at < now() + interval '10 minutes'"
        )
        _until(lambda: cluster.value(waiting) == 0, "jobs were done")


def _letters(cluster: Cluster, count: int, *, seed: str) -> list[bytes]:
    senders = cluster.rows(
        "SELECT address FROM people_contactpoint WHERE channel = 'email' ORDER BY id LIMIT 500"
    )
    known = [address for (address,) in senders] or [cast.REQUESTER]
    return list(letters.letters(count, to=cast.DESK_ADDRESS, senders=known, seed=seed))


def _single(cluster: Cluster, port: int, mails: Sequence[bytes]) -> list[float]:
    """Hand over one mail after the other; returns after how many ms each was on a ticket."""
    took = []
    with smtplib.LMTP(parts.HOST, port) as entrance:
        for raw in mails:
            before = _latest(cluster)
            begun = time.perf_counter()
            entrance.sendmail("somebody@customer.example", [cast.DESK_ADDRESS], raw)
            _until(lambda before=before: _read(cluster, after=before) > 0, "mail was read")
            took.append(1000 * (time.perf_counter() - begun))
    return took


def _hand_over_all(port: int, mails: Sequence[bytes]) -> None:
    def hand_over(some: Sequence[bytes]) -> None:
        with smtplib.LMTP(parts.HOST, port) as entrance:
            for raw in some:
                entrance.sendmail("somebody@customer.example", [cast.DESK_ADDRESS], raw)

    threads = [
        threading.Thread(target=hand_over, args=[mails[number::_AT_ONCE]])
        for number in range(_AT_ONCE)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _latest(cluster: Cluster) -> int:
    return int(cluster.value("SELECT coalesce(max(id), 0) FROM conversations_inboundmail"))


def _read(cluster: Cluster, *, after: int) -> int:
    """Return how many mails that came after that one have become something."""
    read = "SELECT count(*) FROM conversations_inboundmail WHERE id > %s AND state <> 'stored'"
    return int(cluster.value(read, after))


def _failures(cluster: Cluster, *, after: int) -> list[str]:
    wrong = cluster.rows(
        "SELECT state, reason, count(*) FROM conversations_inboundmail"
        " WHERE id > %s AND state <> 'taken' GROUP BY state, reason ORDER BY 3 DESC LIMIT 3",
        after,
    )
    return [f"{count} mails are {state}: {reason}" for state, reason, count in wrong]


def _until(is_so: Any, words: str) -> None:
    give_up = time.monotonic() + _GIVE_UP_SECONDS
    while not is_so():
        if time.monotonic() > give_up:
            raise Trouble(f"After {_GIVE_UP_SECONDS} s not all {words}.")
        time.sleep(_LOOK_SECONDS)
