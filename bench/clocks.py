"""How well the clock engine agrees with a simulator that lives through every minute.

Random tickets, each named by its seed, with random levels, hours, holidays and clock changes are
worked out by both:

    python bench/clocks.py                          100,000 histories in two processes
    python bench/clocks.py --count 500 --seed 7     some, from the seventh on
    python bench/clocks.py --holidays days.csv.xz   with holidays of a list (country, date, name)
                                                    as what the simulator believes

Goal: no difference at all. A seed that differs is looked at by `--count 1 --seed <seed>`.
"""

import argparse
import multiprocessing
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from rich.progress import Progress

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "support")]

from clock_histories import YEARS, history_of  # noqa: E402 - the path comes first
from clock_proof import compared  # noqa: E402 - as above
from wall_minutes import holidays_listed, known_holidays  # noqa: E402 - as above

AT_ONCE = 100
SHOWN = 20


class Sum(NamedTuple):
    """What some histories came to."""

    histories: int = 0
    clocks: int = 0
    minutes: int = 0
    differences: tuple[tuple[int, str], ...] = ()
    """Seeds and what differs."""


def main() -> None:
    """Compare as many as asked, and tell what came out; fail for a difference."""
    options = _options()
    begun = time.monotonic()
    batches = [
        (range(first, min(first + AT_ONCE, options.seed + options.count)), options.holidays)
        for first in range(options.seed, options.seed + options.count, AT_ONCE)
    ]
    done = Sum()
    with Progress() as progress, multiprocessing.Pool(options.processes) as pool:
        bar = progress.add_task("histories", total=options.count)
        for batch in pool.imap_unordered(_compare, batches):
            done = Sum(*(before + more for before, more in zip(done, batch, strict=True)))
            progress.update(bar, advance=batch.histories)
            for seed, what in batch.differences:
                progress.print(f"seed {seed}: {what}")
    _tell(done, seconds=time.monotonic() - begun)
    sys.exit(1 if done.differences else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=100_000, help="so many histories")
    parser.add_argument("--seed", type=int, default=0, help="from this one on")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--holidays", type=Path, help="a CSV list of holidays, also as .xz")
    return parser.parse_args()


def _compare(batch: tuple[Sequence[int], Path | None]) -> Sum:
    # Feasts that follow the moon are not known for targets that reach into far years.
    warnings.filterwarnings("ignore", message="Requested Holidays are available")
    seeds, listed = batch
    holidays_of = holidays_listed(listed, YEARS) if listed else known_holidays
    found = {seed: compared(history_of(seed), holidays_of=holidays_of) for seed in seeds}
    return Sum(
        histories=len(found),
        clocks=sum(one.clocks for one in found.values()),
        minutes=sum(one.minutes for one in found.values()),
        differences=tuple((seed, what) for seed, one in found.items() for what in one.differences),
    )


def _tell(done: Sum, *, seconds: float) -> None:
    print(
        f"{done.histories:,} histories, {done.clocks:,} clocks,"
        f" {done.minutes:,} minutes lived through in {seconds:.0f} s:"
        f" {len(done.differences)} differences"
    )
    for seed in sorted({seed for seed, _ in done.differences})[:SHOWN]:
        print(f"  python bench/clocks.py --count 1 --seed {seed}")


if __name__ == "__main__":
    main()
