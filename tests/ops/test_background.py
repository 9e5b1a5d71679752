import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import product
import psycopg
from waiting import wait_until

from ansvar.ops import config, database
from ansvar.ops.background import Background
from ansvar.ops.postgres import running as running_database

# A worker with a task that never ends when it is tried for the first time.
WORKER = """
import contextlib, sys, threading
from pathlib import Path
from procrastinate.exceptions import AlreadyEnqueued
from ansvar.ops import startup
startup.load_django()
from procrastinate.contrib.django import app
from ansvar.ops import background

@app.task(name="tests.hang_once")
def hang_once(path):
    with Path(path).open("a") as tries:
        tries.write("tried ")
    if Path(path).read_text() == "tried ":
        threading.Event().wait()

if sys.argv[1] == "queue":
    with contextlib.suppress(AlreadyEnqueued):
        app.configure_task(sys.argv[2]).defer(**eval(sys.argv[3]))
else:
    part = background.worker(1)
    part.start()
    part.join()
"""


def test_a_job_of_a_killed_worker_is_done_by_the_next(used_data):
    tries = used_data.parent / "tries"
    with running_database(used_data):
        run(used_data, "queue", "tests.hang_once", repr({"path": str(tries)}))
        with worker(used_data) as first:
            wait_until(tries.exists)
            first.kill()
        with psycopg.connect(**parameters(used_data)) as connection:
            connection.execute(
                "UPDATE procrastinate_workers SET last_heartbeat = now() - '1h'::interval"
            )
        # The schedule does so every minute; the first worker may have left it queued, too.
        run(used_data, "queue", "kernel.rescue", repr({"timestamp": 0}))

        with worker(used_data) as second:
            wait_until(lambda: tries.read_text() == "tried tried ")
            second.kill()


def parameters(data: Path) -> dict[str, Any]:
    return database.connection_parameters(config.load({"ANSVAR_DATA": str(data)}, data))


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", WORKER, *arguments]


def run(data: Path, *arguments: str) -> None:
    subprocess.run(command(*arguments), env=product.environment(data), check=True)


def worker(data: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command("work"), env=product.environment(data))


def test_a_part_that_failed_is_started_again():
    tries = []
    done = threading.Event()

    def run(stopping: threading.Event) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("the first try fails")
        done.set()
        stopping.wait()

    part = Background("part", run)
    part.start()

    assert done.wait(60)
    assert part.is_working()
    part.stop()
    part.join(60)
    assert not part.is_working()
