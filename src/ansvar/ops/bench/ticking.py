"""The tick of the clocks at its own moment: many run, some are due."""

import time

from ansvar.ops.bench.cluster import Cluster
from ansvar.ops.bench.figures import Scenario
from ansvar.ops.bench.measuring import Cost, Meter
from ansvar.servicelevels.commands import take_due_steps
from ansvar.servicelevels.models import Clock

NAME = "clock_tick"
WORDS = "Clock tick"
DUE = 1_000


def tick(cluster: Cluster) -> Scenario:
    """Let some warnings be due, take the steps as the schedule does, and return what that cost."""
    # What has become due since the last run is another matter.
    take_due_steps()
    running = Clock.objects.filter(stopped_at=None).count()
    due = _let_be_due(cluster, DUE)
    if not due:
        return Scenario(name=NAME, words=WORDS, failures=["no clock is running"])
    meter = Meter(cluster)
    used, begun = time.process_time(), time.perf_counter()
    taken = take_due_steps()
    seconds, used = time.perf_counter() - begun, time.process_time() - used
    cost = meter.cost()
    begun = time.perf_counter()
    take_due_steps()
    idle = 1000 * (time.perf_counter() - begun)
    own = Cost(application={"tick": used}, before=cost.before, after=cost.after)
    failures = [] if taken >= due else [f"{taken} steps were taken of {due} that were due"]
    return Scenario(
        name=NAME,
        words=WORDS,
        times=taken,
        values={"seconds": seconds, **own.values(max(1, taken))},
        statements=own.dearest(max(1, taken)),
        notes=[f"{running:,} clocks running, {due:,} due", f"{idle:.1f} ms with nothing due"],
        failures=failures,
    )


def _let_be_due(cluster: Cluster, count: int) -> int:
    """Let the warning of some clocks be due a minute ago; returns how many there were."""
    changed = cluster.rows(
        """
        WITH due AS (
            SELECT c.id, extract(epoch FROM now() - interval '1 minute') * 1000000 AS moment
            FROM servicelevels_clock c JOIN tickets_ticket t ON t.id = c.ticket_id
            WHERE c.measure = 'resolution' AND c.stopped_at IS NULL
            ORDER BY c.id DESC LIMIT %s
        )
        UPDATE servicelevels_clock c
        SET steps = jsonb_build_array(jsonb_build_array(due.moment::bigint, 'ahead')),
            next_step_at = now() - interval '1 minute'
        FROM due WHERE due.id = c.id RETURNING c.id
        """,
        count,
    )
    return len(changed)
