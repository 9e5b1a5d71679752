"""What a run was made on: facts of the machine and of the program, and how fast they are today."""

import os
import platform
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ansvar
from ansvar.ops.bench.cluster import Cluster
from ansvar.ops.bench.processes import processor_seconds

_ROUNDS = 5
SOURCE = Path(ansvar.__file__).resolve().parents[2]
"""The folder of the project, when the program runs from its source."""


def facts(cluster: Cluster) -> dict[str, Any]:
    """Return what somebody must know who compares figures of different runs."""
    memory = Path("/proc/meminfo").read_text(encoding="ascii")
    kilobytes = re.search(r"^MemTotal:\s+(\d+)", memory, re.MULTILINE)
    return {
        "at": datetime.now(tz=UTC).isoformat(timespec="seconds"),
        "processor": _processor(Path("/proc/cpuinfo").read_text(encoding="utf-8")),
        "cores": os.cpu_count() or 1,
        "memory_gb": round(int(kilobytes[1]) / 1024**2, 1) if kilobytes else None,
        "system": platform.release(),
        "python": platform.python_version(),
        "postgresql": str(cluster.value("SHOW server_version")),
        "ansvar": ansvar.__version__,
        "commit": _commit(),
        "database_gb": round(
            cluster.value("SELECT pg_database_size(current_database())") / 1024**3, 2
        ),
        "calibration": calibration(cluster),
    }


def calibration(cluster: Cluster) -> dict[str, float]:
    """Return how many ms of a processor a fixed piece of work takes, in Python and in the database.

    Time on the processor, as of what is measured: on a busy machine the clock on the wall tells
    mostly for how long one had to wait.
    """
    backend = cluster.connection.info.backend_pid
    return {
        "python_ms": _best(_python_work, time.process_time),
        "database_ms": _best(
            lambda: cluster.value(
                "SELECT count(DISTINCT md5(n::text)) FROM generate_series(1, 100000) n"
            ),
            lambda: processor_seconds(backend),
        ),
    }


def load() -> list[float]:
    """Return how many processes wanted a processor in the last 1, 5 and 15 minutes."""
    return [round(one, 2) for one in os.getloadavg()]


def _best(work: Callable[[], object], spent: Callable[[], float]) -> float:
    took = []
    for _round in range(_ROUNDS):
        begun = spent()
        work()
        took.append(1000 * (spent() - begun))
    # The best one is the least disturbed by others.
    return round(min(took), 2)


def _python_work() -> int:
    counted: dict[str, int] = {}
    for number in range(100_000):
        word = f"word {number * 7919 % 5003}"
        counted[word] = counted.get(word, 0) + len(word)
    return sum(counted.values())


def _processor(text: str) -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def _commit() -> str:
    git = shutil.which("git")
    if git is None or not (SOURCE / ".git").exists():
        return ""
    done = subprocess.run(  # noqa: S603  # a fixed command
        [git, "-C", str(SOURCE), "describe", "--always", "--dirty", "--abbrev=12"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()
