"""What processes cost, as Linux counts it: processor time and memory, of each and of trees."""

import contextlib
import re
import time
from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")
_CPU_CLOCK = 2  # CPUCLOCK_SCHED of the kernel: nanoseconds on a processor, ended threads included
_FIELD_CHILDREN_USER = 13  # of /proc/PID/stat, counted after the name in brackets
_TICKS = 100.0  # of a second, in which that file counts on every machine


def processor_seconds(pid: int) -> float:
    """Return the processor time a process has used so far, with all its threads; 0 once gone."""
    try:
        return time.clock_gettime((~pid << 3) | _CPU_CLOCK)
    except OSError:
        return 0.0


def reaped_seconds(stat: str) -> float:
    """Return from the text of /proc/PID/stat what ended children of the process had used."""
    fields = stat[stat.rindex(")") + 2 :].split()
    return (int(fields[_FIELD_CHILDREN_USER]) + int(fields[_FIELD_CHILDREN_USER + 1])) / _TICKS


def seconds_of_ended_children(pid: int) -> float:
    """Return the processor time of those children of a process that have ended."""
    return reaped_seconds((PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace"))


def tree_of(pid: int) -> list[int]:
    """Return *pid* and the ids of all its descendants."""
    found = [pid]
    with contextlib.suppress(OSError):
        for task in (PROC / str(pid) / "task").iterdir():
            with contextlib.suppress(OSError):
                children = (task / "children").read_text(encoding="ascii").split()
                found += [one for child in children for one in tree_of(int(child))]
    return found


def proportional_kilobytes(rollup: str) -> int:
    """Return from the text of /proc/PID/smaps_rollup the memory that is the process's own share."""
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(found[1]) if found else 0


def own_megabytes(pids: Iterable[int]) -> float:
    """Return the memory that processes hold for themselves alone.

    Without files, and without the buffers that all processes of the database share.
    """
    kilobytes = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            rollup = (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii")
            found = re.search(r"^Pss_Anon:\s+(\d+) kB", rollup, re.MULTILINE)
            kilobytes += int(found[1]) if found else 0
    return kilobytes / 1024


def memory_megabytes(pids: Iterable[int]) -> float:
    """Return the memory of processes; what several share is divided among them."""
    kilobytes = 0
    for pid in pids:
        # A process may end meanwhile.
        with contextlib.suppress(OSError):
            kilobytes += proportional_kilobytes(
                (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii")
            )
    return kilobytes / 1024
