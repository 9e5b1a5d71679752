"""Soak: find out how much the product can do, then let it do a part of that for half an hour."""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from ansvar.ops import postgres
from ansvar.ops.bench import founded, proof
from ansvar.ops.bench.apart import Apart
from ansvar.ops.bench.cluster import Cluster
from ansvar.ops.bench.figures import percentile, typical
from ansvar.ops.bench.load import MIX, Crowd, Done, Ledger
from ansvar.ops.bench.steadiness import Minute, unsteady
from ansvar.ops.trouble import Trouble

HANDS: Final = 16
FIRST_RATE: Final = 2.0
STEP_TIMES: Final = 1.35
STEP_SECONDS: Final = 15.0
_STEPS: Final = 20
MOST_P95_MS: Final = 1000.0
"""Beyond this, waiting included, the product does not keep up."""
_KEPT_UP: Final = 0.93
_MOST_LAG_SECONDS: Final = 10.0
_REST_SECONDS: Final = 60.0
_SETTLE_SECONDS: Final = 180
_SHOWN: Final = 5

_LAGS: Final[Mapping[str, str]] = {
    # What waits for another try after a failure has its time in `scheduled_at`.
    "jobs": (
        "SELECT extract(epoch FROM now() - min(coalesce(j.scheduled_at, e.at)))"
        " FROM procrastinate_jobs j JOIN procrastinate_events e"
        " ON e.job_id = j.id AND e.type = 'deferred'"
        " WHERE j.status = 'todo' AND coalesce(j.scheduled_at, e.at) <= now()"
    ),
    "clocks": (
        "SELECT extract(epoch FROM now() - min(next_step_at)) FROM servicelevels_clock"
        " WHERE stopped_at IS NULL AND next_step_at <= now()"
    ),
    "mails to be sent": (
        "SELECT extract(epoch FROM now() - min(send_after)) FROM conversations_outboundmail"
        " WHERE state = 'queued' AND send_after <= now()"
    ),
    "mails to be read": (
        "SELECT extract(epoch FROM now() - min(received_at)) FROM conversations_inboundmail"
        " WHERE state = 'stored'"
    ),
}
_CLOCK_PERIOD: Final = 60.0
"""Clocks are looked at once a minute: so long a step waits without being late."""

Said = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the ramp."""

    rate: float
    reached: float
    p95_ms: float
    lag_seconds: float
    errors: int

    @property
    def kept_up(self) -> bool:
        """Whether the product did what was asked of it, in time."""
        return (
            self.reached >= _KEPT_UP * self.rate
            and self.p95_ms <= MOST_P95_MS
            and self.lag_seconds <= _MOST_LAG_SECONDS
            and not self.errors
        )


@dataclass
class Outcome:
    """What came of it."""

    ramp: list[Step] = field(default_factory=list)
    ceiling: float = 0.0
    """Things done a second at the last step at which the product kept up."""
    rate: float = 0.0
    minutes: list[Minute] = field(default_factory=list)
    kinds: dict[str, dict[str, float]] = field(default_factory=dict)
    promised: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """The first things that went wrong, in their own words."""

    def as_json(self) -> dict[str, Any]:
        """Return it as values."""
        return asdict(self)


def soak(data: Path, *, minutes: int, share: float, say: Said) -> Outcome:
    """Find the ceiling by a ramp, then put *share* of it on the product for so many minutes.

    The database must be running.

    Raises: Trouble.
    """
    founded.found_unless_there()
    outcome = Outcome()
    seed = secrets.token_hex(3)
    ledger = Ledger()
    cluster = Cluster(postgres.EmbeddedPostgres(data))
    try:
        with Apart(data, cluster) as apart, apart.stage(seed) as stage:
            with Crowd(stage, ledger, hands=HANDS, rate=FIRST_RATE) as crowd:
                _climb(crowd, cluster, outcome, say=say)
                outcome.rate = share * outcome.ceiling
                crowd.set_rate(outcome.rate)
                _come_to_rest(cluster, say)
                begun = time.monotonic()
                for number in range(minutes):
                    say(f"Minute {number + 1} of {minutes}, {outcome.rate:.1f} a second")
                    outcome.minutes.append(_minute(crowd, apart, begun + 60 * number))
            _come_to_rest(cluster, say)
            apart.ensure_alive()
            done = ledger.since(begun)
            _conclude(outcome, cluster, ledger, seed=seed)
            outcome.kinds = _by_kind(done)
            outcome.wrong = [one.wrong for one in done if one.wrong][:_SHOWN]
    finally:
        cluster.close()
    return outcome


def _climb(crowd: Crowd, cluster: Cluster, outcome: Outcome, *, say: Said) -> None:
    """Ask for more and more until the product does not keep up.

    Raises: Trouble when it cannot keep up with the first step.
    """
    rate = FIRST_RATE
    for _step in range(_STEPS):
        say(f"Looking for the ceiling: {rate:.1f} a second")
        crowd.set_rate(rate)
        begun = time.monotonic()
        time.sleep(STEP_SECONDS)
        done = crowd.ledger.since(begun)
        step = Step(
            rate=rate,
            reached=len(done) / (time.monotonic() - begun),
            p95_ms=percentile([1000 * one.seconds for one in done], 95) if done else 0.0,
            lag_seconds=max(lags(cluster).values()),
            errors=sum(1 for one in done if one.wrong),
        )
        outcome.ramp.append(step)
        if not step.kept_up:
            break
        outcome.ceiling = step.reached
        rate *= STEP_TIMES
    if not outcome.ceiling:
        first = outcome.ramp[0]
        raise Trouble(
            f"The product does not keep up with {FIRST_RATE:.0f} a second: {first.reached:.1f} "
            f"were done, p95 {first.p95_ms:.0f} ms, {first.errors} errors."
        )


def _come_to_rest(cluster: Cluster, say: Said) -> None:
    """Let what the ramp has left be done, so that it is not taken for lag."""
    say("Waiting until the queue is short")
    give_up = time.monotonic() + _SETTLE_SECONDS
    while max(lags(cluster).values()) > 1 and time.monotonic() < give_up:
        time.sleep(0.5)


def _minute(crowd: Crowd, apart: Apart, begun: float) -> Minute:
    time.sleep(max(0.0, begun + 60 - time.monotonic()))
    apart.ensure_alive()
    done = [one for one in crowd.ledger.since(begun) if one.at < begun + 60]
    took = [1000 * one.seconds for one in done] or [0.0]
    return Minute(
        done=len(done),
        errors=sum(1 for one in done if one.wrong),
        **typical(took),
        memory=apart.memory(),
        jobs_due=apart.cluster.value(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"
            " AND (scheduled_at IS NULL OR scheduled_at <= now())"
        ),
        lag_seconds=lags(apart.cluster),
    )


def lags(cluster: Cluster) -> dict[str, float]:
    """Return how many seconds the oldest of each kind of work has waited beyond its time."""
    found = {what: float(cluster.value(question) or 0) for what, question in _LAGS.items()}
    found["clocks"] = max(0.0, found["clocks"] - _CLOCK_PERIOD)
    return {what: max(0.0, seconds) for what, seconds in found.items()}


def _conclude(outcome: Outcome, cluster: Cluster, ledger: Ledger, *, seed: str) -> None:
    outcome.promised = {kind: len(tokens) for kind, tokens in ledger.promised.items()}
    _found, lost = proof.proven(cluster, ledger.promised, seed=seed)
    outcome.failures = [*unsteady(outcome.minutes), *lost]
    failed = cluster.value("SELECT count(*) FROM kernel_failure WHERE state = 'open'")
    if failed:
        outcome.failures.append(f"{failed} jobs have failed for good")


def _by_kind(done: list[Done]) -> dict[str, dict[str, float]]:
    found = {}
    for kind in MIX:
        took = [1000 * one.seconds for one in done if one.kind == kind]
        if took:
            found[kind] = {
                "times": len(took),
                **typical(took),
            }
    return found
